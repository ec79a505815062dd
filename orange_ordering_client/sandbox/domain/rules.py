"""Business rules of orders (FACTS R2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from dateutil.easter import easter

from orange_ordering_client.sandbox.domain.catalog import Catalog
from orange_ordering_client.sandbox.domain.clients import Client

__all__ = ["NOTICE", "OrderRefused", "Rules", "ServicePoint", "earliest", "is_working_day"]

NOTICE = timedelta(days=20)
_IDENTIFIERS = ("id", "customerReference", "reference")


@dataclass(frozen=True)
class ServicePoint:
    """An installed site, which can be disconnected or changed.

    Attributes:
        id, customer_reference, reference: identifiers; an order gives one of them.
        network: the network that it belongs to.
        open: whether clients are authorised on that network.
    """

    id: str
    customer_reference: str
    reference: str
    network: str = "BVPN-1"
    open: bool = True


class OrderRefused(Exception):
    """An order breaks a rule.

    Args:
        code: Orange's error code.
        description: why the order is refused; None to answer the message of the code only.
        details: one description for each violation.
    """

    def __init__(self, code: int, description: str | None = None, *, details: Sequence[str] = ()) -> None:
        super().__init__(f"{code} {description or ''}")
        self.code = code
        self.description = description
        self.details = details


def _installed() -> Iterable[ServicePoint]:
    for number in range(100):
        yield ServicePoint(f"SP-{1000 + number}", f"SITE-{number:03d}", f"FR-BVPN-{1000 + number}")
    yield ServicePoint("SP-1100", "#DEMO-SITE#", "FR-BVPN-1100")
    # A reference with two products on one network, one with two networks, one on a network without authorisation.
    yield ServicePoint("SP-2000", "SITE-TWICE", "FR-BVPN-2000")
    yield ServicePoint("SP-2001", "SITE-TWICE", "FR-BVPN-2001")
    yield ServicePoint("SP-3000", "SITE-ROAMING", "FR-BVPN-3000")
    yield ServicePoint("SP-3001", "SITE-ROAMING", "FR-BVPN-3001", network="BVPN-2")
    yield ServicePoint("SP-4000", "SITE-FOREIGN", "FR-BVPN-4000", network="BVPN-9", open=False)


class Rules:
    """The rules that an order must fulfil.

    Args:
        catalog: the request types and their schemas.

    Attributes:
        service_points: installed sites: SP-1000 to SP-1100, and some for codes 3621, 3630, 3631; more can be appended.
        available: if False, every order is refused with 3623.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.service_points = list(_installed())
        self.available = True
        self._catalog = catalog

    def check(self, body: Mapping[str, Any], client: Client, today: date, language: str) -> None:
        """Check an order.

        Raises:
            OrderRefused: code 24, no such type; 50, the client may not order it; 65, a mandatory field of the type is
                missing; 3620, 3611, 3622, 3630, 3631, 3621 or 3623, checked in this order.
        """
        request_type = str(body["type"])
        if request_type not in self._catalog:
            raise OrderRefused(24, f"type: there is no request type {request_type!r}.", details=["type"])
        if not client.may_order(request_type):
            raise OrderRefused(50, f"{request_type} is not in your catalog.")
        self._check_shape(body, language)
        if request_type == "R_BVPN_FR_1":
            _check_date(date.fromisoformat(body["requestedAt"]), today)
        point = body.get("properties", {}).get("servicePoint")
        if point is not None:
            self._check_service_point(point)
        if not self.available:
            raise OrderRefused(3623)

    def _check_shape(self, body: Mapping[str, Any], language: str) -> None:
        found = self._catalog.violations(body, language)
        missing = [f"{place}: {text}" for place, text, keyword in found if keyword == "required"]
        if missing:
            raise OrderRefused(65, missing[0][:500], details=missing)
        if found:
            wrong = [f"{place}: {text}" for place, text, _ in found]
            raise OrderRefused(3620, wrong[0][:500], details=wrong)

    def _check_service_point(self, point: Mapping[str, str]) -> None:
        name = next(name for name in _IDENTIFIERS if name in point)
        value = point[name]
        found = [site for site in self.service_points if value == _identifiers(site)[name]]
        if not found:
            raise OrderRefused(3622, f"properties.servicePoint.{name}: there is no site {value!r}.")
        if not any(site.open for site in found):
            raise OrderRefused(3630, f"properties.servicePoint.{name}: {value!r} is on a network of another customer.")
        if len({site.network for site in found}) > 1:
            raise OrderRefused(3631, f"properties.servicePoint.{name}: {value!r} is on several networks; give its id.")
        if len(found) > 1:
            raise OrderRefused(3621, f"properties.servicePoint.{name}: {value!r} has several products; give its id.")


def _identifiers(site: ServicePoint) -> Mapping[str, str]:
    return {"id": site.id, "customerReference": site.customer_reference, "reference": site.reference}


def _check_date(requested: date, today: date) -> None:
    if requested < today + NOTICE:
        first = earliest(today)
        raise OrderRefused(3611, f"requestedAt: {requested} is less than 20 days ahead; the first date is {first}.")
    if not is_working_day(requested):
        raise OrderRefused(3611, f"requestedAt: {requested} is not a working day in France.")


def earliest(today: date) -> date:
    """Return the earliest date that rule 3611 accepts: at least 20 days after `today`, and a working day in France."""
    day = today + NOTICE
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    """Return whether a date is Monday to Friday and no public holiday in France (Code du travail, L3133-1)."""
    return day.weekday() < 5 and day not in _holidays(day.year)


@lru_cache(maxsize=32)
def _holidays(year: int) -> frozenset[date]:
    sunday = easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    # Easter Monday, Ascension, Whit Monday.
    movable = (sunday + timedelta(days=days) for days in (1, 39, 50))
    return frozenset({*(date(year, month, day) for month, day in fixed), *movable})
