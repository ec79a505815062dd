"""Enums that accept unknown values."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any, Generic, Self, TypeVar

from orange_ordering_client.wire.values import integer, string

__all__ = ["Members", "OpenEnum", "OpenIntEnum"]

E = TypeVar("E", bound="OpenEnum")


class OpenEnum(StrEnum):
    """An enum that accepts unknown values, because published values are misspelt, and new ones appear (FACTS, Models).

    An unknown value becomes a new member, which equals its string. It is not stored, so that memory does not grow.
    """

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Decode a value, known or not.

        Raises:
            DecodeError: the value is not text.
        """
        return cls(string(value))

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether the description of this SDK contains the value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        name = f"{type(self).__name__}.{self._name_}" if self.is_known else type(self).__name__
        return f"<{name}: {self._value_!r}>"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        # Pickled by value, because an unknown member cannot be found by its name.
        return (type(self), (str(self._value_),))


class OpenIntEnum(IntEnum):
    """An integer enum that accepts unknown values."""

    @classmethod
    def from_wire(cls, value: Any) -> Self:
        """Decode a value, known or not.

        Raises:
            DecodeError: the value is not a whole number.
        """
        return cls(integer(value))

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if type(value) is not int:
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"VALUE_{value}", value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the description of this SDK contains the value."""
        return self._value_ in type(self)._value2member_map_

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return (type(self), (int(self._value_),))


class Members(dict[Any, "E | None"], Generic[E]):
    """Members of an enum by wire value, including null; a lookup is ten times as fast as calling the enum.

    Members for unknown values are created, but not stored.
    """

    __slots__ = ("_kind",)

    def __init__(self, kind: type[E]) -> None:
        super().__init__({member.value: member for member in kind})
        self[None] = None
        self._kind = kind

    def __missing__(self, key: Any) -> E:
        return self._kind.from_wire(key)
