"""Vendored description -> prepared description -> generated code.

usage: python -m openapi.build generate | drift | check   [--root DIR] [--verbose]

generate  prepares, generates aside, checks that nothing was lost, and only then puts the new tree in place
drift     generates aside and compares: exit 1 if the committed tree is not what the inputs make
check     prepares only, and says what was cured and what a person should look at

Exit 2: it cannot be done; one sentence says why, and nothing in place has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from openapi import swap
from openapi.calls import calls, classes
from openapi.check import missing_from_tree
from openapi.faults import BuildError, HandwrittenBroken, SomethingLost
from openapi.generator import COMMAND, Sources, generated
from openapi.handwritten import losses
from openapi.load import read
from openapi.overlay import read_overlay
from openapi.prepare import Prepared, prepare
from openapi.simplify import simplified
from openapi.together import unmet

__all__ = ["TARGET", "VENDORED", "Built", "Project", "build", "drift", "generate", "main"]

VENDORED = "openapi/ordering-v3.1.json"
TARGET = "orange_ordering_client/_generated"
_MAX_LISTED = 50


@dataclass(frozen=True)
class Project:
    """Where the inputs and the result are.

    Attributes:
        root: the directory that holds the rest.
    """

    root: Path

    @property
    def vendored(self) -> Path:
        """The description as received."""
        return self.root / VENDORED

    @property
    def overlay(self) -> Path:
        """Our names and corrections."""
        return self.root / "openapi/overlay.yaml"

    @property
    def sources(self) -> Sources:
        """What steers the generator."""
        return Sources(self.root / "custom_templates", self.root / "generator-config.yaml")

    @property
    def target(self) -> Path:
        """The generated package."""
        return self.root / TARGET

    @property
    def package(self) -> Path:
        """The hand-written package."""
        return self.target.parent

    def prepare(self, data: bytes) -> Prepared:
        """Prepare a description with this project's overlay."""
        return prepare(data, read_overlay(self.overlay))

    def fingerprint(self, data: bytes) -> dict[str, object]:
        """Sum up everything that the generated tree depends on, so that a change without regenerating is noticed."""
        templates = sorted(path for path in self.sources.templates.rglob("*") if path.is_file())
        return {
            "description": hashlib.sha256(data).hexdigest(),
            "overlay": swap.digest(self.overlay),
            "config": swap.digest(self.sources.config),
            "templates": {path.relative_to(self.sources.templates).as_posix(): swap.digest(path) for path in templates},
            "openapi-python-client": version("openapi-python-client"),
            "ruff": version("ruff"),
        }


@dataclass(frozen=True)
class Built:
    """A tree that is ready to be put in place, and what it was made of."""

    tree: Path
    prepared: Prepared


def build(project: Project, data: bytes, stage: Path, *, hash_seed: int = 0) -> Built:
    """Make the generated tree for a description in an empty directory; nothing in place is touched.

    Raises:
        BuildError: the description, the overlay or a template is unusable, or something would be lost.
    """
    prepared = project.prepare(data)
    job = stage / "job"
    job.mkdir()
    variables = {
        "description_sha256": prepared.digest,
        "operations": calls(prepared.document),
        "schemas": classes(prepared.document),
    }
    tree = generated(simplified(prepared.document), variables, project.sources, job, hash_seed=hash_seed)
    lost = missing_from_tree(tree, prepared.document)
    if lost:
        raise SomethingLost("while generating", lost)
    (tree / "description.json").write_text(prepared.text(), "utf-8")
    (tree / "inputs.json").write_text(json.dumps(project.fingerprint(data), indent=1) + "\n", "utf-8")
    together = stage / "together"
    together.mkdir()
    if broken := unmet(project.package, tree, together, project.root / ".mypy_cache/openapi"):
        raise HandwrittenBroken([*losses(prepared.document), *broken])
    return Built(tree, prepared)


def generate(project: Project) -> tuple[Prepared, bool]:
    """Generate and put in place.

    Returns:
        What was generated from, and whether anything changed.
    """
    with swap.locked(project.root), swap.staging(project.root) as stage:
        built = build(project, read(project.vendored), stage)
        changed = swap.digest(built.tree) != swap.digest(project.target)
        if changed:
            swap.swap(project.root, {TARGET: built.tree})
    return built.prepared, changed


def drift(project: Project) -> list[str]:
    """Compare what is in place with what the inputs make, and list what differs; no difference, no lines."""
    if (project.root / swap.STAGE).exists():
        with swap.locked(project.root):
            pass  # A killed build is completed first.
    with tempfile.TemporaryDirectory() as stage:
        tree = build(project, read(project.vendored), Path(stage)).tree
        return sorted(_differences(tree, project.target))


def _differences(made: Path, there: Path) -> list[str]:
    return [
        f"{TARGET}/{name}: {how}"
        for name in _names(made) | _names(there)
        if (how := _difference(made / name, there / name))
    ]


def _names(tree: Path) -> set[str]:
    found = (path.relative_to(tree) for path in tree.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def _difference(made: Path, there: Path) -> str:
    if not there.exists():
        return "missing"
    if not made.exists():
        return "not generated by anything"
    if made.read_bytes() == there.read_bytes():
        return ""
    if made.name == "inputs.json":
        old, new = json.loads(there.read_text("utf-8")), json.loads(made.read_text("utf-8"))
        changed = sorted(key for key in new if old.get(key) != new[key])
        return f"changed since the tree was generated: {', '.join(changed)}"
    return "differs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m openapi.build", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("command", choices=("generate", "drift", "check"))
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="of the project")
    parser.add_argument("--verbose", action="store_true", help="list every fault that was cured")
    chosen = parser.parse_args(arguments)
    project = Project(chosen.root.resolve())
    try:
        return _run(project, chosen.command, verbose=chosen.verbose)
    except BuildError as error:
        _say(str(error), sys.stderr)
        return 2


def _run(project: Project, command: str, *, verbose: bool) -> int:
    if command == "drift":
        lines = drift(project)
        for line in lines[:_MAX_LISTED]:
            _say(line, sys.stderr)
        _say(
            f"{TARGET} is not what its inputs make: run `{COMMAND}`." if lines else f"{TARGET} is what its inputs make."
        )
        return 1 if lines else 0
    if command == "check":
        prepared, outcome = project.prepare(read(project.vendored)), "they can be generated from"
        for line in _invalid(prepared):
            _say(f"finding: {line}", sys.stderr)
    else:
        prepared, changed = generate(project)
        outcome = f"{TARGET} was replaced" if changed else f"{TARGET} was up to date"
    _report(prepared, verbose=verbose)
    count = len(calls(prepared.document))
    _say(f"{count} operations, {len(prepared.document['components']['schemas'])} schemas: {outcome}.")
    return 0


def _invalid(prepared: Prepared) -> list[str]:
    """Say what OpenAPI itself has against a prepared description; the generator may take it all the same."""
    from openapi_spec_validator import OpenAPIV30SpecValidator  # Needed here only, and slow to import.

    found = OpenAPIV30SpecValidator(prepared.document).iter_errors()
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def _report(prepared: Prepared, *, verbose: bool) -> None:
    if verbose:
        for fault in prepared.cured:
            _say(f"cured: {fault}")
    else:
        for name, count in sorted(Counter(fault.fault for fault in prepared.cured).items()):
            _say(f"cured: {name} ({count}x)")
    for warning in prepared.warnings:
        _say(f"warning: {warning}", sys.stderr)


def _say(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream or sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
