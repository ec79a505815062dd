"""Following changes as a group: one member at a time, from the cursor of the group."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from orange_ordering_client.orders.cursor import Cursor

if TYPE_CHECKING:
    from orange_ordering_client.fleet.protocols import Groups
    from orange_ordering_client.orders.watching import Change

__all__ = ["watch_in_group"]

logger = logging.getLogger("orange_ordering_client")


async def watch_in_group(
    groups: Groups, group: str, since: Cursor, watch: Callable[[Cursor], AsyncGenerator[Change, None]]
) -> AsyncGenerator[Change, None]:
    """Yield the changes of a group while this member follows, without end.

    Args:
        groups: the store of the group's cursor.
        group: its name.
        since: the cursor to begin with, if the group has none.
        watch: yields changes from a cursor on.
    """
    while True:
        async with (
            groups.follow(group, str(since)) as following,
            aclosing(watch(Cursor.parse(following.cursor))) as changes,
        ):
            async for change in changes:
                # Another member may have taken over while this one could not reach the store.
                if not await following.confirm():
                    break
                yield change
                if not await following.advance(change.cursor):
                    break
        logger.warning("another member of the group %r follows now", group)
