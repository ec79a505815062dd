"""Locks of files, and what runs in forked processes. Locks beside real ones: test_intent_file_locks."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client.orders import file_locks
from orange_ordering_client.orders.file_locks import in_forked_processes, try_lock


def test_a_lock_that_is_released_is_forgotten(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "lock")
    assert held is not None
    known = weakref.ref(held)
    held.release()
    del held
    assert known() is None


class Registered:
    """What `in_forked_processes` registers: Python runs it around each fork, and can never be told to stop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> None:
        self.handlers: dict[str, Callable[[], Any]] = {}
        monkeypatch.setattr(os, "register_at_fork", self.handlers.update)
        # The keywords of `register_at_fork` become the keys of the dictionary.
        in_forked_processes(work)


@pytest.mark.parametrize("side", ["after_in_parent", "after_in_child"])
def test_no_thread_takes_a_lock_while_the_process_forks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, side: str
) -> None:
    registered = Registered(monkeypatch, lambda: None)
    taken: list[file_locks.HeldLock | None] = []
    thread = threading.Thread(target=lambda: taken.append(try_lock(tmp_path / "lock")))

    registered.handlers["before"]()
    thread.start()
    thread.join(0.1)
    assert not taken
    registered.handlers[side]()
    thread.join(10)

    assert taken[0] is not None
    taken[0].release()


def test_the_work_is_done_in_the_forked_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    handlers = Registered(monkeypatch, lambda: done.append("work")).handlers

    handlers["before"]()
    handlers["after_in_parent"]()
    assert not done
    handlers["before"]()
    handlers["after_in_child"]()
    assert done == ["work"]
