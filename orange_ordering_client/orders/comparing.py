"""Comparing an order with a request, as far as Orange shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeGuard

from orange_ordering_client.orders.results import Difference

__all__ = ["changes", "differences", "is_elsewhere"]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def differences(order: Mapping[str, Any], request: Mapping[str, Any]) -> tuple[Difference, ...]:
    """List the values in which an order and a request differ, both in wire form.

    Values that Orange does not show, or adds to `properties`, are ignored. So are differences without a meaning: space
    around text, numbers as text, a day as a time of that day.

    Args:
        order: body of a `POST /requests`.
        request: with its reference and type.
    """
    return tuple(_walk(order, request))


def changes(order: Mapping[str, Any], answered: Mapping[str, Any]) -> tuple[Difference, ...]:
    """List the values that Orange changed, reference and type included, both in wire form.

    Args:
        order: body of a `POST /requests`.
        answered: the request in the response.
    """
    names = ("customerReference", "type")
    handles = [Difference(name, order.get(name), answered.get(name)) for name in names if answered.get(name)]
    return (*(change for change in handles if change.sent != change.found), *_walk(order, answered))


def is_elsewhere(order: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Whether a similar request is certainly another order: for another subject, or another day.

    Texts such as the comment are ignored: a person who changes a reference or a type may edit them, too.
    """
    about = ("requestedAt", "contract", "customer.id", "properties")
    return any(difference.path.startswith(about) for difference in _walk(order, request))


def _walk(order: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[Difference]:
    key_dates = request.get("keyDates")
    yield from _compare("requestedAt", order.get("requestedAt"), _get(key_dates, "requestedAt"))
    for name, value in order.items():
        if name in ("requestedAt", "type", "customerReference"):
            continue
        if name == "attachments":
            yield from _attachments(value, request.get(name))
        elif name == "customer":
            # Orange may correct the name; the id identifies the customer.
            yield from _compare("customer.id", _get(value, "id"), _get(request.get(name), "id"))
        else:
            yield from _compare(name, value, request.get(name))
    if order.get("comment") is None and _text(request.get("comment")):
        yield Difference("comment", None, request["comment"])


def _attachments(sent: Any, found: Any) -> Iterator[Difference]:
    if not _is_list(found) or not found:
        return  # Lists leave them out.
    ours = sorted(str(_get(item, "name")) for item in sent or ())
    theirs = sorted(str(_get(item, "name")) for item in found)
    if ours != theirs:
        yield Difference("attachments", ours, theirs)


def _compare(path: str, sent: Any, found: Any) -> Iterator[Difference]:
    if sent is None or found is None:
        return
    if _is_object(sent) and _is_object(found):
        for name, value in sent.items():
            yield from _compare(f"{path}.{name}", value, found.get(name))
    elif _is_list(sent) and _is_list(found) and len(sent) == len(found):
        for index, (ours, theirs) in enumerate(zip(sent, found, strict=True)):
            yield from _compare(f"{path}[{index}]", ours, theirs)
    elif not _alike(sent, found):
        yield Difference(path, sent, found)


def _alike(sent: Any, found: Any) -> bool:
    if sent == found:
        return True
    if isinstance(sent, (Mapping, list, tuple)) or isinstance(found, (Mapping, list, tuple)):
        return False
    ours, theirs = _text(sent), _text(found)
    return ours == theirs or _same_day(ours, theirs) or _same_day(theirs, ours)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _same_day(day: str, moment: str) -> bool:
    if not _DATE.fullmatch(day):
        return False
    try:
        expected, found = date.fromisoformat(day), datetime.fromisoformat(moment)
        # Midnight in France is ten or eleven in the evening in UTC.
        return expected in (found.date(), (found + timedelta(hours=2)).date())
    except (ValueError, OverflowError):
        return False


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, (list, tuple))


def _get(value: Any, name: str) -> Any:
    return value.get(name) if _is_object(value) else None
