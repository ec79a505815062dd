"""A successful response of the API, before and after decoding."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import attrs

from orange_ordering_client.errors import DecodeError

__all__ = ["Answer"]

_DEEPEST: Final = 100
"""Levels of nested objects and lists that are accepted. Python shows, copies and pickles by recursion, so deeper
nesting would fail there."""

_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")

T = TypeVar("T")


@attrs.frozen(eq=False)
class Answer(Generic[T]):
    """A successful response: its bytes, and the value they decode to.

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
            if not _is_too_deep(self.body, data):
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


def _is_too_deep(body: bytes, data: object) -> bool:
    # A quick check first: remove innermost pairs of brackets until none is left. Strings may hold unpaired brackets;
    # then the data is measured.
    brackets, level = body.translate(None, _NOT_BRACKETS), 0
    while level < _DEEPEST and (fewer := brackets.replace(b"[]", b"").replace(b"{}", b"")) != brackets:
        brackets, level = fewer, level + 1
    if not brackets:
        return False
    layer = [data]
    for _ in range(_DEEPEST + 1):
        layer = [
            item
            for value in layer
            if isinstance(value, (dict, list))
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(layer)
