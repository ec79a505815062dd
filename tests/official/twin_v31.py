"""The first twin: the operations of v3.1 in the style in which the same authors wrote v2.1.1.

Names, codes and shapes are facts (S2, P3); every text is our own. The faults are on purpose: each is one that the
published v2.1.1 has, or that the official v3.1 file is likely to have. `test_twins.py` lists them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Document", "listing", "operation", "query", "ref", "twin"]

Document = dict[str, Any]

PLAIN = "application/json"
CHARSET = "application/json;charset=utf-8"
TEXT = {"type": "string"}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
COUNT = {"schema": {"type": "integer", "format": "int32"}}
API_KEY = {"name": "X-API-KEY", "in": "header", "required": True, "description": "Your key.", "schema": TEXT}


def ref(key: str, **beside: Any) -> Any:
    """A reference to a schema, with whatever was written beside it."""
    return {"$ref": f"#/components/schemas/{key}", **beside}


def query(*names: str, **schema: Any) -> list[Any]:
    """Query parameters that share a schema, which is a plain string if none is given."""
    return [{"name": name, "in": "query", "required": False, "schema": schema or TEXT} for name in names]


def texts(*names: str, required: tuple[str, ...] = (), **more: Any) -> Any:
    """An object of strings, and of what else is given."""
    found: Document = {"type": "object", "properties": {**dict.fromkeys(names, TEXT), **more}}
    return {**found, "required": list(required)} if required else found


def answers(status: str, content: Any, errors: str, headers: Any = None) -> Any:
    """The responses of an operation: one that is good, and few that are errors."""
    found: Document = {status: {"description": "Done.", "content": content}}
    if headers:
        found[status]["headers"] = headers
    for error in errors.split():
        found[error] = {"description": "Not done.", "content": {PLAIN: {"schema": ref("Error")}}}
    return found


def operation(
    name: str,
    tag: str,
    schema: Any,
    *parameters: Any,
    errors: str = "403 500",
    media_type: str = PLAIN,
    status: str = "200",
    body: Any = None,
    **rest: Any,
) -> Any:
    """One operation, which has the API key among its parameters and no `security`."""
    found: Document = {
        "operationId": name,
        "tags": [tag],
        "summary": f"{name}.",
        "parameters": [*parameters, API_KEY],
        "responses": answers(status, {media_type: {"schema": schema}}, errors),
        **rest,
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {CHARSET: {"schema": body}}}
    return found


def listing(name: str, tag: str, key: str, *parameters: Any, media_type: str = PLAIN) -> Any:
    """An operation that lists, with the two headers that count."""
    found = operation(
        name,
        tag,
        {"type": "array", "items": ref(key)},
        *query("offset", type="integer", format="int32", minimum=0, default=0),
        *query("limit", type="integer", format="int32", minimum=0, maximum=250, default=250),
        *parameters,
        media_type=media_type,
    )
    found["responses"]["200"]["headers"] = {"X-Total-Count": COUNT, "X-Result-Count": COUNT}
    return found


def by_id(**schema: Any) -> Any:
    """The path parameter, which is called `id` whatever it identifies."""
    return {"name": "id", "in": "path", "required": True, "schema": schema or TEXT}


def _paths() -> Document:
    requests, catalog, misc = "Request Management", "Catalog Management", "Misc"
    shown = query("displayLinks", "displayNulls", type="boolean", enum=[False, True])
    flags = query("isOverdue", "isArchived", type="number", enum=[0, 1])
    find = listing(
        "FindRequests",
        requests,
        "Request",
        *query("sort", "fields", "includes", "id", "name", "customerReference", "status", "type", "step", "subStep"),
        *query("priority", type="string", enum=["HIGH", "MEDIUM", "LOW"]),
        *query("category", type="string", enum=["NEW", "CHANGE", "DISCONNECT"]),
        *flags,
        *query("customer.id", "customer.name", "keyDates.issuedAt", "keyDates.requestedAt"),
        *query("keyDates.expectedInstallationAt", "keyDates.expectedAt", "keyDates.completedAt"),
        *query("properties.servicePoint.id", "properties.servicePoint.customerReference", "createdAt", "updatedAt"),
        *shown,
    )
    items = listing(
        "FindCatalogItems",
        catalog,
        "CatalogItem",
        *query("sort", "id", "name", "catalog.id", "catalog.name", "createdAt", "updatedAt"),
        *shown,
        media_type=CHARSET,
    )
    item = operation(
        "GetCatalogItem",
        catalog,
        ref("CatalogItem"),
        by_id(),
        *query("fields"),
        *shown,
        errors="403 404 500",
        media_type=CHARSET,
    )
    create = operation(
        "CreateRequest", requests, ref("Request"), status="201", media_type=CHARSET, body=ref("RequestPOST")
    )
    create["responses"]["201"]["headers"] = {"Content-Location": {"schema": TEXT}}
    # Empty twins, which say nothing of what comes.
    empty: Document = {"schema": {"type": "object", "properties": {}}}
    for one, status in ((item, "200"), (create, "201")):
        one["responses"][status]["content"][PLAIN] = empty
    create["requestBody"]["content"][PLAIN] = empty
    status = operation("GetAPIStatus", misc, ref("Status"), errors="408", media_type=CHARSET)
    status["responses"]["503"] = {"description": "Down.", "content": {PLAIN: {"schema": ref("Status")}}}
    return {
        "/requests": {"get": find, "post": create},
        "/requests/{id}": {
            "get": operation(
                "GetRequest", requests, ref("Request"), by_id(), *query("fields"), *shown, errors="401 404 500"
            )
        },
        "/catalogItems": {"get": items},
        "/catalogItems/{id}": {"get": item},
        "/status": {"get": status},
        "/version": {"get": operation("GetAPIVersion", misc, ref("Version"), errors="408 500", media_type=CHARSET)},
        "/doc": {"get": operation("DownloadSwagger", misc, ref("Documentation"), errors="408 500")},
    }


def _request() -> Document:
    return {
        "title": "Request",
        # No object of Request's has a mapping, and the property is free text.
        "discriminator": {"propertyName": "type"},
        "type": "object",
        "properties": {
            **dict.fromkeys(("id", "name", "customerReference", "type", "comment", "isOverdue"), TEXT),
            "isArchived": TEXT,
            "category": {"type": "string", "enum": ["NEW", "CHANGE", "DISCONNECT"]},
            "status": {
                "type": "string",
                "enum": ["NEW", "IN_PROGRESS", "COMPLETED", "REJECTED", "CANCELED", "UNKNOWN"],
            },
            "step": {"type": "string", "enum": ["REQUEST", "ORDER", "QUOTE"]},
            "subStep": {"type": "string", "enum": ["INITIATION", "IN_PROGRESS", "APPROVAL", "DELIVERY", "ACCEPTANCE"]},
            "priority": {"type": "string", "enum": ["HIGH", "MEDIUM", "LOW", "UNKNWON"]},
            "customer": texts("id", "name"),
            "keyDates": ref("KeyDates", description="Days that matter.", nullable=True, **{"x-order": 12}),
            "properties": {"type": "object"},
            "quotes": {"type": "array", "items": ref("Quote")},
            "attachments": {"type": "array", "items": ref("Attachment")},
            "createdAt": MOMENT,
            "updatedAt": MOMENT,
            "_links": texts(self=ref("Hyperlink"), quotes=ref("Hyperlink")),
        },
    }


def _bodies() -> Document:
    attachment = texts("name", "format", "body", required=("name", "format", "body"))
    ends = "Ends the service of one site."
    domains = ["DATA SUPPORT", "INTERNET", "CONVERGENT", "INTERNATIONAL", "RETURN WARRANT", "CONTACT", "OTHER"]
    generic = texts(
        domain={"type": "string", "enum": [*domains, "MANAGED_DATA", "VOICE_OVER_IP", "BUSINESS_INTERNET"]},
        location=ref("LocationOrder"),
        requestedAt=DAY,
        offer=texts("name"),
        billingAccount=texts("id"),
    )

    def typed(properties: Any, **more: Any) -> Any:
        return {
            **more,
            "allOf": [
                ref("RequestPOST"),
                {"type": "object", "required": ["properties"], "properties": {"properties": properties}},
            ],
        }

    return {
        "RequestPOST": {
            "title": "RequestPOST",
            "discriminator": {"propertyName": "type", "type": "object"},
            **texts(
                *("customerReference", "contract", "comment", "type"),
                required=("requestedAt", "type"),
                requestedAt=DAY,
                customer=texts("id", "name", required=("id",)),
                attachments={"type": "array", "items": attachment},
            ),
        },
        "R_BVPN_S1": typed(ref("Request_BVPNFrance_Delete"), title=ends),
        "R_BVPN_S1A": typed(ref("Request_BVPNFrance_DeleteA"), title=ends),
        "Request_BVPNFrance_Delete": texts(servicePoint=ref("ServicePoint"), required=("servicePoint",)),
        "Request_BVPNFrance_DeleteA": texts(servicePoint=ref("ServicePoint"), required=("servicePoint",)),
        "ServicePoint": texts("id", "customerReference", "name", "reference"),
        "C_GENERIC_S1": {"title": "C_GENERIC_S1", **typed(generic)},
        "LocationOrder": texts(
            *("legalIdentifier", "customerReference", "name", "company", "building", "floor", "stairCases"),
            required=("name", "address", "primaryContact"),
            address=ref("AddressOrder"),
            primaryContact=ref("PrimaryIndividual"),
            secondaryContact=ref("SecondaryIndividual"),
            type=ref("LocationType"),
        ),
        "LocationType": {
            "title": "LocationType",
            "type": "string",
            "enum": ["BUILDING", "MALL", "SHOP", "FACTORY", "HEADQUARTER", "OTHER"],
        },
        "AddressOrder": texts(
            *("postalCode", "city"),
            required=("street", "postalCode", "city", "country"),
            street={"type": "string", "maxLength": 55},
            country={"type": "string", "default": "FR"},
        ),
        **{
            key: texts(
                *("title", "name", "firstName", "lastName", "phone", "mobile", "email"),
                required=("name",),
                roles={"type": "array", "items": TEXT},
            )
            for key in ("PrimaryIndividual", "SecondaryIndividual")
        },
    }


def _schemas() -> Document:
    numbers: Document = {"code": {"type": "integer", "format": "int32"}}
    said = ("message", "description", "infoURL")
    return {
        "Request": _request(),
        **_bodies(),
        "KeyDates": texts(
            **dict.fromkeys(("issuedAt", "requestedAt", "expectedInstallationAt", "expectedAt", "completedAt"), DAY)
        ),
        # What a request has in place is called Customer by the overlay, and so is this by its key.
        "Customer": texts("id", "name", "siren"),
        "Quote": {
            "title": "Quote",
            **texts(
                *("id", "name"),
                status={"type": "string", "enum": ["NEW", "REJECTED", "VALIDATED"]},
                attachment=texts("name", "format", "href", "content"),
                customer=ref("Customer"),
                createdAt=MOMENT,
                updatedAt=MOMENT,
            ),
        },
        "Attachment": {
            "title": "Attachment",
            **texts("id", "name", "fullname", "body", "href", "createdAt", "updatedAt", "mimeType", "type"),
        },
        "Catalog": {
            "title": "Catalog",
            **texts("id", "name", "description", required=("id", "name", "description")),
        },
        "CatalogItem": {
            "title": "Catalog Item",
            "discriminator": "type",
            **texts(
                *("id", "name", "schema", "milestones"),
                required=("id", "name", "catalog", "createdAt", "updatedAt"),
                catalog={"allOf": [ref("Catalog"), {"description": "The catalog that it is in."}]},
                createdAt=MOMENT,
                updatedAt=MOMENT,
                _links=ref("CatalogItemLinks"),
            ),
        },
        "CatalogItemLinks": texts(self=ref("Hyperlink"), requests=ref("Hyperlink"), required=("self", "location")),
        "Hyperlink": texts("href", "payload", method=ref("HTTPMethod"), required=("href",)),
        "HTTPMethod": {"type": "string", "enum": ["GET", "PATCH", "POST", "DELETE"]},
        "APIStatuses": {"type": "string", "enum": ["ok", "ko"]},
        "Status": texts(
            "name", "version", status=ref("APIStatuses", nullable=False), required=("name", "status", "version")
        ),
        "Version": texts(
            version=ref("VersionStruct"), deprecated={"type": "boolean"}, required=("version", "deprecated")
        ),
        "VersionStruct": texts("major", "minor", "patch", required=("major", "minor", "patch")),
        "Documentation": {"type": "object"},
        "Error": texts(
            *said, **numbers, details={"type": "array", "items": ref("ErrorDetail")}, required=("code", "message")
        ),
        "ErrorDetail": texts(*said, **numbers, required=("code", "message")),
    }


def twin(*, oauth2: bool = False) -> Document:
    """The description, freshly built.

    Args:
        oauth2: declare an `oauth2` scheme, and ask for it, but not for the key; otherwise nothing is said of either.
    """
    document: Document = {
        "openapi": "3.0.0",
        "info": {"title": "API Ordering For Business - Fr", "version": "3.1"},
        "servers": [{"url": "https://api.orange.com/ordering/b2b/v3"}],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }
    if oauth2:
        document["components"]["securitySchemes"] = {
            "oauth": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://api.orange.com/oauth/v3/token",
                        "scopes": {"b2b:ordering": "All.", "b2b:ordering:readonly": "Only reading."},
                    }
                },
            }
        }
        document["security"] = [{"oauth": ["b2b:ordering"]}]
    return document
