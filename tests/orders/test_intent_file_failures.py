"""IntentFile: what fails, and what is then left in the file."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import asyncio
import errno
import os
import resource
import shutil
import signal
import stat
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import filelock
import pytest

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.orders import file_locks
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intent_lines import Header, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

KEY = Key("WAN-042", "R_BVPN_FR_1")


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
        with pytest.raises(IntentFileError, match=r"orders\.intents cannot be written"):  # noqa: PT012 -- which of them fails is open
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
    with pytest.raises(ConfigurationError) as caught:
        IntentFile(path)
    assert str(caught.value) == (
        "IntentFile locks its file with filelock: pip install 'orange-ordering-client[intents]'."
    )


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


async def test_a_file_that_a_link_replaced_raises(path: Path) -> None:
    with IntentFile(path) as intents:
        path.rename(path.with_name("moved"))
        path.symlink_to("moved")
        with pytest.raises(IntentFileError, match="is a link"):
            await sent(intents)


async def test_a_file_that_was_replaced_by_an_older_copy_raises(path: Path) -> None:
    with IntentFile(path) as intents:
        copy = path.read_bytes()
        await sent(intents)
        path.unlink()
        path.write_bytes(copy)
        with pytest.raises(IntentFileError, match="was replaced while"):
            await sent(intents)


FOREIGN = {
    "another file of intents": Header("another", 7).line(),
    "no file of intents": b"mine\n",
    "no text": b"\xff\xfe\n",
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
async def test_a_file_that_was_replaced_by_another_raises_and_leaves_it_alone(path: Path, content: bytes) -> None:
    with IntentFile(path) as intents:
        path.unlink()
        path.write_bytes(content)
        with pytest.raises(IntentFileError, match="was replaced while"):
            await sent(intents)
    assert path.read_bytes() == content


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


async def test_a_file_whose_folder_was_deleted_raises(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with IntentFile(folder / "orders.intents") as intents:
        shutil.rmtree(folder)
        async with asyncio.timeout(30):
            with pytest.raises(IntentFileError, match=r"^The claims of .*orders\.intents cannot be used: No such file"):
                await sent(intents)


async def test_a_disk_that_cannot_lock_raises(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(descriptor: int, *, blocking: bool) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    with IntentFile(path) as intents:
        monkeypatch.setattr(filelock, "lock_descriptor", failing)
        with pytest.raises(IntentFileError, match="No locks available"):
            await sent(intents)
