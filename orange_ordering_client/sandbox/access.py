"""Who may do what: the token endpoint, tokens, API keys, scopes."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from orange_ordering_client.sandbox.call import Call, Reply, essence
from orange_ordering_client.sandbox.errors import Refusal

if TYPE_CHECKING:
    from orange_ordering_client.sandbox.clock import Clock
    from orange_ordering_client.sandbox.description import Operation

__all__ = ["FULL", "READONLY", "Access", "Client"]

FULL = "b2b:ordering"
READONLY = "b2b:ordering:readonly"
_KEPT = 1_000


@dataclass(frozen=True)
class Client:
    """Somebody known to the sandbox.

    Attributes:
        id, secret: credentials for the token endpoint.
        api_key: what X-API-Key must carry.
        scopes: that it may ask for; it gets all of them if it asks for none.
        types: request types that it may order; None means all.
        key_expires_at: from then on the key is answered with 401/42.
        name, customer: whom `/me` and requests name.
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
        """Tell whether the catalog offers this type to the client."""
        return self.types is None or request_type in self.types


@dataclass
class _Token:
    client: Client
    scopes: frozenset[str]
    expires_at: datetime


class Access:
    """Tokens that were given out, and those who may have one.

    Args:
        clients: who is known.
        clock: by which tokens expire.
        random: where tokens come from; seeded, they repeat.
        token_lifetime: seconds.

    Attributes:
        expires_in: how the answer spells `expires_in`: "number", "string" or "absent" (FACTS, Authentication).
        issued: how many tokens were given out.
    """

    def __init__(self, clients: Iterable[Client], clock: Clock, random: Random, token_lifetime: float = 3600) -> None:
        self.clients = {client.id: client for client in clients}
        self.token_lifetime = token_lifetime
        self.expires_in = "number"
        self.issued = 0
        self._clock = clock
        self._random = random
        self._tokens: dict[str, _Token] = {}

    def token(self, call: Call) -> Reply:
        """Answer `POST /oauth/v3/token` (RFC 6749, sections 4.4 and 5)."""
        if call.method != "POST":
            raise Refusal(405, 61, "The token endpoint takes POST.", headers={"Allow": "POST"})
        if essence(call.headers.get("content-type", "")) != "application/x-www-form-urlencoded":
            return _oauth_error(400, "invalid_request", "Send application/x-www-form-urlencoded.")
        client = self._basic(call.headers.get("authorization", ""))
        if client is None:
            return _oauth_error(401, "invalid_client", "Unknown client or wrong secret; both go into HTTP Basic.")
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        if "grant_type" not in form:
            return _oauth_error(400, "invalid_request", "grant_type is missing.")
        if form["grant_type"] != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "Only client_credentials is served.")
        scopes = frozenset(form.get("scope", "").split()) or client.scopes
        if not scopes <= client.scopes:
            return _oauth_error(400, "invalid_scope", f"This client has {' '.join(sorted(client.scopes))}.")
        return self._issue(client, scopes)

    def check(self, operation: Operation, call: Call) -> tuple[Client, frozenset[str]]:
        """Tell who calls, and with which scopes.

        Raises:
            Refusal: 401 with code 40, 41 or 42; 403 with code 50 (no scope), 51 (readonly), 52 (key of somebody else).
        """
        token = self._bearer(call.headers.get("authorization", "")) if operation.needs_token else None
        keyed = self._keyed(call.headers.get("x-api-key")) if operation.needs_key else None
        client = token.client if token else keyed or next(iter(self.clients.values()))
        scopes = token.scopes if token else client.scopes
        if token and operation.scopes and not scopes & operation.scopes:
            code = 51 if READONLY in scopes else 50
            raise Refusal(403, code, f"The token has {' '.join(sorted(scopes)) or 'no scope'}; this call needs {FULL}.")
        if keyed and token and keyed.api_key != token.client.api_key:
            raise Refusal(403, 52, "The API key belongs to somebody else than the token.")
        return client, scopes

    def revoke(self, token: str) -> None:
        """End one token: it is answered with 401/41 from now on."""
        self._tokens.pop(token, None)

    def revoke_all(self) -> None:
        """End every token."""
        self._tokens.clear()

    def expire(self, token: str) -> None:
        """Let one token expire now: it is answered with 401/42."""
        if token in self._tokens:
            self._tokens[token].expires_at = self._clock.now()

    def expire_all(self) -> None:
        """Let every token expire now."""
        for token in self._tokens:
            self.expire(token)

    def _issue(self, client: Client, scopes: frozenset[str]) -> Reply:
        now = self._clock.now()
        if len(self._tokens) >= _KEPT:
            self._tokens = {text: token for text, token in self._tokens.items() if token.expires_at > now}
        text = f"sandbox-{self._random.getrandbits(128):032x}"
        self._tokens[text] = _Token(client, scopes, now + timedelta(seconds=self.token_lifetime))
        self.issued += 1
        body: dict[str, object] = {"token_type": "Bearer", "access_token": text, "scope": " ".join(sorted(scopes))}
        seconds = max(0, round(self.token_lifetime))
        if self.expires_in != "absent":
            body["expires_in"] = str(seconds) if self.expires_in == "string" else seconds
        return Reply(200, body, {"Cache-Control": "no-store", "Pragma": "no-cache"})

    def _basic(self, header: str) -> Client | None:
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
        # Both are form-encoded first (RFC 6749, section 2.3.1), which few clients do: either spelling is taken.
        client = self.clients.get(name) or self.clients.get(unquote_plus(name))
        if client is None:
            return None
        expected = client.secret.encode()
        spelled = (secret.encode(), unquote_plus(secret).encode())
        return client if any(hmac.compare_digest(text, expected) for text in spelled) else None

    def _bearer(self, header: str) -> _Token:
        scheme, _, text = header.partition(" ")
        if not header:
            raise Refusal(401, 40, "The Authorization header is missing.", headers=_challenge())
        token = self._tokens.get(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise Refusal(401, 41, "The access token is not known.", headers=_challenge("invalid_token"))
        if token.expires_at <= self._clock.now():
            raise Refusal(401, 42, "The access token has expired.", headers=_challenge("invalid_token"))
        return token

    def _keyed(self, key: str | None) -> Client:
        if not key:
            raise Refusal(401, 40, "The X-API-Key header is missing.", headers=_challenge())
        client = next((client for client in self.clients.values() if client.api_key == key), None)
        if client is None:
            raise Refusal(401, 41, "The API key is not known.", headers=_challenge())
        if client.key_expires_at is not None and client.key_expires_at <= self._clock.now():
            raise Refusal(401, 42, "The API key has expired.", headers=_challenge())
        return client


def _challenge(error: str | None = None) -> Mapping[str, str]:
    # RFC 6750, section 3.
    return {"WWW-Authenticate": 'Bearer realm="ordering"' + (f', error="{error}"' if error else "")}


def _oauth_error(status: int, error: str, description: str) -> Reply:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="oauth"'
    return Reply(status, {"error": error, "error_description": description}, headers)
