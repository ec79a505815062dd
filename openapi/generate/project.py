"""A project: the paths of its inputs and of its generated package, and the build of the package from the inputs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from openapi.generate.compatibility import incompatibilities
from openapi.generate.completeness import missing_from_tree
from openapi.generate.generator import Sources, generate_tree
from openapi.generate.replacement import INPUTS, TARGET, VENDORED
from openapi.generate.simplify import alias_names, generator_input
from openapi.generate.variables import operation_variables, schema_variables
from openapi.prepare.discriminators import discriminators
from openapi.prepare.handwritten import broken_methods
from openapi.prepare.overlay import read_overlay
from openapi.prepare.steps import Prepared, prepare
from openapi.read.document import Document, referenced
from openapi.read.errors import IncompleteResult, PackageIncompatible, UnusableDescription

__all__ = ["TARGET", "VENDORED", "Built", "Project", "build", "digest", "generate_package"]

_MAX_DEPTH = 100  # One import takes about 6 of the 1000 frames that Python allows.


@dataclass(frozen=True)
class Project:
    """Paths of the inputs and of the generated package.

    Attributes:
        root: directory of the project.
    """

    root: Path

    @property
    def vendored(self) -> Path:
        """The description as received."""
        return self.root / VENDORED

    @property
    def overlay(self) -> Path:
        """The overlay with our names and corrections."""
        return self.root / "openapi/overlay.yaml"

    @property
    def sources(self) -> Sources:
        """Templates and settings of the generator."""
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
        """Return the digest or version of every input; with them `drift` names inputs that changed since the build."""
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
    """A finished package, not yet in place, and the description that it was generated from."""

    tree: Path
    prepared: Prepared


def build(project: Project, data: bytes, stage: Path, *, hash_seed: int = 0) -> Built:
    """Generate the package for a description, and check that the hand-written code works with it.

    It changes nothing in place.

    Args:
        project: the project.
        data: the description.
        stage: an empty directory.
        hash_seed: PYTHONHASHSEED of the processes; the result must not depend on it.

    Raises:
        BuildError: the description, the overlay or a template cannot be used, the result would be incomplete, or the
            hand-written code does not work with it.
    """
    built = generate_package(project, data, stage, hash_seed=hash_seed)
    together = stage / "together"
    together.mkdir()
    if broken := incompatibilities(project.package, built.tree, together, project.root / ".mypy_cache/openapi"):
        raise PackageIncompatible([*broken_methods(built.prepared.document), *broken])
    return built


def generate_package(project: Project, data: bytes, stage: Path, *, hash_seed: int = 0) -> Built:
    """Generate the package for a description in an empty directory, as `build` does, without the check.

    Raises:
        BuildError: the description, the overlay or a template cannot be used, or the result would be incomplete.
    """
    prepared = project.prepare(data)
    job = stage / "job"
    job.mkdir()
    variables = {
        "description_sha256": prepared.digest,
        "operations": operation_variables(prepared.document),
        "schemas": schema_variables(prepared.document),
        "discriminators": discriminators(prepared.document)[0],
    }
    plain = generator_input(prepared.document)
    _check_depth(plain)
    aliases = alias_names(plain)
    tree = generate_tree(plain, variables, project.sources, job, aliases=aliases, hash_seed=hash_seed)
    lost = missing_from_tree(tree, prepared.document)
    if lost:
        raise IncompleteResult("while generating", lost)
    (tree / "description.json").write_text(prepared.text(), "utf-8")
    (tree / INPUTS).write_text(json.dumps(project.fingerprint(data), indent=1) + "\n", "utf-8")
    return Built(tree, prepared)


def _check_depth(document: Document) -> None:
    """Reject chains of schemas that are too long for Python to import, because each class imports the next.

    Raises:
        UnusableDescription: a chain is too long.
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
    """Return the hash of a file or directory, with file names, without Python's caches; "absent" if there is none."""
    if not path.exists():
        return "absent"
    total = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file()):
        if "__pycache__" not in file.relative_to(path).parts:
            name = file.relative_to(path).as_posix() if file != path else "."
            total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
