"""Check of many orders against the catalog before any is sent."""

from __future__ import annotations

from collections.abc import Sequence

from orange_ordering_client.cli.order_files import Fault, OrderLine
from orange_ordering_client.client import OrderingClient
from orange_ordering_client.validation.checking import available

__all__ = ["check_schemas"]


async def check_schemas(ordering: OrderingClient, lines: Sequence[OrderLine]) -> tuple[list[Fault], list[str]]:
    """Check orders against the schemas of their types.

    Args:
        ordering: client that reads the schemas.
        lines: orders to check.

    Returns:
        The faults in the order of their lines, and the distinct warnings about parts that could not be checked.

    Raises:
        OrderingError: the catalog cannot be read.
    """
    if not available():
        return [], ["the schemas are checked only with pip install 'orange-ordering-client[validate]'"]
    faults: list[Fault] = []
    warnings: dict[str, None] = {}
    # The checks are sequential, because orders of one type wait for each other in any case.
    for line in lines:
        validation = await ordering.catalog.validate(line.order)
        faults += [Fault(line.line, str(violation)) for violation in validation.violations]
        warnings.update(dict.fromkeys(f"{line.type}: {warning}" for warning in validation.warnings))
    return faults, list(warnings)
