"""Conversion between JSON values and Python values, for generated models.

Decoding accepts only values that the description allows, and raises DecodeError for others. A decoded value is encoded
as it was received, in the same spelling.
"""

from orange_ordering_client.errors import DecodeError
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
from orange_ordering_client.wire.model import Model
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

__all__ = [
    "DecodeError",
    "Fields",
    "Members",
    "Model",
    "OpenEnum",
    "OpenIntEnum",
    "SpelledDate",
    "SpelledDatetime",
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
    "represent",
    "string",
    "to_wire",
    "with_extras",
]
