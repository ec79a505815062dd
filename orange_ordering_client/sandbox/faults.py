"""What goes wrong on purpose, and which calls it strikes."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orange_ordering_client.sandbox.errors import TABLE

if TYPE_CHECKING:
    from orange_ordering_client.sandbox.call import Call
    from orange_ordering_client.sandbox.description import Operation

__all__ = ["KINDS", "TOKEN", "Fault", "Faults"]

TOKEN = "token"  # noqa: S105  # the name of a call, not a secret
"""What the token endpoint is called in `Fault.on`."""

KINDS: Mapping[str, str] = {
    "error": "answer a row of the error table instead: status/code, error:503/5",
    "error-after": "carry the call out, then answer a row of the table: the order exists, the caller is told otherwise",
    "html": "answer as a gateway does, in HTML: html or html:502",
    "html-after": "carry the call out, then answer as a gateway does",
    "empty": "answer a status without a body: empty:504",
    "rate-limit": "refuse with Retry-After: rate-limit:429/2 or rate-limit:403/2, seconds",
    "drop-before": "close the connection before anything is done",
    "drop-after": "carry the call out, then close the connection: the order exists, the answer is lost",
    "latency": "wait so many seconds, then carry the call out, whether the caller is still there or not",
    "stall": "carry the call out, then wait so many seconds before answering",
    "truncate": "close the connection in the middle of the body",
    "slow": "spread the body over so many seconds",
    "expire-token": "let the token that is used expire just before (401/42)",
    "revoke-token": "revoke the token that is used just before (401/41)",
    "unknown-enum": "put a value that no description lists into every enumeration of the answer",
    "wrong-counts": "answer counts that fit neither each other nor the list; wrong-counts:missing leaves them out",
    "shift": "after this page, let the list grow at its front (shift:1) or lose its first item (shift:-1)",
    "ignore-filters": "ignore every filter of a list, silently",
    "ignore-sort": "ignore the order asked for, silently",
    "delayed-visibility": "hide the request that this call makes from lists, for so many seconds",
    "cap-pages": "answer at most so many items per page of a list, whatever limit was asked for: cap-pages:100",
    "change-reference": "store the reference in upper case, or cut: change-reference:upper, change-reference:20",
}
_INSTEAD = frozenset(
    {"error", "error-after", "html", "html-after", "empty", "rate-limit", "drop-before", "drop-after", "truncate"}
)
_SECONDS = frozenset({"latency", "stall", "slow", "delayed-visibility"})
_ARGUED = _SECONDS | {"error", "error-after", "cap-pages", "change-reference"}
_PLAIN = frozenset(
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
    """Something that goes wrong.

    Attributes:
        kind: one of `KINDS`, its argument behind a colon: `drop-after`, `error:503/5`, `latency:0.5`.
        on: which calls: `POST /requests`, `GET /requests/{requestId}` (or a real path), `requests.create`, `token`, or
            `*` for every call of the API, the token endpoint not included.
        probability: strike with this probability, from 0 to 1; None strikes every time.
        nth: strike the nth such call only, counted from 1 after the fault was added.
        times: strike so often at most; None is once, or without end if `probability` is given. math.inf never ends.
        reference: strike only calls that carry an order with this customerReference.

    Raises:
        ValueError: there is no such kind, its argument is missing or wrong, or `on` names nothing.
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
        if self.argument and self.name in _PLAIN:
            raise ValueError(f"{self.name!r} takes no argument.")
        if self.name == "wrong-counts" and self.argument not in ("", "missing"):
            raise ValueError(f"{self.kind!r} cannot be; write wrong-counts or wrong-counts:missing.")
        if not _ON.fullmatch(self.on):
            raise ValueError(f"{self.on!r} names no call: write 'POST /requests', 'requests.create', 'token' or '*'.")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"A probability is between 0 and 1, not {self.probability}.")
        if self.nth is not None and self.nth < 1:
            raise ValueError("nth counts from 1.")
        _ = self.seconds, self.status, self.code, self.step, self.length

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read the spelling of the command line: `CALL:FAULT[:ARGUMENT][:PROBABILITY]`.

        Such as `POST /requests:drop-after:0.1`, `*:error:503/5:0.05`, `token:latency:2`. Such a fault never ends.

        Raises:
            ValueError: as the class does; the message says what can be written.
        """
        on, *rest = text.split(":")
        if not rest:
            raise ValueError(f"{text!r} lacks the fault: write 'CALL:FAULT[:ARGUMENT][:PROBABILITY]'.")
        kind = rest.pop(0)
        if rest and _takes_argument(kind, rest):
            kind += f":{rest.pop(0)}"
        try:
            probability = float(rest.pop(0)) if rest else None
        except ValueError:
            raise ValueError(f"{text!r} ends with what is not a probability.") from None
        if rest:
            raise ValueError(f"{text!r} has more parts than CALL:FAULT:ARGUMENT:PROBABILITY.")
        return cls(kind, on.strip(), probability=probability, times=math.inf)

    def __str__(self) -> str:
        return f"{self.on}:{self.kind}" + (f":{self.probability:g}" if self.probability is not None else "")

    @property
    def name(self) -> str:
        """The kind without its argument."""
        return self.kind.partition(":")[0]

    @property
    def argument(self) -> str:
        """What follows the colon, "" if nothing does."""
        return self.kind.partition(":")[2]

    @property
    def instead(self) -> bool:
        """Whether it replaces the answer, so that only one such fault can strike a call."""
        return self.name in _INSTEAD

    @property
    def seconds(self) -> float:
        """Argument of the faults that wait, and of `rate-limit`."""
        if self.name == "rate-limit":
            return _number(self, self.argument.partition("/")[2] or "1")
        return _number(self, self.argument) if self.name in _SECONDS else 0.0

    @property
    def status(self) -> int:
        """Status of the faults that answer something else."""
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
        """Orange's code, of `error`."""
        return _row(self)[1] if self.name in ("error", "error-after") else 53

    @property
    def step(self) -> int:
        """By how many the list grows at its front, of `shift`."""
        return int(_number(self, self.argument or "1", lowest=-math.inf)) if self.name == "shift" else 0

    @property
    def length(self) -> int:
        """Items per page of `cap-pages`, characters of `change-reference`; 0 is no bound."""
        if self.name not in ("cap-pages", "change-reference") or self.kind == "change-reference:upper":
            return 0
        return int(_number(self, self.argument, lowest=1))

    def concerns(self, call: Call, operation: Operation | None) -> bool:
        """Tell whether a call is one of those meant. No operation: the token endpoint."""
        if self.reference is not None and call.reference != self.reference:
            return False
        if operation is None:
            return self.on in (TOKEN, f"POST {call.path}")
        return self.on in ("*", operation.id, operation.key) or self.on == f"{call.method} {_relative(call, operation)}"


