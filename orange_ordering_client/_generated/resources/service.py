"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from typing import Any, Final

from orange_ordering_client import wire
from orange_ordering_client.caller import Answer, Caller, Operation

# Models that only annotations name, such as the bodies of orders, are not imported here: most programs only read.
from .. import models as _models
from ..models.me import Me
from ..models.service_status import ServiceStatus
from ..models.service_version import ServiceVersion

SERVICE_STATUS: Final = Operation(id="service.status", method="GET", path="/status", token=True, api_key=False)
SERVICE_VERSION: Final = Operation(id="service.version", method="GET", path="/version", token=True, api_key=False)
SERVICE_SPECIFICATION: Final = Operation(
    id="service.specification", method="GET", path="/doc", token=True, api_key=False
)
SERVICE_ME: Final = Operation(id="service.me", method="GET", path="/me", token=True, api_key=True)


class ServiceResource:
    """The service part of the API.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def raw(self) -> ServiceRaw:
        """The same methods, which return raw responses."""
        return ServiceRaw(self._caller)

    async def status(self) -> _models.ServiceStatus:
        """Tell whether the API works.

        Needs a token, but no API key.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(SERVICE_STATUS, ServiceStatus.from_dict)

    async def version(self) -> _models.ServiceVersion:
        """Tell which version of the API answers.

        Needs a token, but no API key.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(SERVICE_VERSION, ServiceVersion.from_dict)

    async def specification(self) -> dict[str, Any]:
        """Get the description of the API.

        The document that describes this API, as the API itself serves it. Needs a token, but no API key.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(SERVICE_SPECIFICATION, wire.json_object)

    async def me(self) -> _models.Me:
        """Tell whom the API key belongs to.

        The owner of the key, the scopes, and whether the key works on the sandbox or in production.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(SERVICE_ME, Me.from_dict)


class ServiceRaw:
    """The service part of the API, with methods that return raw responses.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def status(self) -> Answer[_models.ServiceStatus]:
        """Tell whether the API works.

        Arguments and errors are those of `ServiceResource.status`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(SERVICE_STATUS, ServiceStatus.from_dict)

    async def version(self) -> Answer[_models.ServiceVersion]:
        """Tell which version of the API answers.

        Arguments and errors are those of `ServiceResource.version`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(SERVICE_VERSION, ServiceVersion.from_dict)

    async def specification(self) -> Answer[dict[str, Any]]:
        """Get the description of the API.

        Arguments and errors are those of `ServiceResource.specification`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(SERVICE_SPECIFICATION, wire.json_object)

    async def me(self) -> Answer[_models.Me]:
        """Tell whom the API key belongs to.

        Arguments and errors are those of `ServiceResource.me`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(SERVICE_ME, Me.from_dict)
