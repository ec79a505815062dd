"""Which version follows from what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi.compare.versions import VERSION, next_version, read_version
from openapi.read.errors import BuildError


@pytest.mark.parametrize(
    ("current", "breaking", "added", "changed", "following", "level"),
    [
        ((0, 3, 1), True, True, True, "0.4.0", "minor"),
        ((0, 3, 1), False, True, True, "0.3.2", "patch"),
        ((0, 3, 1), False, False, True, "0.3.2", "patch"),
        ((0, 3, 1), False, False, False, "0.3.1", "none"),
        ((2, 3, 1), True, True, True, "3.0.0", "major"),
        ((2, 3, 1), False, True, True, "2.4.0", "minor"),
        ((2, 3, 1), False, False, True, "2.3.2", "patch"),
        ((2, 3, 1), False, False, False, "2.3.1", "none"),
    ],
)
def test_next_version(
    current: tuple[int, int, int], breaking: bool, added: bool, changed: bool, following: str, level: str
) -> None:
    bump = next_version(current, breaking=breaking, added=added, changed=changed)
    assert (bump.following, bump.level) == (following, level)
    assert "SemVer" in bump.rule or level == "none"


def version_in(root: Path, text: str) -> Path:
    (root / VERSION).parent.mkdir()
    (root / VERSION).write_text(text)
    return root


@pytest.mark.parametrize("text", ['__version__ = "1.2.3"', "x = 1\n__version__: Final = '1.2.3rc1'\n"])
def test_reads_the_version(tmp_path: Path, text: str) -> None:
    assert read_version(version_in(tmp_path, text)) == (1, 2, 3)


def test_says_that_there_is_no_version(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot be read"):
        read_version(tmp_path)
    with pytest.raises(BuildError, match="has no line like __version__"):
        read_version(version_in(tmp_path, "version = 1"))
