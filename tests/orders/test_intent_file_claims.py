"""IntentFile: one holder of an order at a time, and compacting."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orange_ordering_client.orders import file_locks, intent_file
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intent_lines import Header, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

KEY = Key("WAN-042", "R_BVPN_FR_1")
OTHER = Key("WAN-042", "C_BVPN_FR_1")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


def recalled(path: Path, key: Key = KEY) -> Intent | None:
    with IntentFile(path) as intents:
        return intents.recall(key)


async def sent(intents: IntentFile, key: Key = KEY, request_id: str | None = None) -> None:
    async with intents.claim(key) as claim:
        await claim.sending()
        if request_id is not None:
            await claim.placed(request_id)


# The last line


def whole(tail: bytes) -> bytes:
    return Header().line() + line_of("sending", KEY) + tail


# Claims


@pytest.mark.parametrize("separate", [False, True], ids=["one object", "two objects"])
async def test_one_holder_at_a_time(path: Path, separate: bool) -> None:
    first = IntentFile(path)
    second = IntentFile(path) if separate else first
    inside, seen = 0, []

    async def work(intents: IntentFile) -> None:
        nonlocal inside
        async with intents.claim(KEY) as claim:
            inside += 1
            assert inside == 1
            seen.append(claim.intent)
            await claim.sending()
            await claim.placed("3-1")
            inside -= 1

    with first, second:
        async with asyncio.timeout(30):
            await asyncio.gather(*(work(intents) for intents in (first, second) * 5))
    assert seen == [None] + [Intent("3-1")] * 9


async def test_other_spellings_of_a_reference_wait_and_other_references_do_not(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY):
            async with asyncio.timeout(30), intents.claim(OTHER), intents.claim(Key("WAN-043", KEY.type)):
                pass
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1), intents.claim(Key("wan-042", KEY.type)):
                    pass


async def test_no_lock_file_stays(path: Path) -> None:
    with IntentFile(path) as intents:
        for number in range(20):
            await sent(intents, Key(f"WAN-{number}", "T"))
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["orders.intents", "orders.intents.lock"]


async def test_a_cancelled_holder_waits_for_its_line_and_frees_the_claim(path: Path) -> None:
    with IntentFile(path) as intents:
        task = asyncio.create_task(sent(intents))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(30), intents.claim(KEY):
            pass


HOLD = """
import asyncio, sys
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.key import Key
async def main():
    async with IntentFile(sys.argv[1]).claim(Key("WAN-042", "R_BVPN_FR_1")) as claim:
        await claim.sending()
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_claim_ends_with_its_process_and_leaves_the_order_in_doubt(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)  # noqa: ASYNC220, S603 -- our own code
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with IntentFile(path) as intents:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), intents.claim(KEY):
                    pass
            holder.send_signal(signal.SIGKILL)
            async with asyncio.timeout(30), intents.claim(KEY) as claim:
                assert claim.intent == Intent()
    finally:
        holder.kill()
        holder.communicate()


SHARE = """
import asyncio, sys
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.key import Key
async def one(intents, number):
    async with intents.claim(Key(f"WAN-{number}", "T")) as claim:
        if claim.intent is None:
            await claim.sending()
            print(number, flush=True)
            await claim.placed(str(number))
async def main():
    with IntentFile(sys.argv[1]) as intents:
        await asyncio.gather(*(one(intents, number) for number in range(60)))
asyncio.run(main())
"""


