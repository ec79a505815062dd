"""Finding the request of an order, without relying on the server's filter or sort order."""

from __future__ import annotations

import logging
import re
from contextlib import aclosing
from datetime import datetime, timedelta

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.errors import DecodeError, PaginationError
from orange_ordering_client.orders.errors import ReferenceUnchecked
from orange_ordering_client.orders.key import Key
from orange_ordering_client.orders.spelling import likeness
from orange_ordering_client.orders.sweeping import MAX_SWEPT, Descent, sweep
from orange_ordering_client.pagination import MAX_LIMIT, Page

__all__ = ["LookupResult", "look_up"]

logger = logging.getLogger("orange_ordering_client")

_UNAMBIGUOUS = re.compile(r"[\w#./:@+\- ]+")
"""References that are safe in a filter: a comma separates values, and "formulas" are not documented (FACTS, Lists)."""

_CLOCKS_APART = timedelta(minutes=5)
"""The largest difference of the clocks that set `createdAt`."""


@attrs.frozen
class LookupResult:
    """The result of one look-up.

    Attributes:
        matches: requests with the reference and type, newest first if the server sorts.
        near: if nothing matches, requests with a similar reference, or with this reference and another type.
        newest: `createdAt` of the newest request, if the list was sorted; it bounds later look-ups.
    """

    matches: tuple[Request, ...] = ()
    near: tuple[Request, ...] = ()
    newest: datetime | None = None


async def look_up(
    requests: RequestsResource, key: Key, *, newest_before: datetime | None = None, thorough: bool = False
) -> LookupResult:
    """Look an order up.

    It filters by the reference and compares the results. An exact filter does not find a reference that the server
    stores in another form, so the newest requests are read, too, if nothing is found: one more call. If the results
    have other references, the server ignores the filter, and the whole list is read instead, newest first as long as
    it is really sorted.

    Args:
        requests: the resource to look in.
        key: reference and type.
        newest_before: `createdAt` of the newest request before the order was sent; older requests are not the order.
        thorough: read not only the newest page but everything created since `newest_before`, or the whole list if that
            is None. Up to 200 calls.

    Raises:
        ReferenceUnchecked: the list is too long, incomplete, or cannot be decoded.
        OrderingError: the list cannot be fetched.
    """
    try:
        asked = await _ask(requests, key) if _UNAMBIGUOUS.fullmatch(key.reference) else None
        if asked is not None and (asked.matches or any(map(key.resembles, asked.near))):
            return asked
        if asked is None:
            logger.warning("the filter customerReference is of no use for %r; the list is read instead", key.reference)
        found = await _read(requests, key, newest_before, whole=thorough or asked is None)
    except (PaginationError, DecodeError) as error:
        raise ReferenceUnchecked(key.reference, str(error)) from error
    if asked is None or found.matches:
        return found
    # An exact filter finds other orders with this reference, and not this one, if it is stored in another form.
    read = {request.id for request in found.near}
    return attrs.evolve(found, near=(*(request for request in asked.near if request.id not in read), *found.near))


async def _ask(requests: RequestsResource, key: Key) -> LookupResult | None:
    """Look up with the filter; None if the server ignores it."""
    found: list[Request] = []
    page: Page[Request] | None = await requests.list(customer_reference=key.reference)
    while page is not None:
        # A filter may also match similar references, or parts of them.
        if not all(_asked_for(key.reference, request.customer_reference) for request in page.items):
            return None
        found += page.items
        page = await page.next()
    return _sorted_out(key, found, None)


def _asked_for(reference: str, stored: str | None) -> bool:
    return stored is not None and (reference in stored or likeness(reference, stored) is not None)


async def _read(requests: RequestsResource, key: Key, newest_before: datetime | None, *, whole: bool) -> LookupResult:
    async def fetch(offset: int) -> Page[Request]:
        return await requests.list(sort="-createdAt", offset=offset, limit=MAX_LIMIT)

    oldest = None if newest_before is None else newest_before - _CLOCKS_APART
    descent = Descent()
    near: list[Request] = []
    count = 0
    async with aclosing(sweep(fetch, certain=whole)) as pages:
        async for page in pages:
            descent.take([request.created_at for request in page])
            seen = _sorted_out(key, page, oldest)
            if seen.matches:
                return seen
            near += seen.near
            if not whole or descent.passed(oldest):
                break
            count += len(page)
            if count >= MAX_SWEPT:
                raise ReferenceUnchecked(
                    key.reference,
                    f"its filter customerReference finds nothing, and there are more than {MAX_SWEPT} requests.",
                )
    return LookupResult(near=tuple(near), newest=descent.newest)


def _sorted_out(key: Key, found: list[Request], oldest: datetime | None) -> LookupResult:
    matches = tuple(request for request in found if key.fits(request))
    if matches:
        return LookupResult(matches)
    near = [request for request in found if likeness(key.reference, request.customer_reference) is not None]
    return LookupResult(near=tuple(request for request in near if not _older(request.created_at, oldest)))


def _older(moment: datetime | None, oldest: datetime | None) -> bool:
    return moment is not None and oldest is not None and moment < oldest
