"""Following as a group, with a store of one's own: what another member took over is not given here."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial

import pytest

from orange_ordering_client._generated.models import Request
from orange_ordering_client.orders.cursor import Cursor
from orange_ordering_client.orders.group_watching import watch_in_group
from orange_ordering_client.orders.watching import Change
from tests.placing import Desk, desk


class Turn:
    """One turn of this member, in which another one takes over at one of the two moments."""

    def __init__(self, store: Store, *, confirmed: bool, advanced: bool) -> None:
        self._store = store
        self._confirmed = confirmed
        self._advanced = advanced

    @property
    def cursor(self) -> str | None:
        return self._store.cursor

    async def confirm(self) -> bool:
        return self._confirmed

    async def advance(self, cursor: str) -> bool:
        if self._advanced:
            self._store.cursor = cursor
        return self._advanced


class Store:
    """Groups in memory; the first turn is lost, and the second is kept."""

    def __init__(self, *, confirmed: bool, advanced: bool) -> None:
        self.cursor: str | None = None
        self.turns = 0
        self._first = partial(Turn, confirmed=confirmed, advanced=advanced)

    @asynccontextmanager
    async def follow(self, group: str, since: str) -> AsyncIterator[Turn]:
        assert (group, since) == ("billing", str(Cursor()))
        self.turns += 1
        yield self._first(self) if self.turns == 1 else Turn(self, confirmed=True, advanced=True)


def changes(place: Desk, store: Store) -> AsyncGenerator[Change, None]:
    return watch_in_group(store, "billing", Cursor(), lambda cursor: place.requests.watch(since=str(cursor)))


async def first_two(place: Desk, store: Store) -> list[Request]:
    async with aclosing(changes(place, store)) as given:
        return [(await anext(given)).request for _ in range(2)]


async def test_a_change_is_not_given_if_another_member_follows_meanwhile(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as place:
        place.sandbox.requests.seed(2)
        store = Store(confirmed=False, advanced=False)
        one, two = await first_two(place, store)
    assert one.id != two.id
    assert store.turns == 2
    assert "another member of the group 'billing' follows now" in caplog.messages


async def test_a_watch_that_ends_is_begun_again_from_the_cursor_of_the_group() -> None:
    async with desk() as place:
        place.sandbox.requests.seed(2)
        store = Store(confirmed=True, advanced=True)

        async def only_one(since: Cursor) -> AsyncGenerator[Change, None]:
            async with aclosing(place.requests.watch(since=str(since))) as all_of_them:
                yield await anext(all_of_them)

        async with aclosing(watch_in_group(store, "billing", Cursor(), only_one)) as given:
            one, two = [(await anext(given)).request for _ in range(2)]
    assert one.id != two.id
    assert store.turns == 2


async def test_what_could_not_be_committed_is_given_again_from_the_cursor_of_the_group() -> None:
    async with desk() as place:
        place.sandbox.requests.seed(2)
        store = Store(confirmed=True, advanced=False)
        one, two = await first_two(place, store)
    assert one.id == two.id
    assert store.turns == 2
