"""Watching all requests: each change once, in order, across restarts and outages."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.clock import Clock
from orange_ordering_client.errors import OrderingError
from orange_ordering_client.orders.cursor import Cursor, digest, moment, old_digest
from orange_ordering_client.orders.following import is_outage
from orange_ordering_client.orders.moments import credible, is_ahead
from orange_ordering_client.orders.sweeping import MAX_SWEPT, Descent, sweep
from orange_ordering_client.pagination import MAX_LIMIT, Page
from orange_ordering_client.retry import backoff

__all__ = ["Change", "watch"]

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

_LONGEST_DELAY = 100 * 365 * 86_400.0
"""Seconds before which nothing was listed; more could not be subtracted from a time."""

logger = logging.getLogger("orange_ordering_client")


@attrs.frozen
class _Given:
    """Changes sorted by time, with their digests."""

    times: list[datetime] = attrs.field(factory=list[datetime])
    digests: list[str] = attrs.field(factory=list[str])

    def between(self, start: datetime | None, end: int | None = None) -> list[str]:
        """Digests from a time on, up to an index."""
        return self.digests[0 if start is None else bisect_left(self.times, start) : end]


@attrs.frozen(repr=False, eq=False)
class Change:
    """A change of a request.

    Attributes:
        request: after the change.
        updated_at: time of the change; None if Orange does not show it.
    """

    request: Request
    updated_at: datetime | None
    _before: _Given
    _batch: _Given
    _end: int
    _reach: Cursor

    @property
    def cursor(self) -> str:
        """The argument `since` of `watch` to continue after this change."""
        start = self._reach.start
        given = (*self._before.between(start), *self._batch.between(start, self._end))
        return str(attrs.evolve(self._reach, given=given))

    def __repr__(self) -> str:
        return f"<Change of {self.request.id} at {self.updated_at}: {self.request.status}>"


async def watch(
    requests: RequestsResource,
    clock: Clock,
    cursor: Cursor,
    *,
    interval: float,
    visible_within: float,
) -> AsyncGenerator[Change, None]:
    """Yield changes for ever; see `Requests.watch`."""
    watcher = _Watcher(requests, clock, cursor, timedelta(seconds=min(visible_within, _LONGEST_DELAY)))
    failures = 0
    while True:
        try:
            fresh = await watcher.poll()
        except OrderingError as error:
            if not is_outage(error):
                raise
            failures += 1
            logger.warning("changes cannot be read just now (%d times in a row): %s", failures, error)
            await clock.sleep(backoff(failures, clock.random(), first=min(1.0, interval), longest=interval))
            continue
        failures = 0
        for change in watcher.changes(fresh):
            yield change
        await clock.sleep(interval)


class _Watcher:
    """Tells new states of requests from those that were yielded.

    Args:
        requests: the resource to read.
        clock: the clock of this machine.
        cursor: where to begin.
        late: the longest delay between a change and its appearance in the list.
    """

    def __init__(self, requests: RequestsResource, clock: Clock, cursor: Cursor, late: timedelta) -> None:
        self._requests = requests
        self._clock = clock
        self._late = late
        self._start = cursor.start
        self._newest = cursor.newest
        # The cursor does not hold their times; none is later than the newest.
        times = [cursor.newest] * len(cursor.given) if cursor.newest is not None else []
        self._given = _Given(times, list(cursor.given[: len(times)]))
        self._undated = list(cursor.undated)
        # Cursors of earlier versions hold other digests.
        self._loaded = {text: place for place, text in enumerate(self._given.digests)}
        self._has_warned = False

    async def poll(self) -> list[Request]:
        """Read the list as far as there may be new states; return those, the oldest first."""

        async def fetch(offset: int) -> Page[Request]:
            return await self._requests.list(sort="-updatedAt", offset=offset, limit=MAX_LIMIT)

        known = {*self._given.digests, *self._undated}
        fresh: list[Request] = []
        descent = Descent()
        count = 0
        async with aclosing(sweep(fetch)) as pages:
            async for page in pages:
                self._warn_of_hidden_changes(page)
                moments = [moment(request) for request in page]
                for request, at in zip(page, moments, strict=True):
                    if self._start is not None and at is not None and at < self._start:
                        continue
                    text = digest(request)
                    if text not in known and not self._is_known_by_old_digest(request, text):
                        # Pages overlap, and without an id `sweep` cannot tell that an item is on both.
                        known.add(text)
                        fresh.append(request)
                descent.take(moments)
                if descent.passed(self._start):
                    break
                count += len(page)
                if self._start is not None and count >= MAX_SWEPT:
                    raise OrderingError(
                        f"The server does not sort its list, and there are more than {MAX_SWEPT} requests."
                    )
        fresh.reverse()
        # Those without a time come first: they do not move the cursor, so stopping after them skips nothing.
        return sorted(fresh, key=lambda request: self._dated(request) or _BEFORE_ALL)

    def _warn_of_hidden_changes(self, page: list[Request]) -> None:
        # Without `updatedAt`, neither the sequence of the list nor the time of creation shows a later change. Only
        # reading the whole list in every poll would find it.
        if not self._has_warned and any(credible(request.updated_at) is None for request in page):
            self._has_warned = True
            logger.warning(
                "there are requests without updatedAt: watch may miss new ones among them, and changes of them;"
                " follow each of them with wait"
            )

    def _dated(self, request: Request) -> datetime | None:
        """Time of a change; None for one that would move the cursor beyond all changes to come."""
        at = moment(request)
        return None if at is None or is_ahead(at, self._clock.now()) else at

    def _is_known_by_old_digest(self, request: Request, text: str) -> bool:
        """Whether a cursor of an earlier version contains it; if so, its present state is added."""
        place = self._loaded.pop(old_digest(request), None)
        if place is None:
            return False
        self._given.digests[place] = text
        return True

    def changes(self, fresh: list[Request]) -> list[Change]:
        """Turn new states into changes, and move the cursor."""
        before, batch = self._given, _Given()
        changes: list[Change] = []
        now = self._clock.now()
        for request in fresh:
            at = self._dated(request)
            if at is None:
                self._undated.append(digest(request))
            else:
                batch.times.append(at)
                batch.digests.append(digest(request))
                self._newest = at if self._newest is None else max(self._newest, at)
                # The server's clock may be ahead: what changes between its time and ours must not count as older.
                start = min(self._newest, now) - self._late
                self._start = start if self._start is None else max(self._start, start)
            reach = Cursor(start=self._start, newest=self._newest, undated=tuple(self._undated))
            changes.append(Change(request, moment(request), before, batch, len(batch.digests), reach))
        merged = sorted(
            (*zip(before.times, before.digests, strict=True), *zip(batch.times, batch.digests, strict=True))
        )
        kept = [(at, text) for at, text in merged if self._start is None or at >= self._start]
        self._given = _Given([at for at, _ in kept], [text for _, text in kept])
        self._loaded.clear()
        return changes
