"""Getting a description: in bounded time, of bounded size, or one clear sentence."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from openapi.read.errors import UnusableDescription
from openapi.read.fetch import fetch
from orange_ordering_client.sandbox import Sandbox

DATA = b'{"openapi": "3.0.3"}'


class Portal(BaseHTTPRequestHandler):
    """Serves, redirects, refuses, hangs and never ends, by path."""

    server: Any

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/hang":
            self.server.released.wait()
        elif path == "/drip":
            self._head(200, "Content-Length", "1000")
            try:
                while not self.server.released.wait(0.02):
                    self.wfile.write(b"x")
            except OSError:
                return
        elif path == "/endless":
            self._head(200)
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        elif path.startswith("/to/"):
            self._head(302, "Location", path.removeprefix("/to/"))
        elif path == "/loop":
            self._head(302, "Location", "/loop")
        elif path.startswith("/status/"):
            self._head(int(path.removeprefix("/status/")))
        else:
            self._head(200)
            self.wfile.write(DATA)

    def _head(self, status: int, *header: str) -> None:
        self.send_response(status)
        if header:
            self.send_header(header[0], header[1])
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.daemon_threads = True
    server.released = threading.Event()  # type: ignore[attr-defined]  # what the handlers wait for
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.released.set()  # type: ignore[attr-defined]  # see above
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_is_read_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_bytes(b"\xef\xbb\xbf{}\r\n")
    assert fetch(str(path)) == b"\xef\xbb\xbf{}\r\n"


def test_a_url_is_read_byte_for_byte(portal: str) -> None:
    assert fetch(f"{portal}/spec.json") == DATA


def test_a_redirect_is_followed(portal: str) -> None:
    assert fetch(f"{portal}/to//spec.json") == DATA


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/status/401", "/status/401 returned 401: it needs a login. Download the file, and give its path."),
        ("/status/404", "/status/404 returned 404, not 200."),
        ("/loop", "/loop redirects more than 5 times."),
        ("/to/http://example.com/x?signature=s", "http://example.com/x is not encrypted"),
        ("/endless", "/endless sends more than 1 MB: not an API description."),
    ],
)
def test_a_url_that_gives_no_description(portal: str, path: str, said: str) -> None:
    with pytest.raises(UnusableDescription) as caught:
        fetch(portal + path, limit=1_000_000)
    assert said in str(caught.value)
    assert "signature" not in str(caught.value)


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_url_that_hangs_is_given_up(portal: str, path: str) -> None:
    with pytest.raises(UnusableDescription, match=r"did not send the whole description within 0\.2 s"):
        fetch(portal + path, seconds=0.2)


def test_nobody_there(portal: str) -> None:
    with pytest.raises(UnusableDescription, match="cannot be fetched"):
        fetch("http://127.0.0.1:1/spec.json")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("", "Say which description: SPEC=<file, https URL, or live>."),
        ("http://example.com/spec.json", "http://example.com/spec.json is not encrypted"),
        ("http://localhost.example.com/x", "is not encrypted"),
        ("ftp://example.com/spec.json", "ftp://example.com/spec.json is not an https URL."),
        ("https://user:password@/x", "https:///x is not an https URL."),
        ("https://[::1", "The URL cannot be read"),
        ("/no/such/file", "/no/such/file cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_a_description(spec: str, said: str) -> None:
    with pytest.raises(UnusableDescription) as caught:
        fetch(spec)
    assert said in str(caught.value)
    assert "password" not in str(caught.value)


def test_a_directory_or_a_pipe_is_no_description(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UnusableDescription, match="is not a file"):
            fetch(str(path))


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(UnusableDescription, match="is larger than 20 MB: not an API description"):
        fetch(str(path))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    sandbox = Sandbox(seed=1)
    with sandbox.serve_in_thread() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        yield sandbox


def test_live_is_what_the_api_serves(api: Sandbox) -> None:
    assert b'"/requests"' in fetch("live")
    assert [entry.operation for entry in api.journal.received] == ["token", "service.specification"]


def test_live_that_is_too_large(api: Sandbox) -> None:
    with pytest.raises(UnusableDescription, match="GET /doc sends more than 0 MB"):
        fetch("live", limit=10)


def test_live_without_credentials_says_what_to_set() -> None:
    with pytest.raises(UnusableDescription, match="ORANGE_CLIENT_ID"):
        fetch("live")


def test_live_that_fails_says_why(api: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_CLIENT_SECRET", "wrong")
    with pytest.raises(UnusableDescription, match="The API sent no description"):
        fetch("live", seconds=5)


def test_live_needs_a_client_that_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "orange_ordering_client.client", None)
    with pytest.raises(UnusableDescription, match="give a file or URL"):
        fetch("live")
