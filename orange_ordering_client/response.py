"""One successful answer of the API, before and after decoding."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import attrs

from orange_ordering_client.errors import DecodeError

__all__ = ["Answer"]

_DEEPEST: Final = 100
"""Levels of objects and lists that are read. What is nested deeper could not be shown, copied or pickled: Python does
all of these by recursion."""

_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")

T = TypeVar("T")


@attrs.frozen(eq=False)
class Answer(Generic[T]):
    """What came back, raw and readable.

    Attributes:
        status: HTTP status, a 2xx.
        headers: of the answer, names in any case.
        body: of the answer, untouched.
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
        # Outside the handler, without the parser's own exception: that one carries the whole document.
        raise self._about(DecodeError(reason))

    def parse(self) -> T:
        """Decode the body into its model.

        Raises:
            DecodeError: the body is not what the description says; it is kept on the exception.
        """
        data = self.json()
        try:
            return self._decode(data)
        except DecodeError as error:
            failure = self._about(error)
        # Raised anew: the decoder's frames, and this one, hold all that the server sent.
        del data
        failure.__cause__ = failure.__context__ = None
        raise failure.with_traceback(None)

    def _about(self, error: DecodeError) -> DecodeError:
        error.body, error.status, error.headers = self.body, self.status, self.headers
        if self._examine is not None:
            self._examine(error)
        return error


def _is_too_deep(body: bytes, data: object) -> bool:
    # First by the brackets alone: innermost pairs are taken away until none is left. Brackets in texts may not pair up.
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
