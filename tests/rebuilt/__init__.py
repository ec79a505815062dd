"""A frozen copy of the description that this project rebuilt, for tests of that file's particulars.

Tests of promises run with whatever description is vendored. The copy follows `openapi/ordering-v3.1.json` as long as
that is the rebuilt file, and stays as it is when the official file takes its place (tests/openapi/test_description.py).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["REBUILT", "described", "rebuilt"]

ROOT = Path(__file__).resolve().parents[2]
REBUILT = Path(__file__).with_name("ordering-v3.1.json")


def rebuilt() -> dict[str, Any]:
    """The frozen copy, freshly read."""
    found: dict[str, Any] = json.loads(REBUILT.read_text("utf-8"))
    return found


def described() -> dict[str, Any]:
    """The frozen copy as the build prepares it: what `_generated/description.json` is made from."""
    document: dict[str, Any] = json.loads(_prepared())
    return document


@cache
def _prepared() -> str:
    # Here, because tests that need only the file also run where the build is not.
    from openapi.prepare.overlay import read_overlay
    from openapi.prepare.steps import prepare

    return prepare(REBUILT.read_bytes(), read_overlay(ROOT / "openapi/overlay.yaml")).text()
