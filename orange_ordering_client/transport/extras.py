"""Which of the two extras that make the client faster are there, and which are to be used."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

from orange_ordering_client.errors import ConfigurationError

__all__ = ["choose_extras", "installed_extras"]

_NEEDS: Final = {"fast": "orjson", "aiohttp": "aiohttp"}
"""What each extra brings."""


def installed_extras() -> frozenset[str]:
    """The extras whose libraries can be imported."""
    return frozenset(name for name, library in _NEEDS.items() if find_spec(library) is not None)


def choose_extras(wanted: Iterable[str] | None) -> frozenset[str]:
    """The extras to use.

    Args:
        wanted: `fast`, `aiohttp`, both or none of them; None is whatever is installed.

    Raises:
        ConfigurationError: one of them does not exist, or is not installed.
    """
    if wanted is None:
        return installed_extras()
    names = frozenset([wanted] if isinstance(wanted, str) else wanted)
    if unknown := names - _NEEDS.keys():
        raise ConfigurationError(f"extras holds {sorted(map(str, unknown))}; there are 'fast' and 'aiohttp'.")
    if missing := sorted(names - installed_extras()):
        raise ConfigurationError(
            f"The extra {missing[0]!r} is not installed: pip install 'orange-ordering-client[{missing[0]}]'."
        )
    return names
