"""The catalog: what can be ordered, and whether an order is what it asks for."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from orange_ordering_client._generated.resources.catalog import CatalogResource
from orange_ordering_client.clock import Deadline
from orange_ordering_client.errors import NotFound, OrderingError
from orange_ordering_client.orders.outcomes import Violation
from orange_ordering_client.orders.submission import NewOrder
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.session import Session
from orange_ordering_client.validation.checking import UnusableSchema, Validation, require, source_of, validate
from orange_ordering_client.validation.frames import decode, encode
from orange_ordering_client.validation.processes import Pool, WorkerLost
from orange_ordering_client.wire import body_of

__all__ = ["Catalog"]

logger = logging.getLogger("orange_ordering_client")

_KEPT = 900.0
"""Seconds for which a schema is not fetched again."""

_SCHEMAS = "schemas"
"""Not a member of the generated enum: a description that declares plain text has no such enum."""

_KEPT_IF_UNUSABLE = 60.0
_MOST_KEPT = 200
_NO_TIME = "no time was left to check it"


_JOB_SECONDS = 1.2
"""After which the process that checks an order is killed, and its schema not used for a minute."""


@attrs.frozen
class _Kept:
    """A schema, or why there is none, until some time."""

    source: object
    number: int
    warnings: tuple[str, ...]
    until: float

    @property
    def usable(self) -> bool:
        return not self.warnings


class _Shelf:
    """The schemas of one client by type and language, and the processes that evaluate them."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], _Kept] = {}
        # One at a time of each type: a schema that takes long then holds one process, and no other type.
        self.locks: dict[tuple[str, str], asyncio.Lock] = {}
        self.numbers = itertools.count()
        self.pool = Pool()


_shelves: WeakKeyDictionary[Session, _Shelf] = WeakKeyDictionary()


class Catalog(CatalogResource):
    """The catalog part of the API, with what a generator cannot know.

    Args:
        pipeline: carries out the calls.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._pipeline = pipeline

    async def validate(self, order: NewOrder) -> Validation:
        """Hold an order against the schema of its catalog item; nothing is ordered.

        The schema is fetched once per type and language and kept for a quarter of an hour. If it is missing, broken or
        in an unknown dialect, that is a warning. So is a schema that takes longer than 1.2 s or more than 256 MiB: the
        process that evaluates it is ended, and the schema is not used for a minute. Attachments are checked for base64
        in any case.

        Args:
            order: a `NewRequest`, or a model of one type.

        Raises:
            ConfigurationError: the extra [validate] is not installed.
            OrderingError: the catalog item cannot be had.
        """
        require()
        return await self.validate_wire(body_of(order))

    async def validate_wire(self, wire: Mapping[str, Any], *, lenient: bool = False) -> Validation:
        """The same for the body itself.

        Args:
            wire: body of a `POST /requests`.
            lenient: an item that cannot be had is a warning, too.

        Raises:
            OrderingError: the catalog item cannot be had.
        """
        require()
        session = self._pipeline.session
        session.check_usable()
        deadline = Deadline.after(self._pipeline.options.timeout, session.clock)
        shelf = _shelves.get(session)
        if shelf is None:
            shelf = _shelves[session] = _Shelf()
            session.at_close(shelf.pool.aclose)
        key = (str(wire.get("type")), self._pipeline.options.language)
        lock = shelf.locks.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(deadline.left()):
                await lock.acquire()
        except TimeoutError:
            validation = await _unchecked(wire, _NO_TIME)
        else:
            try:
                validation = await self._check(shelf, key, wire, deadline, lenient)
            finally:
                lock.release()
                if len(shelf.locks) > _MOST_KEPT:
                    shelf.locks = {key: lock for key, lock in shelf.locks.items() if lock.locked()}
        for warning in validation.warnings:
            logger.warning("an order of type %s was not checked wholly: %s", wire.get("type"), warning)
        return validation

    async def _check(
        self, shelf: _Shelf, key: tuple[str, str], wire: Mapping[str, Any], deadline: Deadline, lenient: bool
    ) -> Validation:
        clock = self._pipeline.session.clock
        kept = shelf.kept.get(key)
        if kept is None or clock.monotonic() >= kept.until:
            try:
                kept = await self._fetch(shelf, key[0], deadline)
            except OrderingError as error:
                if not lenient:
                    raise
                return await _unchecked(wire, f"the catalog item cannot be had: {error}")
            if len(shelf.kept) >= _MOST_KEPT:
                shelf.kept.clear()
            shelf.kept[key] = kept
        if not kept.usable:
            return await _unchecked(wire, *kept.warnings)
        validation, usable = await _held(shelf, kept, wire, deadline.left())
        if not usable:
            why = validation.warnings or ("its schema takes too long",)
            shelf.kept[key] = _Kept(None, 0, why, clock.monotonic() + _KEPT_IF_UNUSABLE)
        return validation

    async def _fetch(self, shelf: _Shelf, request_type: str, deadline: Deadline) -> _Kept:
        session = self._pipeline.session
        options = attrs.evolve(self._pipeline.options, timeout=max(deadline.left(), 0.001))
        try:
            item = await CatalogResource(Pipeline(session, options)).get(request_type, includes=_SCHEMAS)
            source = await asyncio.to_thread(source_of, item.schema)
        except NotFound:
            fault = f"the catalog has no item {request_type!r}"
        except UnusableSchema as error:
            fault = str(error)
        else:
            return _Kept(source, next(shelf.numbers), (), session.clock.monotonic() + _KEPT)
        return _Kept(None, 0, (fault,), session.clock.monotonic() + _KEPT_IF_UNUSABLE)


async def _unchecked(wire: Mapping[str, Any], *warnings: str) -> Validation:
    """Check without a schema: the attachments."""
    return await asyncio.to_thread(validate, None, wire, warnings)


async def _held(shelf: _Shelf, kept: _Kept, wire: Mapping[str, Any], seconds: float) -> tuple[Validation, bool]:
    """Hold an order against a schema in a worker process; and whether that schema can be used again."""

    def job(with_source: bool) -> bytes:
        source = kept.source if with_source else None
        return encode({"schema": kept.number, "source": source, "wire": wire})

    try:
        async with asyncio.timeout(seconds):
            body = await shelf.pool.ask(kept.number, job, _JOB_SECONDS)
    except TimeoutError:
        return await _unchecked(wire, _NO_TIME), True
    except WorkerLost as error:
        if error.started:
            text = f"its schema is unusable: checking an order with it took more than {_JOB_SECONDS:g} s or 256 MiB"
        else:
            text = "no process to check orders in could be started"
        return await _unchecked(wire, text), not error.started
    except (ValueError, TypeError, RecursionError) as error:
        text = f"the order or its schema cannot be written as JSON ({type(error).__name__})"
        return await _unchecked(wire, text), True
    found = decode(body)
    violations = tuple(Violation(*violation) for violation in found["violations"])
    return Validation(violations=violations, warnings=tuple(found["warnings"])), found["usable"]
