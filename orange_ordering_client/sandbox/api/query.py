"""Query parameters of GET: filters, sort order, and the selection of attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.domain.json_values import is_list, is_object

__all__ = ["CONTROLS", "check_names", "fields_of", "matcher", "order", "partial", "with_nulls"]

CONTROLS = frozenset({"offset", "limit", "sort", "fields", "displayLinks", "displayNulls", "includes"})
"""Query parameters that are not filters."""

Item = Mapping[str, Any]


def matcher(query: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    """Return a function that tells whether an object matches every filter: one of its comma-separated values is equal.

    A date matches every time of that day (UTC). Ranges are not documented (FACTS, Lists) and not supported: they match
    nothing.
    """
    tests = [(name.split("."), _accepted(value)) for name, value in query.items() if name not in CONTROLS]

    def matches(item: Mapping[str, Any]) -> bool:
        return all(_equals(_dig(item, path), accepted, day=path[-1].endswith("At")) for path, accepted in tests)

    return matches


def check_names(query: Item, attributes: Item) -> None:
    """Check that `sort` and `fields` name attributes of the model.

    Raises:
        Refusal: 400/28, no such attribute.
    """
    sort: str = query.get("sort") or ""
    requested = [("sort", sort.removeprefix("-"))] if sort else []
    requested += [("fields", name) for name in fields_of(query)]
    for parameter, name in requested:
        if name.partition(".")[0] not in attributes:
            raise Refusal(400, 28, f"{parameter}: there is no attribute {name!r}.")


def fields_of(query: Item) -> list[str]:
    """Return the attributes that `fields` selects; an empty list means all."""
    requested: str | Iterable[str] = query.get("fields") or ()
    # A description can declare a list or a string; on the wire both are comma-separated.
    return [name.strip() for name in (requested.split(",") if isinstance(requested, str) else requested)]


def order(items: Sequence[Item], sort: str | None) -> Sequence[Item]:
    """Sort by one attribute, `-` for descending. Equal values have a fixed order; objects without a value come last."""
    if not sort:
        return items
    path = sort.removeprefix("-").split(".")
    values = [_dig(item, path) for item in items]
    present = [place for place, value in enumerate(values) if value is not None]
    # A list is sorted again for each of its pages, mostly by times, which are texts: these need no key of their own.
    only_texts = all(isinstance(values[place], str) for place in present)
    present.sort(key=values.__getitem__ if only_texts else lambda place: _sortable(values[place]))
    if sort.startswith("-"):
        present.reverse()
    missing = [item for item, value in zip(items, values, strict=True) if value is None]
    return [items[place] for place in present] + missing


def partial(item: Item, fields: Iterable[str]) -> dict[str, Any]:
    """Return an object with the selected attributes only; names may have dots."""
    kept: dict[str, Any] = {}
    for name in fields:
        path = name.split(".")
        value = _dig(item, path)
        if value is None:
            continue
        place = kept
        for piece in path[:-1]:
            place = place.setdefault(piece, {})
        place[path[-1]] = value
    return kept


def with_nulls(item: Mapping[str, Any], attributes: Mapping[str, Any], fields: Iterable[str] | None) -> dict[str, Any]:
    """Return an object with a null for every attribute of the model, or of `fields`, without a value (FACTS, Lists)."""
    names = attributes if fields is None else [name for name in fields if "." not in name]
    return {name: None for name in names if name not in item and name != "_links"} | dict(item)


def _dig(item: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = item
    for piece in path:
        if not is_object(value):
            return None
        value = value.get(piece)
    return value


def _accepted(value: Any) -> frozenset[str]:
    if isinstance(value, (int, float)):
        # Filters on flags are 0 or 1, but flags in the model are text (FACTS, Models).
        return frozenset({f"{value:g}", "true" if value else "false"})
    if is_list(value):
        return frozenset(str(piece).strip() for piece in value)
    return frozenset(text.strip() for text in (str(value), *str(value).split(",")))


def _equals(value: Any, accepted: frozenset[str], *, day: bool) -> bool:
    if value is None:
        return False
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text in accepted or (day and text[:10] in accepted)


def _sortable(value: Any) -> tuple[str, float, str]:
    if isinstance(value, (int, float)):
        return ("", float(value), "")
    return ("text", 0.0, str(value))
