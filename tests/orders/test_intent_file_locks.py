"""IntentFile: locks beside forked processes and beside stopped ones."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orange_ordering_client.orders import file_locks, intent_file
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from tests.placing import desk

KEY = Key("WAN-042", "R_BVPN_FR_1")
OTHER = Key("WAN-043", "R_BVPN_FR_1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


def lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


async def sent(intents: IntentFile, key: Key = KEY) -> None:
    async with intents.claim(key) as claim:
        await claim.sending()


@contextmanager
def program(code: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process; it and the children that it forks are ended afterwards, and after 40 seconds in any case."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PRELUDE + code, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603 -- our own code
    # Whoever waits for a lock in a thread cannot be interrupted, not even by the time limit of the test.
    limit = threading.Timer(40, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    try:
        yield process
    finally:
        limit.cancel()
        # It was not waited for before, so the number of its group is still its own.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def said(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


PRELUDE = """
import asyncio, multiprocessing, os, signal, sys, threading, time
from pathlib import Path
import filelock
from orange_ordering_client.orders import file_locks
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.key import Key

KEY, OTHER = Key("WAN-042", "R_BVPN_FR_1"), Key("WAN-043", "R_BVPN_FR_1")
path = Path(sys.argv[1])

def fork():
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)

def say(*words):
    print(*words, flush=True)
"""

# Forked processes

HOLDERS = {
    "claim and fork": """
async def main():
    async with IntentFile(path).claim(KEY):
        fork()
        say("held")
        await asyncio.sleep(60)
asyncio.run(main())
""",
    "claim and multiprocessing": """
async def main():
    async with IntentFile(path).claim(KEY):
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,)).start()
        say("held")
        await asyncio.sleep(60)
asyncio.run(main())
""",
    "lock that another thread is just taking": """
lock_descriptor = filelock.lock_descriptor

def slow(descriptor, *, blocking):
    say("taking")
    time.sleep(1)
    return lock_descriptor(descriptor, blocking=blocking)

def take():
    held.append(file_locks.try_lock(path.with_name(path.name + ".lock")))

held = []
filelock.lock_descriptor = slow
thread = threading.Thread(target=take)
thread.start()
time.sleep(0.5)
fork()
thread.join()
assert held[0]
say("held")
time.sleep(60)
""",
    "lock of the file": """
with file_locks.lock(path.with_name(path.name + ".lock")):
    fork()
    say("held")
    time.sleep(60)
""",
}


@pytest.mark.parametrize("code", HOLDERS.values(), ids=HOLDERS)
async def test_a_lock_ends_with_its_holder_although_a_forked_child_lives(path: Path, code: str) -> None:
    with program(code, path) as holder:
        while (line := said(holder)) != "held":
            assert line == "taking"
        holder.kill()
        with IntentFile(path) as intents:
            async with asyncio.timeout(20):
                await sent(intents)


def test_a_lock_is_free_after_its_release_although_a_child_has_its_descriptor(path: Path) -> None:
    held = file_locks.try_lock(lock_of(path))
    assert held is not None
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = subprocess.Popen(command, pass_fds=[held.descriptor])  # noqa: S603 -- our own code
    try:
        assert file_locks.try_lock(lock_of(path)) is None
        held.release()
        again = file_locks.try_lock(lock_of(path))
        assert again is not None
        again.release()
    finally:
        child.kill()
        child.wait()


def test_a_lock_that_is_released_twice_stays_free(path: Path) -> None:
    held = file_locks.try_lock(path)
    assert held is not None
    held.release()
    other = file_locks.try_lock(path)
    held.release(delete=True)
    assert path.exists()
    assert file_locks.try_lock(path) is None
    assert other is not None
    other.release()


CHILD_GOES_ON = """
async def main():
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending()
            child = os.fork()
            if child:
                assert os.waitpid(child, 0)[1] == 0
                await claim.sending()
                say("held")
                await asyncio.sleep(60)
            try:
                await claim.withdrawn()
            except IntentFileError as error:
                say(error)
    os._exit(0)
asyncio.run(main())
"""


async def test_a_forked_child_that_leaves_a_claim_leaves_it_to_its_parent(path: Path) -> None:
    with program(CHILD_GOES_ON, path) as holder:
        assert said(holder).endswith("is not held: the claim ended, or this process was forked from it.")
        assert said(holder) == "held"
        with IntentFile(path) as intents:
            assert intents.recall(KEY) == Intent()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), intents.claim(KEY):
                    pass


async def test_a_claim_that_ended_stores_nothing(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            pass
        before = path.read_bytes()
        for noting in (claim.sending(), claim.placed("3-1"), claim.withdrawn()):
            with pytest.raises(IntentFileError, match="is not held"):
                await noting
    assert path.read_bytes() == before


FORK_DURING_A_WRITE = """
write = os.write

def slow(*arguments):
    writing.set()
    time.sleep(1)
    return write(*arguments)

async def send(key):
    async with intents.claim(key) as claim:
        await claim.sending()

intents, writing = IntentFile(path), threading.Event()
os.write = slow
thread = threading.Thread(target=lambda: asyncio.run(send(KEY)))
thread.start()
writing.wait()
if os.fork() == 0:
    asyncio.run(send(OTHER))
    say("sent in the child")
    os._exit(0)
