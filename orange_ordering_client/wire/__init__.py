"""What generated models stand on: JSON values to Python values and back.

Decoding takes only what the description says, and raises DecodeError for anything else. What was decoded is written
back as it came, whatever its spelling was.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from orange_ordering_client.wire.dates import (
    SpelledDate,
    SpelledDatetime,
    date_cache,
    format_date,
    format_datetime,
    format_received_datetime,
    parse_date,
    parse_datetime,
    parse_spelled_datetime,
)
from orange_ordering_client.wire.enums import Members, OpenEnum, OpenIntEnum
from orange_ordering_client.wire.failing import Fields, deprecated, document_error, field_error, mismatch, missing
from orange_ordering_client.wire.values import (
    any_of,
    any_value,
    boolean,
    by_discriminator,
    constant,
    extras,
    flag,
    format_boolean,
    integer,
    items,
    items_of,
    json_object,
    mapping,
    new,
    null,
    number,
    parse_boolean,
    string,
)
from orange_ordering_client.wire.writing import body_of, represent, to_wire, with_extras

if TYPE_CHECKING:
    from orange_ordering_client.wire.uuids import SpelledUUID, format_uuid, parse_uuid

__all__ = [
    "Fields",
    "Members",
    "OpenEnum",
    "OpenIntEnum",
    "SpelledDate",
    "SpelledDatetime",
    "SpelledUUID",
    "any_of",
    "any_value",
    "body_of",
    "boolean",
    "by_discriminator",
    "constant",
    "date_cache",
    "deprecated",
    "document_error",
    "extras",
    "field_error",
    "flag",
    "format_boolean",
    "format_date",
    "format_datetime",
    "format_received_datetime",
    "format_uuid",
    "integer",
    "items",
    "items_of",
    "json_object",
    "mapping",
    "mismatch",
    "missing",
    "new",
    "null",
    "number",
    "parse_boolean",
    "parse_date",
    "parse_datetime",
    "parse_spelled_datetime",
    "parse_uuid",
    "represent",
    "string",
    "to_wire",
    "with_extras",
]


# Hidden from type checkers, for which a name that is not there has to be an error.
if not TYPE_CHECKING:  # pragma: no branch -- always so when it runs

    def __getattr__(name: str) -> Any:
        # Few descriptions have UUIDs, and their module takes its time to load.
        if name not in ("SpelledUUID", "parse_uuid", "format_uuid"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(_import_module(f"{__name__}.uuids"), name)
        return value
