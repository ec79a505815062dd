"""Reading the id of an order out of whatever a successful answer to it says."""

from __future__ import annotations

import logging
import re
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.errors import DecodeError
from orange_ordering_client.response import Answer

__all__ = ["accepted"]

logger = logging.getLogger("orange_ordering_client")

_LOCATION = re.compile(r"/requests/([^/]+)/?")


def accepted(answer: Answer[Request]) -> Request | None:
    """Read the request that a 2xx answer to `POST /requests` says was made; None if it gives no id.

    An answer with an id ends the sending, so one whose other attributes cannot be decoded is read without those. Where
    the body has no id, that of a 201's `Location` counts (RFC 9110, section 15.3.2).
    """
    try:
        request = answer.parse()
    except DecodeError as error:
        request = _readable(answer)
        logger.warning("the answer to an order cannot be read wholly: %s", error)
    if not request.id and answer.status == 201:
        location = _LOCATION.search(_path(answer.headers.get("location", "")))
        request.id = unquote(location[1]) if location else None
    return request if request.id else None


def _readable(answer: Answer[Request]) -> Request:
    """What of a body can be decoded, attribute by attribute."""
    try:
        data: Any = answer.json()
    except DecodeError:
        return Request()
    if not isinstance(data, dict):
        return Request()
    kept: dict[str, Any] = {}
    for name, value in cast("dict[str, Any]", data).items():
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            kept[name] = str(value)
        elif _is_readable(name, value):
            kept[name] = value
    return Request.from_dict(kept)


def _is_readable(name: str, value: Any) -> bool:
    try:
        Request.from_dict({name: value})
    except DecodeError:
        return False
    return True


def _path(location: str) -> str:
    try:
        return urlsplit(location).path
    except ValueError:
        return ""
