"""The second twin: the first one, with the rest of the breadth that v2.1.1 has (S2), and an `oauth2` scheme only.

What v2.1.1 calls these resources is a fact; their shapes are not known here, so they are plausible ones of our own.
"""

from __future__ import annotations

from typing import Any

from tests.official import twin_v31
from tests.official.twin_v31 import CHARSET, MOMENT, TEXT, Document, by_id, listing, operation, query, ref, texts

__all__ = ["twin"]

FILE = {"type": "string", "format": "binary"}


def _child(name: str) -> Any:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _aggregate(name: str, tag: str) -> Any:
    # A map such as {"NEW": 2}, declared as a bare object and beside the headers that lists have.
    found = operation(name, tag, {"type": "object"}, *query("groupBy", "status"))
    found["responses"]["200"]["headers"] = {"X-Total-Count": twin_v31.COUNT, "X-Result-Count": twin_v31.COUNT}
    return found


def _download(name: str, tag: str, *parameters: Any) -> Any:
    return operation(name, tag, FILE, *parameters, media_type="application/pdf", errors="404 500")


def _paths() -> Document:
    orders, quotes, reports = "Order Management", "Quote Management", "Report Management"
    requests = "Request Management"
    order, quote = by_id(), by_id()
    return {
        "/requests/aggregate": {"get": _aggregate("AggregateRequests", requests)},
        "/requests/{id}/notes": {
            "get": listing("FindRequestNotes", requests, "Note", by_id()),
            "post": operation("CreateRequestNote", requests, ref("Note"), by_id(), status="201", body=ref("NotePOST")),
        },
        "/requests/{id}/attachments": {"get": listing("FindRequestAttachments", requests, "Attachment", by_id())},
        "/requests/{id}/attachments/{attachmentId}": {
            "get": _download("GetRequestAttachment", requests, by_id(), _child("attachmentId"))
        },
        "/orders": {
            "get": listing("FindOrders", orders, "Order", *query("status", "sort", "fields"), media_type=CHARSET)
        },
        "/orders/aggregate": {"get": _aggregate("AggregateOrders", orders)},
        "/orders/{id}": {
            "get": operation("GetOrder", orders, ref("Order"), order, errors="404 500"),
            "patch": operation("UpdateOrder", orders, ref("Order"), order, body=ref("OrderPATCH")),
        },
        "/orders/{id}/notes": {
            "get": listing("FindOrderNotes", orders, "Note", order),
            "post": operation("CreateOrderNote", orders, ref("Note"), order, status="201", body=ref("NotePOST")),
        },
        "/orders/{id}/attachments": {"get": listing("FindOrderAttachments", orders, "Attachment", order)},
        "/quotes": {"get": listing("FindQuotes", quotes, "Quote", *query("status", "sort"))},
        "/quotes/aggregate": {"get": _aggregate("AggregateQuotes", quotes)},
        "/quotes/{id}": {
            "get": operation("GetQuote", quotes, ref("Quote"), quote, errors="404 500"),
            "patch": operation("UpdateQuote", quotes, ref("Quote"), quote, body=ref("QuotePATCH")),
        },
        "/quotes/{id}/attachment": {"get": _download("GetQuoteAttachment", quotes, quote)},
        "/reports": {"get": listing("FindReports", reports, "Report", *query("type", "sort"))},
        "/reports/{id}": {"get": operation("GetReport", reports, ref("Report"), by_id(), errors="404 500")},
        "/reports/{id}/file": {"get": _download("GetReportFile", reports, by_id())},
    }


def _schemas() -> Document:
    return {
        "Order": {
            "title": "Order",
            "discriminator": {"propertyName": "type", "type": "object"},
            **texts(
                *("id", "name", "type", "customerReference"),
                required=("id",),
                status={"type": "string", "enum": ["NEW", "IN_PROGRESS", "COMPLETED", "CANCELED"]},
                customer=ref("Customer", description="Who ordered it."),
                keyDates={"allOf": [ref("KeyDates"), {"description": "Days of the order."}]},
                notes={"type": "array", "items": ref("Note")},
                createdAt=MOMENT,
                updatedAt=MOMENT,
            ),
        },
        "OrderPATCH": {"title": "Order", **texts("customerReference", "comment")},
        "QuotePATCH": texts("comment", status={"type": "string", "enum": ["REJECTED", "VALIDATED"]}),
        "Note": {"title": "Note", **texts("id", "author", "text", createdAt=MOMENT)},
        "NotePOST": {"title": "Note", **texts("text", required=("text",))},
        "Report": texts("id", "name", "type", "format", "href", createdAt=MOMENT, updatedAt=MOMENT),
    }


def twin() -> Document:
    """The description, freshly built."""
    document = twin_v31.twin(oauth2=True)
    document["paths"] |= _paths()
    document["components"]["schemas"] |= _schemas()
    return document
