"""Everything this SDK raises, and how an answer of the API becomes an exception."""

from __future__ import annotations

import copyreg
import json
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeGuard, cast

import attrs

__all__ = [
    "ApiError",
    "BadGateway",
    "BadRequest",
    "BusinessRuleViolation",
    "ClientClosed",
    "ClientError",
    "ConfigurationError",
    "Conflict",
    "ConnectionBroken",
    "ConnectionFailed",
    "DeadlineExceeded",
    "DecodeError",
    "ErrorInfo",
    "Forbidden",
    "GatewayTimeout",
    "InternalServerError",
    "InvalidArgument",
    "LengthRequired",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "OrderingError",
    "PaginationError",
    "PayloadTooLarge",
    "PreconditionFailed",
    "RateLimited",
    "RequestTimeout",
    "ResponseTooLarge",
    "ServerError",
    "ServiceUnavailable",
    "TokenError",
    "Unauthorized",
    "UnexpectedStatus",
    "UnsupportedMediaType",
    "UriTooLong",
    "WrongEventLoop",
    "api_error",
    "error_info",
    "printable",
    "read_request_id",
    "reason_of",
]

_SHOWN = 200
"""How much of a server's own text an exception message repeats; the whole is on `.body`."""


_REQUEST_ID_HEADERS = ("x-request-id", "x-correlation-id", "request-id", "x-transaction-id", "x-trace-id")

_FRENCH_SPACES = "\u00a0\u202f"
"""No-break spaces, which French text has before a colon; harmless."""


class OrderingError(Exception):
    """Base of every exception of this SDK."""

    may_have_been_accepted: bool = False
    """True when an order was sent and nobody can say whether Orange took it: look before sending it again."""

    request_id: str | None = None
    """The server's id of the request (`X-Request-Id` and the like), None without one. Quote it to Orange's support."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only constructors defeat pickle's default; workers hand exceptions over by pickle.
        return (copyreg.__newobj__, (type(self), *self.args), dict(self.__dict__))  # type: ignore[attr-defined]  # pickle's own protocol-2 constructor, absent from typeshed

    def __str__(self) -> str:
        # Messages repeat texts of servers, files and callers; a terminal or a log must not act on what those hold.
        text = printable(super().__str__())
        if self.may_have_been_accepted:
            text += (
                " The order may have been accepted all the same: look it up by its customer reference before sending"
                " it again (requests.submit does)."
            )
        return text


class ConfigurationError(OrderingError, ValueError):
    """A setting is missing or unusable; the message names it and says how to set it."""


class InvalidArgument(OrderingError, ValueError):
    """An argument was refused here, before anything was sent."""


class ClientClosed(OrderingError):
    """The client was used after it had been closed."""


class WrongEventLoop(OrderingError):
    """The client was used from a second event loop; make one client per loop."""


class ConnectionFailed(OrderingError):
    """The API was never reached, so nothing was sent."""


class ConnectionBroken(OrderingError):
    """The connection failed, or went silent, after the request had begun to leave."""

    is_stale: bool = False
    """True when it had been used before and broke without a response: the server may have closed it while idle."""


class ResponseTooLarge(OrderingError):
    """A response is longer than `max_response_size`; it was not read to its end.

    Attributes:
        limit: bytes that would have been read.
        status: of the response, None if it is not known.
    """

    def __init__(self, limit: int, *, status: int | None = None) -> None:
        super().__init__(
            f"The response is larger than {limit} bytes. Ask for less (limit=, fields=), or raise max_response_size=."
        )
        self.limit = limit
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.limit,), dict(self.__dict__))


class DeadlineExceeded(OrderingError):
    """The time given to the call (`timeout`, in seconds) ran out, waiting and retrying included."""


class PaginationError(OrderingError):
    """The server keeps answering with the same page."""


class TokenError(OrderingError):
    """No access token could be had (RFC 6749, section 5.2).

    Attributes:
        status: HTTP status of the token endpoint, None if it was not reached.
        error: the endpoint's error code, such as `invalid_client`; secrets and tokens in it are masked.
        error_description: the endpoint's own words, masked in the same way.
        retry_after: seconds the endpoint asked to wait, None if it did not say.
    """

    retry_after: float | None = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error: str | None = None,
        error_description: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.error_description = error_description

    def __str__(self) -> str:
        return super().__str__() + _quoted(self.request_id)


class DecodeError(OrderingError, ValueError):
    """An answer could not be read as what the description says it is.

    Attributes:
        path: where, in wire names: `Request.keyDates.issuedAt`, `[3].id`.
        value: what stood there.
        reason: what was expected.
        body: what was to be decoded, untouched: bytes of an answer, or the object given to `from_dict`.
        status, headers: of the answer, where there was one.
    """

    def __init__(
        self,
        reason: str,
        *,
        path: str = "",
        value: object = None,
        body: object = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.value = value
        self.body = body
        self.status = status
        self.headers = headers
        self.code: int | None = None

    def at(self, piece: str | int) -> Self:
        """Put one more path piece in front: a name, or the index of a list."""
        head = f"[{piece}]" if isinstance(piece, int) else piece
        joint = "" if not self.path or self.path.startswith("[") else "."
        self.path = f"{head}{joint}{self.path}"
        return self

    def __str__(self) -> str:
        where = self.path or "the answer"
        shown = "" if self.value is None else f" (got {_shorten(repr(self.value), 80)})"
        answered = "" if self.status is None else f" The answer had status {self.status}; it is kept on `.body`."
        text = f"Cannot read {where}: {self.reason}{shown}.{answered}"
        text = printable(text) + _quoted(self.request_id)
        return text + (" The order may have been accepted all the same." if self.may_have_been_accepted else "")


@attrs.frozen
class ErrorInfo:
    """Orange's own description of a fault (FACTS P3: `code`, `message`, `description`; S2: `infoURL`, `details`)."""

    code: int | None = None
    message: str | None = None
    description: str | None = None
    info_url: str | None = None
    details: tuple[ErrorInfo, ...] = ()
    is_code_text: bool = False
    """The code came as text, which Orange does not write: something in between made this body, or made it over."""


