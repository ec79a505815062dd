"""Each twin is put in place by one command in a copy, and the demo and the tests of promises go on untouched there.

`make official` runs everything there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.official.__main__ import TWINS
from tests.official.copies import copied, python

# On one worker: mypy reads the types of the libraries once for all of them.
pytestmark = pytest.mark.xdist_group("types")

PROMISES = (
    "tests/test_client.py",
    "tests/test_client_calls.py",
    "tests/test_catalog.py",
    "tests/orders/test_submission.py",
    "tests/sandbox/test_sandbox.py",
)


@pytest.fixture(scope="module", params=list(TWINS))
def in_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mypy_cache: Path) -> Path:
    """A copy of this project with a twin of the official file in place."""
    folder = tmp_path_factory.mktemp("official")
    copy, twin = folder / "project", folder / "twin.json"
    copy.mkdir()
    copied(copy)
    (copy / ".mypy_cache").mkdir()
    (copy / ".mypy_cache/openapi").symlink_to(mypy_cache)
    twin.write_text(json.dumps(TWINS[request.param]()), encoding="utf-8")
    done = python(copy, "-m", "openapi.update", str(twin), "--root", str(copy))
    # 1 says that users will notice, 2 that nothing was changed.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return copy


def test_the_demo_tells_its_whole_story(in_place: Path) -> None:
    done = python(in_place, "docs/demo.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_promises_are_kept(in_place: Path) -> None:
    missing = [name for name in PROMISES if not (in_place / name).exists()]
    assert missing == []
    done = python(in_place, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PROMISES)
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
