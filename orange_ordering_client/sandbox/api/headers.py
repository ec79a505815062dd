"""The request headers Accept and Accept-Language."""

from __future__ import annotations

from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.messages import Call

__all__ = ["check_headers", "language_of"]


def check_headers(call: Call) -> None:
    """Check Accept and Accept-Language.

    Raises:
        Refusal: 406/62, JSON is not accepted; 400/26, the language is neither English nor French.
    """
    accept = call.headers.get("accept") or "*/*"
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if not ranges & {"*/*", "application/*", "application/json"}:
        raise Refusal(406, 62, "Answers are application/json.")
    # "Only these two" (FACTS P3); a client of the API that asks for another one has a bug.
    if _first_language(call) not in ("en", "fr", "*"):
        raise Refusal(400, 26, f"Accept-Language: {call.headers.get('accept-language')!r} is neither en nor fr.")


def language_of(call: Call) -> str:
    """Return the language to answer in: `fr` if it is the first in Accept-Language, else `en`."""
    return "fr" if _first_language(call) == "fr" else "en"


def _first_language(call: Call) -> str:
    accept = call.headers.get("accept-language") or "en"
    return accept.split(",")[0].partition(";")[0].partition("-")[0].strip().lower()