class ApiError(OrderingError):
    """The API answered with an error.

    Attributes:
        status: HTTP status.
        code: Orange's code; its meaning depends on the status (FACTS P3, error table).
        message, description, info_url, details: Orange's own words; None where the body was not Orange's.
        headers: of the answer, names in any case.
        body: of the answer, untouched.
    """

    def __init__(
        self,
        *,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        info: ErrorInfo | None = None,
        request_id: str | None = None,
    ) -> None:
        self.status = status
        if request_id is not None:
            self.request_id = request_id
        self.headers = headers
        self.body = body
        self.is_orange = info is not None and not info.is_code_text
        info = info or ErrorInfo()
        self.code = info.code
        self.message = info.message
        self.description = info.description
        self.info_url = info.info_url
        self.details = info.details
        super().__init__(self._describe())

    def _describe(self) -> str:
        known = _MEANINGS.get((self.status, self.code)) if self.code is not None else None
        head = f"{self.status}" + (f" with code {self.code}" if self.code is not None else "")
        said = [text for text in (self.message, self.description) if text]
        said += [f"{detail.code}: {detail.message}" for detail in self.details if detail.message]
        if not self.is_orange:
            said.append(
                "the body is not an error of the Ordering API (a gateway in front of it?); it is kept on `.body`"
            )
        if known and not any(known.lower() == text.lower() for text in said):
            head += f" ({known})"
        hint = _HINTS.get((self.status, self.code)) or _HINTS.get((self.status, None))
        text = f"The API answered {head}: {_shorten(printable('; '.join(said)), _SHOWN)}.{_quoted(self.request_id)}"
        return f"{text} {hint}" if hint else text


class ClientError(ApiError):
    """A 4xx that is not in the table."""


class BadRequest(ApiError):
    """400: a parameter, header or body field is missing or invalid (codes 20 to 28)."""


class Unauthorized(ApiError):
    """401: credentials missing, invalid or expired (codes 40 to 42), also after a fresh token."""


class Forbidden(ApiError):
    """403: access denied (codes 50 to 52)."""


class NotFound(ApiError):
    """404: no such resource (code 60)."""


class MethodNotAllowed(ApiError):
    """405: method not allowed (code 61); `.allow` lists what is."""

    @property
    def allow(self) -> tuple[str, ...]:
        """Methods of the `Allow` header (RFC 9110, section 10.2.1)."""
        return tuple(part.strip() for part in self.headers.get("allow", "").split(",") if part.strip())


class NotAcceptable(ApiError):
    """406: not acceptable (code 62)."""


class RequestTimeout(ApiError):
    """408: the server gave up waiting for the request (code 63)."""


class Conflict(ApiError):
    """409: conflict (code 69)."""


class LengthRequired(ApiError):
    """411: length required (code 64)."""


class PreconditionFailed(ApiError):
    """412: precondition failed, or a mandatory field is missing (code 65)."""


class PayloadTooLarge(ApiError):
    """413: request entity too large (code 66)."""


class UriTooLong(ApiError):
    """414: request URI too long (code 67)."""


class UnsupportedMediaType(ApiError):
    """415: unsupported media type (code 68)."""


class BusinessRuleViolation(ApiError):
    """422: the order breaks a rule of its request type (codes 3611 to 3631)."""


