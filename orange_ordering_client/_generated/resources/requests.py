"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Final

from orange_ordering_client import wire
from orange_ordering_client.caller import Answer, Caller, Operation, Pager

# Models that only annotations name, such as the bodies of orders, are not imported here: most programs only read.
from .. import models as _models
from ..models.request import Request

REQUESTS_LIST: Final = Operation(
    id="requests.list",
    method="GET",
    path="/requests",
    token=True,
    api_key=True,
    words={
        "status": (
            "NEW",
            "IN_PROGRESS",
            "COMPLETED",
            "REJECTED",
            "CANCELED",
            "UNKNOWN",
        ),
        "step": (
            "REQUEST",
            "ORDER",
            "QUOTE",
        ),
        "subStep": (
            "INITIATION",
            "IN_PROGRESS",
            "APPROVAL",
            "DELIVERY",
            "ACCEPTANCE",
        ),
        "priority": (
            "HIGH",
            "MEDIUM",
            "LOW",
        ),
        "category": (
            "NEW",
            "CHANGE",
            "DISCONNECT",
        ),
    },
)
REQUESTS_CREATE: Final = Operation(id="requests.create", method="POST", path="/requests", token=True, api_key=True)
REQUESTS_GET: Final = Operation(id="requests.get", method="GET", path="/requests/{requestId}", token=True, api_key=True)