thread.join()
say("sent in the parent")
os.wait()
"""


def test_a_child_that_is_forked_while_a_thread_writes_can_use_the_file(path: Path) -> None:
    with program(FORK_DURING_A_WRITE, path) as parent:
        assert {said(parent), said(parent)} == {"sent in the child", "sent in the parent"}
        with IntentFile(path) as intents:
            assert (intents.recall(KEY), intents.recall(OTHER)) == (Intent(), Intent())


FORKS_ALL_THE_TIME = """
async def send(intents, number):
    for turn in range(50):
        async with intents.claim(Key(f"WAN-{number}", "T")) as claim:
            await claim.sending()
            await claim.placed("3-1")

async def main():
    with IntentFile(path) as intents:
        await asyncio.gather(*(send(intents, number) for number in range(4)))

def fork_often():
    while not done.wait(0.01):
        fork()

done = threading.Event()
thread = threading.Thread(target=fork_often)
thread.start()
asyncio.run(main())
done.set()
thread.join()
say("sent")
"""


def test_a_program_that_forks_while_it_places_orders_does_not_stop_itself(path: Path) -> None:
    with program(FORKS_ALL_THE_TIME, path) as process:
        assert said(process) == "sent"


# Stopped processes

HOLD = """
with file_locks.lock(path.with_name(path.name + ".lock")):
    say("held")
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(60)
"""


@pytest.fixture
def intents(path: Path) -> Iterator[IntentFile]:
    with IntentFile(path) as opened:
        yield opened


@pytest.fixture
def stopped(intents: IntentFile, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that was stopped while it held the lock of the file."""
    with program(HOLD, path) as holder:
        assert said(holder) == "held"
        yield holder


async def test_waiting_for_a_stopped_process_can_be_cancelled(
    intents: IntentFile, path: Path, stopped: subprocess.Popen[bytes]
) -> None:
    before = path.read_bytes()
    tasks = [asyncio.create_task(sent(intents, Key(f"WAN-{number}", "T"))) for number in range(40)]
    await asyncio.sleep(0.5)
    for task in tasks:
        task.cancel()
    async with asyncio.timeout(10):
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}
    assert path.read_bytes() == before


async def test_a_write_that_waits_for_a_stopped_process_can_be_cancelled_and_leaves_no_part_of_a_line(
    intents: IntentFile, path: Path
) -> None:
    async with intents.claim(KEY) as claim:
        before = path.read_bytes()
        with program(HOLD, path) as holder:
            assert said(holder) == "held"
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await claim.sending()
        assert path.read_bytes() == before
        await claim.sending()
    with IntentFile(path) as again:
        assert again.recall(KEY) == Intent()


async def test_tasks_that_wait_for_a_stopped_process_leave_threads_to_others(
    intents: IntentFile, stopped: subprocess.Popen[bytes]
) -> None:
    tasks = [asyncio.create_task(sent(intents, Key(f"WAN-{number}", "T"))) for number in range(200)]
    await asyncio.sleep(0.5)
    async with asyncio.timeout(10):
        await asyncio.gather(*(asyncio.to_thread(lambda: None) for _ in range(20)))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_tasks_that_wait_for_a_stopped_process_share_their_attempts(
    intents: IntentFile, stopped: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts, real = 0, file_locks.try_lock

    def counting(path: Path) -> file_locks.HeldLock | None:
        nonlocal attempts
        attempts += path.suffix == ".lock"
        return real(path)

    monkeypatch.setattr(file_locks, "try_lock", counting)
    tasks = [asyncio.create_task(sent(intents, Key(f"WAN-{number}", "T"))) for number in range(200)]
    await asyncio.sleep(1.5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # The first one of each task, and then at most one in 2 ms for a moment, and one in 50 ms.
    assert attempts < 200 + 200


async def test_orders_that_wait_for_a_stopped_process_go_on_with_it(
    intents: IntentFile, stopped: subprocess.Popen[bytes]
) -> None:
    tasks = [asyncio.create_task(sent(intents, key)) for key in (KEY, OTHER)]
    await asyncio.sleep(0.5)
    assert not any(task.done() for task in tasks)
    stopped.send_signal(signal.SIGCONT)
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks)
    assert (intents.recall(KEY), intents.recall(OTHER)) == (Intent(), Intent())


async def test_an_order_is_not_sent_if_a_stopped_process_keeps_the_lock(
    intents: IntentFile, stopped: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intent_file, "LOCK_WITHIN", 0.3)
    async with desk() as place:
        async with asyncio.timeout(20):
            with pytest.raises(
                IntentFileError, match=r"^Another process holds the lock .*orders\.intents\.lock and did"
            ):
                await place.requests.submit(place.order(), intents=intents)
        assert place.sent() == 0


def test_a_file_whose_lock_a_stopped_process_keeps_cannot_be_opened(
    path: Path, stopped: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intent_file, "LOCK_WITHIN", 0.3)
    with pytest.raises(IntentFileError, match="Another process holds the lock"):
        IntentFile(path)
