"""A plugin of pytest for `make unit`, loaded before SlipCover's: probes stay where they are.

SlipCover 1.1 removes probes that were hit often. For that it goes through all functions, which takes 50 ms in the
middle of a test, and some tests measure how long the event loop is held. Its option `threshold` does not reach the
workers of xdist.
"""

from __future__ import annotations

from typing import Any

import slipcover

NEVER = 10**9


class Coverage(slipcover.Slipcover):
    def __init__(self, **options: Any) -> None:
        super().__init__(d_miss_threshold=NEVER, **options)


slipcover.Slipcover = Coverage
