"""Async Python SDK for the Ordering for Business API of Orange Business, v3.1.

Start with `OrderingClient.from_env()`. Importing this package loads nothing else: each name arrives when it is used.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any, Final

from orange_ordering_client._generated import models as _models
from orange_ordering_client._version import __version__

if TYPE_CHECKING:
    from orange_ordering_client._generated.models import *  # noqa: F403 -- what a newer description brings is exported, too
    from orange_ordering_client.client import OrderingClient
    from orange_ordering_client.errors import (
        ApiError,
        BadGateway,
        BadRequest,
        BusinessRuleViolation,
        ClientClosed,
        ClientError,
        ConfigurationError,
        Conflict,
        ConnectionBroken,
        ConnectionFailed,
        DeadlineExceeded,
        DecodeError,
        Forbidden,
        GatewayTimeout,
        InternalServerError,
        InvalidArgument,
        LengthRequired,
        MethodNotAllowed,
        NotAcceptable,
        NotFound,
        OrderingError,
        PaginationError,
        PayloadTooLarge,
        PreconditionFailed,
        RateLimited,
        RequestTimeout,
        ResponseTooLarge,
        ServerError,
        ServiceUnavailable,
        TokenError,
        Unauthorized,
        UnexpectedStatus,
        UnsupportedMediaType,
        UriTooLong,
        WrongEventLoop,
    )
    from orange_ordering_client.hooks import Hooks, RequestRecord, ResponseRecord, RetryRecord
    from orange_ordering_client.orders.batch import Progress, Result
    from orange_ordering_client.orders.errors import (
        InvalidOrder,
        OutcomeUnknown,
        ReferenceAmbiguous,
        ReferenceConflict,
        ReferenceUnchecked,
    )
    from orange_ordering_client.orders.file_locks import IntentFileError
    from orange_ordering_client.orders.following import Outcome, WaitTimeout
    from orange_ordering_client.orders.intent_file import IntentFile
    from orange_ordering_client.orders.intents import Claim, Intent, Intents
    from orange_ordering_client.orders.key import Key
    from orange_ordering_client.orders.results import Difference, Submission
    from orange_ordering_client.orders.watching import Change
    from orange_ordering_client.pagination import Page, Pager
    from orange_ordering_client.response import Answer
    from orange_ordering_client.retry import RetryPolicy
    from orange_ordering_client.transport.aiohttp import aiohttp_client
    from orange_ordering_client.validation.results import Validation, Violation
    from orange_ordering_client.working_days import earliest_requested_at, is_working_day


_MODULES: Final = {
    "response": ("Answer",),
    "client": ("OrderingClient",),
    "errors": (
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
    ),
    "orders.batch": (
        "Progress",
        "Result",
    ),
    "orders.file_locks": ("IntentFileError",),
    "orders.following": (
        "Outcome",
        "WaitTimeout",
    ),
    "orders.intent_file": ("IntentFile",),
    "orders.intents": (
        "Claim",
        "Intent",
        "Intents",
    ),
    "orders.key": ("Key",),
    "orders.errors": (
        "InvalidOrder",
        "OutcomeUnknown",
        "ReferenceAmbiguous",
        "ReferenceConflict",
        "ReferenceUnchecked",
    ),
    "orders.results": ("Difference", "Submission"),
    "validation.results": ("Validation", "Violation"),
    "orders.watching": ("Change",),
    "working_days": (
        "earliest_requested_at",
        "is_working_day",
    ),
    "hooks": ("Hooks", "RequestRecord", "ResponseRecord", "RetryRecord"),
    "pagination": ("Page", "Pager"),
    "retry": ("RetryPolicy",),
    "transport.aiohttp": ("aiohttp_client",),
}
_MODULE_OF: Final = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Answer",
    "ApiError",
    "BadGateway",
    "BadRequest",
    "BusinessRuleViolation",
    "Change",
    "Claim",
    "ClientClosed",
    "ClientError",
    "ConfigurationError",
    "Conflict",
    "ConnectionBroken",
    "ConnectionFailed",
    "DeadlineExceeded",
    "DecodeError",
    "Difference",
    "Forbidden",
    "GatewayTimeout",
    "Hooks",
    "Intent",
    "IntentFile",
    "IntentFileError",
    "Intents",
    "InternalServerError",
    "InvalidArgument",
    "InvalidOrder",
    "Key",
    "LengthRequired",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "OrderingClient",
    "OrderingError",
    "Outcome",
    "OutcomeUnknown",
    "Page",
    "Pager",
    "PaginationError",
    "PayloadTooLarge",
    "PreconditionFailed",
    "Progress",
    "RateLimited",
    "ReferenceAmbiguous",
    "ReferenceConflict",
    "ReferenceUnchecked",
    "RequestRecord",
    "RequestTimeout",
    "ResponseRecord",
    "ResponseTooLarge",
    "Result",
    "RetryPolicy",
    "RetryRecord",
    "ServerError",
    "ServiceUnavailable",
    "Submission",
    "TokenError",
    "Unauthorized",
    "UnexpectedStatus",
    "UnsupportedMediaType",
    "UriTooLong",
    "Validation",
    "Violation",
    "WaitTimeout",
    "WrongEventLoop",
    "__version__",
    "aiohttp_client",
    "earliest_requested_at",
    "is_working_day",
]
__all__ += _models.__all__


if TYPE_CHECKING:
    pass  # For type checkers, a name that is not there has to be an error.
else:

    def __getattr__(name: str) -> Any:
        if (module := _MODULE_OF.get(name)) is not None:
            value = getattr(_import_module(f"{__name__}.{module}"), name)
        elif name in _models.__all__:
            value = getattr(_models, name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