def test_processes_that_share_a_file_send_each_order_once(path: Path) -> None:
    command = [sys.executable, "-c", SHARE, str(path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]  # noqa: S603 -- our own code
    sent = [int(line) for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(sent) == list(range(60))


async def test_a_folder_of_claims_that_others_remove_and_make_is_no_error(path: Path) -> None:
    folder, stopped = path.with_name(path.name + ".claims"), threading.Event()

    def as_other_processes_do() -> None:
        while not stopped.is_set():
            with suppress(OSError):
                folder.mkdir()
            with suppress(OSError):
                folder.rmdir()

    other = threading.Thread(target=as_other_processes_do)
    other.start()
    try:
        with IntentFile(path) as intents:
            for _ in range(200):
                async with intents.claim(KEY):
                    pass
    finally:
        stopped.set()
        other.join()


async def test_claims_whose_folder_vanishes_in_between_are_tried_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = intent_file.try_lock_new, 0

    def vanishing(claim: Path) -> int | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise FileNotFoundError
        return real(claim)

    monkeypatch.setattr(intent_file, "try_lock_new", vanishing)
    with IntentFile(path) as intents:
        await sent(intents)
        assert intents.recall(KEY) == Intent()


# Compacting


def test_a_file_that_is_compacted_while_it_is_being_opened_is_read_anew(path: Path) -> None:
    path.write_bytes(whole(b""))
    opened: list[Intent | None] = []
    with file_locks.lock(path.with_name("orders.intents.lock")):
        thread = threading.Thread(target=lambda: opened.append(recalled(path)))
        thread.start()
        time.sleep(0.5)
        with file_locks.replacing(path) as descriptor:
            os.write(descriptor, Header().line() + line_of("placed", KEY, "3-1"))
    thread.join(30)
    assert opened == [Intent("3-1")]


async def test_a_file_that_was_compacted_when_it_was_opened_is_followed_and_its_lines_are_counted(path: Path) -> None:
    path.write_bytes(line_of("sending", KEY) * 2000)
    with IntentFile(path) as intents:
        with path.open("ab") as file:
            file.write(line_of("sending", KEY) * 2000)
        with IntentFile(path) as second:
            await sent(second, OTHER, "3-2")
        assert intents.recall(OTHER) is None
        await sent(intents, Key("WAN-9", "T"))
        assert intents.recall(OTHER) == Intent("3-2")
    with IntentFile(path) as third:
        lines = path.read_bytes().count(b"\n")
        with path.open("ab") as file:
            file.write(b"mine\n")
        with pytest.raises(IntentFileError, match=f"line {lines + 1}, is not one"):
            await sent(third)


async def test_an_order_is_on_disk_before_it_is_sent_and_its_outcome_may_follow(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    sync = os.fsync
    with IntentFile(path) as intents:
        monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(path.stat().st_size), sync(descriptor)))
        async with intents.claim(KEY) as claim:
            await claim.sending()
            assert synced == [path.stat().st_size]
            await claim.withdrawn()
            await claim.sending()
            await claim.placed("3-1")
    assert len(synced) == 2


async def test_no_descriptor_stays_open(path: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("counts descriptors as Linux shows them")
    with IntentFile(path) as intents:
        await sent(intents, KEY, "3-0")
        before = len(os.listdir("/proc/self/fd"))
        for number in range(20):
            await sent(intents, Key(f"WAN-{number}", "T"), f"3-{number}")
        assert len(os.listdir("/proc/self/fd")) <= before + 1


async def test_the_folder_of_claims_is_private(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY):
            assert stat.S_IMODE(path.with_name("orders.intents.claims").stat().st_mode) == 0o700


async def test_a_file_that_another_compacts_while_it_is_open_is_followed(path: Path) -> None:
    with IntentFile(path) as intents:
        await sent(intents, OTHER, "3-1")
        with path.open("ab") as file:
            file.write(line_of("sending", KEY) * 2000)
        with IntentFile(path) as second:
            assert path.stat().st_size < 1000
            await sent(second, KEY, "3-2")
        await sent(intents, Key("WAN-9", "T"))
        assert [intents.recall(key) for key in (KEY, OTHER)] == [Intent("3-2"), Intent("3-1")]
    assert recalled(path, Key("WAN-9", "T")) == Intent()


def test_a_million_lines_are_opened_and_compacted_in_little_time_and_memory(path: Path) -> None:
    with path.open("wb") as file:
        for number in range(500_000):
            key = Key(f"WAN-{number:07}", "R_BVPN_FR_1")
            sending = line_of("sending", key, newest=NOON + timedelta(seconds=number))
            file.write(sending + line_of("placed", key, f"3-{number:09}"))
    code = (
        "import resource, sys, time; from orange_ordering_client.orders.intent_file import IntentFile;"
        " before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.process_time();"
        " size = len(IntentFile(sys.argv[1])); spent = time.process_time() - start;"
        " print(f'[{size}, {spent}, {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024}]')"
    )
    shown = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True, timeout=120)  # noqa: S603 -- our own code
    size, spent, megabytes = json.loads(shown.stdout)
    assert size == 500_000
    # 3 s and 100 MB are the aim; the margin is for slow machines.
    assert spent < 10
    assert megabytes < 100
    started = time.monotonic()
    assert path.read_bytes().count(b"\n") == 500_001
    assert time.monotonic() - started < 60
