"""Lists: one page, the next page, or every item."""

from __future__ import annotations

from orange_ordering_client.pagination.pager import MAX_LIMIT, Batch, Page, Pager
from orange_ordering_client.pagination.prefetch import DEFAULT_WIDTH, check_width

__all__ = ["DEFAULT_WIDTH", "MAX_LIMIT", "Batch", "Page", "Pager", "check_width"]
