"""docs/cli.md says what the commands are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from orange_ordering_client.cli import failures
from tests.cli.conftest import Cli

PAGE = (Path(__file__).parent.parent.parent / "docs" / "cli.md").read_text(encoding="utf-8")
COMMANDS = sorted({found.partition(" > ")[0] for found in re.findall(r"(?:\$ |`)orange-ordering ([^`\n]*)", PAGE)})


@pytest.mark.parametrize("line", [line for line in COMMANDS if not line.startswith("--")])
def test_a_command_of_the_page_is_understood(line: str, cli: Cli) -> None:
    said = cli(*shlex.split(line), "--help")

    assert said.code == 0, said.err
    assert said.out.startswith(f"Usage: orange-ordering {' '.join(line.split()[:1])}")


def test_the_page_shows_every_command(cli: Cli) -> None:
    for group in ([], ["requests"], ["catalog"], ["fleet"]):
        listed = cli(*group, "--help").out.partition("Commands:\n")[2].partition("\n\n")[0]
        names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
        assert names
        for name in set(names) - {"requests", "catalog", "fleet"}:
            assert any(line.startswith(" ".join([*group, name])) for line in COMMANDS), name


def test_the_exit_codes_of_the_page_are_those_of_the_program(cli: Cli) -> None:
    codes = {str(value) for name, value in vars(failures).items() if name.isupper() and isinstance(value, int)}

    assert set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)) == codes
    assert set(re.findall(r"^    (\d+)  ", cli("--help").out, re.MULTILINE)) == codes
