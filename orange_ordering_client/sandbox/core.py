"""The sandbox as a whole: what it holds, and how one call goes through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from orange_ordering_client.sandbox import alter
from orange_ordering_client.sandbox.access import READONLY, Access, Client
from orange_ordering_client.sandbox.app import App
from orange_ordering_client.sandbox.call import Call, Reply
from orange_ordering_client.sandbox.catalog import Catalog
from orange_ordering_client.sandbox.clock import Clock, stamp
from orange_ordering_client.sandbox.contract import Contract, ContractBroken
from orange_ordering_client.sandbox.description import Description, Operation
from orange_ordering_client.sandbox.errors import Refusal, refusal_reply
from orange_ordering_client.sandbox.examples import example
from orange_ordering_client.sandbox.faults import TOKEN, Fault, Faults
from orange_ordering_client.sandbox.journal import Journal, Received
from orange_ordering_client.sandbox.lifecycle import Lifecycle
from orange_ordering_client.sandbox.limits import Bucket, RateLimit
from orange_ordering_client.sandbox.query import check_names
from orange_ordering_client.sandbox.routes import HANDLERS, Visit
from orange_ordering_client.sandbox.rules import Rules
from orange_ordering_client.sandbox.state import Requests

__all__ = ["DEFAULT_CLIENTS", "TOKEN_PATH", "Arrival", "Sandbox"]

TOKEN_PATH = "/oauth/v3/token"  # noqa: S105  # a path (FACTS G3)
_LONGEST_URL = 8_000
_LARGEST_BODY = 10 * 1024 * 1024

DEFAULT_CLIENTS = (
    Client(),
    Client("sandbox-readonly", "sandbox-secret", scopes=frozenset({READONLY}), name="Sandbox Reader"),
)
"""`sandbox-client`, which may do everything, and `sandbox-readonly`, which may not order."""


@dataclass
class Arrival:
    """One call that arrived, before anything is done about it."""

    call: Call
    operation: Operation | None
    path: Mapping[str, str]
    entry: Received
    language: str
    faults: dict[str, Fault] = field(default_factory=dict[str, Fault])
    trouble: Refusal | None = None


class Sandbox:
    """An Ordering API in memory.

    Args:
        seed: repeats ids, tokens, fates and faults.
        clients: who may call; None is `DEFAULT_CLIENTS`.
        now: where its clock starts and stands still (see `Clock`); None takes the real time, ticking.
        completes_after: seconds of sandbox time from NEW to COMPLETED; None lets requests stay NEW.
        token_lifetime: seconds of sandbox time.
        check_answers: hold every answer against the description, too, and fail where it does not fit.
        journal_keeps: at most so many calls; None keeps all.
        largest_body: bytes; more is answered with 413/66.
        description: an OpenAPI document to serve instead of the packaged one.

    Attributes:
        clock, lifecycle, requests, catalog, rules, access, faults, journal: each does what it is called.
    """

    def __init__(
        self,
        seed: int = 0,
        clients: Iterable[Client] | None = None,
        now: datetime | None = None,
        *,
        completes_after: float | None = timedelta(days=5).total_seconds(),
        token_lifetime: float = 3600,
        check_answers: bool = False,
        journal_keeps: int | None = None,
        largest_body: int = _LARGEST_BODY,
        description: Mapping[str, Any] | None = None,
    ) -> None:
        self.seed = seed
        self.clock = Clock(now)
        self.lifecycle = Lifecycle(completes_after)
        self.catalog = Catalog()
        self.rules = Rules(self.catalog)
        known = tuple(DEFAULT_CLIENTS if clients is None else clients)
        fates = Random(f"requests {seed}")  # noqa: S311  # repeats on purpose
        self.requests = Requests(self.clock, fates, self.lifecycle, known[0])
        self.access = Access(known, self.clock, Random(f"tokens {seed}"), token_lifetime)  # noqa: S311  # repeats on purpose
        self.faults = Faults(seed)
        self.journal = Journal(keep=journal_keeps)
        self.description = Description(description)
        self.contract = Contract(self.description)
        self.check_answers = check_answers
        self.largest_body = largest_body
        self._bucket = Bucket(self.clock)
        self._models: dict[str, Mapping[str, Any]] = {}

    @property
    def limit(self) -> RateLimit | None:
        """The rate limit in force; None is none."""
        return self._bucket.limit

    @limit.setter
    def limit(self, limit: RateLimit | None) -> None:
        self._bucket = Bucket(self.clock)
        self._bucket.limit = limit

    @cached_property
    def app(self) -> App:
        """The ASGI application; it serves `/oauth/v3/token` and `/ordering/b2b/v3/`."""
        return App(self)

    def environment(self, base: str = "http://127.0.0.1:8787") -> dict[str, str]:
        """Variables that point a client at this sandbox.

        Args:
            base: scheme and authority under which it is served.
        """
        client = next(iter(self.access.clients.values()))
        return {
            "ORANGE_CLIENT_ID": client.id,
            "ORANGE_CLIENT_SECRET": client.secret,
            "ORANGE_API_KEY": client.api_key,
            "ORANGE_ORDERING_BASE_URL": f"{base}{self.description.base_path}",
            "ORANGE_OAUTH_TOKEN_URL": f"{base}{TOKEN_PATH}",
        }

    def example(self, request_type: str = "R_BVPN_FR_1", reference: str = "WAN-042") -> dict[str, Any]:
        """Make the body of an order that this sandbox accepts today.

        Raises:
            KeyError: no such type.
        """
        return example(request_type, reference, self.clock.today())

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve over real HTTP inside of the running event loop: `async with sandbox.serve() as url`.

        Args:
            host, port: where; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        from orange_ordering_client.sandbox.server import serve

        return serve(self.app, host, port)

    def serve_in_thread(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve over real HTTP from a thread of its own: `with sandbox.serve_in_thread() as url`.

        Args:
            host, port: where; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        from orange_ordering_client.sandbox.server import serve_in_thread

        return serve_in_thread(self.app, host, port)

    def arrive(self, call: Call, trouble: Refusal | None = None) -> Arrival:
        """Take note of a call: which operation it is, and which faults it meets.

        Args:
            call: the call.
            trouble: why it cannot be carried out, if that is known already.
        """
        language = "fr" if _first_language(call.headers.get("accept-language")) == "fr" else "en"
        operation, path = None, dict[str, str]()
        is_token = call.path == TOKEN_PATH
        if not is_token:
            try:
                operation, path = self._route(call)
            except Refusal as refusal:
                trouble = trouble or refusal
        entry = self.journal.receive(
            at=stamp(self.clock.now()),
            operation=TOKEN if is_token else operation.id if operation else "",
            method=call.method,
            path=call.path,
            query=call.query,
            reference=call.reference,
            type=call.type,
        )
        met = self.faults.strike(call, operation) if is_token or operation else []
        entry.faults = tuple(fault.name for fault in met)
        return Arrival(call, operation, path, entry, language, {fault.name: fault for fault in met}, trouble)

    def carry_out(self, arrival: Arrival) -> Reply:
        """Do what a call asks for, or say why not.

        Raises:
            ContractBroken: the answer does not fit the description, and `check_answers` is set.
        """
        try:
            reply = self._carry_out(arrival)
        except Refusal as refusal:
            reply = refusal_reply(refusal, arrival.language)
        reply.headers.setdefault("Content-Language", arrival.language)
        if self.check_answers and arrival.operation is not None:
            nulls = "displayNulls=true" in arrival.call.query
            wrong = self.contract.judge(arrival.operation, reply, nulls=nulls)
            if wrong:
                raise ContractBroken(f"{arrival.operation.key} answered {reply.status}: {'; '.join(wrong)}")
        if "unknown-enum" in arrival.faults:
            reply = alter.unknown_enums(reply)
        if "wrong-counts" in arrival.faults:
            reply = alter.wrong_counts(reply, arrival.faults["wrong-counts"])
        return reply

    def model(self, operation: Operation) -> Mapping[str, Any]:
        """Attributes that the answers of an operation can have, from the description."""
        if operation.id not in self._models:
            schema = self.description.success(operation)
            self._models[operation.id] = self.description.attributes(schema.get("items", schema))
        return self._models[operation.id]

    def _route(self, call: Call) -> tuple[Operation, dict[str, str]]:
        if len(call.raw_path) + len(call.query) > _LONGEST_URL:
            raise Refusal(414, 67)
        operations, path = self.description.find(call.raw_path)
        if not operations:
            raise Refusal(404, 60, f"There is nothing at {call.path}.")
        operation = operations.get(call.method)
        if operation is None:
            allowed = ", ".join(sorted(operations))
            raise Refusal(405, 61, f"{call.path} takes {allowed}.", headers={"Allow": allowed})
        return operation, path

    def _carry_out(self, arrival: Arrival) -> Reply:
        call, operation = arrival.call, arrival.operation
        if arrival.trouble is not None:
            raise arrival.trouble
        if operation is None:
            return self.access.token(call)
        _check_accept(call.headers.get("accept"))
        _check_language(call.headers.get("accept-language"))
        self._spoil_token(arrival)
        client, scopes = self.access.check(operation, call)
        self._bucket.take(client.id)
        if "transfer-encoding" in call.headers and "content-length" not in call.headers:
            raise Refusal(411, 64, "Send Content-Length.")
        handler = HANDLERS.get(operation.id)
        if handler is None:
            # Orange's table has no row for it; a newer description brings operations that nobody acts out here.
            raise Refusal(501, 1, f"The sandbox does not act out {operation.key}.")
        values = self.contract.read(operation, arrival.path, call)
        if attributes := self.model(operation):  # A description without a schema cannot tell which names are right.
            check_names(values.query, attributes)
        visit = Visit(call, operation, values, client, scopes, arrival.language, arrival.entry, arrival.faults)
        return handler(self, visit)

    def _spoil_token(self, arrival: Arrival) -> None:
        token = arrival.call.headers.get("authorization", "").partition(" ")[2]
        if "expire-token" in arrival.faults:
            self.access.expire(token)
        if "revoke-token" in arrival.faults:
            self.access.revoke(token)


def _check_accept(accept: str | None) -> None:
    ranges = {part.partition(";")[0].strip().lower() for part in (accept or "*/*").split(",")}
    if not ranges & {"*/*", "application/*", "application/json"}:
        raise Refusal(406, 62, "Answers are application/json.")


def _check_language(accept: str | None) -> None:
    # "Only these two" (FACTS P3); a client of the API that asks for another one has a bug.
    if _first_language(accept) not in ("en", "fr", "*"):
        raise Refusal(400, 26, f"Accept-Language: {accept!r} is neither en nor fr.")


def _first_language(accept: str | None) -> str:
    return (accept or "en").split(",")[0].partition(";")[0].partition("-")[0].strip().lower()
