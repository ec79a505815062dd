"""Sentry, OpenTelemetry and Datadog see every attempt once, the token request included, and no secret."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import msgpack
import pytest

from tests.servers import BASE_PATH, TOKEN_PATH, Received, Server, answer, error
from tests.tools.conftest import PATH
from tests.tools.programs import run, secrets_in

ATTEMPTS = [("POST", TOKEN_PATH, 200), ("GET", BASE_PATH + PATH, 503), ("GET", BASE_PATH + PATH, 200)]
FAILED = [("POST", TOKEN_PATH, 200), ("GET", BASE_PATH + PATH, 404)]


@pytest.fixture(autouse=True)
def _the_other_carrier_is_installed() -> None:
    assert find_spec("aiohttp") is not None


class TestSentry:
    async def test_sees_every_attempt_once_in_spans(self, server: Server) -> None:
        server.on("*", answer({}))
        finished = await run("Sentry", server, SENTRY_DSN=dsn(server))
        assert finished.code == 0, finished.errors
        spans = [span for item in sentry_items(server) for span in item.get("spans", []) if span["op"] == "http.client"]
        assert [
            attempt(span["data"]["http.method"], span["data"]["url"], span["data"]["http.response.status_code"])
            for span in spans
        ] == ATTEMPTS
        assert secrets_in(json.dumps(sentry_items(server))) == []

    async def test_an_error_event_has_every_attempt_as_a_breadcrumb_and_no_secret_in_local_variables(
        self, server: Server
    ) -> None:
        server.on("*", answer({}))
        server.on(PATH, error(404, 60))
        finished = await run("Sentry", server, SENTRY_DSN=dsn(server))
        assert "NotFound" in finished.errors
        events = [item for item in sentry_items(server) if "exception" in item]
        assert [event["exception"]["values"][-1]["type"] for event in events] == ["NotFound"]
        crumbs = [
            crumb["data"]
            for item in sentry_items(server)
            for crumb in item.get("breadcrumbs", {}).get("values", [])
            if crumb["category"] == "httplib"
        ]
        assert [
            attempt(crumb["http.method"], crumb["url"], crumb["http.response.status_code"]) for crumb in crumbs
        ] == FAILED
        assert any("vars" in frame for frame in events[0]["exception"]["values"][-1]["stacktrace"]["frames"])
        assert secrets_in(json.dumps(sentry_items(server))) == []
        assert secrets_in(finished.output + finished.errors) == []


class TestOpenTelemetry:
    async def test_sees_every_attempt_once(self, server: Server) -> None:
        finished = await run("OpenTelemetry", server)
        assert finished.code == 0, finished.errors
        spans = [span["attributes"] for span in documents(finished.output)]
        assert [attempt(span["http.method"], span["http.url"], span["http.status_code"]) for span in spans] == ATTEMPTS
        assert secrets_in(finished.output) == []

    async def test_a_failing_call_shows_no_secret(self, server: Server) -> None:
        server.on(PATH, error(404, 60))
        finished = await run("OpenTelemetry", server)
        spans = [span["attributes"] for span in documents(finished.output)]
        assert [attempt(span["http.method"], span["http.url"], span["http.status_code"]) for span in spans] == FAILED
        assert secrets_in(finished.output + finished.errors) == []


class TestDatadog:
    async def test_sees_every_attempt_once(self, server: Server) -> None:
        server.on("*", answer({}))
        finished = await run(
            "Datadog",
            server,
            DD_TRACE_AGENT_URL=server.origin,
            DD_TRACE_API_VERSION="v0.4",
            DD_INSTRUMENTATION_TELEMETRY_ENABLED="false",
            DD_REMOTE_CONFIGURATION_ENABLED="false",
        )
        assert finished.code == 0, finished.errors
        spans = [span for span in datadog_spans(server) if span["name"] == "http.request"]
        spans.sort(key=lambda span: span["start"])
        assert [
            attempt(span["meta"]["http.method"], span["meta"]["http.url"], int(span["meta"]["http.status_code"]))
            for span in spans
        ] == ATTEMPTS
        assert secrets_in(str(spans)) == []


def dsn(server: Server) -> str:
    return f"http://public@127.0.0.1:{server.port}/1"


def attempt(method: str, url: str, status: int) -> tuple[str, str, int]:
    return method, "/" + url.split("/", 3)[3], status


def sentry_items(server: Server) -> list[dict[str, Any]]:
    """The JSON documents of all envelopes."""
    return [item for request in server.received if request.path == "/api/1/envelope/" for item in envelope(request)]


def envelope(request: Received) -> Iterator[dict[str, Any]]:
    body = gzip.decompress(request.body) if request.headers.get("content-encoding") == "gzip" else request.body
    for line in body.splitlines():
        item = json.loads(line)
        if isinstance(item, dict):
            yield item


def documents(text: str) -> list[dict[str, Any]]:
    """JSON documents that stand one behind the other."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found


def datadog_spans(server: Server) -> list[dict[str, Any]]:
    payloads = [request.body for request in server.received if request.path == "/v0.4/traces"]
    return [span for payload in payloads for trace in msgpack.unpackb(payload) for span in trace]
