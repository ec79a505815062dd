"""`make test-all`: the suite on every Python found, against the built wheel, with the source tree away.

usage: python -m tests.every_python [VERSION ...]

Exit 0: every Python passed. The environments are kept under build/pythons.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
# What tests the source tree: the build, its output, the wheel, types, imports, and copies of the project.
NOT_OF_THE_WHEEL = (
    "openapi", "official", "packaging", "typing", "rebuilt", "generated/test_kinds.py", "generated/test_resources.py",
    "test_imports.py", "docs/test_architecture.py", "sandbox/test_testing.py",
)  # fmt: skip
SECONDS = 1800


def found(version: str) -> str | None:
    """The path of a Python of this version that really starts; a version manager's stand-in may not."""
    candidates = [
        shutil.which(f"python{version}"),
        *sorted(map(str, Path.home().glob(f".pyenv/versions/{version}*/bin/python"))),
    ]
    for candidate in candidates:
        if candidate is None:
            continue
        asked = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # made here
        if said.stdout.strip() == version:
            return candidate
    return None


def run(*command: str | Path, cwd: Path = ROOT) -> bool:
    """Run a command and say whether it succeeded."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, timeout=SECONDS, check=False)  # noqa: S603  # made here
    return done.returncode == 0


def installed(python: str, version: str, wheel: Path) -> Path | None:
    """Make an environment that has the wheel and what the tests need; None if that failed."""
    home = ROOT / "build/pythons" / version
    inside = home / "bin/python"
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = ",".join(settings["project"]["optional-dependencies"])
    # The frozen description is prepared by the build.
    groups = settings["dependency-groups"]
    needed = [one for group in ("test", "generate") for one in groups[group] if isinstance(one, str)]
    steps: list[list[str | Path]] = [
        [python, "-m", "venv", "--clear", home],
        [inside, "-m", "pip", "install", "--quiet", "--upgrade", "pip"],
        [inside, "-m", "pip", "install", "--quiet", f"{wheel}[{extras}]", *needed],
    ]
    return inside if all(run(*step) for step in steps) else None


def passed(inside: Path, version: str) -> bool:
    """Run the suite in a directory that has the tests and their files, and not the package."""
    with tempfile.TemporaryDirectory(prefix="every-python-") as name:
        away = Path(name)
        for part in ("tests", "docs", "examples", "openapi", "README.md", "CHANGELOG.md", "pyproject.toml", "Makefile"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, away / part, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, away / part)
        ignored = [f"--ignore=tests/{part}" for part in NOT_OF_THE_WHEEL]
        sys.stdout.write(f"Python {version}:\n")
        sys.stdout.flush()
        return run(
            inside, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", *ignored, cwd=away
        )


def main(versions: list[str]) -> int:
    """Run all, and give the exit code."""
    wheels = ROOT / "build/wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    if not run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", wheels, ROOT):
        return 1
    wheel = next(wheels.glob("*.whl"))
    results: dict[str, str] = {}
    for version in versions:
        python = found(version)
        if python is None:
            results[version] = "not on this machine"
            continue
        inside = installed(python, version, wheel)
        results[version] = "passed" if inside and passed(inside, version) else "FAILED"
    sys.stdout.writelines(f"{version}: {result}\n" for version, result in results.items())
    return 1 if "FAILED" in results.values() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(VERSIONS)))
