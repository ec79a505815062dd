"""The exception for a response that is not a success."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orange_ordering_client.error_body import error_info, masked
from orange_ordering_client.errors import (
    ApiError,
    BadGateway,
    BadRequest,
    BusinessRuleViolation,
    ClientError,
    Conflict,
    Forbidden,
    GatewayTimeout,
    InternalServerError,
    LengthRequired,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    RateLimited,
    RequestTimeout,
    ServerError,
    ServiceUnavailable,
    Unauthorized,
    UnexpectedStatus,
    UnsupportedMediaType,
    UriTooLong,
)

__all__ = ["api_error", "read_request_id"]

_REQUEST_ID_HEADERS: Final = ("x-request-id", "x-correlation-id", "request-id", "x-transaction-id", "x-trace-id")

_BY_STATUS: Final[dict[int, type[ApiError]]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    408: RequestTimeout,
    409: Conflict,
    411: LengthRequired,
    412: PreconditionFailed,
    413: PayloadTooLarge,
    414: UriTooLong,
    415: UnsupportedMediaType,
    422: BusinessRuleViolation,
    429: RateLimited,
    500: InternalServerError,
    502: BadGateway,
    503: ServiceUnavailable,
    504: GatewayTimeout,
}


def api_error(
    status: int, headers: Mapping[str, str], body: bytes, *, mask: Callable[[str], str] | None = None
) -> ApiError:
    """Make the exception for a response that is not a success.

    Args:
        status: HTTP status, any number.
        headers: of the response.
        body: of the response: Orange's error, a gateway's HTML, or nothing.
        mask: masks secrets in a text of the server; the body is not changed.
    """
    info = error_info(body)
    if info is not None and mask is not None:
        info = masked(info, mask)
    request_id = read_request_id(headers, mask)
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = ClientError if 400 <= status < 500 else ServerError if status >= 500 else UnexpectedStatus
    if status == 403 and info is not None and info.code == 53:
        kind = RateLimited  # FACTS P3: rate limiting arrives as 429 or as 403 with code 53.
    return kind(status=status, headers=headers, body=body, info=info, request_id=request_id)


def read_request_id(headers: Mapping[str, str], mask: Callable[[str], str] | None = None) -> str | None:
    """The first header of a response that identifies its request.

    Args:
        headers: of the response, names in any case.
        mask: masks secrets in it.
    """
    for name in _REQUEST_ID_HEADERS:
        if text := headers.get(name, "").strip():
            return mask(text) if mask is not None else text
    return None
