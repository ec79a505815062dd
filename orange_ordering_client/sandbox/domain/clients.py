"""Clients of the API: their credentials, scopes and permissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["DEFAULT_CLIENTS", "FULL", "READONLY", "Client"]

FULL = "b2b:ordering"
READONLY = "b2b:ordering:readonly"


@dataclass(frozen=True)
class Client:
    """A client that the sandbox knows.

    Attributes:
        id, secret: credentials for the token endpoint.
        api_key: the expected value of X-API-Key.
        scopes: scopes that it may request; a token request without a scope gets all of them.
        types: request types that it may order; None means all.
        key_expires_at: from this moment on the key is answered with 401/42; None means never.
        name, customer: user name, and (id, name) of the customer, in `/me` and in requests.
    """

    id: str = "sandbox-client"
    secret: str = field(default="sandbox-secret", repr=False)
    api_key: str = field(default="sandbox-key", repr=False)
    scopes: frozenset[str] = frozenset({FULL, READONLY})
    types: frozenset[str] | None = None
    key_expires_at: datetime | None = None
    name: str = "Sandbox User"
    customer: tuple[str, str] = ("33-01257052", "SANDBOX CUSTOMER")

    def may_order(self, request_type: str) -> bool:
        """Return whether the client may order this request type."""
        return self.types is None or request_type in self.types


DEFAULT_CLIENTS = (
    Client(),
    Client("sandbox-readonly", "sandbox-secret", scopes=frozenset({READONLY}), name="Sandbox Reader"),
)
"""`sandbox-client`, which may do everything, and `sandbox-readonly`, which may not order."""
