"""The workers of `make unit` share out the tests as the marks ask for."""

from __future__ import annotations

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="only with workers")
@pytest.mark.xdist_group("types")
def test_tests_of_a_group_are_kept_on_one_worker(request: pytest.FixtureRequest) -> None:
    # xdist marks them by a suffix, which some versions of pytest drop without a word: the suite then takes far longer.
    assert request.node.nodeid.endswith("@types")
