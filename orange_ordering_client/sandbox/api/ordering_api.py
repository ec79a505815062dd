"""The Ordering API: finds the operation of a call, carries it out and returns the reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orange_ordering_client.sandbox.api.access import TOKEN, TOKEN_PATH, Access
from orange_ordering_client.sandbox.api.backend import Backend
from orange_ordering_client.sandbox.api.contract import ContractBroken, contract_of
from orange_ordering_client.sandbox.api.description import Operation
from orange_ordering_client.sandbox.api.deviations import Deviations
from orange_ordering_client.sandbox.api.errors import Refusal, refusal_reply
from orange_ordering_client.sandbox.api.headers import check_headers, language_of
from orange_ordering_client.sandbox.api.limits import Bucket
from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.api.operations import HANDLERS, Visit
from orange_ordering_client.sandbox.api.query import check_names
from orange_ordering_client.sandbox.domain.clock import stamp
from orange_ordering_client.sandbox.domain.journal import Received

__all__ = ["Arrival", "OrderingApi"]

_LONGEST_URL = 8_000


@dataclass(frozen=True)
class Arrival:
    """A call that is recorded in the journal and not carried out yet.

    Attributes:
        call: the call.
        operation: the operation of its path and method; None if there is none, and for the token endpoint.
        path: values of the path parameters.
        entry: its entry in the journal.
        language: of the answer, `en` or `fr`.
        refusal: why it cannot be carried out, None if nothing is known against it.
    """

    call: Call
    operation: Operation | None
    path: Mapping[str, str]
    entry: Received
    language: str
    refusal: Refusal | None

    @property
    def is_for_tokens(self) -> bool:
        """Whether the call is one to the token endpoint."""
        return self.call.path == TOKEN_PATH


class OrderingApi:
    """The Ordering API, without sockets and without faults.

    Args:
        backend: what operations read and change.
        access: tokens and clients.
        check_answers: compare every reply with the description.

    Attributes:
        contract: checks calls and replies by the description.
        bucket: the rate limit.
    """

    def __init__(self, backend: Backend, access: Access, *, check_answers: bool = False) -> None:
        self.check_answers = check_answers
        self.contract = contract_of(backend.description)
        self.bucket = Bucket(backend.clock)
        self._backend = backend
        self._access = access

    def arrive(self, call: Call, refusal: Refusal | None = None) -> Arrival:
        """Find the operation of a call, and record the call in the journal.

        Args:
            call: the call.
            refusal: why it cannot be carried out, if that is known already.
        """
        operation, path = None, dict[str, str]()
        is_for_tokens = call.path == TOKEN_PATH
        if not is_for_tokens:
            try:
                operation, path = self._route(call)
            except Refusal as unroutable:
                refusal = refusal or unroutable
        entry = self._backend.journal.receive(
            at=stamp(self._backend.clock.now()),
            operation=TOKEN if is_for_tokens else operation.id if operation else "",
            method=call.method,
            path=call.path,
            query=call.query,
            reference=call.reference,
            type=call.type,
        )
        return Arrival(call, operation, path, entry, language_of(call), refusal)

    def answer(self, arrival: Arrival, deviations: Deviations) -> Reply:
        """Carry out a call, or refuse it.

        Args:
            arrival: the call.
            deviations: how the answer is to differ from the documented API.

        Raises:
            ContractBroken: the reply does not conform to the description, and `check_answers` is set.
        """
        try:
            reply = self._carry_out(arrival, deviations)
        except Refusal as refusal:
            reply = refusal_reply(refusal, arrival.language)
        reply.headers.setdefault("Content-Language", arrival.language)
        if self.check_answers and arrival.operation is not None:
            nulls = "displayNulls=true" in arrival.call.query
            wrong = self.contract.violations(arrival.operation, reply, nulls=nulls)
            if wrong:
                raise ContractBroken(f"{arrival.operation.key} answered {reply.status}: {'; '.join(wrong)}")
        return reply

    def _route(self, call: Call) -> tuple[Operation, dict[str, str]]:
        if len(call.raw_path) + len(call.query) > _LONGEST_URL:
            raise Refusal(414, 67)
        operations, path = self._backend.description.find(call.raw_path)
        if not operations:
            raise Refusal(404, 60, f"There is nothing at {call.path}.")
        operation = operations.get(call.method)
        if operation is None:
            allowed = ", ".join(sorted(operations))
            raise Refusal(405, 61, f"{call.path} takes {allowed}.", headers={"Allow": allowed})
        return operation, path

    def _carry_out(self, arrival: Arrival, deviations: Deviations) -> Reply:
        call, operation = arrival.call, arrival.operation
        if arrival.refusal is not None:
            raise arrival.refusal
        if operation is None:
            return self._access.token(call)
        check_headers(call)
        self._change_token(call, deviations)
        client, scopes = self._access.check(operation, call)
        self.bucket.take(client.id)
        if "transfer-encoding" in call.headers and "content-length" not in call.headers:
            raise Refusal(411, 64, "Send Content-Length.")
        handler = HANDLERS.get(operation.id)
        if handler is None:
            # A newer description can have operations that the sandbox does not implement; Orange's table has no row.
            raise Refusal(501, 1, f"The sandbox does not implement {operation.key}.")
        values = self.contract.read(operation, arrival.path, call)
        # Without a schema, the description does not say which names are right.
        if attributes := self._backend.description.model(operation):
            check_names(values.query, attributes)
        visit = Visit(call, operation, values, client, scopes, arrival.language, arrival.entry, deviations)
        return handler(self._backend, visit)

    def _change_token(self, call: Call, deviations: Deviations) -> None:
        token = call.headers.get("authorization", "").partition(" ")[2]
        if deviations.bearer_becomes == "expired":
            self._access.expire(token)
        elif deviations.bearer_becomes == "revoked":
            self._access.revoke(token)
