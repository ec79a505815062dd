"""What can be submitted and validated."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["NewOrder"]


class NewOrder(Protocol):
    """What can be submitted: `NewRequest`, or a model of one type such as `Disconnection`."""

    def to_dict(self) -> dict[str, Any]:
        """Write the wire form."""
        ...
