"""Reading the id of an order from a successful response, whatever else it contains."""

from __future__ import annotations

import logging
import re
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client.errors import DecodeError
from orange_ordering_client.response import Answer

__all__ = ["accepted"]

logger = logging.getLogger("orange_ordering_client")

_LOCATION = re.compile(r"/requests/([^/]+)/?")


def accepted(answer: Answer[Any]) -> Request | None:
    """Read the request in a 2xx response to `POST /requests`; None if it has no id.

    A response with an id means that the order exists, so attributes that cannot be decoded are left out. Without an
    id in the body, the `Location` of a 201 is used (RFC 9110, section 15.3.2).
    """
    # Decoded as a request, whatever type the description gives this response.
    answer = attrs.evolve(answer, decode=Request.from_dict)
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
    """Decode the attributes of a body that can be decoded."""
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
