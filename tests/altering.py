"""An Ordering API that stores orders otherwise than they were sent, on a real socket."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import attrs
from hypothesis import strategies as st

from orange_ordering_client._generated.models import NewRequest
from orange_ordering_client.orders.spelling import folded
from orange_ordering_client.requests import Requests
from tests.calls import calling
from tests.clocks import FakeTime
from tests.servers import DROP, Raw, Received, Reply, Server, answer, error, serving

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(part for part in decomposed if not unicodedata.category(part).startswith("M"))


ALTERATIONS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "NFKD": lambda text: unicodedata.normalize("NFKD", text),
    "plain": _plain,
    "no spaces": lambda text: "".join(text.split()),
    "spaces": lambda text: f" {text.replace(' ', '  ')} ",
    "cut 20": lambda text: text[:20],
    "cut 12": lambda text: text[:12],
}
"""What a server may do to a reference."""

CHAINS = st.lists(st.sampled_from(sorted(ALTERATIONS)), min_size=1, max_size=3).map(tuple)


def references() -> st.SearchStrategy[str]:
    """References that `submit` takes: in NFC, printable, and single spaces only inside."""
    letters = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
    texts = st.text(letters, min_size=1, max_size=30)
    return texts.map(lambda text: unicodedata.normalize("NFC", " ".join(text.split()))).filter(
        lambda text: text != "" and text.isprintable() and text == unicodedata.normalize("NFC", " ".join(text.split()))
    )


Filter = Literal["exact", "folded", "contains", "ignored"]


@attrs.define
class Altering:
    """Stores what is posted under an altered reference and type, and lists it.

    Attributes:
        alter: what it does to a reference.
        rename: what it does to a type.
        filtering: how `customerReference` selects.
        sorting: whether `sort=-createdAt` is honoured; if not, the oldest comes first.
        answers: what it sends for the next orders instead of its usual answer; the order is stored all the same.
        refusals: of how many of the next orders nothing is stored, with DROP as the answer.
        hidden: how many of the next lists show nothing that was posted.
        time: whose clock stamps `createdAt`.
    """

    server: Server
    time: FakeTime
    alter: Callable[[str], str] = str
    rename: Callable[[str], str] = str
    filtering: Filter = "exact"
    sorting: bool = True
    answers: list[Any] = attrs.field(factory=list)
    refusals: int = 0
    hidden: int = 0
    stored: list[dict[str, Any]] = attrs.field(factory=list)
    posted: int = 0
    made: int = 0

    def seed(self, count: int, **attributes: Any) -> None:
        """Store requests of others, one second apart, the last one an hour before the start."""
        for number in range(count):
            created = START - timedelta(hours=1, seconds=count - number)
            self.store({"customerReference": f"#{number}", "type": "C_GENERIC_FR_1", **attributes}, created)

    def store(self, body: dict[str, Any], created: datetime | None = None) -> dict[str, Any]:
        """Store one request."""
        created = created or self.time.clock.now()
        request = {**body, "id": f"3-{self.made:08}", "createdAt": created.isoformat()}
        self.made += 1
        if "requestedAt" in request:
            request["keyDates"] = {"requestedAt": request.pop("requestedAt")}
        self.stored.append(request)
        return request

    def play(self, received: Received) -> Reply | Raw:
        """Answer one call."""
        if received.method == "POST":
            return self._create(json.loads(received.body))
        identity = received.path.rpartition("/requests")[2].strip("/")
        if identity:
            found = [request for request in self.stored if request["id"] == identity]
            return answer(found[0]) if found else error(404, 60)
        return self._list(received.query)

    def _create(self, body: dict[str, Any]) -> Any:
        self.posted += 1
        if self.refusals:
            self.refusals -= 1
            return DROP
        body = {**body, "type": self.rename(body["type"]), "customerReference": self.alter(body["customerReference"])}
        made = self.store(body)
        return self.answers.pop(0) if self.answers else answer(made, 201)

    def _list(self, query: dict[str, str]) -> Reply:
        shown = self.stored
        if self.hidden:
            self.hidden -= 1
            shown = [request for request in shown if request["createdAt"] < START.isoformat()]
        wanted = query.get("customerReference")
        if wanted is not None:
            shown = [request for request in shown if self._selects(wanted, request["customerReference"])]
        if self.sorting and query.get("sort") == "-createdAt":
            shown = sorted(shown, key=lambda request: str(request["createdAt"]), reverse=True)
        offset, limit = int(query["offset"]), int(query["limit"])
        return answer(shown[offset : offset + limit], X_Total_Count=str(len(shown)))

    def _selects(self, wanted: str, stored: str) -> bool:
        selects = {
            "exact": wanted == stored,
            "folded": folded(wanted) == folded(stored),
            "contains": wanted in stored,
            "ignored": True,
        }
        return selects[self.filtering]

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Requests]:
        """A client that knows nothing of earlier ones."""
        async with calling(self.server, clock=self.time.clock) as pipeline:
            yield Requests(pipeline)

    @property
    def lists(self) -> list[Received]:
        """Calls of the list of requests."""
        return [call for call in self.server.calls if call.method == "GET" and call.path.endswith("/requests")]


@asynccontextmanager
async def altering(**options: Any) -> AsyncIterator[Altering]:
    """An altering API on a free port."""
    async with serving() as server:
        api = Altering(server, FakeTime(), **options)
        server.on("*", api.play)
        yield api


def new_order(reference: str = "Wan 042 Évry rue des Écoles", **changes: Any) -> NewRequest:
    """An order whose reference every alteration changes."""
    body = {
        "type": "R_BVPN_FR_1",
        "requestedAt": "2027-01-11",
        "customerReference": reference,
        "properties": {"servicePoint": {"id": "SP-1"}},
        **changes,
    }
    return NewRequest.from_dict(body)
