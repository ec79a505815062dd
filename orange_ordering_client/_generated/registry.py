"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from functools import cached_property

from orange_ordering_client.caller import Caller

from . import resources as _resources


class Resources:
    """The resources of the API, each created at first use.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @cached_property
    def requests(self) -> _resources.RequestsResource:
        """Requests: list, create, get."""
        return _resources.RequestsResource(self._caller)

    @cached_property
    def catalog(self) -> _resources.CatalogResource:
        """Catalog: list, get."""
        return _resources.CatalogResource(self._caller)

    @cached_property
    def service(self) -> _resources.ServiceResource:
        """Service: status, version, specification, me."""
        return _resources.ServiceResource(self._caller)
