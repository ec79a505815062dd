"""Many orders at the same time: a bounded number, with results as they finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar, cast

import attrs

from orange_ordering_client.checks import check_integer
from orange_ordering_client.errors import InvalidArgument
from orange_ordering_client.notifier import HookCaller
from orange_ordering_client.orders.results import Submission
from orange_ordering_client.text import safe_repr

__all__ = ["Progress", "Result", "run_many"]

Item = TypeVar("Item")


@attrs.frozen(kw_only=True)
class Result(Generic[Item]):
    """The result of one order of many: `submission` or `error`, never both.

    Attributes:
        index: of the order in the input, from 0.
        order: as in the input.
        submission: if it exists now.
        error: if it was refused, or the outcome is unknown.
    """

    index: int
    order: Item
    submission: Submission | None = None
    error: Exception | None = None

    def unwrap(self) -> Submission:
        """Give the submission, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("Submission", self.submission)


@attrs.frozen(kw_only=True)
class Progress:
    """Counts of a running `submit_many`.

    Attributes:
        taken: orders taken from the input.
        placed, failed: orders with that result.
        total: orders in the input; None if its length is unknown.
    """

    taken: int = 0
    placed: int = 0
    failed: int = 0
    total: int | None = None

    @property
    def under_way(self) -> int:
        """Orders without a result yet."""
        return self.taken - self.placed - self.failed


OnProgress = Callable[[Progress], Awaitable[None] | None]


async def run_many(
    items: Iterable[Item] | AsyncIterable[Item],
    place: Callable[[Item], Awaitable[Submission]],
    *,
    concurrency: int,
    on_progress: OnProgress | None = None,
) -> AsyncGenerator[Result[Item], None]:
    """Place items, at most `concurrency` at a time, and yield each result when it is there.

    An item is taken only when it can start; a result that the caller has not taken yet counts as running. When the
    generator is closed, running items are cancelled. Python closes it when nothing refers to it any more.

    Raises:
        InvalidArgument: concurrency is not a whole number from 1, or items cannot be iterated.
        Exception: whatever `items` itself raises, after the results of running items.
    """
    check_integer("concurrency", concurrency, 1)
    _check_iterable(items)
    source, hooks = _numbered(items), HookCaller()
    progress = Progress(total=len(items) if isinstance(items, (list, tuple)) else None)
    under_way: set[asyncio.Task[Result[Item]]] = set()
    taking: asyncio.Task[tuple[int, Item] | None] | None = None
    broken: Exception | None = None
    exhausted = False
    try:
        while True:
            if not exhausted and taking is None and len(under_way) < concurrency:
                taking = asyncio.create_task(_next(source))
            if taking is None and not under_way:
                break
            # The source may be slow: results do not wait for it.
            waiting: set[asyncio.Task[Any]] = {*under_way, *([taking] if taking else [])}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if taking is not None and taking.done():
                try:
                    taken = taking.result()
                except Exception as error:  # noqa: BLE001, RUF100 -- the source is the caller's: it is raised below
                    taken, broken = None, error
                taking = None
                if taken is None:
                    exhausted = True
                else:
                    under_way.add(asyncio.create_task(_one(*taken, place)))
                    progress = attrs.evolve(progress, taken=progress.taken + 1)
            for task in sorted((task for task in under_way if task.done()), key=lambda task: task.result().index):
                under_way.discard(task)
                result = task.result()
                progress = _counted(progress, result)
                await hooks.call(on_progress, progress)
                yield result
    finally:
        left: list[asyncio.Task[Any]] = [*under_way, *([taking] if taking else [])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await source.aclose()
    if broken is not None:
        raise broken


def _check_iterable(items: object) -> None:
    if not isinstance(items, AsyncIterable):
        try:
            iter(items)  # type: ignore[call-overload]  # whether it can is the question
        except TypeError:
            raise InvalidArgument(
                f"orders is {safe_repr(items)}; give a list of orders, or another iterable."
            ) from None


async def _numbered(items: Iterable[Item] | AsyncIterable[Item]) -> AsyncGenerator[tuple[int, Item], None]:
    index = 0
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield index, item
            index += 1
    else:
        for item in items:
            yield index, item
            index += 1


async def _next(source: AsyncIterator[tuple[int, Item]]) -> tuple[int, Item] | None:
    return await anext(source, None)


async def _one(index: int, item: Item, place: Callable[[Item], Awaitable[Submission]]) -> Result[Item]:
    try:
        return Result(index=index, order=item, submission=await place(item))
    except Exception as error:  # noqa: BLE001, RUF100 -- whatever it is, it is the result of this one and stops no other
        return Result(index=index, order=item, error=error)


def _counted(progress: Progress, result: Result[Item]) -> Progress:
    if result.error is None:
        return attrs.evolve(progress, placed=progress.placed + 1)
    return attrs.evolve(progress, failed=progress.failed + 1)
