"""A successful response of the API, before and after decoding."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Generic, NoReturn, TypeVar

import attrs

from orange_ordering_client.errors import DecodeError

__all__ = ["Answer", "is_too_deep"]

_DEEPEST: Final = 100
"""Levels of nested objects and lists that are accepted. Python shows, copies and pickles by recursion, so deeper
nesting would fail there."""

_NOT_MARKS: Final = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_AS_LISTS: Final = bytes.maketrans(b"{}", b"[]")
_ESCAPED_MARK: Final = re.compile(rb'\\["\\]')

T = TypeVar("T")


@attrs.frozen(eq=False)
class Answer(Generic[T]):
    """A successful response: its bytes, and the value they decode to.

    It can be pickled; it is decoded for that.

    Attributes:
        status: HTTP status, a 2xx.
        headers: of the response; names in any case.
        body: of the response, as received.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    _decode: Callable[[Any], T] = attrs.field(repr=False)
    _examine: Callable[[DecodeError], None] | None = attrs.field(repr=False, default=None)

    def __reduce__(self) -> tuple[Any, ...]:
        # What decodes and masks belongs to a client, which cannot be pickled; its result can.
        try:
            decode: Callable[[Any], Any] = partial(_given, self.parse())
        except DecodeError as error:
            decode = partial(_failing, error)
        return Answer, (self.status, self.headers, self.body, decode)

    def json(self) -> Any:
        """Parse the body.

        Raises:
            DecodeError: the body is empty, cut off, or not JSON.
        """
        if not self.body.strip():
            raise self._about(DecodeError("the body is empty"))
        try:
            data = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            reason = f"the body is not JSON, or was cut off ({type(error).__name__})"
        else:
            if not is_too_deep(self.body, data):
                return data
            del data
            reason = f"the body is nested more than {_DEEPEST} levels deep"
        # Raised outside the handler: the parser's exception, which would be its context, holds the whole document.
        raise self._about(DecodeError(reason))

    def parse(self) -> T:
        """Decode the body into its model.

        Raises:
            DecodeError: the body does not match the description; the exception has it as `body`.
        """
        data = self.json()
        try:
            return self._decode(data)
        except DecodeError as error:
            failure = self._about(error)
        # Raised again without a traceback: its frames hold everything that the server sent.
        del data
        failure.__cause__ = failure.__context__ = None
        raise failure.with_traceback(None)

    def _about(self, error: DecodeError) -> DecodeError:
        error.body, error.status, error.headers = self.body, self.status, self.headers
        if self._examine is not None:
            self._examine(error)
        return error


def _given(value: T, _: object) -> T:
    return value


def _failing(error: DecodeError, _: object) -> NoReturn:
    raise error


def is_too_deep(body: bytes, data: object) -> bool:
    """Return whether JSON is nested deeper than what is accepted.

    Args:
        body: the JSON.
        data: its value.
    """
    # So few brackets cannot be nested deeper, wherever they stand; most bodies that are not pages end here.
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return False
    # With escaped quotes or backslashes, or as UTF-16, a quote is not always the start or end of a string.
    if b"\0" in body or _ESCAPED_MARK.search(body):
        return _is_deeper(data)
    # Only the brackets outside strings remain, all as [ and ]: faster than visiting every value.
    marks = body.translate(None, _NOT_MARKS)
    # Quotes without a bracket between them are removed in pairs, and first in fours, which is faster.
    marks = marks.replace(b'""""', b"").replace(b'""', b"")
    marks = b"".join(marks.split(b'"')[::2]).translate(_AS_LISTS)
    for _ in range(_DEEPEST):
        # The innermost pairs of brackets are removed, level by level.
        marks, before = marks.replace(b"[]", b""), marks
        if marks == before:
            break
    return bool(marks)


def _is_deeper(data: object) -> bool:
    layer = [data]
    for _ in range(_DEEPEST):
        layer = [
            item
            for value in layer
            if isinstance(value, (dict, list))
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return any(isinstance(value, (dict, list)) for value in layer)
