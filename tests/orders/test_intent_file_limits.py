"""IntentFile: lines that are too long, and texts and paths that nothing can hold."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orange_ordering_client.client import OrderingClient
from orange_ordering_client.errors import ConfigurationError, InvalidArgument
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intent_lines import LONGEST_LINE, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from tests.placing import desk
from tests.servers import Received, Reply, answer, serving

KEY = Key("WAN-042", "R_BVPN_FR_1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


# Lines


async def test_the_longest_line_is_read_again(path: Path) -> None:
    longest = "3" * (LONGEST_LINE - len(line_of("placed", KEY, "3")) + 1)
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending()
            await claim.placed(longest)
    with IntentFile(path) as intents:
        assert intents.recall(KEY) == Intent(longest)


@pytest.mark.parametrize("character", ["3", "é"])
async def test_an_id_that_makes_a_line_too_long_is_not_stored(path: Path, character: str) -> None:
    too_long = character * (LONGEST_LINE - len(line_of("placed", KEY, "3")) + 2)
    with IntentFile(path) as intents:
        async with intents.claim(KEY) as claim:
            await claim.sending()
            with pytest.raises(IntentFileError, match=f"has at most {LONGEST_LINE} bytes, this order needs"):
                await claim.placed(too_long)
    with IntentFile(path) as intents:
        assert intents.recall(KEY) == Intent()


async def test_an_order_whose_id_is_too_long_for_the_file_is_returned_and_logged(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def api(request: Received) -> Reply:
        return answer(json.loads(request.body) | {"id": "3" * LONGEST_LINE}, 201) if request.body else answer([])

    async with desk() as place, serving() as server:
        server.on("/requests", api)
        given = {"client_id": "i", "client_secret": "s", "api_key": "k"}
        async with OrderingClient(**given, base_url=server.base_url, token_url=server.token_url) as ordering:
            with IntentFile(path) as intents:
                placed = await ordering.requests.submit(place.order(), intents=intents, validate=False)
    assert placed.request.id == "3" * LONGEST_LINE
    assert "could not be noted: A line of an intent file has at most" in caplog.text
    with IntentFile(path) as intents:
        assert intents.recall(KEY) == Intent()


async def test_an_order_whose_type_is_too_long_for_the_file_is_not_sent(path: Path) -> None:
    async with desk() as place:
        order = place.order()
        order.type = "T" * LONGEST_LINE
        with IntentFile(path) as intents:
            before = path.read_bytes()
            with pytest.raises(IntentFileError, match="has at most"):
                await place.requests.submit(order, intents=intents)
        assert place.sent() == 0
    assert path.read_bytes() == before


def test_a_file_that_compacting_would_give_a_line_too_long_stays_as_it_is(path: Path) -> None:
    # A file without a header, which is compacted, and whose id escapes make six times as long.
    request_id = "é" * (LONGEST_LINE // 3)
    entry = {"event": "placed", "type": KEY.type, "reference": KEY.reference, "id": request_id}
    path.write_text(json.dumps(entry, ensure_ascii=False) + "\n", encoding="utf-8")
    content = path.read_bytes()
    for _ in range(2):
        with IntentFile(path) as intents:
            assert intents.recall(KEY) == Intent(request_id)
    assert path.read_bytes() == content


# Texts and paths


@pytest.mark.parametrize("key", [Key("WAN-\ud800", "T"), Key("WAN-042", "T\ud800")], ids=["reference", "type"])
async def test_a_key_that_cannot_be_sent_is_refused(path: Path, key: Key) -> None:
    with IntentFile(path) as intents:
        with pytest.raises(InvalidArgument, match=r"characters that cannot be sent"):
            async with intents.claim(key):
                pass
        assert len(intents) == 0


async def test_an_order_whose_type_cannot_be_sent_is_not_sent(path: Path) -> None:
    async with desk() as place:
        order = place.order()
        order.type = "T\ud800"
        with IntentFile(path) as intents, pytest.raises(InvalidArgument):
            await place.requests.submit(order, intents=intents)
        assert place.sent() == 0


PATHS = {"NUL": "orders\0intents", "root": "/", "lone surrogate": "orders\ud800"}


@pytest.mark.parametrize("name", PATHS.values(), ids=PATHS)
def test_a_path_that_cannot_name_a_file_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^The path '/.*"):
        IntentFile(name)


def test_a_relative_path_in_a_folder_that_was_deleted_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(IntentFileError, match="cannot be opened: No such file"):
        IntentFile("orders.intents")
