"""Placing an order once: look it up, send it, and look it up again if the response is lost."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import attrs

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.call import CallState
from orange_ordering_client.errors import (
    ClientClosed,
    NotFound,
    OrderingError,
    WrongEventLoop,
)
from orange_ordering_client.orders.accepting import accepted
from orange_ordering_client.orders.comparing import changes, differences, is_elsewhere
from orange_ordering_client.orders.errors import (
    OutcomeUnknown,
    ReferenceAmbiguous,
    ReferenceConflict,
    ReferenceUnchecked,
)
from orange_ordering_client.orders.intents import Claim, Intent, Intents
from orange_ordering_client.orders.lookup import LookupResult, look_up
from orange_ordering_client.orders.memory import Doubt, Memory, Placed
from orange_ordering_client.orders.moments import credible
from orange_ordering_client.orders.order import Order
from orange_ordering_client.orders.results import Submission
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.response import Answer
from orange_ordering_client.retry import backoff
from orange_ordering_client.text import shorten

__all__ = ["MAX_SENDS", "Plan", "submit"]

logger = logging.getLogger("orange_ordering_client")

MAX_SENDS = 5
"""How often `resend=True` sends one order; before each time it looks until the order must be listed."""

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
_BLIND_LOOKS = 5
"""Failed look-ups that are tolerated after `visible_within`: a short outage must not decide the result."""


_AGAIN = "Submit the same order again later: it is looked for, not repeated."
_AGAIN_HERE = (
    "Submit the same order again later, with this client: it is looked for, not repeated. A new process knows of it"
    " only with intents= or a fleet: without, wait until an accepted order is certainly listed."
)
_SEND_AGAIN = "Sending it again is yours to decide (resend=True), best after asking Orange."


@attrs.frozen(kw_only=True)
class Plan:
    """How an order is to be placed.

    Attributes:
        visible_within: seconds after which an accepted order is certainly listed.
        resend: whether an order that is not listed by then is sent again.
        intents: a store that outlives the process.
        check: raises for an order that violates its catalog item; called before it is sent.
    """

    visible_within: float
    resend: bool = False
    intents: Intents | None = None
    check: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None


async def submit(pipeline: Pipeline, order: Order, plan: Plan) -> Submission:
    """Place an order once.

    Raises:
        ReferenceAmbiguous, ReferenceConflict, OutcomeUnknown, ReferenceUnchecked: see there.
        OrderingError: it was certainly not accepted, or the look-up before sending failed.
    """
    memory = pipeline.session.shared(Memory)
    async with memory.lock(order.key):
        if plan.intents is None:
            return await _Submitting(pipeline, order, plan, memory, None).run()
        async with plan.intents.claim(order.key) as claim:
            return await _Submitting(pipeline, order, plan, memory, claim).run()


class _Submitting:
    """One call of `submit`, which holds the lock of its order."""

    def __init__(self, pipeline: Pipeline, order: Order, plan: Plan, memory: Memory, claim: Claim | None) -> None:
        # A stray response on a used connection must not be taken for an empty list.
        self._requests = RequestsResource(Pipeline(pipeline.session, pipeline.options, new_connections=True))
        self._pipeline = pipeline
        self._clock = pipeline.session.clock
        self._order = order
        self._plan = plan
        self._memory = memory
        self._claim = claim
        self._intent = claim.intent if claim is not None else None
        self._newest: datetime | None = None
        self._sent = 0
        self._tried: list[str] = []

    async def run(self) -> Submission:
        doubt = self._doubt()
        if doubt is None:
            found = await self._already_there()
        else:
            self._tried.append("It was sent before, and no answer was seen.")
            # This call looks after the order was sent, so it cannot tell what was there before.
            self._newest = doubt.newest_before
            found = await self._reconcile(doubt.since)
        if found is not None:
            return found
        if doubt is not None:
            self._resend_or_give_up()
        await self._check()
        while True:
            submission = await self._send()
            if submission is not None:
                return submission
            submission = await self._reconcile(self._clock.monotonic())
            if submission is not None:
                return submission
            self._resend_or_give_up()

    def _doubt(self) -> Doubt | None:
        in_doubt, key, intent = self._memory.in_doubt, self._order.key, self._intent
        if intent is not None and intent.request_id is not None:
            # Another client or process has seen the answer since.
            in_doubt.pop(key, None)
        elif intent is not None:
            # By somebody who no longer holds the claim, so before now; perhaps after this client sent it.
            since = self._clock.monotonic() - (intent.in_doubt_for or 0.0)
            mine = in_doubt.get(key)
            if mine is None:
                in_doubt[key] = Doubt(since, _credible(intent.newest_before, self._clock.now()))
            elif since > mine.since:
                in_doubt[key] = attrs.evolve(mine, since=since)
        return in_doubt.get(key)

    async def _check(self) -> None:
        if self._plan.check is None:
            return
        try:
            await self._plan.check(self._order.wire)
        except OrderingError as error:
            # Nothing is sent now, but it may have been accepted before.
            error.may_have_been_accepted = self._order.key in self._memory.in_doubt
            raise

    async def _already_there(self) -> Submission | None:
        found = await self._look_up()
        if found is not None:
            return await self._settle(found, already_there=True)
        key, placed = self._order.key, self._memory.placed(self._order.key)
        if placed is not None:
            if placed.order.key != key:
                raise ReferenceAmbiguous(key.reference, (placed.request,))
            if different := differences(self._order.wire, _as_request(placed.order.wire)):
                raise ReferenceConflict(key.reference, placed.request, different)
            return self._submission(placed.request, already_there=True, recovered=False)
        known = self._known_id()
        return None if known is None else await self._placed_before(known)

    def _known_id(self) -> str | None:
        """The id that Orange gave this order, if it is known."""
        key, intent = self._order.key, self._intent
        placed = self._memory.placed(key)
        if placed is not None and placed.order.key == key and placed.request.id:
            return placed.request.id
        return self._memory.id_of(key) or (None if intent is None else intent.request_id)

    async def _placed_before(self, request_id: str) -> Submission:
        """Return an order that was accepted, though its reference is not found."""
        try:
            request = await self._requests.get(request_id)
        except NotFound:
            request = None
        # Identified by its id: Orange may have changed its reference and type.
        if request is not None and request.id in (None, request_id):
            self._refuse_another(request)
            return await self._settle(request, already_there=True)
        # It may be older than everything that the last look-up saw.
        self._newest, started = None, self._clock.monotonic()
        self._memory.in_doubt[self._order.key] = Doubt(started)
        self._tried.append(f"Orange accepted it as request {request_id}, which it now does not show.")
        found = await self._reconcile(started)
        if found is None:
            raise self._unknown()
        return found

    async def _look_up(self, *, thorough: bool = False) -> Request | None:
        """Look the order up once; return its request, or None.

        Raises:
            ReferenceConflict: there is one, but it is another order.
            ReferenceAmbiguous: there is one that may be this order.
        """
        key = self._order.key
        seen: LookupResult = await look_up(self._requests, key, newest_before=self._newest, thorough=thorough)
        if key not in self._memory.in_doubt:
            self._newest = _credible(seen.newest, self._clock.now())
        known = self._known_id()
        matches = seen.matches or tuple(request for request in seen.near if request.id and request.id == known)
        if not matches:
            if known is None:
                self._refuse_possibly_ours(seen.near)
            return None
        if len(matches) > 1:
            ids = ", ".join(str(request.id) for request in matches)
            logger.warning("the reference %r has several requests: %s", key.reference, ids)
        same = [request for request in matches if not differences(self._order.wire, request.to_dict())]
        if not same:
            self._refuse_another(next(iter(matches)))
        return next(iter(same), None)

    def _refuse_another(self, request: Request) -> None:
        different = differences(self._order.wire, request.to_dict())
        if different:
            conflict = ReferenceConflict(self._order.key.reference, request, different)
            conflict.may_have_been_accepted = self._order.key in self._memory.in_doubt
            raise conflict

    def _refuse_possibly_ours(self, near: tuple[Request, ...]) -> None:
        if candidates := tuple(request for request in near if self._is_possibly_ours(request)):
            ambiguous = ReferenceAmbiguous(self._order.key.reference, candidates)
            ambiguous.may_have_been_accepted = self._order.key in self._memory.in_doubt
            raise ambiguous

    def _is_possibly_ours(self, request: Request) -> bool:
        """Whether a similar request may be this order."""
        key = self._order.key
        if key.resembles(request):
            return True
        # One reference may serve several types, and a series of references may begin alike.
        if self._memory.is_another(key, request):
            return False
        return not is_elsewhere(self._order.wire, request.to_dict())

    async def _send(self) -> Submission | None:
        """Send the order once; None if the outcome is unknown."""
        key, claim, memory = self._order.key, self._claim, self._memory
        # A claim notes each attempt as late as possible: a process that was stopped for a while may no longer hold it.
        call = CallState(before_attempt=None if claim is None else partial(claim.sending, newest_before=self._newest))
        creating = RequestsResource(self._pipeline.tracked(call)).raw
        try:
            if claim is not None:
                self._intent = Intent()
            # The parameter is typed as a model; at run time it needs `to_dict` only.
            order: Any = self._order
            answer: Answer[Any] = await creating.create(order)
            request = accepted(answer)
        except OrderingError as error:
            if not error.may_have_been_accepted:
                await self._withdraw()
                error.may_have_been_accepted = key in memory.in_doubt
                raise
            failure = f"{type(error).__name__}: {error.args[0]}"
        except BaseException:
            if call.may_have_been_accepted:
                memory.in_doubt[key] = Doubt(self._clock.monotonic(), self._newest)
            else:
                await self._withdraw()
            raise
        else:
            if request is not None:
                self._sent += 1
                return await self._settle(request)
            failure = f"Orange answered {answer.status} without an id that could be read."
        self._sent += 1
        memory.in_doubt[key] = Doubt(self._clock.monotonic(), self._newest)
        self._tried.append(f"Sent: {failure}")
        logger.warning("what became of order %r is unknown (%s); looking for it", key.reference, failure)
        return None

    async def _reconcile(self, sent: float) -> Submission | None:
        """Look the order up until it must be listed; None if it certainly does not exist.

        Args:
            sent: monotonic time of the end of the last call that may have sent it.
        """
        clock, plan = self._clock, self._plan
        visible_at = sent + plan.visible_within
        looks = blind = 0
        while True:
            conclusive = clock.monotonic() >= visible_at
            looks += 1
            try:
                # Others may have ordered since, and Orange may have stored the reference in another form: the newest
                # page is not enough to say that it is not there.
                found = await self._look_up(thorough=conclusive)
            except (ReferenceAmbiguous, ReferenceConflict):
                raise
            except OrderingError as error:
                if conclusive:
                    # A list that is too long to be read does not become shorter.
                    blind += _BLIND_LOOKS if isinstance(error, ReferenceUnchecked) else 1
                if isinstance(error, (ClientClosed, WrongEventLoop)) or blind >= _BLIND_LOOKS:
                    self._tried.append(f"Looked for it {looks} times; the last look failed: {error}")
                    raise self._unknown() from error
            else:
                if found is not None:
                    return await self._settle(found, recovered=True)
                if conclusive:
                    waited = clock.monotonic() - sent
                    self._tried.append(f"Looked for it, the last time {waited:.3g} s after it was sent: not there.")
                    return None
            pause = backoff(looks, clock.random(), first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
            left = visible_at - clock.monotonic()
            await clock.sleep(min(pause, left) if left > 0 else pause)

    def _resend_or_give_up(self) -> None:
        if not self._plan.resend or self._sent >= MAX_SENDS:
            raise self._unknown()
        logger.warning("order %r is not there; it is sent again", self._order.key.reference)

    def _unknown(self) -> OutcomeUnknown:
        advice = _AGAIN if self._claim is not None else _AGAIN_HERE
        return OutcomeUnknown(self._order.key.reference, tuple(self._tried), f"{advice} {_SEND_AGAIN}")

    async def _withdraw(self) -> None:
        """Store that the last sending was certainly not accepted, unless an earlier one is still in doubt."""
        if self._claim is not None and self._order.key not in self._memory.in_doubt:
            await self._note(self._claim.withdrawn(), "was not accepted")

    async def _note(self, noting: Awaitable[None], what: str) -> None:
        """Store the outcome of an order; a failure is logged and must not hide the outcome."""
        try:
            await noting
        except Exception as error:
            # Any exception: a store may be the user's own.
            logger.error("that order %r %s could not be noted: %s", self._order.key.reference, what, error)

    async def _settle(self, request: Request, *, already_there: bool = False, recovered: bool = False) -> Submission:
        key, now = self._order.key, self._clock.monotonic()
        self._memory.in_doubt.pop(key, None)
        if not already_there:
            self._memory.remember(Placed(self._order, request, now + self._plan.visible_within), now)
        if self._claim is not None and request.id and self._intent not in (None, Intent(request.id)):
            await self._note(self._claim.placed(request.id), f"was placed as request {shorten(request.id, 80)}")
        return self._submission(request, already_there=already_there, recovered=recovered)

    def _submission(self, request: Request, *, already_there: bool, recovered: bool) -> Submission:
        changed = changes(self._order.wire, request.to_dict())
        if changed and not already_there:
            paths = ", ".join(change.path for change in changed)
            logger.warning("Orange changed %s of order %r (request %s)", paths, self._order.key.reference, request.id)
        return Submission(
            request=request,
            already_there=already_there,
            recovered=recovered,
            attempts=self._sent,
            changes=changed,
        )


def _credible(newest: datetime | None, now: datetime) -> datetime | None:
    """`createdAt` of the newest request as a bound of later look-ups.

    A request that is dated in the future must not make those that come after it count as older.
    """
    found = credible(newest)
    return None if found is None else min(found, now)


def _as_request(order: Mapping[str, Any]) -> dict[str, Any]:
    """An order in the form of a request, to compare it with another order."""
    return {**order, "keyDates": {"requestedAt": order.get("requestedAt")}}
