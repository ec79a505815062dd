"""The inputs and results of a project, and the generated code that follows from them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from openapi.generate.compatibility import unmet
from openapi.generate.completeness import missing_from_tree
from openapi.generate.generator import Sources, generated
from openapi.generate.replacement import INPUTS, TARGET, VENDORED
from openapi.generate.simplify import aliased, simplified
from openapi.generate.variables import calls, classes, discriminators
from openapi.prepare.handwritten import losses
from openapi.prepare.overlay import read_overlay
from openapi.prepare.steps import Prepared, prepare
from openapi.read.document import Document, referenced
from openapi.read.errors import HandwrittenBroken, SomethingLost, UnusableDescription

__all__ = ["TARGET", "VENDORED", "Built", "Project", "build", "digest"]

_MAX_DEPTH = 100  # An import takes about six frames of Python's thousand.


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
            "overlay": digest(self.overlay),
            "config": digest(self.sources.config),
            "templates": {path.relative_to(self.sources.templates).as_posix(): digest(path) for path in templates},
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
        "discriminators": discriminators(prepared.document),
    }
    plain = simplified(prepared.document)
    _check_depth(plain)
    aliases = aliased(plain)
    tree = generated(plain, variables, project.sources, job, aliases=aliases, hash_seed=hash_seed)
    lost = missing_from_tree(tree, prepared.document)
    if lost:
        raise SomethingLost("while generating", lost)
    (tree / "description.json").write_text(prepared.text(), "utf-8")
    (tree / INPUTS).write_text(json.dumps(project.fingerprint(data), indent=1) + "\n", "utf-8")
    together = stage / "together"
    together.mkdir()
    if broken := unmet(project.package, tree, together, project.root / ".mypy_cache/openapi"):
        raise HandwrittenBroken([*losses(prepared.document), *broken])
    return Built(tree, prepared)


def _check_depth(document: Document) -> None:
    """Refuse schemas nested so deeply that Python could not import their classes, each of which imports the next.

    Raises:
        UnusableDescription: they are.
    """
    schemas = {key: list(dict.fromkeys(referenced(one))) for key, one in document["components"]["schemas"].items()}
    for first in schemas:
        seen, stack = {first}, [iter(schemas[first])]
        while stack:
            if len(stack) > _MAX_DEPTH:
                raise UnusableDescription(
                    f"{first} nests schemas more than {_MAX_DEPTH} levels deep, and Python cannot import such classes."
                )
            key = next(stack[-1], None)
            if key is None:
                stack.pop()
            elif key not in seen and key in schemas:
                seen.add(key)
                stack.append(iter(schemas[key]))


def digest(path: Path) -> str:
    """Sum up a file, or a tree with the names in it but without Python's caches; "absent" for what is not there."""
    if not path.exists():
        return "absent"
    total = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file()):
        if "__pycache__" not in file.relative_to(path).parts:
            name = file.relative_to(path).as_posix() if file != path else "."
            total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