@dataclass
class _Standing:
    fault: Fault
    number: int
    left: float
    seen: int = 0
    draws: Counter[str] = field(default_factory=Counter[str])


class Faults:
    """The faults in force.

    A probability is drawn from the seed, the fault, the subject of the call (its customerReference, or else its path
    and query) and how often that subject came: in whatever order concurrent calls arrive, the same ones are struck.

    Args:
        seed: repeats the draws.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._standing: list[_Standing] = []
        self._added = 0

    def __iter__(self) -> Iterator[Fault]:
        return (standing.fault for standing in self._standing)

    def __len__(self) -> int:
        return len(self._standing)

    def add(self, *faults: Fault | str) -> None:
        """Put faults in force, as objects or in the spelling of the command line.

        Raises:
            ValueError: a spelling cannot be read.
        """
        for given in faults:
            fault = Fault.parse(given) if isinstance(given, str) else given
            times = fault.times if fault.times is not None else 1 if fault.probability is None else math.inf
            self._standing.append(_Standing(fault, self._added, times))
            self._added += 1

    def clear(self) -> None:
        """End all of them."""
        self._standing.clear()

    def strike(self, call: Call, operation: Operation | None) -> list[Fault]:
        """Say which faults a call meets, in the order they were added; of those that replace the answer, the first."""
        met: list[Fault] = []
        for standing in self._standing:
            fault = standing.fault
            if not fault.concerns(call, operation):
                continue
            standing.seen += 1
            if fault.nth is not None and standing.seen != fault.nth:
                continue
            if fault.instead and any(other.instead for other in met):
                continue
            if fault.probability is None or self._draw(standing, call) < fault.probability:
                standing.left -= 1
                met.append(fault)
        self._standing = [standing for standing in self._standing if standing.left > 0]
        return met

    def _draw(self, standing: _Standing, call: Call) -> float:
        subject = call.reference or f"{call.path}?{call.query}"
        standing.draws[subject] += 1
        text = f"{self._seed}|{standing.number}|{call.method}|{subject}|{standing.draws[subject]}"
        return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") / 2**64


def _relative(call: Call, operation: Operation) -> str:
    # The base path is whatever stands before the template's own number of segments.
    depth = operation.template.count("/")
    return "/" + "/".join(call.path.rsplit("/", depth)[1:])


def _takes_argument(kind: str, rest: list[str]) -> bool:
    # One part left is an argument or a probability: some faults must have an argument, for others its form decides.
    if kind in _ARGUED or len(rest) > 1:
        return True
    return "." not in rest[0] if kind == "shift" else not re.fullmatch(r"0?\.\d+|[01](\.0*)?", rest[0])


def _number(fault: Fault, text: str, lowest: float = 0) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{fault.kind!r} needs a number: {KINDS[fault.name]}.") from None
    if not math.isfinite(number) or number < lowest:
        raise ValueError(f"{fault.kind!r}: {text} cannot be.")
    return number


def _row(fault: Fault) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3})/(\d+)", fault.argument)
    row = (int(match[1]), int(match[2])) if match else (0, 0)
    if row not in TABLE:
        raise ValueError(f"{fault.kind!r} is no row of the error table; write status/code, as in error:503/5.")
    return row
