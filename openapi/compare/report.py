"""The report on a new description, as text, as JSON and as an entry of the changelog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from openapi.compare.change import Change, grouped
from openapi.compare.python_api import PythonChanges
from openapi.compare.versions import Bump

__all__ = ["Described", "Report"]

_LISTED = 20


@dataclass(frozen=True)
class Described:
    """Identity of a description.

    Attributes:
        title, version: title and version in its `info`.
        digest: SHA-256 of its bytes, in hex.
    """

    title: str
    version: str
    digest: str

    def __str__(self) -> str:
        return f"{self.title} {self.version} (sha256 {self.digest[:12]})"

    def to_dict(self) -> dict[str, str]:
        """Return the identity as JSON values."""
        return {"title": self.title, "version": self.version, "sha256": self.digest}


@dataclass(frozen=True)
class Report:
    """All changes of a new description.

    Attributes:
        origin: source of the new description.
        before, after: description in place, and new description.
        wire: differences between the two descriptions.
        python: differences between the generated packages.
        losses: hand-written methods whose operations are missing, one sentence each.
        repairs: names of the repaired faults, one for each occurrence.
        warnings: other findings that need a person's attention.
        bump: the next version.
        replaced: whether anything was replaced.
        dry_run: whether the report was requested without a replacement.
    """

    origin: str
    before: Described
    after: Described
    wire: tuple[Change, ...]
    python: PythonChanges
    losses: tuple[str, ...]
    repairs: tuple[str, ...]
    warnings: tuple[str, ...]
    bump: Bump
    replaced: bool
    dry_run: bool

    @property
    def breaking(self) -> bool:
        """Whether there is a breaking change, on the wire or in Python."""
        return any(change.breaking for change in self.wire) or bool(self.python.breaking or self.losses)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "exit": 1 if self.breaking else 0,
            "breaking": self.breaking,
            "replaced": self.replaced,
            "dryRun": self.dry_run,
            "origin": self.origin,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "wire": [change.to_dict() for change in self.wire],
            "python": {"breaking": list(self.python.breaking), "added": list(self.python.added)},
            "handwritten": list(self.losses),
            "cured": dict(Counter(self.repairs)),
            "warnings": list(self.warnings),
            "version": {
                "current": self.bump.current,
                "next": self.bump.following,
                "bump": self.bump.level,
                "rule": self.bump.rule,
            },
            "changelog": self.changelog(),
        }

    def changelog(self) -> str:
        """Return the entry for CHANGELOG.md; empty if nothing changed."""
        if self.bump.level == "none":
            return ""
        lines = [f"## {self.bump.following} - unreleased", "", f"- Generated from {self._step()}.", ""]
        sections = {
            "Breaking": [*self.losses, *_lines(self.wire, breaking=True), *_quoted(self.python.breaking)],
            "Added": _lines(self.wire, breaking=False, kinds=("added",)),
            "Changed": _lines(self.wire, breaking=False, kinds=("changed", "removed")),
        }
        for title, entries in sections.items():
            if entries:
                lines += [f"### {title}", "", *(f"- {entry}" for entry in entries), ""]
        return "\n".join(lines)

    def _step(self) -> str:
        new = f"{self.after.title} {self.after.version}"
        if (self.before.title, self.before.version) == (self.after.title, self.after.version):
            return f"a newer description of {new}"
        return f"{new} (before: {self.before.title} {self.before.version})"

    def text(self) -> str:
        """Return the report as text."""
        return "\n".join(self._text()) + "\n"

    def _text(self) -> Iterator[str]:
        yield f"New description: {self.after}"
        yield f"           from: {self.origin}"
        yield f"Before:          {self.before}"
        yield from ("", *self._summary(), *self._outcome())
        yield from self._section("On the wire", self.wire)
        breaking, added = self.python.breaking, self.python.added
        entries = [*(f"BREAKING  {entry}" for entry in breaking), *(f"          {entry}" for entry in added)]
        yield from _block(f"In Python (griffe): {len(breaking)} breaking, {len(added)} added", entries)
        yield from _block("Hand-written methods", [f"BREAKING  {loss}" for loss in self.losses])
        faults = Counter(self.repairs)
        entries = [f"{count:5} x {fault}" for fault, count in sorted(faults.items())]
        yield from _block("Faults of the file that were repaired (`python -m openapi.build check --verbose`)", entries)
        yield from _block("Warnings", list(self.warnings))
        if entry := self.changelog():
            yield from ("", "For CHANGELOG.md:", "", entry.rstrip())

    def _summary(self) -> Iterator[str]:
        wire = Counter(change.breaking for change in self.wire)
        python = self.python
        breaking = wire[True] + len(python.breaking) + len(self.losses)
        yield f"Summary: breaking changes: {breaking}; others: {wire[False] + len(python.added)}"
        yield f"  operations            {_counted(self.wire, ('operation',))}; {_reached(self.wire)}"
        yield f"  schemas, attributes   {_counted(self.wire, ('type', 'property'))}"
        yield f"  Python names          {len(python.breaking)} removed or changed, {len(python.added)} added"
        yield f"  hand-written methods  {'; '.join(self.losses) or 'all work as before'}"
        yield f"  faults repaired       {len(self.repairs)}"
        yield f"  warnings              {len(self.warnings)}"
        bump = self.bump
        yield f"  version               {bump.current} -> {bump.following} ({bump.level}): {bump.rule}"

    def _section(self, title: str, changes: tuple[Change, ...]) -> Iterator[str]:
        marked = [
            f"{'BREAKING' if change.breaking else '        '}  {line}"
            for change, lines in grouped(changes)
            for line in lines.splitlines()
        ]
        count = sum(change.breaking for change in changes)
        yield from _block(f"{title}: {count} breaking, {len(changes) - count} not", marked)

    def _outcome(self) -> Iterator[str]:
        if self.dry_run:
            yield "Nothing was replaced (--dry-run)."
        elif self.replaced:
            yield "openapi/ordering-v3.1.json and orange_ordering_client/_generated were replaced. Next steps:"
            yield "  read `git diff`, run `make test`, set the version in orange_ordering_client/_version.py,"
            yield "  paste the entry above, and write in openapi/README.md where the file is from."
        else:
            yield "Nothing had to be replaced."
        yield "BREAKING for users of the client: exit 1." if self.breaking else "No breaking change: exit 0."


def _counted(changes: Iterable[Change], subjects: tuple[str, ...]) -> str:
    kinds = Counter(change.kind for change in changes if change.subject in subjects)
    return f"{kinds['added']} added, {kinds['removed']} removed, {kinds['changed']} changed"


def _reached(changes: Iterable[Change]) -> str:
    """Return how many operations are affected by breaking changes."""
    calls = {call for change in changes if change.breaking for call in change.calls}
    return f"{len(calls)} affected by breaking changes"


def _lines(changes: Iterable[Change], *, breaking: bool, kinds: tuple[str, ...] = ()) -> list[str]:
    # A changelog is for users of the client; operations and reasons are in the report.
    wanted = [
        replace(one, place=f"`{one.place}`", calls=(), why="")
        for one in changes
        if one.breaking == breaking and (not kinds or one.kind in kinds)
    ]
    return [f"{line}." for _, lines in grouped(wanted) for line in lines.splitlines()]


def _quoted(entries: Iterable[str]) -> list[str]:
    return [f"`{name}`: {what}." for name, _, what in (entry.partition(": ") for entry in entries)]


def _block(title: str, entries: list[str]) -> Iterator[str]:
    if not entries:
        return
    yield from ("", title)
    yield from (f"  {entry}" for entry in entries[:_LISTED])
    if len(entries) > _LISTED:
        yield f"  and {len(entries) - _LISTED} more (--json lists all)"
