"""The worker's own code, in this process; as a process it is in test_hostile_schemas.py."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from orange_ordering_client.validation import frames, worker

SCHEMA = {"properties": {"x": {"type": "string"}}}


def job(number: int, source: Any, wire: Any) -> bytes:
    return json.dumps({"schema": number, "source": source, "wire": wire}).encode()


class FakeResource:
    """The module `resource`, as far as it is used, without effect on this process."""

    RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RUSAGE_SELF = "as", "core", "cpu", "self"

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.limits: dict[str, tuple[int, int]] = {}

    def setrlimit(self, kind: str, limits: tuple[int, int]) -> None:
        if kind in self.refused:
            raise ValueError("not allowed")
        self.limits[kind] = limits

    def getrlimit(self, _: str) -> tuple[int, int]:
        return (-1, -1)

    def getrusage(self, _: str) -> Any:
        return SimpleNamespace(ru_utime=10.7, ru_stime=0.5)


def test_memory_core_files_and_time_are_bounded() -> None:
    resource = FakeResource()
    worker.bound_memory(resource)
    worker.bound_time(resource)
    assert resource.limits == {"as": (worker.BYTES, worker.BYTES), "core": (0, 0), "cpu": (16, -1)}


def test_a_bound_that_the_system_refuses_leaves_the_others() -> None:
    resource = FakeResource("as", "cpu")
    worker.bound_memory(resource)
    worker.bound_time(resource)
    assert resource.limits == {"core": (0, 0)}


def main(resource: FakeResource | None, *jobs: bytes) -> list[dict[str, Any]]:
    """What `main` writes for some jobs."""

    def loaded(name: str) -> Any:
        if resource is None:
            raise ImportError(name)
        return resource

    given = io.BytesIO(b"".join(len(body).to_bytes(4, "big") + body for body in jobs))
    written = io.BytesIO()
    streams = SimpleNamespace(stdin=SimpleNamespace(buffer=given), stdout=SimpleNamespace(buffer=written))
    worker.main(streams, loaded)
    written.seek(0)
    return [frames.decode(body) for body in iter(lambda: frames.read(written), None)]


@pytest.mark.parametrize("resource", [FakeResource(), None])
def test_it_says_that_it_is_ready_and_answers_until_there_are_no_more_jobs(resource: FakeResource | None) -> None:
    ready, first, second = main(resource, job(1, SCHEMA, {"x": 1}), job(1, None, {"x": "fits"}))
    assert ready == {"ready": True}
    assert [violation[0] for violation in first["violations"]] == ["$.x"]
    assert second == {"violations": [], "warnings": [], "usable": True}
    if resource is not None:
        assert set(resource.limits) == {"as", "core", "cpu"}


def test_a_schema_that_is_broken_is_not_usable_and_attachments_are_still_checked() -> None:
    _, answer = main(None, job(1, "{", {"attachments": [{"body": "%"}]}))
    assert [violation[0] for violation in answer["violations"]] == ["$.attachments[0].body"]
    assert answer["warnings"] == ["its schema is not JSON"]
    assert not answer["usable"]


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_a_lack_of_memory_is_an_answer(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(worker, "read_schema", fail)
    _, answer = main(None, job(1, SCHEMA, {}))
    assert answer["warnings"] == [f"its schema cannot be used ({error.__name__})"]
    assert not answer["usable"]


def test_a_slow_schema_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_SLOW", 0.0)
    _, answer = main(None, job(1, SCHEMA, {"x": 1}))
    assert answer["violations"]
    assert not answer["usable"]
