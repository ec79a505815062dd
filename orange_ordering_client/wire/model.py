"""The base class of all generated models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from orange_ordering_client.wire.failing import Fields

__all__ = ["Model"]


class Model:
    """A JSON object of the API as a Python object.

    pydantic and FastAPI accept models as fields, parameters and responses: pydantic calls the last two methods by their
    documented names. The methods do not use pydantic, so that it is never imported.
    """

    __slots__ = ()
    __wire__: ClassVar[Fields] = ()
    """Python name and wire name of each attribute."""

    if TYPE_CHECKING:  # Every generated class has its own methods.

        @classmethod
        def from_dict(cls, source: Mapping[str, Any]) -> Self:
            """Decode the wire form."""
            raise NotImplementedError

        def to_dict(self) -> dict[str, Any]:
            """Return the wire form."""
            raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        def validate(value: Any) -> Model:
            # A DecodeError is a ValueError, which pydantic reports as invalid input.
            return value if isinstance(value, cls) else cls.from_dict(value)

        def serialize(value: Model) -> dict[str, Any]:
            return value.to_dict()

        return {
            "type": "function-plain",
            "function": {"type": "no-info", "function": validate},
            "serialization": {"type": "function-plain", "function": serialize},
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: object, handler: object) -> dict[str, Any]:
        # Imported on use, because most programs do not request a schema.
        from orange_ordering_client.wire.json_schema import json_schema_of

        return json_schema_of(cls)
