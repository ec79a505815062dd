"""IntentFile: what it stores, whom it lets in, and what it does when files fail."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import filelock
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.orders import file_locks, intent_file
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intent_lines import Header, Orders, joined, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

KEY = Key("WAN-042", "R_BVPN_FR_1")
OTHER = Key("WAN-042", "C_BVPN_FR_1")


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


# What it stores


async def test_an_order_about_to_be_sent_is_stored(path: Path) -> None:
    with IntentFile(path) as intents:
        await sent(intents)
        assert intents.recall(KEY) == Intent()
    assert recalled(path) == Intent(None)
    assert recalled(path, OTHER) is None


async def test_an_order_that_was_placed_is_stored_with_its_id(path: Path) -> None:
    with IntentFile(path) as intents:
        await sent(intents, request_id="3-1")
        async with intents.claim(KEY) as claim:
            assert claim.intent == Intent("3-1")
    assert recalled(path) == Intent("3-1")


async def test_an_order_that_was_rejected_is_forgotten(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending()
            await claim.withdrawn()
        assert len(intents) == 0
    assert recalled(path) is None


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["", "3-1", 'a"b', "é"]))
def test_any_key_survives_its_line(reference: str, type_: str, request_id: str) -> None:
    key, orders, compacted = Key(reference, type_), Orders(), Orders()
    orders.take(line_of("placed", key, request_id)[:-1])
    assert orders.get(key) == request_id
    for line in orders.lines():
        compacted.take(line[:-1])
    assert compacted.get(key) == request_id


async def test_a_file_of_the_version_before_is_read(path: Path) -> None:
    path.write_bytes(
        b'{"event": "sending", "type": "R_BVPN_FR_1", "reference": "WAN-042"}\n'
        b'{"event": "sending", "type": "C_BVPN_FR_1", "reference": "WAN-042"}\n'
        b'{"event": "placed", "type": "C_BVPN_FR_1", "reference": "WAN-042", "id": "3-1"}\n'
    )
    assert (recalled(path), recalled(path, OTHER)) == (Intent(), Intent("3-1"))


# The last line


def whole(tail: bytes) -> bytes:
    return Header().line() + line_of("sending", KEY) + tail


@pytest.mark.parametrize("tail", [b"{", b'{"event": "plac', line_of("placed", KEY, "3-1")[:-2]])
async def test_a_torn_last_line_is_dropped_and_the_file_goes_on(path: Path, tail: bytes) -> None:
    path.write_bytes(whole(tail))
    with IntentFile(path) as intents:
        assert intents.recall(KEY) == Intent()
        await sent(intents, OTHER)
    assert (recalled(path), recalled(path, OTHER)) == (Intent(), Intent())


async def test_a_whole_last_line_without_its_newline_counts(path: Path) -> None:
    path.write_bytes(whole(line_of("placed", KEY, "3-1")[:-1]))
    with IntentFile(path) as intents:
        assert intents.recall(KEY) == Intent("3-1")
        await sent(intents, OTHER)
    assert (recalled(path), recalled(path, OTHER)) == (Intent("3-1"), Intent())


# What is not its own


FOREIGN = {
    "one line": b"hello\n",
    "one line without newline": b"hello",
    "one brace": b"{",
    "list": b"[]\n",
    "object": b"{}\n",
    "empty line": b"\n",
    "number": b"1\n",
    "other event": b'{"event": "odd", "reference": "a", "type": "b"}\n',
    "event that is a list": b'{"event": [], "reference": "a", "type": "b"}\n',
    "reference that is a number": b'{"event": "sending", "reference": 1, "type": "b"}\n',
    "header without id": b'{"event": "file"}\n',
    "not UTF-8": b"\xff\xfe\n",
    "deep": b"[" * 100_000 + b"\n",
    "torn line alone": b'{"event": "sending", "ty',
    "foreign end": whole(b"hello"),
    "foreign end that begins like ours": whole(b'{"event": "click", "at": 1}'),
    "foreign end that is long": whole(b'{"event": "sending' + b"a" * 2_000_000),
    "foreign end that is deep": whole(b'{"event": "' + b"a" * 10 + b'", "a": ' + b"[" * 100_000),
    "foreign middle": whole(b"hello\n") + line_of("sending", OTHER),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_file_of_something_else_is_refused_and_stays_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o640)
    with pytest.raises(IntentFileError, match=r"line \d, is not one of an intent file"):
        IntentFile(path)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


async def test_foreign_lines_that_appear_while_it_is_open_are_refused(path: Path) -> None:
    with IntentFile(path) as intents:
        with path.open("ab") as file:
            file.write(b"hello\n")
        content = path.read_bytes()
        with pytest.raises(IntentFileError, match="line 2"):
            await sent(intents)
        assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["orders.intents", "orders.intents.lock", "orders.intents.claims"])
async def test_links_are_not_followed(path: Path, name: str) -> None:
    target = path.with_name("target")
    if name.endswith("claims"):
        target.mkdir()
    else:
        target.write_bytes(b"")
    path.with_name(name).symlink_to(target)
    with pytest.raises(IntentFileError, match="is a link"), IntentFile(path) as intents:
        await sent(intents)
    assert target.is_dir() or target.read_bytes() == b""


@pytest.mark.parametrize("name", ["orders.intents.lock", "orders.intents.new"])
def test_foreign_files_beside_it_stay_as_they_are(path: Path, name: str) -> None:
    path.write_bytes(line_of("sending", KEY))
    path.with_name(name).write_bytes(b"hello")
    assert recalled(path) == Intent()
    assert path.with_name(name).read_bytes() == b"hello"


# What fails


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntentFileError, match="cannot be opened"):
        IntentFile(tmp_path)


def test_a_device_is_refused() -> None:
    with pytest.raises(IntentFileError, match="not a regular file"):
        IntentFile("/dev/null")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntentFileError, match="No such file or directory"):
        IntentFile(tmp_path / "nowhere" / "orders.intents")


def test_a_file_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    # The superuser may write everywhere but into the kernel.
    place = Path("/proc/version") if os.getuid() == 0 else tmp_path / "orders.intents"
    if place.parent == tmp_path:
        place.touch(0o400)
    with pytest.raises(IntentFileError, match="cannot be opened"):
        IntentFile(place)


@pytest.fixture
def full() -> Iterator[None]:
    """A limit of the size of files, as a full disk: writes fail, what is there stays."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_full_disk_raises_and_leaves_no_part_of_a_line(path: Path, full: None) -> None:
    with IntentFile(path) as intents:
        await sent(intents, Key("WAN-0", "T"))
        done = 1
        with pytest.raises(IntentFileError, match="cannot be written"):  # noqa: PT012 -- which of them fails is open
            while True:
                await sent(intents, Key(f"WAN-{done}", "T"))
                done += 1
        assert intents.recall(Key(f"WAN-{done}", "T")) is None
    lines = path.read_bytes().split(b"\n")
    assert len(lines) == done + 2
    assert lines[-1] == b""


