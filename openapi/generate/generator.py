"""Run of openapi-python-client in a separate process, and arrangement of its output as the generated package."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import yaml
from openapi_python_client.config import ConfigFile

from openapi.read.document import Document, obj
from openapi.read.errors import BuildError, GeneratorFailed

__all__ = ["Sources", "check_sources", "generate_tree"]

COMMAND = "make generate"
_DEFAULTS: dict[str, Any] = {"operations": {}, "discriminators": {}}
# ruff must not read pyproject.toml, so that the output changes only with the inputs of the build.
_RUFF = ("--isolated", "--line-length", "120", "--target-version", "py311", "--no-cache", "--quiet")
# Without this setting, ruff treats packages in the current directory as first-party.
_SORTED = ("--select", "I,F401", "--config", 'lint.isort.known-first-party = ["orange_ordering_client"]')
_RUNNER = Path(__file__).with_name("run_generator.py")


@dataclass(frozen=True)
class Sources:
    """Templates and settings of the generator.

    Attributes:
        templates: directory of the templates that replace those of the generator.
        config: file of the generator's settings.
    """

    templates: Path
    config: Path


def check_sources(sources: Sources) -> None:
    """Check for templates and settings that the generator would ignore without a warning.

    Raises:
        BuildError: a template neither replaces a stock one nor is included by another, or a setting is unknown.
    """
    if sources.config.exists():
        try:
            settings = obj(yaml.safe_load(sources.config.read_text("utf-8")))
        except yaml.YAMLError as error:
            raise BuildError(f"{sources.config} is not YAML: {error}") from error
        unknown = sorted(settings.keys() - ConfigFile.model_fields.keys())
        if unknown:
            raise BuildError(f"{sources.config.name}: the generator knows no setting {', '.join(unknown)}.")
    stock = set(_files(Path(str(resources.files("openapi_python_client") / "templates"))))
    ours = _files(sources.templates)
    included: set[str] = set()
    for name in ours:
        try:
            source = (sources.templates / name).read_text("utf-8")
            tree = jinja2.Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=False).parse(source)  # noqa: S701  # Python, not HTML
        except jinja2.TemplateSyntaxError as error:
            raise BuildError(f"The template {name} cannot be read: line {error.lineno}: {error.message}") from error
        except UnicodeDecodeError as error:
            raise BuildError(f"{name} among the templates is not text.") from error
        included |= {found for found in jinja2.meta.find_referenced_templates(tree) if found}
    stray = sorted(name for name in ours if name not in stock and name not in included)
    if stray:
        raise BuildError(f"The generator has no template called {', '.join(stray)}, and would ignore it.")


def _files(directory: Path) -> list[str]:
    found = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return [path.relative_to(directory).as_posix() for path in found]


def generate_tree(
    document: Document,
    variables: dict[str, Any],
    sources: Sources,
    job: Path,
    *,
    aliases: dict[str, str] | None = None,
    hash_seed: int = 0,
) -> Path:
    """Generate the package from the generator's input.

    Args:
        document: the generator's input.
        variables: global variables for the templates.
        sources: templates and settings of the generator.
        job: an empty directory to work in.
        aliases: wire names by alias (simplify.alias_names).
        hash_seed: PYTHONHASHSEED of the processes; the result must not depend on it.

    Returns:
        The package, inside `job`.

    Raises:
        GeneratorFailed: the generator warned or crashed, or a template used an undefined name.
    """
    check_sources(sources)
    said: dict[str, Any] = {
        "templates": str(sources.templates.resolve()),
        "config": str(sources.config.resolve()) if sources.config.exists() else None,
        "aliases": aliases or {},
        "globals": {"generate_command": COMMAND, **_DEFAULTS, **variables},
    }
    (job / "job.json").write_text(json.dumps(said), "utf-8")
    (job / "input.json").write_text(json.dumps(document), "utf-8")
    _run([sys.executable, "-P", str(_RUNNER), str(job)], hash_seed, "The generator")
    errors: list[str] = json.loads((job / "errors.json").read_text("utf-8"))
    if errors:
        raise GeneratorFailed(
            "\n".join(["The generator warns, so something would be missing:", *(f"  {e}" for e in errors)])
        )
    tree = job / "out"
    _arrange(tree)
    # ruff gets single files, because in a directory it skips files that a .gitignore or its default exclusions match.
    files = [str(path) for path in sorted(tree.rglob("*.py"))]
    ruff = [sys.executable, "-m", "ruff"]
    _run([*ruff, "check", *_RUFF, "--fix-only", *_SORTED, *files], hash_seed, "ruff check")
    _run([*ruff, "format", *_RUFF, *files], hash_seed, "ruff format")
    _run([*ruff, "check", *_RUFF, "--select", "E9,F63,F7,F82", *files], hash_seed, "What was generated")
    return tree


def _run(command: Iterable[str], hash_seed: int, who: str) -> None:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "RUFF_", "LC_", "LANG"))},
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": str(_RUNNER.parents[2]),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(list(command), capture_output=True, env=environment, check=False)  # noqa: S603  # commands of our own
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise GeneratorFailed(f"{who} failed: {_last_words(said)}")


def _last_words(said: str) -> str:
    # Of a traceback, only the last line and the line of the template are useful.
    if "Traceback (most recent call last)" not in said:
        return said
    places = re.findall(r'File "([^"]+\.jinja)", line (\d+)', said)
    where = f" ({Path(places[-1][0]).name}, line {places[-1][1]})" if places else ""
    return said.rsplit("\n", 1)[-1] + where


def _arrange(tree: Path) -> None:
    """Move the files of the generator to their final places, and remove empty ones."""
    package = tree / "resources"
    package.mkdir()
    for path in sorted((tree / "api").iterdir()):
        if path.name == "__init__.py":
            path.rename(package / "__init__.py")
        else:
            (path / "__init__.py").rename(package / f"{path.name}.py")
            spare = [module.name for module in sorted(path.iterdir()) if not _says_nothing(module)]
            if spare:
                raise GeneratorFailed(f"Templates wrote {', '.join(spare)} under api/{path.name}: nothing uses them.")
    shutil.rmtree(tree / "api")
    (tree / "client.py").rename(tree / "registry.py")
    for path in (tree / "errors.py", tree / "types.py"):
        if not _says_nothing(path):
            raise GeneratorFailed(f"A template wrote {path.name}: nothing uses it.")
        path.unlink()


def _says_nothing(module: Path) -> bool:
    try:
        body = ast.parse(module.read_text("utf-8")).body
    except SyntaxError:
        return False
    return all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in body)
