"""What is remembered of orders when the process is gone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.orders.intents import Intent, IntentFile
from orange_ordering_client.orders.lookup import Key

KEY = Key("WAN-042", "R_BVPN_FR_1")
OTHER = Key("WAN-042", "C_BVPN_FR_1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


def reopened(path: Path) -> IntentFile:
    with IntentFile(path) as intents:
        return intents


async def test_an_order_about_to_be_sent_is_remembered(path: Path) -> None:
    with IntentFile(path) as intents:
        await intents.sending(KEY)
        assert intents.recall(KEY) == Intent()
    assert reopened(path).recall(KEY) == Intent(None)
    assert reopened(path).recall(OTHER) is None


async def test_an_order_that_was_placed_is_remembered_with_its_id(path: Path) -> None:
    with IntentFile(path) as intents:
        await intents.sending(KEY)
        intents.placed(KEY, "3-1")
    assert reopened(path).recall(KEY) == Intent("3-1")


async def test_an_order_that_was_rejected_is_forgotten(path: Path) -> None:
    with IntentFile(path) as intents:
        await intents.sending(KEY)
        intents.withdrawn(KEY)
    assert len(reopened(path)) == 0


def test_a_line_that_a_crash_tore_is_dropped_and_the_file_goes_on(path: Path) -> None:
    with IntentFile(path) as intents:
        asyncio.run(intents.sending(KEY))
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"event": "plac')
    with IntentFile(path) as intents:
        assert intents.recall(KEY) == Intent()
        intents.placed(KEY, "3-1")
    assert reopened(path).recall(KEY) == Intent("3-1")
    assert path.read_bytes().startswith(whole)


@pytest.mark.parametrize("line", [b"hello", b"[]", b"{}", b'{"event": "odd", "reference": "a", "type": "b"}', b""])
def test_a_file_of_something_else_is_refused(path: Path, line: bytes) -> None:
    path.write_bytes(line + b"\n")
    with pytest.raises(ConfigurationError, match="line 1"):
        IntentFile(path)


def test_a_file_that_is_open_in_another_process_is_refused(path: Path) -> None:
    with IntentFile(path):
        code = f"from orange_ordering_client.orders.intents import IntentFile; IntentFile({str(path)!r})"
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
        with pytest.raises(ConfigurationError, match="is open in another process"):
            IntentFile(path)
    assert "is open in another process" in other.stderr
    reopened(path)
