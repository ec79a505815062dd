"""Check recorded exchanges, or the API itself, against the description and the models.

usage: python -m orange_ordering_client.contract DIR [--strict] [--json]
       python -m orange_ordering_client.contract --live [--strict] [--json]

Exit 0: no violations. Exit 1: violations; with --strict, also if there are other findings. Exit 2: something cannot be
checked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import attrs

from orange_ordering_client.contract.exchanges import Exchange, Unreadable
from orange_ordering_client.contract.findings import Finding
from orange_ordering_client.errors import OrderingError

if TYPE_CHECKING:
    from orange_ordering_client.contract.checker import Checker

__all__ = ["main"]


class Unchecked(Exception):
    """The check is impossible; the message says why."""


@attrs.define
class Outcome:
    """The result of a check.

    Attributes:
        checked: the name and the findings of each exchange, in order.
        trouble: one sentence for each exchange that could not be checked.
    """

    checked: list[tuple[str, list[Finding]]] = attrs.field(factory=list[tuple[str, list[Finding]]])
    trouble: list[str] = attrs.field(factory=list[str])

    def count(self, *, violation: bool) -> int:
        """Return the number of violations, or of other findings."""
        return sum(finding.violation == violation for _, found in self.checked for finding in found)

    def code(self, *, strict: bool) -> int:
        """Return the exit code; with `strict`, findings that are no violations count as well."""
        if self.trouble:
            return 2
        wrong = self.count(violation=True) or (strict and self.count(violation=False))
        return 1 if wrong else 0

    def to_dict(self, code: int) -> dict[str, Any]:
        """Return the report as JSON."""
        checked = [{"name": name, "findings": [one.to_dict() for one in found]} for name, found in self.checked]
        return {"exit": code, "checked": checked, "trouble": self.trouble}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _options(arguments)
    outcome = Outcome()
    try:
        asyncio.run(_live(outcome)) if options.live else _replay(options.directory, outcome)
    except Unchecked as error:
        outcome.trouble.append(str(error))
    code = outcome.code(strict=options.strict)
    if options.json:
        _print_line(json.dumps(outcome.to_dict(code), indent=1))
    else:
        _print_report(outcome)
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orange_ordering_client.contract", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("directory", type=Path, nargs="?", metavar="DIR", help="exchanges that Recorder wrote")
    parser.add_argument("--live", action="store_true", help="call the API that the environment configures; reads only")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if there are any findings")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    if (options.directory is None) != options.live:
        parser.error("give a directory of exchanges, or --live")
    return options


def _checker() -> Checker:
    try:
        from orange_ordering_client.contract.checker import Checker
    except ModuleNotFoundError as error:
        raise Unchecked(f"Checking needs {error.name}: pip install 'orange-ordering-client[contract]'.") from None
    return Checker()


def _replay(directory: Path, outcome: Outcome) -> None:
    if not directory.is_dir():
        raise Unchecked(f"{directory} is not a directory of exchanges.")
    paths = sorted(directory.glob("*.json"))
    if not paths:
        raise Unchecked(f"{directory} holds no exchanges (*.json): record some with Recorder.")
    checker = _checker()
    for path in paths:
        try:
            outcome.checked.append((path.name, checker.check(Exchange.read(path))))
        except Unreadable as error:
            outcome.trouble.append(str(error))


async def _live(outcome: Outcome) -> None:
    checker = _checker()
    # Imported here: checking files needs no client.
    from orange_ordering_client.client import OrderingClient
    from orange_ordering_client.contract.live import checked_live

    try:
        async with OrderingClient.from_env() as client:
            async for name, found in checked_live(client, checker):
                outcome.checked.append((name, found))
    except OrderingError as error:
        raise Unchecked(f"The API cannot be checked: {error}") from None


def _print_report(outcome: Outcome) -> None:
    for name, found in outcome.checked:
        _print_line(f"{name}{'' if found else ': ok'}")
        for finding in found:
            _print_line(f"  {finding}")
    for sentence in outcome.trouble:
        _print_line(sentence, sys.stderr)
    violations, findings = outcome.count(violation=True), outcome.count(violation=False)
    if outcome.checked:
        _print_line(f"{len(outcome.checked)} checked: {violations} violations, {findings} findings.")


def _print_line(line: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(f"{line}\n")


if __name__ == "__main__":  # pragma: no cover  # the tests run it as a script
    sys.exit(main())
