"""Reading JSON, with orjson where the extra `fast` brings it.

Only reading: orjson would write NaN as null and quietly take more types than JSON has, and an order is small.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

__all__ = ["json_reader"]

_DIGITS_ONLY: Final = bytes(ord("0") if chr(byte).isdecimal() and byte < 128 else ord(".") for byte in range(256))
_LONG: Final = b"0" * 19
"""orjson makes floats of whole numbers beyond 64 bits, which have 19 digits at least (2**63 is 9223372036854775808)."""

_STRIDE: Final = 4
_LONG_IN_STRIDES: Final = b"0" * (19 // _STRIDE)
"""What is left of so many digits where only every fourth byte is looked at. That is quicker, and rules out most."""


def json_reader(extras: frozenset[str]) -> Callable[[bytes], Any]:
    """What reads JSON: both readers give the same values and refuse the same texts.

    Args:
        extras: those to use.
    """
    return _fast_reader() if "fast" in extras else json.loads


def _fast_reader() -> Callable[[bytes], Any]:
    import orjson

    quick = orjson.loads

    def read(body: bytes) -> Any:
        strided = body[::_STRIDE].translate(_DIGITS_ONLY)
        if _LONG_IN_STRIDES not in strided or _LONG not in body.translate(_DIGITS_ONLY):
            try:
                return quick(body)
            except ValueError:
                # NaN, a byte-order mark, half a surrogate pair: the standard library reads them.
                pass
        return json.loads(body)

    return read
