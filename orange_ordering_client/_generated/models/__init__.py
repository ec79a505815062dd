"""Do not edit: generated from openapi/ordering-v3.1.json (sha256 9d7d715f3f2000b309f278c44046df8fc524bbbf243a31aef15d644edfb1872f).

Change the description, openapi/overlay.yaml or custom_templates/ instead, then run `make generate`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .address import Address as Address
    from .attachment import Attachment as Attachment
    from .catalog import Catalog as Catalog
    from .catalog_item import CatalogItem as CatalogItem
    from .catalog_item_fields import CatalogItemFields as CatalogItemFields
    from .catalog_item_include import CatalogItemInclude as CatalogItemInclude
    from .catalog_item_links import CatalogItemLinks as CatalogItemLinks
    from .catalog_item_sort import CatalogItemSort as CatalogItemSort
    from .catalog_items_include import CatalogItemsInclude as CatalogItemsInclude
    from .contact import Contact as Contact
    from .contacts import Contacts as Contacts
    from .customer import Customer as Customer
    from .disconnection import Disconnection as Disconnection
    from .disconnection_properties import DisconnectionProperties as DisconnectionProperties
    from .error_body import ErrorBody as ErrorBody
    from .error_detail import ErrorDetail as ErrorDetail
    from .generic_billing_account import GenericBillingAccount as GenericBillingAccount
    from .generic_domain import GenericDomain as GenericDomain
    from .generic_offer import GenericOffer as GenericOffer
    from .generic_properties import GenericProperties as GenericProperties
    from .generic_request import GenericRequest as GenericRequest
    from .http_method import HTTPMethod as HTTPMethod
    from .hyperlink import Hyperlink as Hyperlink
    from .key_dates import KeyDates as KeyDates
    from .location import Location as Location
    from .location_type import LocationType as LocationType
    from .me import Me as Me
    from .me_type import MeType as MeType
    from .new_attachment import NewAttachment as NewAttachment
    from .new_customer import NewCustomer as NewCustomer
    from .new_request import NewRequest as NewRequest
    from .new_request_common import NewRequestCommon as NewRequestCommon
    from .primary_contact import PrimaryContact as PrimaryContact
    from .quote import Quote as Quote
    from .quote_attachment import QuoteAttachment as QuoteAttachment
    from .quote_status import QuoteStatus as QuoteStatus
    from .request import Request as Request
    from .request_category import RequestCategory as RequestCategory
    from .request_include import RequestInclude as RequestInclude
    from .request_links import RequestLinks as RequestLinks
    from .request_priority import RequestPriority as RequestPriority
    from .request_priority_filter import RequestPriorityFilter as RequestPriorityFilter
    from .request_status import RequestStatus as RequestStatus
    from .request_step import RequestStep as RequestStep
    from .request_sub_step import RequestSubStep as RequestSubStep
    from .secondary_contact import SecondaryContact as SecondaryContact
    from .service_point import ServicePoint as ServicePoint
    from .service_state import ServiceState as ServiceState
    from .service_status import ServiceStatus as ServiceStatus
    from .service_version import ServiceVersion as ServiceVersion
    from .version_number import VersionNumber as VersionNumber

_MODULES: Final[dict[str, str]] = {
    "Address": "address",
    "Attachment": "attachment",
    "Catalog": "catalog",
    "CatalogItem": "catalog_item",
    "CatalogItemFields": "catalog_item_fields",
    "CatalogItemInclude": "catalog_item_include",
    "CatalogItemLinks": "catalog_item_links",
    "CatalogItemsInclude": "catalog_items_include",
    "CatalogItemSort": "catalog_item_sort",
    "Contact": "contact",
    "Contacts": "contacts",
    "Customer": "customer",
    "Disconnection": "disconnection",
    "DisconnectionProperties": "disconnection_properties",
    "ErrorBody": "error_body",
    "ErrorDetail": "error_detail",
    "GenericBillingAccount": "generic_billing_account",
    "GenericDomain": "generic_domain",
    "GenericOffer": "generic_offer",
    "GenericProperties": "generic_properties",
    "GenericRequest": "generic_request",
    "HTTPMethod": "http_method",
    "Hyperlink": "hyperlink",
    "KeyDates": "key_dates",
    "Location": "location",
    "LocationType": "location_type",
    "Me": "me",
    "MeType": "me_type",
    "NewAttachment": "new_attachment",
    "NewCustomer": "new_customer",
    "NewRequest": "new_request",
    "NewRequestCommon": "new_request_common",
    "PrimaryContact": "primary_contact",
    "Quote": "quote",
    "QuoteAttachment": "quote_attachment",
    "QuoteStatus": "quote_status",
    "Request": "request",
    "RequestCategory": "request_category",
    "RequestInclude": "request_include",
    "RequestLinks": "request_links",
    "RequestPriority": "request_priority",
    "RequestPriorityFilter": "request_priority_filter",
    "RequestStatus": "request_status",
    "RequestStep": "request_step",
    "RequestSubStep": "request_sub_step",
    "SecondaryContact": "secondary_contact",
    "ServicePoint": "service_point",
    "ServiceState": "service_state",
    "ServiceStatus": "service_status",
    "ServiceVersion": "service_version",
    "VersionNumber": "version_number",
}

__all__ = (
    "Address",
    "Attachment",
    "Catalog",
    "CatalogItem",
    "CatalogItemFields",
    "CatalogItemInclude",
    "CatalogItemLinks",
    "CatalogItemsInclude",
    "CatalogItemSort",
    "Contact",
    "Contacts",
    "Customer",
    "Disconnection",
    "DisconnectionProperties",
    "ErrorBody",
    "ErrorDetail",
    "GenericBillingAccount",
    "GenericDomain",
    "GenericOffer",
    "GenericProperties",
    "GenericRequest",
    "HTTPMethod",
    "Hyperlink",
    "KeyDates",
    "Location",
    "LocationType",
    "Me",
    "MeType",
    "NewAttachment",
    "NewCustomer",
    "NewRequest",
    "NewRequestCommon",
    "PrimaryContact",
    "Quote",
    "QuoteAttachment",
    "QuoteStatus",
    "Request",
    "RequestCategory",
    "RequestInclude",
    "RequestLinks",
    "RequestPriority",
    "RequestPriorityFilter",
    "RequestStatus",
    "RequestStep",
    "RequestSubStep",
    "SecondaryContact",
    "ServicePoint",
    "ServiceState",
    "ServiceStatus",
    "ServiceVersion",
    "VersionNumber",
)


# Hidden from type checkers, for which a name that is not there has to be an error.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{module}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
