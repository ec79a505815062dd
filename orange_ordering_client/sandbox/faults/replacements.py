"""Faults that answer something else than the API: error rows, HTML pages of a gateway, empty bodies, rate limits."""

from __future__ import annotations

from collections.abc import Iterable

from orange_ordering_client.sandbox.api.errors import Refusal, refusal_reply
from orange_ordering_client.sandbox.api.limits import retry_after
from orange_ordering_client.sandbox.api.messages import Reply
from orange_ordering_client.sandbox.api.ordering_api import Arrival
from orange_ordering_client.sandbox.faults.fault import Fault

__all__ = ["replacement"]


def replacement(arrival: Arrival, faults: Iterable[Fault | None]) -> Reply | None:
    """Return the reply of the first fault, None if there is no fault.

    Args:
        arrival: the call.
        faults: faults that replace the reply; None is skipped.
    """
    fault = next((fault for fault in faults if fault is not None), None)
    if fault is None:
        return None
    if fault.name.startswith("html"):
        return _gateway_page(fault.status)
    if fault.name == "empty":
        return Reply(fault.status, raw=b"")
    return _error(arrival, fault)


def _gateway_page(status: int) -> Reply:
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>gateway</body></html>\n"
    return Reply(status, raw=page.encode(), media_type="text/html")


def _error(arrival: Arrival, fault: Fault) -> Reply:
    if arrival.is_for_tokens and fault.status in (400, 401):
        # RFC 6749, section 5.2: the token endpoint has its own error codes.
        name = "invalid_client" if fault.status == 401 else "invalid_request"
        return Reply(fault.status, {"error": name, "error_description": "Injected by the sandbox."})
    headers: dict[str, str] = {}
    if fault.name == "rate-limit":
        headers = retry_after(fault.seconds, "seconds", arrival.call.arrived)
    elif fault.status == 405:
        headers = {"Allow": "GET"}
    return refusal_reply(Refusal(fault.status, fault.code, headers=headers), arrival.language)
