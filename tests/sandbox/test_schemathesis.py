"""A third party's opinion of the sandbox; `make contract` asks for it at length."""

from __future__ import annotations

from tests.rebuilt import described
from tests.sandbox.schemathesis_run import run


def test_schemathesis_finds_nothing() -> None:
    done = run(max_examples=2, description=described())
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "Tested: 9" in done.stdout
