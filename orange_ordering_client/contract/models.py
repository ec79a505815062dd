"""Checks JSON by the models: it must decode, and encode to the same JSON again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orange_ordering_client._generated import models
from orange_ordering_client.contract.description import Description
from orange_ordering_client.contract.findings import Finding
from orange_ordering_client.contract.shapes import is_list, is_object, listed
from orange_ordering_client.errors import DecodeError

__all__ = ["check_models", "model_named"]


def model_named(key: str) -> Any:
    """Return the model class of a component schema, None if it has none (enums, lists, free-form objects)."""
    model = getattr(models, key, None)
    return model if hasattr(model, "from_dict") else None


def check_models(description: Description, schema: object, data: Any, place: str) -> Iterator[Finding]:
    """Decode and encode JSON by the model of its schema, and yield the differences.

    Args:
        description: the description of the schema.
        schema: the schema of the data.
        data: JSON without nulls.
        place: location of the data, for findings.
    """
    key = description.key(schema)
    model = model_named(key) if key else None
    if model is not None:
        yield from _round_trip(model, data, place)
        return
    found = description.resolve(schema)
    if is_list(data) and "items" in found:
        for index, item in enumerate(data):
            yield from check_models(description, found["items"], item, f"{place}[{index}]")
    if options := [*listed(found.get("anyOf")), *listed(found.get("oneOf"))]:
        yield from min((list(check_models(description, one, data, place)) for one in options), key=len)
    elif len(parts := listed(found.get("allOf"))) == 1:
        yield from check_models(description, parts[0], data, place)


def _round_trip(model: Any, data: Any, place: str) -> Iterator[Finding]:
    try:
        back: Any = model.from_dict(data).to_dict()
    except DecodeError as error:
        inside = error.path.removeprefix(model.__name__)
        yield Finding(f"{place}{inside}", f"the client cannot decode it: {error.reason}", violation=True)
        return
    for where in _differing(data, back, place):
        yield Finding(where, "the client encodes it differently than it was received", violation=True)


def _differing(before: Any, after: Any, place: str) -> Iterator[str]:
    if is_object(before) and is_object(after):
        one, other = before, after
        for key in one.keys() | other.keys():
            if key in one and key in other:
                yield from _differing(one[key], other[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}"
    elif is_list(before) and is_list(after) and len(before) == len(after):
        pairs = zip(before, after, strict=True)
        for index, (item, other_item) in enumerate(pairs):
            yield from _differing(item, other_item, f"{place}[{index}]")
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield place
