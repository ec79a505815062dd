"""Finding the request that an order became, without trusting the server's filter or sort order."""

from __future__ import annotations

import logging
import re
from contextlib import aclosing
from datetime import datetime, timedelta

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.errors import PaginationError
from orange_ordering_client.orders.outcomes import ReferenceUnchecked
from orange_ordering_client.orders.sweeping import MAX_SWEPT, Descent, sweep
from orange_ordering_client.pagination import MAX_LIMIT, Page

__all__ = ["Key", "Look", "look"]

logger = logging.getLogger("orange_ordering_client")

_UNAMBIGUOUS = re.compile(r"[\w#./:@+\- ]+")
"""References that a filter cannot take for anything else: a comma separates values, and what a "formula" looks like is
not documented (FACTS, Lists)."""

_CLOCKS_APART = timedelta(minutes=5)
"""By how much the machines that stamp `createdAt` may disagree."""


@attrs.frozen
class Key:
    """What makes an order the same: the caller's reference, and its type."""

    reference: str
    type: str

    def fits(self, request: Request) -> bool:
        """Whether a request has this reference and type; one that does not show its type may be of any."""
        return request.customer_reference == self.reference and request.type in (None, self.type)


@attrs.frozen
class Look:
    """What one look gave.

    Attributes:
        matches: requests with the reference and type, newest first where the server sorts.
        newest: `createdAt` of the newest request of all, if the list was read in order; it bounds later looks.
    """

    matches: tuple[Request, ...] = ()
    newest: datetime | None = None


async def look(requests: RequestsResource, key: Key, *, newest_before: datetime | None = None) -> Look:
    """Look for an order.

    Asks for its reference and compares what comes back. If anything else comes back, the server ignores the filter,
    and the list is read instead: the newest first as long as it is really sorted so, else the whole.

    Args:
        requests: the resource to look in.
        key: reference and type.
        newest_before: `createdAt` of the newest request before the order was sent: what is older cannot be it.

    Raises:
        ReferenceUnchecked: the server ignores the filter, and the list is too long to be read.
        OrderingError: the list cannot be had.
    """
    if _UNAMBIGUOUS.fullmatch(key.reference):
        matches = await _ask(requests, key)
        if matches is not None:
            return Look(matches)
        logger.warning("the server ignores the filter customerReference; the list of requests is read instead")
    try:
        return await _read(requests, key, newest_before)
    except PaginationError as error:
        raise ReferenceUnchecked(key.reference, str(error)) from error


async def _ask(requests: RequestsResource, key: Key) -> tuple[Request, ...] | None:
    """What the filter gives; None if it was ignored."""
    found: list[Request] = []
    page: Page[Request] | None = await requests.list(customer_reference=key.reference)
    while page is not None:
        if any(request.customer_reference != key.reference for request in page.items):
            return None
        found += page.items
        page = await page.next()
    return tuple(request for request in found if key.fits(request))


async def _read(requests: RequestsResource, key: Key, newest_before: datetime | None) -> Look:
    async def fetch(offset: int) -> Page[Request]:
        return await requests.list(sort="-createdAt", offset=offset, limit=MAX_LIMIT)

    descent = Descent()
    count = 0
    async with aclosing(sweep(fetch)) as pages:
        async for page in pages:
            descent.take([request.created_at for request in page])
            matches = tuple(request for request in page if key.fits(request))
            if matches:
                return Look(matches, descent.newest)
            if newest_before is not None and descent.passed(newest_before - _CLOCKS_APART):
                break
            count += len(page)
            if count >= MAX_SWEPT:
                raise ReferenceUnchecked(
                    key.reference,
                    f"the server ignores the filter customerReference, and there are more than {MAX_SWEPT} requests.",
                )
    return Look((), descent.newest)
