"""An order is placed once across processes that share a file of intents."""

# ruff: noqa: ASYNC240 -- small files, and nothing else runs in these event loops

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orange_ordering_client.errors import BusinessRuleViolation
from orange_ordering_client.orders.errors import OutcomeUnknown, ReferenceConflict
from orange_ordering_client.orders.file_locks import IntentFileError
from orange_ordering_client.orders.intent_file import IntentFile
from orange_ordering_client.orders.intent_lines import Header, line_of
from orange_ordering_client.orders.intents import Intent
from orange_ordering_client.orders.key import Key
from orange_ordering_client.sandbox import Fault, Sandbox
from tests.placing import NOON, Desk, desk

KEY = Key("WAN-042", "R_BVPN_FR_1")
CREATE = "requests.create"


def once(place: Desk, kind: str, on: str = CREATE, times: float = 1) -> None:
    place.sandbox.faults.add(Fault(kind, on=on, times=times))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.intents"


async def killed(sandbox: Sandbox, path: Path, *faults: str, answered: bool = False) -> None:
    """What a process leaves behind that is killed right after it sent an order."""
    async with desk(sandbox) as place:
        for fault in faults:
            once(place, fault)
        with IntentFile(path) as intents:
            try:
                await place.requests.submit(place.order(), intents=intents, visible_within=0)
            except OutcomeUnknown:
                assert not answered


async def test_started_again_it_finds_the_order_that_is_not_listed_yet(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "delayed-visibility:20", "drop-after")
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            placed = await place.requests.submit(place.order(), intents=intents)
            assert intents.recall(KEY) == Intent(placed.request.id)
        assert placed.recovered
        assert place.sent() == 1


async def test_started_again_it_knows_the_order_that_was_accepted_and_is_not_listed_yet(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "delayed-visibility:20", answered=True)
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            assert (await place.requests.submit(place.order(), intents=intents)).already_there
            with pytest.raises(ReferenceConflict):
                await place.requests.submit(place.order(comment="another"), intents=intents)
        assert place.sent() == 1
        assert place.time.elapsed == 0


async def test_started_again_it_takes_no_stored_date_for_true_that_cannot_be(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "drop-after")
    sandbox.requests.seed(300)
    sandbox.faults.add(Fault("ignore-filters", on="requests.list", times=99))
    path.write_bytes(Header().line() + line_of("sending", KEY, newest=datetime.min.replace(tzinfo=UTC)))
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            placed = await place.requests.submit(place.order(), intents=intents, resend=True)
        assert placed.recovered
        assert place.sent() == 1


async def test_what_is_known_already_adds_no_line(path: Path) -> None:
    async with desk() as place:
        await place.requests.create(place.order("WAN-1"))
        with IntentFile(path) as intents:
            assert (await place.requests.submit(place.order("WAN-1"), intents=intents)).already_there
            assert path.read_bytes().count(b"\n") == 1
            await place.requests.submit(place.order(), intents=intents)
            assert path.read_bytes().count(b"\n") == 3
            assert (await place.requests.submit(place.order(), intents=intents)).already_there
            assert path.read_bytes().count(b"\n") == 3


async def test_started_again_it_does_not_repeat_what_may_have_been_sent(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "drop-before")
    async with desk(sandbox) as place:
        with IntentFile(path) as intents:
            with pytest.raises(OutcomeUnknown, match="It was sent before"):
                await place.requests.submit(place.order(), intents=intents)
            assert (await place.requests.submit(place.order(), intents=intents, resend=True)).attempts == 1
        assert place.sent() == 2


async def test_an_accepted_order_that_is_gone_is_never_sent_again(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, answered=True)
    sandbox.requests.remove(sandbox.journal.committed[0].id)
    async with desk(sandbox) as place:
        with IntentFile(path) as intents, pytest.raises(OutcomeUnknown, match="accepted it as request 3-"):
            await place.requests.submit(place.order(), intents=intents, resend=True)
        assert place.sent() == 1


