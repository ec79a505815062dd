"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orange_ordering_client.caller import Caller

    from .resources.catalog import CatalogResource
    from .resources.requests import RequestsResource
    from .resources.service import ServiceResource


class Resources:
    """The parts of the API, each made when it is first used.

    Args:
        caller: carries out the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @cached_property
    def requests(self) -> RequestsResource:
        """Requests: list, create, get."""
        from .resources.requests import RequestsResource

        return RequestsResource(self._caller)

    @cached_property
    def catalog(self) -> CatalogResource:
        """Catalog: list, get."""
        from .resources.catalog import CatalogResource

        return CatalogResource(self._caller)

    @cached_property
    def service(self) -> ServiceResource:
        """Service: status, version, specification, me."""
        from .resources.service import ServiceResource

        return ServiceResource(self._caller)
