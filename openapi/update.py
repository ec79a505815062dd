"""Take in a new description: check it, replace the vendored one and the generated package, report what changes.

usage: python -m openapi.update SPEC [--json] [--dry-run] [--root DIR] [--timeout SECONDS]

SPEC is a file, an https URL, or `live` (GET /doc of the API that the environment names).

Exit 0: no breaking change. Exit 1: a breaking change; the new description is in place nevertheless. Exit 2: the
description cannot be used; nothing was changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from openapi.compare.comparable import comparable
from openapi.compare.operations import differences
from openapi.compare.python_api import python_changes
from openapi.compare.report import Described, Report
from openapi.compare.versions import next_version, read_version
from openapi.generate.project import VENDORED, Built, Project, build, digest
from openapi.generate.replacement import locked, replace, staging
from openapi.prepare.handwritten import broken_methods
from openapi.prepare.overlay import read_overlay
from openapi.prepare.schema_names import pascal
from openapi.read.document import Document, obj
from openapi.read.errors import BuildError
from openapi.read.fetch import SECONDS, fetch, without_secrets
from openapi.read.parse import as_json, read

__all__ = ["examine", "main", "update"]


def update(project: Project, data: bytes, origin: str, *, dry_run: bool = False) -> Report:
    """Replace both the vendored description and the package generated from it, or neither.

    Args:
        project: the project to update.
        data: bytes of the new description.
        origin: source of the description, for the report.
        dry_run: whether to report only, and replace nothing.

    Raises:
        BuildError: the description cannot be used; nothing was changed.
    """
    with locked(project.root), staging(project.root) as stage:
        built = build(project, data, stage)
        report = examine(project, data, built, origin, dry_run=dry_run)
        if report.replaced:
            replace(project.root, built.tree, data)
    return report


def examine(project: Project, data: bytes, built: Built, origin: str, *, dry_run: bool = False) -> Report:
    """Compare a description and the package generated from it with those in place.

    Raises:
        BuildError: the description in place cannot be read.
    """
    current = read(project.vendored)
    actions = read_overlay(project.overlay)
    try:
        before = comparable(current, actions)
    except BuildError as error:
        raise BuildError(f"The description in place cannot be read; restore {VENDORED} first. {error}") from error
    there = {pascal(key) for key in built.prepared.document["components"]["schemas"]}
    wire = [
        # If a schema moved, or its key changed, its class still exists.
        change
        for change in differences(before, comparable(data, actions))
        if not (change.kind == "removed" and change.subject == "type" and change.place in there)
    ]
    python = python_changes(project.target, built.tree)
    lost = broken_methods(built.prepared.document)
    changed = data != current or digest(built.tree) != digest(project.target)
    breaking = any(change.breaking for change in wire) or bool(python.breaking or lost)
    added = bool(python.added) or any(change.kind == "added" for change in wire)
    return Report(
        origin=origin,
        before=_described(before, current),
        after=_described(built.prepared.document, data),
        wire=tuple(wire),
        python=python,
        losses=tuple(lost),
        repairs=tuple(fault.fault for fault in built.prepared.repairs),
        warnings=tuple(warning for warning in built.prepared.warnings if warning not in lost),
        bump=next_version(read_version(project.root), breaking=breaking, added=added, changed=changed),
        replaced=changed and not dry_run,
        dry_run=dry_run,
    )


def _described(document: Document, data: bytes) -> Described:
    info = obj(document.get("info"))
    return Described(str(info.get("title")), str(info.get("version")), hashlib.sha256(data).hexdigest())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m openapi.update", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("spec", metavar="SPEC", help="a file, an https URL, or `live`")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--dry-run", action="store_true", help="report only, replace nothing")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="of the project")
    parser.add_argument("--timeout", type=float, default=SECONDS, help="seconds for fetching")
    chosen = parser.parse_args(arguments)
    try:
        data = as_json(fetch(chosen.spec, seconds=chosen.timeout))
        origin = without_secrets(chosen.spec) if "://" in chosen.spec else chosen.spec
        report = update(Project(chosen.root.resolve()), data, origin, dry_run=chosen.dry_run)
    except Exception as error:  # noqa: BLE001, RUF100  # an unhandled exception would exit with 1, which means a breaking change
        if not isinstance(error, (BuildError, OSError)):
            traceback.print_exc()
        said = str(error) or type(error).__name__
        if chosen.json:
            sys.stdout.write(json.dumps({"exit": 2, "replaced": False, "error": said}) + "\n")
        sys.stderr.write(f"{said}\nNothing was changed: exit 2.\n")
        return 2
    sys.stdout.write(json.dumps(report.to_dict(), indent=1) + "\n" if chosen.json else report.text())
    return 1 if report.breaking else 0


if __name__ == "__main__":
    sys.exit(main())