class RequestsResource:
    """The requests part of the API.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def raw(self) -> RequestsRaw:
        """The same methods, which return raw responses."""
        return RequestsRaw(self._caller)

    def list(
        self,
        *,
        sort: str | Iterable[str] | None = None,
        fields: str | Iterable[str] | None = None,
        id: str | Iterable[str] | None = None,
        name: str | Iterable[str] | None = None,
        customer_reference: str | Iterable[str] | None = None,
        status: str | Iterable[str] | None = None,
        step: str | Iterable[str] | None = None,
        sub_step: str | Iterable[str] | None = None,
        type: str | Iterable[str] | None = None,
        priority: _models.RequestPriorityFilter | str | Iterable[_models.RequestPriorityFilter | str] | None = None,
        category: _models.RequestCategory | str | Iterable[_models.RequestCategory | str] | None = None,
        is_overdue: bool | int | None = None,
        is_archived: bool | int | None = None,
        customer_id: str | Iterable[str] | None = None,
        customer_name: str | Iterable[str] | None = None,
        key_dates_issued_at: str | Iterable[str] | None = None,
        key_dates_requested_at: str | Iterable[str] | None = None,
        key_dates_expected_installation_at: str | Iterable[str] | None = None,
        key_dates_expected_at: str | Iterable[str] | None = None,
        key_dates_completed_at: str | Iterable[str] | None = None,
        properties_service_point_id: str | Iterable[str] | None = None,
        properties_service_point_customer_reference: str | Iterable[str] | None = None,
        created_at: str | Iterable[str] | None = None,
        updated_at: str | Iterable[str] | None = None,
        includes: _models.RequestInclude | str | Iterable[_models.RequestInclude | str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Pager[_models.Request]:
        """List requests.

        The requests that the caller may see and that match every filter given. A filter can be ignored without a
        word, so whoever relies on one checks the answer against it.

        Args:
            sort: Attribute to sort by; a leading `-` sorts in descending order.
            fields: The only attributes to return, comma-separated. Any other attribute is then absent.
            id: Keep requests with this identifier; several are comma-separated.
            name: Keep requests with this name; several are comma-separated.
            customer_reference: Keep requests with this reference of yours; several are comma-separated.
            status: Keep requests in this status; several are comma-separated.
            step: Keep requests at this step; several are comma-separated.
            sub_step: Keep requests at this sub-step; several are comma-separated.
            type: Keep requests of this type; several are comma-separated.
            priority: Keep requests of this priority; several are comma-separated.
            category: Keep requests of this category; several are comma-separated.
            is_overdue: 1 keeps requests that are late, 0 those that are not.
            is_archived: 1 keeps archived requests, 0 those that are not.
            customer_id: Keep requests of the customer with this identifier; several are comma-separated.
            customer_name: Keep requests of the customer with this name; several are comma-separated.
            key_dates_issued_at: Keep requests issued then: an exact value or a formula, whose syntax is not
                documented.
            key_dates_requested_at: Keep requests wanted for then: an exact value or a formula, whose syntax is not
                documented.
            key_dates_expected_installation_at: Keep requests whose installation is expected then: an exact value or
                a formula, whose syntax is not documented.
            key_dates_expected_at: Keep requests whose delivery is expected then: an exact value or a formula, whose
                syntax is not documented.
            key_dates_completed_at: Keep requests completed then: an exact value or a formula, whose syntax is not
                documented.
            properties_service_point_id: Keep requests about the service point with this identifier; several are
                comma-separated.
            properties_service_point_customer_reference: Keep requests about the service point that you call so;
                several are comma-separated.
            created_at: Keep what was created then: an exact value or a formula, whose syntax is not documented.
                Meant for incremental synchronisation.
            updated_at: Keep what last changed then: an exact value or a formula, whose syntax is not documented.
                Meant for incremental synchronisation.
            includes: Dependent objects to embed in each request.
            display_links: Whether the answer holds `_links`.
            display_nulls: Whether attributes without a value are present, as explicit nulls.
            offset: number of items to skip, from 0.
            limit: items per page, 1 to 250; None is 250.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            PaginationError: the server returns the same page again and again.
            OrderingError: there was no usable response; its subclass says why.
        """
        return self._caller.pager(
            REQUESTS_LIST,
            Request.from_dict,
            query={
                "sort": sort,
                "fields": fields,
                "id": id,
                "name": name,
                "customerReference": customer_reference,
                "status": status,
                "step": step,
                "subStep": sub_step,
                "type": type,
                "priority": priority,
                "category": category,
                "isOverdue": wire.flag(is_overdue),
                "isArchived": wire.flag(is_archived),
                "customer.id": customer_id,
                "customer.name": customer_name,
                "keyDates.issuedAt": key_dates_issued_at,
                "keyDates.requestedAt": key_dates_requested_at,
                "keyDates.expectedInstallationAt": key_dates_expected_installation_at,
                "keyDates.expectedAt": key_dates_expected_at,
                "keyDates.completedAt": key_dates_completed_at,
                "properties.servicePoint.id": properties_service_point_id,
                "properties.servicePoint.customerReference": properties_service_point_customer_reference,
                "createdAt": created_at,
                "updatedAt": updated_at,
                "includes": includes,
                "displayLinks": display_links,
                "displayNulls": display_nulls,
            },
            offset=offset,
            limit=limit,
        )

    async def create(self, body: _models.NewRequest) -> _models.Request:
        """Submit a request.

        A commercial order. Submitting twice orders twice: nothing tells the API that two submissions are the same.

        Args:
            body: what to send.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(REQUESTS_CREATE, Request.from_dict, body=wire.body_of(body))

    async def get(
        self,
        request_id: str,
        *,
        fields: str | Iterable[str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
    ) -> _models.Request:
        """Get one request.

        The request with this identifier, if the caller may see it.

        Args:
            request_id: Identifier that Orange gave the request.
            fields: The only attributes to return, comma-separated. Any other attribute is then absent.
            display_links: Whether the answer holds `_links`.
            display_nulls: Whether attributes without a value are present, as explicit nulls.

        Raises:
            InvalidArgument: an argument cannot be sent; nothing was sent.
            ApiError: the API answered with an error; its subclass says which.
            DecodeError: the response does not match the description.
            OrderingError: there was no usable response; its subclass says why.
        """
        return await self._caller.call(
            REQUESTS_GET,
            Request.from_dict,
            path={"requestId": request_id},
            query={"fields": fields, "displayLinks": display_links, "displayNulls": display_nulls},
        )


class RequestsRaw:
    """The requests part of the API, with methods that return raw responses.

    Args:
        caller: makes the calls.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        sort: str | Iterable[str] | None = None,
        fields: str | Iterable[str] | None = None,
        id: str | Iterable[str] | None = None,
        name: str | Iterable[str] | None = None,
        customer_reference: str | Iterable[str] | None = None,
        status: str | Iterable[str] | None = None,
        step: str | Iterable[str] | None = None,
        sub_step: str | Iterable[str] | None = None,
        type: str | Iterable[str] | None = None,
        priority: _models.RequestPriorityFilter | str | Iterable[_models.RequestPriorityFilter | str] | None = None,
        category: _models.RequestCategory | str | Iterable[_models.RequestCategory | str] | None = None,
        is_overdue: bool | int | None = None,
        is_archived: bool | int | None = None,
        customer_id: str | Iterable[str] | None = None,
        customer_name: str | Iterable[str] | None = None,
        key_dates_issued_at: str | Iterable[str] | None = None,
        key_dates_requested_at: str | Iterable[str] | None = None,
        key_dates_expected_installation_at: str | Iterable[str] | None = None,
        key_dates_expected_at: str | Iterable[str] | None = None,
        key_dates_completed_at: str | Iterable[str] | None = None,
        properties_service_point_id: str | Iterable[str] | None = None,
        properties_service_point_customer_reference: str | Iterable[str] | None = None,
        created_at: str | Iterable[str] | None = None,
        updated_at: str | Iterable[str] | None = None,
        includes: _models.RequestInclude | str | Iterable[_models.RequestInclude | str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Answer[builtins.list[_models.Request]]:
        """List requests.

        Arguments and errors are those of `RequestsResource.list`; the response is decoded when its `parse()` is called.
        """
        self._caller.pager(REQUESTS_LIST, wire.any_value, offset=offset, limit=limit)  # raises if it is out of range
        return await self._caller.answer(
            REQUESTS_LIST,
            wire.items_of(Request.from_dict),
            query={
                "offset": offset,
                "limit": limit,
                "sort": sort,
                "fields": fields,
                "id": id,
                "name": name,
                "customerReference": customer_reference,
                "status": status,
                "step": step,
                "subStep": sub_step,
                "type": type,
                "priority": priority,
                "category": category,
                "isOverdue": wire.flag(is_overdue),
                "isArchived": wire.flag(is_archived),
                "customer.id": customer_id,
                "customer.name": customer_name,
                "keyDates.issuedAt": key_dates_issued_at,
                "keyDates.requestedAt": key_dates_requested_at,
                "keyDates.expectedInstallationAt": key_dates_expected_installation_at,
                "keyDates.expectedAt": key_dates_expected_at,
                "keyDates.completedAt": key_dates_completed_at,
                "properties.servicePoint.id": properties_service_point_id,
                "properties.servicePoint.customerReference": properties_service_point_customer_reference,
                "createdAt": created_at,
                "updatedAt": updated_at,
                "includes": includes,
                "displayLinks": display_links,
                "displayNulls": display_nulls,
            },
        )

    async def create(self, body: _models.NewRequest) -> Answer[_models.Request]:
        """Submit a request.

        Arguments and errors are those of `RequestsResource.create`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(REQUESTS_CREATE, Request.from_dict, body=wire.body_of(body))

    async def get(
        self,
        request_id: str,
        *,
        fields: str | Iterable[str] | None = None,
        display_links: bool | None = None,
        display_nulls: bool | None = None,
    ) -> Answer[_models.Request]:
        """Get one request.

        Arguments and errors are those of `RequestsResource.get`; the response is decoded when its `parse()` is called.
        """
        return await self._caller.answer(
            REQUESTS_GET,
            Request.from_dict,
            path={"requestId": request_id},
            query={"fields": fields, "displayLinks": display_links, "displayNulls": display_nulls},
        )
