"""The sandbox: puts the state, the API, the faults and the HTTP application together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from orange_ordering_client.sandbox.api.access import TOKEN_PATH, Access
from orange_ordering_client.sandbox.api.backend import Backend
from orange_ordering_client.sandbox.api.contract import Contract
from orange_ordering_client.sandbox.api.description import Description, packaged
from orange_ordering_client.sandbox.api.errors import Refusal
from orange_ordering_client.sandbox.api.limits import RateLimit
from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.api.ordering_api import OrderingApi
from orange_ordering_client.sandbox.domain.catalog import Catalog
from orange_ordering_client.sandbox.domain.clients import DEFAULT_CLIENTS, Client
from orange_ordering_client.sandbox.domain.clock import Clock
from orange_ordering_client.sandbox.domain.examples import example
from orange_ordering_client.sandbox.domain.journal import Journal
from orange_ordering_client.sandbox.domain.lifecycle import Lifecycle
from orange_ordering_client.sandbox.domain.requests import Requests
from orange_ordering_client.sandbox.domain.rules import Rules
from orange_ordering_client.sandbox.faults.in_force import Faults
from orange_ordering_client.sandbox.faults.injection import FaultInjector, FaultyCall
from orange_ordering_client.sandbox.http.app import App

__all__ = ["Sandbox"]

_LARGEST_BODY = 10 * 1024 * 1024


class Sandbox:
    """An Ordering API in memory.

    Args:
        seed: the same seed repeats ids, tokens, the progress of requests, and faults.
        clients: the known clients; None means `DEFAULT_CLIENTS`.
        now: start time, at which the clock is stopped (see `Clock`); None for the real time, running.
        completes_after: seconds of sandbox time from NEW to COMPLETED; None keeps requests NEW.
        token_lifetime: seconds of sandbox time.
        check_answers: compare every answer with the description, and fail where it does not conform.
        journal_keeps: the number of calls that the journal keeps; None keeps all.
        largest_body: bytes; larger bodies are answered with 413/66.
        description: an OpenAPI document to serve instead of the packaged one.

    Attributes:
        clock: decides when requests progress and tokens expire.
        lifecycle: how long requests take and how they end.
        requests: the stored requests.
        catalog: the request types.
        rules: the rules that orders must fulfil.
        access: tokens and clients.
        faults: the faults in force.
        journal: all calls and orders.
        description, contract: the served description, and the checks by it.
        largest_body: bytes; larger bodies are answered with 413/66.
    """

    def __init__(
        self,
        seed: int = 0,
        clients: Iterable[Client] | None = None,
        now: datetime | None = None,
        *,
        completes_after: float | None = timedelta(days=5).total_seconds(),
        token_lifetime: float = 3600,
        check_answers: bool = False,
        journal_keeps: int | None = None,
        largest_body: int = _LARGEST_BODY,
        description: Mapping[str, Any] | None = None,
    ) -> None:
        self.seed = seed
        self.clock = Clock(now)
        self.lifecycle = Lifecycle(completes_after)
        self.catalog = Catalog()
        self.rules = Rules(self.catalog)
        known = tuple(DEFAULT_CLIENTS if clients is None else clients)
        progress = Random(f"requests {seed}")  # noqa: S311  # repeats on purpose
        self.requests = Requests(self.clock, progress, self.lifecycle, known[0])
        self.access = Access(known, self.clock, Random(f"tokens {seed}"), token_lifetime)  # noqa: S311  # repeats on purpose
        self.faults = Faults(seed)
        self.journal = Journal(keep=journal_keeps)
        self.description = packaged() if description is None else Description(description)
        self.largest_body = largest_body
        backend = Backend(self.clock, self.requests, self.catalog, self.rules, self.journal, self.description)
        self._api = OrderingApi(backend, self.access, check_answers=check_answers)
        self._injector = FaultInjector(self._api, self.faults)

    @property
    def contract(self) -> Contract:
        """Checks calls and replies by the description."""
        return self._api.contract

    @property
    def check_answers(self) -> bool:
        """Whether every answer is compared with the description."""
        return self._api.check_answers

    @check_answers.setter
    def check_answers(self, check_answers: bool) -> None:
        self._api.check_answers = check_answers

    @property
    def limit(self) -> RateLimit | None:
        """The rate limit in force, None if there is none; setting it gives every client a full burst again."""
        return self._api.bucket.limit

    @limit.setter
    def limit(self, limit: RateLimit | None) -> None:
        self._api.bucket.limit = limit

    @cached_property
    def app(self) -> App:
        """The ASGI application; it serves `/oauth/v3/token` and `/ordering/b2b/v3/`."""
        return App(self)

    def environment(self, base: str = "http://127.0.0.1:8787") -> dict[str, str]:
        """Return the environment variables that configure a client for this sandbox.

        Args:
            base: scheme and authority under which it is served.
        """
        client = next(iter(self.access.clients.values()))
        return {
            "ORANGE_CLIENT_ID": client.id,
            "ORANGE_CLIENT_SECRET": client.secret,
            "ORANGE_API_KEY": client.api_key,
            "ORANGE_ORDERING_BASE_URL": f"{base}{self.description.base_path}",
            "ORANGE_OAUTH_TOKEN_URL": f"{base}{TOKEN_PATH}",
        }

    def example(self, request_type: str = "R_BVPN_FR_1", reference: str = "WAN-042") -> dict[str, Any]:
        """Return the body of an order that this sandbox accepts today.

        Args:
            request_type: a type of the catalog.
            reference: its customerReference.

        Raises:
            KeyError: no such type.
        """
        return example(request_type, reference, self.clock.today())

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve over HTTP in the running event loop: `async with sandbox.serve() as url`.

        Args:
            host, port: where to listen; port 0 chooses a free one.

        Raises:
            OSError: the port is in use.
        """
        # Imported here: tests without sockets need no uvicorn, which takes 80 ms.
        from orange_ordering_client.sandbox.http.server import serve

        return serve(self.app, host, port)

    def serve_in_thread(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve over HTTP from a new thread: `with sandbox.serve_in_thread() as url`.

        Args:
            host, port: where to listen; port 0 chooses a free one.

        Raises:
            OSError: the port is in use.
        """
        from orange_ordering_client.sandbox.http.server import serve_in_thread

        return serve_in_thread(self.app, host, port)

    def arrive(self, call: Call, refusal: Refusal | None = None) -> FaultyCall:
        """Record a call in the journal, and choose its faults.

        Args:
            call: the call.
            refusal: why it cannot be carried out, if that is known already.
        """
        return self._injector.arrive(call, refusal)

    def carry_out(self, call: FaultyCall) -> Reply:
        """Carry out a call with its faults, except those of the connection, and return the reply.

        Raises:
            ContractBroken: the answer does not conform to the description, and `check_answers` is set.
        """
        return self._injector.carry_out(call)