async def test_an_accepted_order_that_comes_back_is_returned(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "delayed-visibility:20", answered=True)
    async with desk(sandbox) as place:
        once(place, "error:404/60", on="requests.get")
        with IntentFile(path) as intents:
            assert (await place.requests.submit(place.order(), intents=intents)).recovered


async def test_a_certain_rejection_leaves_nothing_behind(path: Path) -> None:
    async with desk() as place:
        once(place, "error:422/3622")
        with IntentFile(path) as intents:
            with pytest.raises(BusinessRuleViolation):
                await place.requests.submit(place.order(), intents=intents)
            assert intents.recall(KEY) is None
            assert (await place.requests.submit(place.order(), intents=intents)).attempts == 1


async def test_a_certain_rejection_after_a_restart_leaves_the_earlier_sending_in_doubt(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    await killed(sandbox, path, "drop-before")
    async with desk(sandbox) as place:
        once(place, "error:422/3622")
        with IntentFile(path) as intents:
            with pytest.raises(BusinessRuleViolation):
                await place.requests.submit(place.order(), intents=intents, resend=True)
            assert intents.recall(KEY) is not None
            with pytest.raises(OutcomeUnknown, match="It was sent before"):
                await place.requests.submit(place.order(), intents=intents)


async def test_what_cannot_be_noted_is_not_sent(path: Path) -> None:
    async with desk() as place:
        intents = IntentFile(path)
        intents.close()
        with pytest.raises(IntentFileError, match="is closed"):
            await place.requests.submit(place.order(), intents=intents)
        assert place.sent() == 0


async def test_two_clients_that_share_a_file_place_an_order_once(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    async with desk(sandbox) as first, desk(sandbox) as second:
        once(first, "delayed-visibility:20")
        with IntentFile(path) as one, IntentFile(path) as other:
            placed = await asyncio.gather(
                first.requests.submit(first.order(), intents=one),
                second.requests.submit(second.order(), intents=one),
                second.requests.submit(second.order(), intents=other),
            )
        assert len(sandbox.journal.committed) == 1
        assert len({submission.request.id for submission in placed}) == 1


class Failing:
    """A store that stops working once an order is on its way."""

    intent = None

    @asynccontextmanager
    async def claim(self, key: Key) -> AsyncIterator[Failing]:
        yield self

    async def sending(self, *, within: float, newest_before: datetime | None) -> None:
        pass

    async def placed(self, request_id: str) -> None:
        raise OSError(28, "No space left on device")

    async def withdrawn(self) -> None:
        raise OSError(28, "No space left on device")


async def test_an_accepted_order_that_cannot_be_noted_is_returned_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        submission = await place.requests.submit(place.order(), intents=Failing())
        assert submission.request.id
        (said,) = (record.getMessage() for record in caplog.records if record.levelname == "ERROR")
        assert said.startswith(
            f"that order 'WAN-042' was placed as request {submission.request.id} could not be noted: [Errno 28]"
        )


async def test_a_rejection_that_cannot_be_noted_is_raised_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        once(place, "error:422/3622")
        with pytest.raises(BusinessRuleViolation):
            await place.requests.submit(place.order(), intents=Failing())
        assert "was not accepted could not be noted" in caplog.text


async def test_a_doubt_ends_when_another_client_notes_the_answer(path: Path) -> None:
    sandbox = Sandbox(now=NOON)
    async with desk(sandbox) as place:
        once(place, "drop-before")
        with IntentFile(path) as intents:
            with pytest.raises(OutcomeUnknown):
                await place.requests.submit(place.order(), intents=intents)
            async with desk(sandbox) as other:
                once(other, "delayed-visibility:3000")
                placed = await other.requests.submit(other.order(), intents=intents, resend=True)
            again = await place.requests.submit(place.order(), intents=intents, resend=True)
        assert again.request.id == placed.request.id
        assert len(sandbox.journal.committed) == 1
