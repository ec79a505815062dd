"""IntentFile: what it stores, and what it refuses to read."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intent_lines import Header, Orders, joined, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key

KEY = Key("WAN-042", "R_BVPN_FR_1")
OTHER = Key("WAN-042", "C_BVPN_FR_1")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=9, minutes=30))


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


async def test_the_newest_request_before_a_sending_is_stored_until_its_outcome_is(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending(newest_before=NOON)
        assert recalled(path) == Intent(None, newest_before=NOON)
        async with intents.claim(KEY) as claim:
            assert claim.intent == Intent(None, newest_before=NOON)
            await claim.placed("3-1")
    assert recalled(path) == Intent("3-1")


async def test_a_sending_whose_newest_request_is_not_known_takes_the_one_before_it_away(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending(newest_before=NOON)
            await claim.sending(newest_before=None)
    assert recalled(path) == Intent()


async def test_an_order_that_was_rejected_leaves_no_time_for_the_next_one(path: Path) -> None:
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending(newest_before=NOON)
            await claim.withdrawn()
        await sent(intents)
        assert intents.recall(KEY) == Intent()


@given(st.text(min_size=1), st.text(min_size=1), st.datetimes(timezones=st.sampled_from([UTC, EAST])))
def test_any_time_survives_its_line(reference: str, type_: str, newest: datetime) -> None:
    key, orders, compacted = Key(reference, type_), Orders(), Orders()
    orders.take(line_of("sending", key, newest=newest)[:-1])
    for line in orders.lines():
        compacted.take(line[:-1])
    assert orders.get(key) == compacted.get(key) == Intent(newest_before=newest)


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["", "3-1", 'a"b', "é"]))
def test_any_key_survives_its_line(reference: str, type_: str, request_id: str) -> None:
    key, orders, compacted = Key(reference, type_), Orders(), Orders()
    orders.take(line_of("placed", key, request_id)[:-1])
    assert orders.get(key) == Intent(request_id or None)
    for line in orders.lines():
        compacted.take(line[:-1])
    assert compacted.get(key) == orders.get(key)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_withdrawn_order_is_forgotten_whatever_its_key(reference: str, type_: str) -> None:
    key, orders = Key(reference, type_), Orders()
    orders.take(line_of("withdrawn", key)[:-1])
    orders.take(line_of("sending", key)[:-1])
    assert orders.get(key) == Intent()
    orders.take(line_of("withdrawn", key)[:-1])
    orders.take(line_of("withdrawn", key)[:-1])
    assert orders.get(key) is None


def test_opening_a_file_that_needs_no_compacting_changes_nothing(path: Path) -> None:
    lines = b"".join(line_of("placed", Key(f"WAN-{number}", "T"), f"3-{number}") for number in range(600))
    path.write_bytes(Header().line() + lines)
    content = path.read_bytes()
    IntentFile(path).close()
    assert path.read_bytes() == content


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
    "time that is none": b'{"event": "sending", "reference": "a", "type": "b", "newest": "2026"}\n',
    "time without a zone": b'{"event": "sending", "reference": "a", "type": "b", "newest": "2026-11-23T12:00:00"}\n',
    "time that is a number": b'{"event": "sending", "reference": "a", "type": "b", "newest": 1}\n',
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


def test_lines_are_joined_to_blocks() -> None:
    assert list(joined([b"aa", b"b", b"c"], size=2)) == [b"aa", b"bc", b""]