def test_what_cannot_be_compacted_is_used_as_it_is(path: Path, full: None) -> None:
    lines = b"".join(line_of("placed", KEY, str(number)) for number in range(4))
    path.write_bytes(lines[:290])
    assert recalled(path) == Intent("2")


def test_the_extra_is_asked_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(file_locks, "find_spec", found)
    with pytest.raises(ConfigurationError, match=r"pip install 'orange-ordering-client\[intents\]'"):
        IntentFile(path)


async def test_a_closed_file_raises(path: Path) -> None:
    intents = IntentFile(path)
    async with intents.claim(KEY) as claim:
        intents.close()
        with pytest.raises(IntentFileError, match="is closed"):
            await claim.sending()
    with pytest.raises(IntentFileError, match="is closed"):
        await sent(intents)


async def test_a_file_that_was_deleted_raises(path: Path) -> None:
    with IntentFile(path) as intents:
        path.unlink()
        with pytest.raises(IntentFileError, match="was deleted while"):
            await sent(intents)


async def test_a_file_that_was_replaced_by_an_older_copy_raises(path: Path) -> None:
    with IntentFile(path) as intents:
        copy = path.read_bytes()
        await sent(intents)
        path.unlink()
        path.write_bytes(copy)
        with pytest.raises(IntentFileError, match="was replaced while"):
            await sent(intents)


async def test_a_file_that_was_cut_raises(path: Path) -> None:
    with IntentFile(path) as intents:
        await sent(intents)
        os.truncate(path, 10)
        with pytest.raises(IntentFileError, match="was cut while"):
            await sent(intents)


async def test_a_claim_that_was_deleted_sends_nothing(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            for lock in path.with_name("orders.intents.claims").iterdir():
                lock.unlink()
            with pytest.raises(IntentFileError, match="was deleted"):
                await claim.sending()
    assert recalled(path) is None


def test_the_file_is_private(path: Path) -> None:
    path.touch(0o644)
    IntentFile(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.with_name("orders.intents.lock").stat().st_mode) == 0o600


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


async def test_a_file_whose_folder_was_deleted_raises(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with IntentFile(folder / "orders.intents") as intents:
        shutil.rmtree(folder)
        async with asyncio.timeout(30):
            with pytest.raises(IntentFileError, match="No such file"):
                await sent(intents)


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


async def test_a_disk_that_cannot_lock_raises(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(descriptor: int, *, blocking: bool) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    with IntentFile(path) as intents:
        monkeypatch.setattr(filelock, "lock_descriptor", failing)
        with pytest.raises(IntentFileError, match="No locks available"):
            await sent(intents)


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


def test_lines_are_joined_to_blocks() -> None:
    assert list(joined([b"aa", b"b", b"c"], size=2)) == [b"aa", b"bc", b""]


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
            file.write(line_of("sending", key) + line_of("placed", key, f"3-{number:09}"))
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
