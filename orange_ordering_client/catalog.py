"""The catalog: what can be ordered, and whether an order is what it asks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs

from orange_ordering_client._generated.resources.catalog import CatalogResource
from orange_ordering_client.core import Core
from orange_ordering_client.errors import NotFound, OrderingError
from orange_ordering_client.orders.submission import NewOrder
from orange_ordering_client.pipeline import Pipeline
from orange_ordering_client.validation.checking import UnusableSchema, Validation, read_schema, require, validate
from orange_ordering_client.wire import body_of

if TYPE_CHECKING:
    from orange_ordering_client.validation.schemas import Schema

__all__ = ["Catalog"]

logger = logging.getLogger("orange_ordering_client")

_KEPT = 900.0
"""Seconds for which a schema is not fetched again."""

_SCHEMAS = "schemas"
"""Not a member of the generated enum: a description that declares plain text has no such enum."""

_KEPT_IF_UNUSABLE = 60.0
_MOST_KEPT = 200


@attrs.frozen
class _Kept:
    """A schema, or why there is none, until some time."""

    schema: Schema | None
    warnings: tuple[str, ...]
    until: float


class _Shelf:
    """The schemas of one client, by type and language."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], _Kept] = {}
        self.fetching = asyncio.Lock()


_shelves: WeakKeyDictionary[Core, _Shelf] = WeakKeyDictionary()


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
        in an unknown dialect, that is a warning. Attachments are checked for base64 in any case.

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
        try:
            kept = await self._schema(str(wire.get("type")))
        except OrderingError as error:
            if not lenient:
                raise
            kept = _Kept(None, (f"the catalog item cannot be had: {error}",), 0.0)
        # In a thread: a schema may take a second, and other tasks should not wait for it.
        validation = await asyncio.to_thread(validate, kept.schema, wire, kept.warnings)
        for warning in validation.warnings:
            logger.warning("an order of type %s was not checked wholly: %s", wire.get("type"), warning)
        return validation

    async def _schema(self, request_type: str) -> _Kept:
        core = self._pipeline.core
        shelf = _shelves.setdefault(core, _Shelf())
        key = (request_type, self._pipeline.options.language)
        async with shelf.fetching:
            kept = shelf.kept.get(key)
            if kept is not None and core.clock.monotonic() < kept.until:
                return kept
            kept = await self._fetch(request_type)
            if len(shelf.kept) >= _MOST_KEPT:
                shelf.kept.clear()
            shelf.kept[key] = kept
            return kept

    async def _fetch(self, request_type: str) -> _Kept:
        try:
            item = await self.get(request_type, includes=_SCHEMAS)
            schema = await asyncio.to_thread(read_schema, item.schema)
        except NotFound:
            fault = f"the catalog has no item {request_type!r}"
        except UnusableSchema as error:
            fault = str(error)
        else:
            return _Kept(schema, (), self._pipeline.core.clock.monotonic() + _KEPT)
        return _Kept(None, (fault,), self._pipeline.core.clock.monotonic() + _KEPT_IF_UNUSABLE)
