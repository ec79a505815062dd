"""The kinds of faults, how they are written, and which calls they match."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from orange_ordering_client.sandbox.api.access import TOKEN
from orange_ordering_client.sandbox.api.description import Operation
from orange_ordering_client.sandbox.api.errors import TABLE
from orange_ordering_client.sandbox.api.messages import Call

__all__ = ["KINDS", "Fault"]

KINDS: Mapping[str, str] = {
    "error": "do nothing and answer a row of the error table: status/code, error:503/5",
    "error-after": "carry the call out, then answer a row of the error table: the order exists, the answer denies it",
    "html": "do nothing and answer a gateway's HTML page: html or html:502",
    "html-after": "carry the call out, then answer a gateway's HTML page",
    "empty": "do nothing and answer a status without a body: empty:504",
    "rate-limit": "refuse with Retry-After: rate-limit:429/2 or rate-limit:403/2, seconds",
    "drop-before": "close the connection before anything is done",
    "drop-after": "carry the call out, then close the connection: the order exists, the answer is lost",
    "latency": "wait this number of seconds, then carry the call out, even if the caller has disconnected",
    "stall": "carry the call out, then wait this number of seconds before answering",
    "truncate": "close the connection in the middle of the body",
    "slow": "send the body in pieces over this number of seconds",
    "expire-token": "make the token of the call expire before it is checked (401/42)",
    "revoke-token": "revoke the token of the call before it is checked (401/41)",
    "unknown-enum": "replace every enumerated value of the answer by one that the description does not list",
    "wrong-counts": "answer counts that contradict each other and the list; wrong-counts:missing leaves them out",
    "shift": "after this page, insert an item at the front of the list (shift:1) or remove its first item (shift:-1)",
    "ignore-filters": "ignore every filter of a list, without an error",
    "ignore-sort": "ignore the requested sort order, without an error",
    "delayed-visibility": "leave the request that this call creates out of lists for this number of seconds",
    "cap-pages": "answer at most this number of items per page of a list, whatever the limit: cap-pages:100",
    "change-reference": "store the reference in upper case, or truncated: change-reference:upper, change-reference:20",
}
_REPLACING = frozenset(
    {"error", "error-after", "html", "html-after", "empty", "rate-limit", "drop-before", "drop-after", "truncate"}
)
_SECONDS = frozenset({"latency", "stall", "slow", "delayed-visibility"})
_WITH_ARGUMENT = _SECONDS | {"error", "error-after", "cap-pages", "change-reference"}
_WITHOUT_ARGUMENT = frozenset(
    {
        "drop-before",
        "drop-after",
        "truncate",
        "expire-token",
        "revoke-token",
        "unknown-enum",
        "ignore-filters",
        "ignore-sort",
    }
)
_ON = re.compile(r"(\*|[A-Z]+ /\S*|[a-z_]+(?:\.[a-z_]+)?)")


@dataclass(frozen=True)
class Fault:
    """A fault: what goes wrong, and on which calls.

    Attributes:
        kind: one of `KINDS`, with its argument after a colon: `drop-after`, `error:503/5`, `latency:0.5`.
        on: which calls: `POST /requests`, `GET /requests/{requestId}` (or a real path), `requests.create`, `token`, or
            `*` for every call of the API except the token endpoint.
        probability: that it applies to a matching call, from 0 to 1; None means always.
        nth: apply to the nth matching call only, counted from 1 after the fault was added.
        times: the number of calls that it applies to at most; None means one, or no bound if `probability` is given.
            math.inf means no bound.
        reference: match only calls that carry an order with this customerReference.

    Raises:
        ValueError: there is no such kind, its argument is missing or wrong, or `on` is not a call.
    """

    kind: str
    on: str = "*"
    probability: float | None = None
    nth: int | None = None
    times: float | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise ValueError(f"There is no fault {self.name!r}; there are {', '.join(KINDS)}.")
        if self.argument and self.name in _WITHOUT_ARGUMENT:
            raise ValueError(f"{self.name!r} takes no argument.")
        if self.name == "wrong-counts" and self.argument not in ("", "missing"):
            raise ValueError(f"{self.kind!r} is not a fault; write wrong-counts or wrong-counts:missing.")
        if not _ON.fullmatch(self.on):
            raise ValueError(f"{self.on!r} is not a call: write 'POST /requests', 'requests.create', 'token' or '*'.")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"A probability is between 0 and 1, not {self.probability}.")
        if self.nth is not None and self.nth < 1:
            raise ValueError("nth counts from 1.")
        _ = self.seconds, self.status, self.code, self.step, self.length

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Parse the form of the command line: `CALL:FAULT[:ARGUMENT][:PROBABILITY]`.

        Such as `POST /requests:drop-after:0.1`, `*:error:503/5:0.05`, `token:latency:2`. It applies once;
        with a probability, `times` has no limit, so that 1 is every call.

        Raises:
            ValueError: the text is not a fault; the message says what is allowed.
        """
        on, *rest = text.split(":")
        if not rest:
            raise ValueError(f"{text!r} has no fault: write 'CALL:FAULT[:ARGUMENT][:PROBABILITY]'.")
        kind = rest.pop(0)
        if rest and _takes_argument(kind, rest):
            kind += f":{rest.pop(0)}"
        try:
            probability = float(rest.pop(0)) if rest else None
        except ValueError:
            raise ValueError(f"The last part of {text!r} is not a probability.") from None
        if rest:
            raise ValueError(f"{text!r} has more parts than CALL:FAULT:ARGUMENT:PROBABILITY.")
        return cls(kind, on.strip(), probability=probability)

    def __str__(self) -> str:
        return f"{self.on}:{self.kind}" + (f":{self.probability:g}" if self.probability is not None else "")

    @property
    def name(self) -> str:
        """The kind without its argument."""
        return self.kind.partition(":")[0]

    @property
    def argument(self) -> str:
        """The argument of the kind, "" if it has none."""
        return self.kind.partition(":")[2]

    @property
    def replaces_reply(self) -> bool:
        """Whether it replaces the reply: only one such fault can apply to a call."""
        return self.name in _REPLACING

    @property
    def seconds(self) -> float:
        """Seconds of the faults that wait, and of `rate-limit`; 0 for other faults."""
        if self.name == "rate-limit":
            return _number(self, self.argument.partition("/")[2] or "1")
        return _number(self, self.argument) if self.name in _SECONDS else 0.0

    @property
    def status(self) -> int:
        """Status of the faults that replace the reply."""
        if self.name in ("error", "error-after"):
            return _row(self)[0]
        text = self.argument.partition("/")[0]
        default = "429" if self.name == "rate-limit" else "503"
        status = (
            int(_number(self, text or default)) if self.name in ("html", "html-after", "empty", "rate-limit") else 503
        )
        if not 400 <= status <= 599 or (self.name == "rate-limit" and status not in (403, 429)):
            raise ValueError(f"{self.kind!r} cannot answer {status}.")
        return status

    @property
    def code(self) -> int:
        """Orange's code, for `error`, `error-after` and `rate-limit`."""
        return _row(self)[1] if self.name in ("error", "error-after") else 53

    @property
    def step(self) -> int:
        """Number of items that `shift` inserts, negative if it removes; 0 for other faults."""
        return int(_number(self, self.argument or "1", lowest=-math.inf)) if self.name == "shift" else 0

    @property
    def length(self) -> int:
        """Items per page for `cap-pages`, characters for `change-reference`; 0 means no bound."""
        if self.name not in ("cap-pages", "change-reference") or self.kind == "change-reference:upper":
            return 0
        return int(_number(self, self.argument, lowest=1))

    def matches(self, call: Call, operation: Operation | None) -> bool:
        """Return whether the fault is for a call.

        Args:
            call: the call.
            operation: its operation; None for the token endpoint.
        """
        if self.reference is not None and call.reference != self.reference:
            return False
        if operation is None:
            return self.on in (TOKEN, f"POST {call.path}")
        return self.on in ("*", operation.id, operation.key) or self.on == f"{call.method} {_relative(call, operation)}"


def _relative(call: Call, operation: Operation) -> str:
    # The path of an operation has as many segments as its template; what precedes them is the base path.
    depth = operation.template.count("/")
    return "/" + "/".join(call.path.rsplit("/", depth)[1:])


def _takes_argument(kind: str, rest: list[str]) -> bool:
    # A single part is an argument or a probability: some faults need an argument, for others its form decides.
    if kind in _WITH_ARGUMENT or len(rest) > 1:
        return True
    return "." not in rest[0] if kind == "shift" else not re.fullmatch(r"0?\.\d+|[01](\.0*)?", rest[0])


def _number(fault: Fault, text: str, lowest: float = 0) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{fault.kind!r} needs a number: {KINDS[fault.name]}.") from None
    if not math.isfinite(number) or number < lowest:
        raise ValueError(f"{fault.kind!r}: {text} is out of range.")
    return number


def _row(fault: Fault) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3})/(\d+)", fault.argument)
    row = (int(match[1]), int(match[2])) if match else (0, 0)
    if row not in TABLE:
        raise ValueError(f"{fault.kind!r} is not a row of the error table; write status/code, as in error:503/5.")
    return row