class RateLimited(ApiError):
    """429, or 403 with code 53: too many requests."""

    retry_after: float | None = None
    """Seconds the server asked to wait, None if it did not say."""


class ServerError(ApiError):
    """A 5xx that is not in the table."""


class InternalServerError(ServerError):
    """500: internal error (code 1)."""


class BadGateway(ServerError):
    """502: bad gateway (codes 1, 3)."""


class ServiceUnavailable(ServerError):
    """503: temporarily unavailable or over capacity (codes 5, 6)."""


class GatewayTimeout(ServerError):
    """504: gateway timeout (code 6)."""


class UnexpectedStatus(ApiError):
    """Neither a success nor an error: a redirect, which is never followed, or an informational status."""


_BY_STATUS: dict[int, type[ApiError]] = {
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

# FACTS P3 (error table) and R2 (422): one code means different things under different statuses.
_MEANINGS: dict[tuple[int, int], str] = {
    (400, 20): "invalid URL parameter value",
    (400, 21): "missing body",
    (400, 22): "invalid body",
    (400, 23): "missing body field",
    (400, 24): "invalid body field",
    (400, 25): "missing header",
    (400, 26): "invalid header value",
    (400, 27): "missing query-string parameter",
    (400, 28): "invalid query-string parameter value",
    (401, 40): "missing credentials",
    (401, 41): "invalid credentials",
    (401, 42): "expired credentials",
    (403, 50): "access denied",
    (403, 51): "forbidden requester",
    (403, 52): "forbidden user",
    (403, 53): "too many requests",
    (404, 60): "resource not found",
    (405, 61): "method not allowed",
    (406, 62): "not acceptable",
    (408, 63): "request time-out",
    (409, 69): "conflict",
    (411, 64): "length required",
    (412, 65): "precondition failed",
    (413, 66): "request entity too large",
    (414, 67): "request-URI too long",
    (415, 68): "unsupported media type",
    (422, 3611): "requested date not valid",
    (422, 3620): "properties not valid",
    (422, 3621): "several products match",
    (422, 3622): "no service point matches",
    (422, 3623): "internal ordering system not available, the request was not accepted",
    (422, 3630): "not authorised on this network",
    (422, 3631): "several networks match",
    (429, 53): "too many requests",
    (500, 1): "internal error",
    (502, 1): "internal error",
    (502, 3): "bad gateway",
    (503, 5): "service temporarily unavailable",
    (503, 6): "over capacity",
    (504, 6): "gateway timeout",
}

_HINTS: dict[tuple[int, int | None], str] = {
    (401, None): "Check ORANGE_API_KEY (keys expire after two years) and the client's credentials.",
    (403, 51): "Does the token's scope (ORANGE_ORDERING_SCOPE) allow this call?",
    (422, 3611): "earliest_requested_at() gives the first date that is accepted.",
}


def api_error(
    status: int, headers: Mapping[str, str], body: bytes, *, mask: Callable[[str], str] | None = None
) -> ApiError:
    """Make the exception for an answer that is not a success.

    Args:
        status: HTTP status, any number.
        headers: of the answer.
        body: of the answer: Orange's error, a gateway's HTML, or nothing.
        mask: takes secrets out of a text that the server repeats to us; the body stays untouched.
    """
    info = error_info(body)
    if info is not None and mask is not None:
        info = _masked(info, mask)
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
        mask: takes secrets out of it, should the server repeat one.
    """
    for name in _REQUEST_ID_HEADERS:
        if text := headers.get(name, "").strip():
            return mask(text) if mask is not None else text
    return None


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
        code = int(code)  # Some gateways write numbers as text.
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


def _masked(info: ErrorInfo, mask: Callable[[str], str]) -> ErrorInfo:
    return ErrorInfo(
        code=info.code,
        is_code_text=info.is_code_text,
        message=info.message and mask(info.message),
        description=info.description and mask(info.description),
        info_url=info.info_url and mask(info.info_url),
        details=tuple(_masked(detail, mask) for detail in info.details),
    )


def _is_object(data: object) -> TypeGuard[dict[str, object]]:
    return isinstance(data, dict)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _quoted(request_id: str | None) -> str:
    return "" if request_id is None else f" Request id: {_shorten(printable(request_id), 80)}."


def printable(text: str) -> str:
    """Escape what a terminal or a log file would act on: control characters, line breaks, bidirectional marks.

    Args:
        text: any text, such as one of the server's.
    """
    return "".join(c if c.isprintable() or c in _FRENCH_SPACES else c.encode("unicode_escape").decode() for c in text)


def reason_of(failure: OrderingError) -> str:
    """Name a failure in a few words for logs and records: its class, and the HTTP status if there was one."""
    status = getattr(failure, "status", None)
    return type(failure).__name__ if status is None else f"{type(failure).__name__} ({status})"


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
