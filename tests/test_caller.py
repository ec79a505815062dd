"""caller: what generated resources ask for is what the pipeline has."""

from __future__ import annotations

import inspect

import pytest

from orange_ordering_client.caller import Caller
from orange_ordering_client.pipeline import Pipeline

METHODS = [name for name, value in vars(Caller).items() if inspect.isfunction(value) and not name.startswith("_")]


def test_there_is_something_to_ask_for() -> None:
    assert set(METHODS) == {"call", "answer", "pager"}


@pytest.mark.parametrize("name", METHODS)
def test_the_pipeline_takes_it_as_it_is_asked(name: str) -> None:
    assert inspect.signature(getattr(Pipeline, name)) == inspect.signature(getattr(Caller, name))
