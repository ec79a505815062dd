"""The next version of the package, by Semantic Versioning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from openapi.read.errors import BuildError

__all__ = ["Bump", "next_version", "read_version"]

VERSION = "orange_ordering_client/_version.py"
_ASSIGNED = re.compile(r"""^__version__\s*(?::[^=]+)?=\s*["'](\d+)\.(\d+)\.(\d+)[^"']*["']""", re.MULTILINE)


@dataclass(frozen=True)
class Bump:
    """A step from one version to the next.

    Attributes:
        current, following: versions.
        level: "major", "minor", "patch" or "none".
        rule: reason for the level, one sentence.
    """

    current: str
    following: str
    level: str
    rule: str


def read_version(root: Path) -> tuple[int, int, int]:
    """Read the version of the package without importing the package.

    Raises:
        BuildError: the file is missing, or has no version of three numbers.
    """
    path = root / VERSION
    try:
        found = _ASSIGNED.search(path.read_text("utf-8"))
    except OSError as error:
        raise BuildError(f"{path} cannot be read: {error.strerror or error}.") from error
    if found is None:
        raise BuildError(f'{path} has no line like __version__ = "1.2.3".')
    return int(found[1]), int(found[2]), int(found[3])


def next_version(current: tuple[int, int, int], *, breaking: bool, added: bool, changed: bool) -> Bump:
    """Return the next version.

    From 1.0.0 on, sections 6 to 8 of Semantic Versioning 2.0.0 apply. Before 1.0.0, section 4 guarantees nothing:
    breaking changes increase the second number, and other changes the third, as dependency ranges such as `~=0.1.3`
    expect.

    Args:
        current: version of the package.
        breaking, added: whether there are breaking changes, or additions.
        changed: whether anything changed.
    """
    major, minor, patch = current
    now = f"{major}.{minor}.{patch}"
    if breaking and major:
        return Bump(now, f"{major + 1}.0.0", "major", "breaking changes raise the first number (SemVer, section 8)")
    if breaking:
        rule = "before 1.0.0, breaking changes raise the second number (SemVer, section 4)"
        return Bump(now, f"0.{minor + 1}.0", "minor", rule)
    if added and major:
        rule = "additions raise the second number (SemVer, section 7)"
        return Bump(now, f"{major}.{minor + 1}.0", "minor", rule)
    if changed or added:
        rule = "before 1.0.0, other changes raise the third number (SemVer, section 4)"
        rule = "other changes raise the third number (SemVer, section 6)" if major else rule
        return Bump(now, f"{major}.{minor}.{patch + 1}", "patch", rule)
    return Bump(now, now, "none", "nothing changed")
