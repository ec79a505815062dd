"""What generated models stand on: JSON values to Python values and back.

Decoding takes only what the description says, and raises DecodeError for anything else. What was decoded is written
back as it came, whatever its spelling was.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from orange_ordering_client.wire.dates import (
    SpelledDate,
    SpelledDatetime,
    date_of,
    date_text,
    datetime_of,
    datetime_text,
    day_of,
    moment_of,
    moment_text,
)
from orange_ordering_client.wire.enums import Members, OpenEnum, OpenIntEnum
from orange_ordering_client.wire.failing import Fields, deprecated, located, mismatch, missing, rooted
from orange_ordering_client.wire.values import (
    anything,
    by_value,
    constant,
    either,
    extras,
    flag,
    items,
    items_of,
    json_object,
    mapping,
    new,
    nothing,
    number,
    text,
    truth,
    truth_of,
    truth_wire,
    whole,
)
from orange_ordering_client.wire.writing import body_of, plain, shown, with_extras

if TYPE_CHECKING:
    from orange_ordering_client.wire.uuids import SpelledUUID, uuid_of, uuid_text

__all__ = [
    "Fields",
    "Members",
    "OpenEnum",
    "OpenIntEnum",
    "SpelledDate",
    "SpelledDatetime",
    "SpelledUUID",
    "anything",
    "body_of",
    "by_value",
    "constant",
    "date_of",
    "date_text",
    "datetime_of",
    "datetime_text",
    "day_of",
    "deprecated",
    "either",
    "extras",
    "flag",
    "items",
    "items_of",
    "json_object",
    "located",
    "mapping",
    "mismatch",
    "missing",
    "moment_of",
    "moment_text",
    "new",
    "nothing",
    "number",
    "plain",
    "rooted",
    "shown",
    "text",
    "truth",
    "truth_of",
    "truth_wire",
    "uuid_of",
    "uuid_text",
    "whole",
    "with_extras",
]


# Hidden from type checkers, for which a name that is not there has to be an error.
if not TYPE_CHECKING:  # pragma: no branch -- always so when it runs

    def __getattr__(name: str) -> Any:
        # Few descriptions have UUIDs, and their module takes its time to load.
        if name not in ("SpelledUUID", "uuid_of", "uuid_text"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(_import_module(f"{__name__}.uuids"), name)
        return value
