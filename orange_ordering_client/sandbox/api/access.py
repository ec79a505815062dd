"""The token endpoint, and checks of tokens, API keys and scopes."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from urllib.parse import parse_qsl, unquote_plus

from orange_ordering_client.sandbox.api.description import Operation
from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.messages import Call, Reply, essence
from orange_ordering_client.sandbox.domain.clients import FULL, READONLY, Client
from orange_ordering_client.sandbox.domain.clock import Clock

__all__ = ["TOKEN", "TOKEN_PATH", "Access"]

TOKEN = "token"  # noqa: S105  # the name of a call, not a secret
"""Name of the token endpoint in the journal and in faults."""

TOKEN_PATH = "/oauth/v3/token"  # noqa: S105  # a path (FACTS G3)
_KEPT = 1_000


@dataclass
class _Token:
    client: Client
    scopes: frozenset[str]
    expires_at: datetime


class Access:
    """Issues tokens, and checks the credentials of calls.

    Args:
        clients: the known clients.
        clock: decides when tokens expire.
        random: generates the tokens; with the same seed they repeat.
        token_lifetime: seconds of sandbox time.

    Attributes:
        expires_in: form of `expires_in` in token responses: "number", "string" or "absent" (FACTS, Authentication).
        issued: number of tokens that were issued.
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
        """Check the credentials of a call; return the client and its scopes.

        Raises:
            Refusal: 401 with code 40, 41 or 42; 403 with code 50 (no scope), 51 (readonly), 52 (key of another client).
        """
        token = self._bearer(call.headers.get("authorization", "")) if operation.needs_token else None
        keyed = self._keyed(call.headers.get("x-api-key")) if operation.needs_key else None
        client = token.client if token else keyed or next(iter(self.clients.values()))
        scopes = token.scopes if token else client.scopes
        if token and operation.scopes and not scopes & operation.scopes:
            code = 51 if READONLY in scopes else 50
            raise Refusal(403, code, f"The token has {' '.join(sorted(scopes)) or 'no scope'}; this call needs {FULL}.")
        if keyed and token and keyed.api_key != token.client.api_key:
            raise Refusal(403, 52, "The API key and the token belong to different clients.")
        return client, scopes

    def revoke(self, token: str) -> None:
        """Revoke one token: it is answered with 401/41 from now on."""
        self._tokens.pop(token, None)

    def revoke_all(self) -> None:
        """Revoke every token."""
        self._tokens.clear()

    def expire(self, token: str) -> None:
        """Make one token expire now: it is answered with 401/42."""
        if token in self._tokens:
            self._tokens[token].expires_at = self._clock.now()

    def expire_all(self) -> None:
        """Make every token expire now."""
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
        # RFC 6749, section 2.3.1 form-encodes both first, which few clients do: both forms are accepted.
        client = self.clients.get(name) or self.clients.get(unquote_plus(name))
        if client is None:
            return None
        expected = client.secret.encode()
        forms = (secret.encode(), unquote_plus(secret).encode())
        return client if any(hmac.compare_digest(text, expected) for text in forms) else None

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
