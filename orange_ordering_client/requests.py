"""Orders: placed once, and followed to the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from orange_ordering_client._generated.resources.requests import RequestsResource
from orange_ordering_client.errors import ConfigurationError, InvalidArgument

# What places and follows orders is loaded by whoever does: most programs only read, and some start cold.
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
    from datetime import datetime

    from orange_ordering_client._generated.models.request import Request
    from orange_ordering_client.catalog import Catalog
    from orange_ordering_client.orders.batch import OnProgress, Result
    from orange_ordering_client.orders.following import Outcome, Until
    from orange_ordering_client.orders.intents import Intents
    from orange_ordering_client.orders.outcomes import Submission
    from orange_ordering_client.orders.submission import NewOrder, Plan
    from orange_ordering_client.orders.watching import Change
    from orange_ordering_client.pipeline import Pipeline

__all__ = ["Requests"]

O = TypeVar("O", bound="NewOrder")  # noqa: E741 -- an order; the letter stands in no expression

VISIBLE_WITHIN = 30.0
"""Seconds. Orange publishes none; choose more where an order was ever seen later."""


class Requests(RequestsResource):
    """The requests part of the API, with what a generator cannot know.

    Args:
        pipeline: carries out the calls.
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
        intents: Intents | None = None,
    ) -> Submission:
        """Place an order exactly once per customer reference and type, as far as the API allows.

        Looks first: what exists is returned, so that a program that was interrupted can run again. Then it sends, and
        where the answer is lost it looks again until `visible_within` has passed. Cancel it whenever you like: the same
        call on the same client takes up from there.

        A program that is *killed* forgets what it sent. Started again, it finds the order if Orange lists it by then;
        to be safe within `visible_within` of the kill, too, give `intents`. Two programs at once that place the same
        reference are protected from each other only if they share `intents`, and an order that Orange no longer lists
        at all is not found.

        Args:
            order: a `NewRequest`, or a model of one type; its `customer_reference` is needed. It is copied at once.
            validate: hold it against the catalog's schema before it leaves; None does so if the extra [validate] is
                installed.
            resend: if the outcome is unknown, and the order is not to be seen when `visible_within` has passed, send it
                again. Right if `visible_within` is.
            visible_within: seconds after which an order that Orange accepted is certainly listed, counted from the end
                of the call that sent it; so it includes how long the API may go on working for a caller that is gone.
            intents: where to note what is sent, so that it survives the process: an `IntentFile`. None is the client's
                `fleet`, if it has one.

        Raises:
            InvalidArgument: there is no usable reference. Nothing was sent.
            InvalidOrder: it does not fit its schema; all violations are listed. Nothing was sent.
            ConfigurationError: validate=True without the extra. Nothing was sent.
            ReferenceConflict: the reference belongs to another order.
            ReferenceUnchecked: it cannot be found out whether it exists. Nothing was sent.
            OutcomeUnknown: it was sent, and nobody can say whether it exists.
            OrderingError: it was certainly not accepted, or nothing was sent; its subclass says why.
        """
        from orange_ordering_client.orders.submission import checked, submit

        plan = self._plan(validate, resend, visible_within, intents)
        return await submit(self._pipeline, checked(order), plan)

    def submit_many(
        self,
        orders: Iterable[O] | AsyncIterable[O],
        *,
        concurrency: int = 8,
        on_progress: OnProgress | None = None,
        validate: bool | None = None,
        resend: bool = False,
        visible_within: float = VISIBLE_WITHIN,
        intents: Intents | None = None,
    ) -> AsyncGenerator[Result[O], None]:
        """Submit many orders, some at a time, and give what became of each as it ends; a failure stops no other.

        An order is taken from `orders` only when there is room for it, so it can be a generator over a large file.
        Leaving the loop cancels what is under way, which is safe to submit again.

        Args:
            orders: an iterable or async iterable.
            concurrency: how many are under way at most.
            on_progress: told of the counts after each, plain or async.
            validate, resend, visible_within, intents: as for `submit`.

        Raises:
            InvalidArgument, ConfigurationError: an argument is unusable; nothing was sent.
        """
        from orange_ordering_client.orders.batch import run_many
        from orange_ordering_client.orders.submission import checked, submit

        plan = self._plan(validate, resend, visible_within, intents)

        async def place(order: O) -> Submission:
            return await submit(self._pipeline, checked(order), plan)

        return run_many(orders, place, concurrency=concurrency, on_progress=on_progress)

    async def wait(
        self,
        request_id: str | Request | Submission,
        *,
        until: Until | None = None,
        timeout: float | None = None,
        interval: float = 5.0,
    ) -> Outcome:
        """Wait until a request has ended, or has come as far as you say.

        Polls with pauses that grow from `interval` to five minutes while nothing changes, never sooner than the server
        asks (`Retry-After`), and through outages.

        Args:
            request_id: Orange's id of the request, or the request itself, or what `submit` returned.
            until: a status, several, or a function of the request; None is any terminal status. A terminal status ends
                the waiting in any case, as nothing comes after it.
            timeout: seconds; None waits as long as it takes.
            interval: seconds until the second look.

        Raises:
            WaitTimeout: it had not come so far in time; the exception has it as it was last seen.
            NotFound: there is no such request. One that was created a moment ago is given ten seconds to appear.
            OrderingError: it cannot be looked at, for a reason that waiting does not cure.
        """
        from orange_ordering_client.orders.following import wait
        from orange_ordering_client.orders.submission import seconds

        interval = _positive("interval", interval)
        if timeout is not None:
            timeout = seconds("timeout", timeout)
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
    ) -> AsyncIterator[Change]:
        """Follow all requests: every change once, the oldest first, for ever.

        A change is a request with an `updatedAt` that was not given before; of several changes between two looks the
        API shows the last. Each has a `cursor`: keep it once you have dealt with the change, and give it as `since`
        after a restart. Outages are waited out.

        With `group`, the fleet keeps the cursor, and of all programs that watch as this group one is given changes at a
        time. A change is dealt with once the loop asks for the next one; the one in hand when a program dies, or leaves
        the loop, is given again, to whoever goes on.

        Args:
            since: a cursor; or a moment with its zone, changes after it; or None, all requests there are, then changes.
                For a group, where it begins; of no effect later.
            group: any name, if the client has a `fleet`.
            interval: seconds between two looks.
            visible_within: seconds by which a change may be listed later than its `updatedAt` says.

        Raises:
            InvalidArgument: since is no cursor, or another argument is unusable; at once.
            ConfigurationError: a group without a fleet; at once.
            FleetError: the fleet cannot be reached when the loop begins; afterwards that is waited out.
            OrderingError: the list cannot be read, for a reason that waiting does not cure.
        """
        from orange_ordering_client.orders.cursor import Cursor
        from orange_ordering_client.orders.submission import seconds
        from orange_ordering_client.orders.watching import watch

        begin = partial(
            watch,
            self,
            self._pipeline.session.clock,
            interval=_positive("interval", interval),
            visible_within=seconds("visible_within", visible_within),
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

    def _plan(self, validate: bool | None, resend: bool, visible_within: float, intents: Intents | None) -> Plan:
        from orange_ordering_client.catalog import Catalog
        from orange_ordering_client.orders.submission import Plan, seconds
        from orange_ordering_client.validation.checking import available, require

        if validate is None:
            validate = available()
        elif validate:
            require()
        membership = self._pipeline.session.membership
        if intents is None and membership is not None:
            intents = membership.intents
        return Plan(
            visible_within=seconds("visible_within", visible_within),
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
    from orange_ordering_client.orders.outcomes import InvalidOrder

    async def check(wire: Mapping[str, Any]) -> None:
        validation = await catalog.validate_wire(wire, lenient=True)
        if validation.violations:
            raise InvalidOrder(validation.violations)

    return check


def _positive(name: str, value: float) -> float:
    from orange_ordering_client.orders.submission import seconds

    if (number := seconds(name, value)) == 0:
        raise InvalidArgument(f"{name} is 0; give seconds, more than 0.")
    return number
