"""What came of a new description: for a person, for a machine, and for the changelog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from openapi.change import Change, gathered
from openapi.python_api import PythonChanges
from openapi.versions import Bump

__all__ = ["Described", "Report"]

_LISTED = 20


@dataclass(frozen=True)
class Described:
    """What a description says it is.

    Attributes:
        title, version: from its `info`.
        digest: SHA-256 of its bytes, in hex.
    """

    title: str
    version: str
    digest: str

    def __str__(self) -> str:
        return f"{self.title} {self.version} (sha256 {self.digest[:12]})"

    def to_dict(self) -> dict[str, str]:
        """Write it for a machine."""
        return {"title": self.title, "version": self.version, "sha256": self.digest}


@dataclass(frozen=True)
class Report:
    """All that changes with a new description.

    Attributes:
        origin: where it came from.
        before, after: the description that was in place, and the new one.
        wire: differences between the two.
        python: differences between the generated trees.
        losses: hand-written methods that lose an operation, one sentence each.
        cured: names of the faults that were put right, one for each time.
        warnings: what else a person should look at.
        bump: the version that follows.
        replaced: whether anything was put in place.
        dry_run: whether nothing was to be.
    """

    origin: str
    before: Described
    after: Described
    wire: tuple[Change, ...]
    python: PythonChanges
    losses: tuple[str, ...]
    cured: tuple[str, ...]
    warnings: tuple[str, ...]
    bump: Bump
    replaced: bool
    dry_run: bool

    @property
    def breaking(self) -> bool:
        """Whether anything breaks, on the wire or in Python."""
        return any(change.breaking for change in self.wire) or bool(self.python.breaking or self.losses)

    def to_dict(self) -> dict[str, Any]:
        """Write it for a machine."""
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
            "cured": dict(Counter(self.cured)),
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
        """Write the entry for CHANGELOG.md; empty when there is nothing to say."""
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
        """Write it for a person."""
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
        faults = Counter(self.cured)
        entries = [f"{count:5} x {fault}" for fault, count in sorted(faults.items())]
        yield from _block("Faults of the file that were put right (`python -m openapi.build check --verbose`)", entries)
        yield from _block("To look at", list(self.warnings))
        if entry := self.changelog():
            yield from ("", "For CHANGELOG.md:", "", entry.rstrip())

    def _summary(self) -> Iterator[str]:
        wire = Counter(change.breaking for change in self.wire)
        python = self.python
        breaking = wire[True] + len(python.breaking) + len(self.losses)
        yield f"Summary: changes that break programs: {breaking}; others: {wire[False] + len(python.added)}"
        yield f"  operations            {_counted(self.wire, ('operation',))}; {_reached(self.wire)}"
        yield f"  schemas, attributes   {_counted(self.wire, ('type', 'property'))}"
        yield f"  Python names          {len(python.breaking)} removed or changed, {len(python.added)} added"
        yield f"  hand-written methods  {'; '.join(self.losses) or 'all work as before'}"
        yield f"  faults put right      {len(self.cured)}"
        yield f"  to look at            {len(self.warnings)}"
        bump = self.bump
        yield f"  version               {bump.current} -> {bump.following} ({bump.level}): {bump.rule}"

    def _section(self, title: str, changes: tuple[Change, ...]) -> Iterator[str]:
        marked = [
            f"{'BREAKING' if change.breaking else '        '}  {line}"
            for change, lines in gathered(changes)
            for line in lines.splitlines()
        ]
        count = sum(change.breaking for change in changes)
        yield from _block(f"{title}: {count} breaking, {len(changes) - count} not", marked)

    def _outcome(self) -> Iterator[str]:
        if self.dry_run:
            yield "Nothing was put in place (--dry-run)."
        elif self.replaced:
            yield "openapi/ordering-v3.1.json and orange_ordering_client/_generated were replaced. What is left to do:"
            yield "  read `git diff`, run `make test`, set the version in orange_ordering_client/_version.py,"
            yield "  paste the entry above, and say in openapi/README.md where the file is from."
        else:
            yield "Nothing had to be replaced."
        yield "BREAKING for those who use the client: exit 1." if self.breaking else "Nothing breaks: exit 0."


def _counted(changes: Iterable[Change], subjects: tuple[str, ...]) -> str:
    kinds = Counter(change.kind for change in changes if change.subject in subjects)
    return f"{kinds['added']} added, {kinds['removed']} removed, {kinds['changed']} changed"


def _reached(changes: Iterable[Change]) -> str:
    """Say how many operations have a breaking change in anything they take or give."""
    calls = {call for change in changes if change.breaking for call in change.calls}
    return f"breaking changes reach {len(calls)}"


def _lines(changes: Iterable[Change], *, breaking: bool, kinds: tuple[str, ...] = ()) -> list[str]:
    # Calls and reasons belong into the report; a changelog is for those who use the client.
    wanted = [
        replace(one, place=f"`{one.place}`", calls=(), why="")
        for one in changes
        if one.breaking == breaking and (not kinds or one.kind in kinds)
    ]
    return [f"{line}." for _, lines in gathered(wanted) for line in lines.splitlines()]


def _quoted(entries: Iterable[str]) -> list[str]:
    return [f"`{name}`: {what}." for name, _, what in (entry.partition(": ") for entry in entries)]


def _block(title: str, entries: list[str]) -> Iterator[str]:
    if not entries:
        return
    yield from ("", title)
    yield from (f"  {entry}" for entry in entries[:_LISTED])
    if len(entries) > _LISTED:
        yield f"  and {len(entries) - _LISTED} more (--json lists all)"
