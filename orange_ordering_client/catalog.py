"""The catalog, and validation of an order against its catalog item."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from typing import Any

import attrs

from orange_ordering_client._generated.resources.catalog import CatalogResource
from orange_ordering_client.clock import Deadline
from orange_ordering_client.errors import NotFound, OrderingError
from orange_ordering_client.new_order import NewOrder
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.text import printable
from orange_ordering_client.validation.checking import require, source_of, validate
from orange_ordering_client.validation.frames import decode, encode
from orange_ordering_client.validation.processes import Pool, WorkerLost
from orange_ordering_client.validation.results import UnusableSchema, Validation, Violation
from orange_ordering_client.wire import body_of

__all__ = ["Catalog"]

logger = logging.getLogger("orange_ordering_client")

_KEPT = 900.0
"""Seconds for which a schema is cached."""

_SCHEMAS = "schemas"
"""Not a member of the generated enum: a description that declares plain text has no such enum."""

_KEPT_IF_UNUSABLE = 60.0
_MOST_KEPT = 200
_NO_TIME = "no time was left to check it"


_JOB_SECONDS = 1.2
"""Seconds after which a process that validates an order is killed, and the schema not used for a minute."""


@attrs.frozen
class _Kept:
    """A cached schema, or the reason why there is none, until a time."""

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
        # One validation at a time for each type: a slow schema then blocks one process, and no other type.
        self.locks: dict[tuple[str, str], asyncio.Lock] = {}
        self.numbers = itertools.count()
        self.pool = Pool()

    async def aclose(self) -> None:
        await self.pool.aclose()


class Catalog(CatalogResource):
    """The catalog part of the API, with hand-written methods.

    Args:
        pipeline: makes the calls.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._pipeline = pipeline

    async def validate(self, order: NewOrder) -> Validation:
        """Validate an order against the schema of its catalog item; nothing is ordered.

        The schema is fetched once per type and language and cached for 15 minutes. A schema that is missing, broken or
        in an unknown dialect gives a warning. So does a schema that takes longer than 1.2 s or more than 256 MiB: the
        process that evaluates it is killed, and the schema is not used for a minute. Attachments are always checked for
        base64.

        Args:
            order: a `NewRequest`, or a model of one type.

        Raises:
            ConfigurationError: the extra [validate] is not installed.
            OrderingError: the catalog item cannot be read.
        """
        require()
        return await self.validate_wire(body_of(order))

    async def validate_wire(self, wire: Mapping[str, Any], *, lenient: bool = False) -> Validation:
        """Validate the body of an order.

        Args:
            wire: body of a `POST /requests`.
            lenient: whether a catalog item that cannot be read gives a warning instead of an error.

        Raises:
            OrderingError: the catalog item cannot be read.
        """
        require()
        session = self._pipeline.session
        session.check_usable()
        deadline = Deadline.after(self._pipeline.options.timeout, session.clock)
        shelf = session.shared(_Shelf)
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
            logger.warning("an order of type %s was not validated completely: %s", wire.get("type"), printable(warning))
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
        validation, usable = await _validated(shelf, kept, wire, deadline.left())
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
    """Validate without a schema: the attachments only."""
    return await asyncio.to_thread(validate, None, wire, warnings)


async def _validated(shelf: _Shelf, kept: _Kept, wire: Mapping[str, Any], seconds: float) -> tuple[Validation, bool]:
    """Validate an order in a worker process; return the result, and whether the schema can be used again."""

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
