"""The exceptions of this SDK; those of `submit` are in `orders.errors`."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from typing import Any, Self

from orange_ordering_client.error_body import ErrorInfo
from orange_ordering_client.error_codes import HINTS, MEANINGS
from orange_ordering_client.text import printable, safe_repr, shorten

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
    "reason_of",
]

_SHOWN = 200
"""How much of a server's own text an exception message repeats; the whole is on `.body`."""


class OrderingError(Exception):
    """Base of every exception of this SDK."""

    may_have_been_accepted: bool = False
    """True if an order was sent and it is unknown whether Orange accepted it: look it up before sending it again."""

    request_id: str | None = None
    """The server's id of the request (`X-Request-Id` and the like), None without one. Quote it to Orange's support."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The default of pickle does not work with keyword-only constructors.
        return (copyreg.__newobj__, (type(self), *self.args), dict(self.__dict__))  # type: ignore[attr-defined]  # pickle's own protocol-2 constructor, absent from typeshed

    def __str__(self) -> str:
        # Messages contain texts of servers, files and callers: control characters are escaped for terminals and logs.
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
    """No connection was established, so nothing was sent."""


class ConnectionBroken(OrderingError):
    """The connection failed, or the response took too long, after sending had begun."""

    is_stale: bool = False
    """True if it was reused and failed without a response: the server may have closed it while it was idle."""


class ResponseTooLarge(OrderingError):
    """A response is larger than `max_response_size`; it was not read to its end.

    Attributes:
        limit: bytes that are read at most.
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
    """The call exceeded its `timeout` in seconds, pauses and retries included."""


class PaginationError(OrderingError):
    """The list cannot be read completely, or the server repeats the same page."""


class TokenError(OrderingError):
    """No access token could be obtained (RFC 6749, section 5.2).

    Attributes:
        status: HTTP status of the token endpoint, None if it was not reached.
        error: the endpoint's error code, such as `invalid_client`; secrets and tokens in it are masked.
        error_description: the endpoint's description, masked in the same way.
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
    """A response does not match the description.

    Attributes:
        path: of the value, in wire names: `Request.keyDates.issuedAt`, `[3].id`.
        value: as received.
        reason: what was expected.
        body: the input, unchanged: bytes of a response, or the object given to `from_dict`.
        status, headers: of the response, if there was one.
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
        """Put a name, or the index of a list, in front of the path."""
        head = f"[{piece}]" if isinstance(piece, int) else piece
        joint = "" if not self.path or self.path.startswith("[") else "."
        self.path = f"{head}{joint}{self.path}"
        return self

    def __str__(self) -> str:
        where = self.path or "the answer"
        got = "" if self.value is None else f" (got {safe_repr(self.value)})"
        answered = "" if self.status is None else f" The answer had status {self.status}; it is kept on `.body`."
        text = f"Cannot read {where}: {self.reason}{got}.{answered}"
        text = printable(text) + _quoted(self.request_id)
        return text + (" The order may have been accepted all the same." if self.may_have_been_accepted else "")


class ApiError(OrderingError):
    """The API returned an error.

    Attributes:
        status: HTTP status.
        code: Orange's code; its meaning depends on the status (FACTS P3, error table).
        message, description, info_url, details: of Orange's error body; None if the body is not one.
        headers: of the response; names in any case.
        body: of the response, unchanged.
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
        known = MEANINGS.get((self.status, self.code)) if self.code is not None else None
        head = f"{self.status}" + (f" with code {self.code}" if self.code is not None else "")
        # The description may repeat the message, with or without its full stop.
        said = list(dict.fromkeys(text.rstrip(". ") for text in (self.message, self.description) if text))
        said += [f"{detail.code}: {detail.message}" for detail in self.details if detail.message]
        if not self.is_orange:
            said.append(
                "the body is not an error of the Ordering API (a gateway in front of it?); it is kept on `.body`"
            )
        if known and not any(known.lower() == text.lower() for text in said):
            head += f" ({known})"
        hint = HINTS.get((self.status, self.code)) or HINTS.get((self.status, None))
        text = f"The API answered {head}: {shorten(printable('; '.join(said)), _SHOWN)}.{_quoted(self.request_id)}"
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
    """408: the server did not get the whole request in time (code 63)."""


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


def reason_of(failure: OrderingError) -> str:
    """Name a failure in a few words for logs and records: its class, and the HTTP status if there was one."""
    status = getattr(failure, "status", None)
    return type(failure).__name__ if status is None else f"{type(failure).__name__} ({status})"


def _quoted(request_id: str | None) -> str:
    return "" if request_id is None else f" Request id: {shorten(printable(request_id), 80)}."
