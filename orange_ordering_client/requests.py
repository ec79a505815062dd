"""Requests: submit an order once, wait for it, and watch all of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from orange_ordering_client._generated.models.request import Request
from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.checks import check_boolean, check_seconds
from orange_ordering_client.errors import ConfigurationError, InvalidArgument
from orange_ordering_client.later import Later
from orange_ordering_client.new_order import NewOrder
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.text import safe_repr

# Loaded on use, or when the annotations are evaluated: most programs only read, and some start often.
if TYPE_CHECKING:
    import orange_ordering_client.orders.batch as _batch
    import orange_ordering_client.orders.following as _following
    import orange_ordering_client.orders.intents as _intents
    import orange_ordering_client.orders.results as _results
    import orange_ordering_client.orders.watching as _watching
    from orange_ordering_client.catalog import Catalog
    from orange_ordering_client.orders.submission import Plan
else:
    _batch = Later("orange_ordering_client.orders.batch")
    _following = Later("orange_ordering_client.orders.following")
    _intents = Later("orange_ordering_client.orders.intents")
    _results = Later("orange_ordering_client.orders.results")
    _watching = Later("orange_ordering_client.orders.watching")

__all__ = ["Requests"]

O = TypeVar("O", bound=NewOrder)  # noqa: E741 -- an order; the letter stands in no expression

VISIBLE_WITHIN = 30.0
"""Seconds. Orange publishes none; choose more where an order was ever seen later."""


class Requests(RequestsResource):
    """The requests part of the API, with hand-written methods.

    Args:
        pipeline: makes the calls.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._pipeline = pipeline

    async def submit(
        self,
        order: NewOrder,
        *,
        validate: bool | None = None,
        resend: bool = False,
        visible_within: float = VISIBLE_WITHIN,
        intents: _intents.Intents | None = None,
    ) -> _results.Submission:
        """Place an order exactly once per customer reference and type, as far as the API allows.

        First it looks the order up: an existing request is returned, so that an interrupted program can run again. Then
        it sends the order. If the response is lost, it looks the order up until `visible_within` has passed. It may be
        cancelled at any time: the same call on the same client continues.

        A program that is *killed* loses its memory of what it sent. Started again, it finds the order if Orange lists
        it by then; `intents` make this safe within `visible_within`, too. Two programs that place the same reference at
        the same time are protected from each other only if they share `intents`. An order that Orange no longer lists
        is not found.

        Args:
            order: a `NewRequest`, or a model of one type, with a `customer_reference`. It is copied at once.
            validate: check it against the catalog's schema before it is sent; None does so if the extra [validate] is
                installed.
            resend: if the outcome is unknown, and the order is not listed when `visible_within` has passed, send it
                again. This is as safe as `visible_within` is correct.
            visible_within: seconds after which an accepted order is certainly listed, counted from the end of the call
                that sent it. It includes the time that the API may still work on a request whose caller is gone.
            intents: a store of sent orders that outlives the process, such as an `IntentFile`. None is the client's
                `fleet`, if it has one.

        Raises:
            InvalidArgument: there is no usable reference, or an option is unusable. Nothing was sent.
            InvalidOrder: it violates its schema; all violations are listed. Nothing was sent.
            ConfigurationError: validate=True without the extra. Nothing was sent.
            ReferenceConflict: the reference belongs to another order.
            ReferenceUnchecked: it is unknown whether it exists. Nothing was sent.
            OutcomeUnknown: it was sent, and it is unknown whether it exists.
            OrderingError: it was certainly not accepted, or nothing was sent; its subclass says why.
        """
        from orange_ordering_client.orders.order import checked
        from orange_ordering_client.orders.submission import submit

        plan = self._plan(validate, resend, visible_within, intents)
        return await submit(self._pipeline, checked(order), plan)

    def submit_many(
        self,
        orders: Iterable[O] | AsyncIterable[O],
        *,
        concurrency: int = 8,
        on_progress: _batch.OnProgress | None = None,
        validate: bool | None = None,
        resend: bool = False,
        visible_within: float = VISIBLE_WITHIN,
        intents: _intents.Intents | None = None,
    ) -> AsyncGenerator[_batch.Result[O], None]:
        """Submit many orders, several at a time, and yield each result; a failure stops no other order.

        An order is taken from `orders` only when it can start, so `orders` may be a generator over a large file.
        Submitting an order again is safe, also one whose submission was cancelled.

        The running submissions are cancelled when the generator is closed. After a `break`, Python closes it only if no
        variable refers to it. `async with aclosing(requests.submit_many(...)) as results` (`contextlib`) always closes
        it, and waits until the submissions have ended.

        Args:
            orders: an iterable or async iterable.
            concurrency: number of orders submitted at the same time.
            on_progress: called with the counts after each result, plain or async.
            validate, resend, visible_within, intents: as for `submit`.

        Raises:
            InvalidArgument, ConfigurationError: an argument is unusable; nothing was sent.
        """
        from orange_ordering_client.orders.batch import run_many
        from orange_ordering_client.orders.order import checked
        from orange_ordering_client.orders.submission import submit

        plan = self._plan(validate, resend, visible_within, intents)

        async def place(order: O) -> _results.Submission:
            return await submit(self._pipeline, checked(order), plan)

        return run_many(orders, place, concurrency=concurrency, on_progress=on_progress)

    async def wait(
        self,
        request_id: str | Request | _results.Submission,
        *,
        until: _following.Until | None = None,
        timeout: float | None = None,
        interval: float = 5.0,
    ) -> _following.Outcome:
        """Wait until a request has ended, or has reached a status.

        Polls with pauses that grow from `interval` to five minutes while nothing changes, never sooner than the server
        asks (`Retry-After`), and through outages.

        Args:
            request_id: Orange's id of the request, or the request itself, or what `submit` returned.
            until: a status, several, or a plain (not async) function of the request; None is any terminal status. A
                terminal status always ends the wait.
            timeout: seconds; None is no limit.
            interval: seconds until the second poll.

        Raises:
            InvalidArgument: an argument is unusable.
            WaitTimeout: the timeout passed first; the exception has the request as last seen.
            DecodeError: the answer cannot be read, or is about another request.
            NotFound: there is no such request. A new request has ten seconds to appear.
            OrderingError: it cannot be read, and waiting would not help.
        """
        from orange_ordering_client.orders.following import wait

        interval = check_seconds("interval", interval)
        if timeout is not None:
            timeout = check_seconds("timeout", timeout, zero=True)
        return await wait(
            self, self._pipeline.session.clock, _id_of(request_id), until=until, timeout=timeout, interval=interval
        )

    def watch(
        self,
        since: str | datetime | None = None,
        *,
        group: str | None = None,
        interval: float = 30.0,
        visible_within: float = VISIBLE_WITHIN,
    ) -> AsyncIterator[_watching.Change]:
        """Watch all requests: yield every change once, the oldest first, for ever.

        A change is a state of a request that was not yielded before; of several changes between two polls the API
        shows the last. Each has a `cursor`: store it when you have processed the change, and pass it as `since` after a
        restart. During an outage it waits. Changes of requests without `updatedAt` may be missed; a warning is logged.

        With `group`, the fleet keeps the cursor, and of all programs that watch as this group one is given changes at a
        time. A change is dealt with once the loop asks for the next one; the one in hand when a program dies, or leaves
        the loop, is given again, to whoever goes on.

        Args:
            since: a cursor; or a time with its zone, for changes after it; or None, for all requests and then changes.
                For a group, where it begins; it has no effect later.
            group: any name, if the client has a `fleet`.
            interval: seconds between two polls.
            visible_within: seconds by which a change may be listed later than its `updatedAt` says.

        Raises:
            InvalidArgument: since is not a cursor, or another argument is unusable; raised at once.
            ConfigurationError: a group without a fleet; raised at once.
            FleetError: the fleet cannot be reached when the loop begins; later outages are waited for.
            OrderingError: the list cannot be read, and waiting would not help.
        """
        from orange_ordering_client.orders.cursor import Cursor
        from orange_ordering_client.orders.watching import watch

        begin = partial(
            watch,
            self,
            self._pipeline.session.clock,
            interval=check_seconds("interval", interval),
            visible_within=check_seconds("visible_within", visible_within, zero=True),
        )
        cursor = Cursor.parse(since)
        if group is None:
            return begin(cursor)
        from orange_ordering_client.orders.group_watching import watch_in_group

        if not isinstance(group, str) or not group or "\x00" in group:  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a checker
            raise InvalidArgument("group must be a name, such as 'billing'.")
        membership = self._pipeline.session.membership
        if membership is None:
            raise ConfigurationError("A group needs a fleet, which keeps its cursor: give the client a fleet=.")
        return watch_in_group(membership.groups, group, cursor, begin)

    def _plan(
        self, validate: bool | None, resend: bool, visible_within: float, intents: _intents.Intents | None
    ) -> Plan:
        from orange_ordering_client.catalog import Catalog
        from orange_ordering_client.orders.submission import Plan
        from orange_ordering_client.validation.checking import available, require

        check_boolean("resend", resend)
        if validate is None:
            validate = available()
        else:
            check_boolean("validate", validate)
            if validate:
                require()
        membership = self._pipeline.session.membership
        if intents is None and membership is not None:
            intents = membership.intents
        if intents is not None and not callable(getattr(intents, "claim", None)):
            # A path is not enough: whoever opens the file also closes it.
            raise InvalidArgument(
                f"intents is {safe_repr(intents)}; give an IntentFile(path), a fleet, or other Intents."
            )
        return Plan(
            visible_within=check_seconds("visible_within", visible_within, zero=True),
            resend=resend,
            intents=intents,
            check=_refusing(Catalog(self._pipeline)) if validate else None,
        )


def _id_of(wanted: object) -> str:
    found = getattr(getattr(wanted, "request", wanted), "id", wanted)
    if not isinstance(found, str) or not found:
        raise InvalidArgument("wait needs the id of a request, a Request that has one, or a Submission.")
    return found


def _refusing(catalog: Catalog) -> Callable[[Mapping[str, Any]], Awaitable[None]]:
    from orange_ordering_client.orders.errors import InvalidOrder

    async def check(wire: Mapping[str, Any]) -> None:
        validation = await catalog.validate_wire(wire, lenient=True)
        if validation.violations:
            raise InvalidOrder(validation.violations)

    return check
