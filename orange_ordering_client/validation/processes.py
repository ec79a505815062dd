"""Worker processes for validation, which are killed if a job takes too long."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

from orange_ordering_client.settings import IS_WORKER
from orange_ordering_client.validation import frames
from orange_ordering_client.validation.interpreter import is_interpreter

__all__ = ["Pool", "Worker", "WorkerLost"]

# Behind the standard library: a file of the user's, such as resource.py, must not replace a module of it.
_START = (
    "import json, sys; sys.path += json.loads(sys.argv[1]);"
    " from orange_ordering_client.validation.worker import main; main()"
)
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Variables that an interpreter may need to start. No others are passed, because environments contain credentials."""

_HOME = str(Path(__file__).parents[2])
_WORKERS = 4
_START_SECONDS = 5.0
_LARGEST_ANSWER = 4 * 1024 * 1024
_MOST_SCHEMAS = 50
"""Largest number of compiled schemas in one worker; a worker that has more is replaced."""

T = TypeVar("T")


class WorkerLost(Exception):
    """An error for a worker that did not respond: it was killed, it ended, or it could not be started.

    Attributes:
        started: whether the worker had been ready for a job.
    """

    def __init__(self, *, started: bool) -> None:
        super().__init__("no answer from a validation worker")
        self.started = started


class Worker:
    """One process. `start` and `ask` block, so they run in a thread; `kill` from another thread makes them return."""

    def __init__(self) -> None:
        self.schemas: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._lock = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id; None if the process was not started."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            WorkerLost: the process cannot be started, or was killed meanwhile.
        """
        if not is_interpreter():
            raise WorkerLost(started=False)
        # The last one is the folder of this package: an import hook may have found it elsewhere.
        path = json.dumps([*(entry for entry in sys.path if isinstance(entry, str)), _HOME])  # pyright: ignore[reportUnnecessaryIsInstance]  # programs add Path objects
        try:
            with self._lock:
                if not self._killed:
                    # -I, so that neither environment variables nor the current directory change what is imported; -S,
                    # so that the path is that of this process, behind the standard library.
                    self._process = subprocess.Popen(  # noqa: S603 -- this interpreter and our own text
                        [sys.executable, "-I", "-S", "-c", _START, path],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                        env={**{name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}, IS_WORKER: "1"},
                        # Ctrl-C in a terminal must not end the worker, because the program may continue.
                        start_new_session=True,
                        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                    )
            self._read()
        except (OSError, ValueError, WorkerLost):
            raise WorkerLost(started=False) from None

    def ask(self, message: bytes) -> bytes:
        """Send a job and wait for its result.

        Raises:
            WorkerLost: the process ended, or was killed meanwhile.
        """
        try:
            sink = self._pipes()[0]
            sink.write(message)
            sink.flush()
        except (OSError, ValueError):
            raise WorkerLost(started=True) from None
        return self._read()

    def kill(self) -> None:
        """Kill the process."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Kill the process, wait for its end and close its pipes."""
        self.kill()
        process = self._process
        if process is None:
            return
        process.wait()
        for pipe in self._pipes():
            try:
                pipe.close()
            # Closing flushes buffered data, which fails if the process has ended.
            except OSError:
                continue

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise WorkerLost(started=False)
        return process.stdin, process.stdout

    def _read(self) -> bytes:
        try:
            body = frames.read(self._pipes()[1], _LARGEST_ANSWER)
        except (OSError, ValueError, frames.BadFrame):
            body = None
        if body is None:
            raise WorkerLost(started=True)
        return body


def _end(workers: set[Worker], threads: ThreadPoolExecutor) -> None:
    """End the workers and threads of a pool that was not closed."""
    threads.shutdown(wait=False, cancel_futures=True)
    for worker in list(workers):
        worker.close()
    workers.clear()


class Pool:
    """Up to four workers of one client, started on demand, in one event loop."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._slots = asyncio.Semaphore(_WORKERS)
        # There are more threads than workers, because the thread of a killed worker still waits for its end.
        self._threads = ThreadPoolExecutor(2 * _WORKERS, thread_name_prefix="orange-validation")
        self._finalizer = weakref.finalize(self, _end, self._all, self._threads)

    @property
    def workers(self) -> list[int]:
        """Process ids of the workers."""
        return [worker.pid for worker in self._all if worker.pid is not None]

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        if not self._finalizer.alive:
            raise WorkerLost(started=False)
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*arguments))

    async def ask(self, schema: int, message: Callable[[bool], bytes], seconds: float) -> bytes:
        """Run a job in a worker.

        Args:
            schema: number of the schema; a worker keeps the schemas that it has seen.
            message: function that returns the job, with the source of the schema if called with True; runs in a thread.
            seconds: seconds after which the worker is killed. If no worker is idle, starting one may take five more.

        Raises:
            WorkerLost: the worker was killed, it ended, or it could not be started.
            ValueError, RecursionError, TypeError: the job cannot be written as JSON.
        """
        async with self._slots:
            worker = await self._take()
            try:
                job = await self._in_thread(message, schema not in worker.schemas)
                worker.schemas.add(schema)
                body = await self._within(worker, seconds, worker.ask, job)
            except BaseException:
                self._discard(worker)
                raise
            if len(worker.schemas) > _MOST_SCHEMAS:
                self._discard(worker)
            else:
                self._idle.append(worker)
            return body

    async def aclose(self) -> None:
        """End all workers."""
        workers = list(self._all)
        for worker in workers:
            worker.kill()
        self._idle.clear()
        for worker in workers:
            await self._in_thread(worker.close)
        self._finalizer()

    async def _take(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            self._discard(worker)
        worker = Worker()
        self._all.add(worker)
        try:
            await self._within(worker, _START_SECONDS, worker.start)
        except BaseException:
            self._discard(worker)
            raise
        return worker

    async def _within(self, worker: Worker, seconds: float, function: Callable[..., T], *arguments: object) -> T:
        timer = asyncio.get_running_loop().call_later(seconds, worker.kill)
        try:
            return await self._in_thread(function, *arguments)
        finally:
            timer.cancel()

    def _discard(self, worker: Worker) -> None:
        """Kill a worker. The worker stays in the pool until it has ended, so that closing the pool waits for it."""
        worker.kill()
        if self._finalizer.alive:
            self._threads.submit(self._remove, worker)
        else:
            self._remove(worker)

    def _remove(self, worker: Worker) -> None:
        worker.close()
        self._all.discard(worker)
