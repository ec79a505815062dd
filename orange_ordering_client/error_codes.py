"""What the codes of Orange's errors mean."""

from __future__ import annotations

from typing import Final

__all__ = ["HINTS", "MEANINGS"]

MEANINGS: Final[dict[tuple[int, int], str]] = {
    (400, 20): "invalid URL parameter value",
    (400, 21): "missing body",
    (400, 22): "invalid body",
    (400, 23): "missing body field",
    (400, 24): "invalid body field",
    (400, 25): "missing header",
    (400, 26): "invalid header value",
    (400, 27): "missing query-string parameter",
    (400, 28): "invalid query-string parameter value",
    (401, 40): "missing credentials",
    (401, 41): "invalid credentials",
    (401, 42): "expired credentials",
    (403, 50): "access denied",
    (403, 51): "forbidden requester",
    (403, 52): "forbidden user",
    (403, 53): "too many requests",
    (404, 60): "resource not found",
    (405, 61): "method not allowed",
    (406, 62): "not acceptable",
    (408, 63): "request time-out",
    (409, 69): "conflict",
    (411, 64): "length required",
    (412, 65): "precondition failed",
    (413, 66): "request entity too large",
    (414, 67): "request-URI too long",
    (415, 68): "unsupported media type",
    (422, 3611): "requested date not valid",
    (422, 3620): "properties not valid",
    (422, 3621): "several products match",
    (422, 3622): "no service point matches",
    (422, 3623): "internal ordering system not available, the request was not accepted",
    (422, 3630): "not authorised on this network",
    (422, 3631): "several networks match",
    (429, 53): "too many requests",
    (500, 1): "internal error",
    (502, 1): "internal error",
    (502, 3): "bad gateway",
    (503, 5): "service temporarily unavailable",
    (503, 6): "over capacity",
    (504, 6): "gateway timeout",
}
"""By HTTP status and code (FACTS P3, error table; R2 for 422): the status decides what a code means."""

HINTS: Final[dict[tuple[int, int | None], str]] = {
    (401, None): "Check ORANGE_API_KEY (keys expire after two years) and the client's credentials.",
    (403, 51): "Does the token's scope (ORANGE_ORDERING_SCOPE) allow this call?",
    (422, 3611): "earliest_requested_at() gives the first date that is accepted.",
}
"""What the caller can do about it; None stands for every code."""
