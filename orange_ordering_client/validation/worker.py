"""The worker process, which compiles and evaluates schemas, one job at a time, and can be killed at any time.

A job is `{"schema": number, "source": the schema or null, "wire": body}`; the first job of a schema contains the
source. The response is `{"violations": [[path, message, rule], ...], "warnings": [...], "usable": bool}`.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO

from orange_ordering_client.validation import frames
from orange_ordering_client.validation.checking import read_schema, validate
from orange_ordering_client.validation.results import UnusableSchema

if TYPE_CHECKING:
    from orange_ordering_client.validation.schemas import Schema

__all__ = ["BYTES", "answer", "bound_memory", "bound_time", "main", "run"]

BYTES = 256 * 1024 * 1024
"""Largest address space of a worker in bytes; a worker starts with 30 MB."""

_CPU_SECONDS = 5
"""CPU time of one job. The client kills the worker sooner, but it may have ended."""


_SLOW = 0.7
"""Seconds. The schema of a longer job is not used again, because other orders of its type would have to wait."""


def main(streams: Any = sys, loaded: Callable[[str], Any] = __import__) -> None:
    """Read jobs from the standard input and write results to the standard output, within limits.

    Args:
        streams: object with `stdin` and `stdout`.
        loaded: function that imports a module by name.
    """
    try:
        resource = loaded("resource")
    except ImportError:
        resource = None
    run(
        streams.stdin.buffer,
        streams.stdout.buffer,
        partial(bound_memory, resource),
        partial(bound_time, resource),
    )


def run(source: BinaryIO, sink: BinaryIO, before: Callable[[], None], each: Callable[[], None]) -> None:
    """Run jobs until the input ends.

    Args:
        source: stream of jobs.
        sink: stream for results.
        before: function called once before the first job, to set limits.
        each: function called before every job.

    Raises:
        BadFrame: a job is incomplete or too long.
    """
    # Imported before the first job, because the import takes time.
    import_module("orange_ordering_client.validation.schemas")
    before()
    known: dict[int, Schema | UnusableSchema] = {}
    sink.write(frames.encode({"ready": True}))
    sink.flush()
    while (body := frames.read(source)) is not None:
        each()
        sink.write(frames.encode(answer(body, known)))
        sink.flush()


def answer(body: bytes, known: dict[int, Schema | UnusableSchema]) -> dict[str, Any]:
    """Run one job, and return its response.

    Args:
        body: JSON of the job.
        known: compiled schemas by number; new ones are added.
    """
    started = time.monotonic()
    try:
        job = frames.decode(body)
        number = job["schema"]
        if number not in known:
            known[number] = _read(job["source"])
        schema = known[number]
        if isinstance(schema, UnusableSchema):
            result = validate(None, job["wire"], [str(schema)])
        else:
            result = validate(schema, job["wire"])
    except (MemoryError, RecursionError) as error:
        text = f"its schema cannot be used ({type(error).__name__})"
        return {"violations": [], "warnings": [text], "usable": False}
    return {
        "violations": [[found.path, found.message, found.rule] for found in result.violations],
        "warnings": list(result.warnings),
        "usable": not isinstance(schema, UnusableSchema) and time.monotonic() - started < _SLOW,
    }


def _read(source: object) -> Schema | UnusableSchema:
    try:
        return read_schema(source)
    except UnusableSchema as error:
        return error


def bound_memory(resource: Any) -> None:
    """Limit the address space of this process, and disable core files.

    Args:
        resource: the module `resource`; None if there is none (Windows). Then only the time is limited.
    """
    if resource is not None:
        for kind, value in ((resource.RLIMIT_AS, BYTES), (resource.RLIMIT_CORE, 0)):
            # macOS rejects a limit of the address space.
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value))


def bound_time(resource: Any) -> None:
    """Make the system end this process if the current job takes 5 s of CPU time.

    Args:
        resource: the module `resource`; None if there is none (Windows).
    """
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        # A lower existing limit is kept.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + _CPU_SECONDS, hard))
