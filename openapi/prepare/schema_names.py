"""Unique Python names of schemas and enum values, so that the generator never invents, numbers or drops a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from openapi_python_client.strings import ClassName, PythonIdentifier
from openapi_python_client.strings import snake_case as generator_snake

from openapi.read.document import array

__all__ = ["Names", "enum_names", "given_enum_names", "pascal"]

# Names that generated modules import or define.
_TAKEN = {
    "Any", "Self", "Callable", "Iterable", "Iterator", "Mapping", "Sequence", "TypeVar", "Generic", "Enum", "StrEnum",
    "IntEnum", "Final", "ClassVar", "Literal", "Answer", "Caller", "DecodeError", "Members", "OpenEnum", "OpenIntEnum",
    "Operation", "Page", "Pager", "Query", "Resources", "OrderingClient", "OrderingError", "UUID",
}  # fmt: skip


def pascal(name: str) -> str:
    """Convert a name to PascalCase as the generator does, so that the generator does not change the result."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    cased = ""
    while (again := str(ClassName(cased or plain, "Model"))) != cased:
        cased = again  # "a0a" becomes "A0A", and "A0A" becomes "A0a".
    return f"{cased.rstrip('_')}Model" if cased in _TAKEN or cased.endswith("_") or not plain else cased


class Names:
    """The class names in use, which are unique, and have unique module names.

    The generator writes two classes with the same module name to the same file, and the first is lost.

    Args:
        used: class names that are in use already.
    """

    def __init__(self, used: Iterable[str] = ()) -> None:
        self._modules = {_module(name) for name in used}
        self._kept: set[str] = set()

    def keep(self, wanted: Iterable[str]) -> None:
        """Reserve names for `take(..., kept=True)`."""
        self._kept |= {_module(pascal(name)) for name in wanted}

    def take(self, wanted: str, *, kept: bool = False) -> str:
        """Return the wanted class name, or the next free variant of it.

        Args:
            wanted: wanted class name.
            kept: whether a reserved name may be returned.
        """
        base = pascal(wanted)
        for number in range(1, 10_000):
            name = base if number == 1 else pascal(f"{base}{number}")
            module = _module(name)
            if module not in self._modules and (kept or module not in self._kept):
                self._modules.add(module)
                return name
        raise AssertionError(f"ten thousand schemas are called {wanted}")


def _module(name: str) -> str:
    return str(PythonIdentifier(name, "model_"))


def enum_names(values: Iterable[Any]) -> list[str]:
    """Return unique names for the members of an enum, made from their values, independent of their order.

    A leading `-` means descending order in this API (FACTS, Lists): `-id` is ID_DESCENDING if `id` is a value, too.
    """
    listed = list(values)
    wanted = [_member(value, listed) for value in listed]
    result: list[str] = []
    for value, name in zip(listed, wanted, strict=True):
        # If several values have the same name, the value that is spelled like the name keeps it.
        rivals = sorted(
            (v for v, n in zip(listed, wanted, strict=True) if n == name), key=lambda v: (str(v) != name, str(v))
        )
        result.append(name if rivals[0] == value else f"{name}_{rivals.index(value) + 1}")
    return result if len(set(result)) == len(result) else [f"VALUE_{index}" for index in range(len(listed))]


def given_enum_names(given: object, count: int) -> list[str]:
    """Return the names that a description gives to the members of an enum, in the generator's casing.

    Args:
        given: value of `x-enum-varnames`.
        count: number of values of the enum.

    Returns:
        The names; an empty list if they are not one identifier for each value.
    """
    listed = array(given)
    names = [_constant(name) for name in listed if isinstance(name, str)]
    usable = len(listed) == count == len(set(names)) and all(name.isidentifier() for name in names)
    return names if usable else []


def _constant(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return str(generator_snake(plain)).upper()


def _member(value: Any, others: list[Any]) -> str:
    text = str(value)
    if isinstance(value, int):
        return f"VALUE_{text.replace('-', 'NEGATIVE_')}"
    if text.startswith("-") and text != "-" and text[1:] in others:
        return f"{_member(text[1:], others)}_DESCENDING"
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    words = re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").upper()
    if not words:
        return "EMPTY" if not text else f"VALUE_{'_'.join(format(ord(character), 'X') for character in text)}"
    name = words if words[0].isalpha() else f"VALUE_{words}"
    # The name is in the generator's casing, so that the generator does not change it.
    return str(generator_snake(name)).upper()
