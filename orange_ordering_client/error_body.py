"""The body of an error of the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeGuard, cast

import attrs

__all__ = ["ErrorInfo", "error_info", "masked"]


@attrs.frozen
class ErrorInfo:
    """Orange's description of an error (FACTS P3: `code`, `message`, `description`; S2: `infoURL`, `details`)."""

    code: int | None = None
    message: str | None = None
    description: str | None = None
    info_url: str | None = None
    details: tuple[ErrorInfo, ...] = ()
    is_code_text: bool = False
    """Whether the code was text, which Orange does not send: a gateway made or changed this body."""


def error_info(body: bytes) -> ErrorInfo | None:
    """Read Orange's error body; None when the body is something else."""
    try:
        data: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return _read_info(data, with_details=True)


def _read_info(data: object, *, with_details: bool) -> ErrorInfo | None:
    if not _is_object(data):
        return None
    code = data.get("code")
    if isinstance(code, str) and code.isascii() and code.isdecimal() and len(code) < 10:
        code = int(code)  # Some gateways send numbers as text.
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    details = data.get("details") if with_details else None
    items = cast("list[object]", details) if isinstance(details, list) else []
    read = (_read_info(item, with_details=False) for item in items)
    return ErrorInfo(
        code=code,
        is_code_text=isinstance(data.get("code"), str),
        message=_text(data.get("message")),
        description=_text(data.get("description")),
        info_url=_text(data.get("infoURL")),
        details=tuple(info for info in read if info is not None),
    )


def masked(info: ErrorInfo, mask: Callable[[str], str]) -> ErrorInfo:
    """Replace secrets in the texts of an error.

    Args:
        info: of the error.
        mask: replaces the secrets in one text.
    """
    return ErrorInfo(
        code=info.code,
        is_code_text=info.is_code_text,
        message=info.message and mask(info.message),
        description=info.description and mask(info.description),
        info_url=info.info_url and mask(info.info_url),
        details=tuple(masked(detail, mask) for detail in info.details),
    )


def _is_object(data: object) -> TypeGuard[dict[str, object]]:
    return isinstance(data, dict)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
