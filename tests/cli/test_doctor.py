"""`doctor`: each check with what it found, and the fix."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.cli.conftest import Cli, Said, Served
from tests.servers import closed_port


def states(said: Said) -> dict[str, str]:
    return {check["name"].partition(" ")[0]: check["state"] for check in said.json}


def check(said: Said, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(check for check in said.json if check["name"].startswith(name))
    return found


def test_a_machine_that_is_set_up_passes_every_check(cli: Cli, served: Served) -> None:
    said = cli("doctor", "--json")

    assert said.code == 0
    assert set(states(said)) == {"versions", "language", "settings", "proxy", "TLS", "clock", "token", "key", "API"}
    assert set(states(said).values()) == {"ok"}
    assert "Python" in check(said, "versions")["found"]
    assert "version 3.1" in check(said, "API")["found"]
    assert not any(secret in said.out for secret in ("sandbox-secret", "sandbox-key"))


def test_a_person_reads_the_fix_below_the_table(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORANGE_API_KEY")
    monkeypatch.setenv("ORANGE_ACCEPT_LANGUAGE", "de")

    said = cli("doctor")

    assert said.code == 2
    assert "settings: api_key is missing\n  Fix: Set ORANGE_API_KEY in the environment." in said.out
    assert "language: ORANGE_ACCEPT_LANGUAGE is 'de'\n  Fix: The API speaks en and fr" in said.out
    assert said.out.count("skipped") == 6


WRONG = [
    ("ORANGE_CLIENT_SECRET", "wr0ng", "token", "Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET."),
    ("ORANGE_API_KEY", "wr0ng", "key", "Check ORANGE_API_KEY"),
    ("HTTPS_PROXY", "socks9://u:s3cr3t@proxy", "proxy", "give http://host:port"),
    ("SSL_CERT_FILE", "/nowhere", "TLS", "Give the path of a file in PEM format"),
]


@pytest.mark.parametrize(("variable", "value", "name", "fix"), WRONG, ids=[row[0] for row in WRONG])
def test_a_fault_is_found_where_it_is(
    variable: str, value: str, name: str, fix: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    said = cli("doctor", "--json")

    assert said.code == 2
    assert [key for key, state in states(said).items() if state == "fault"] == [name]
    assert fix in check(said, name)["fix"]
    assert not any(secret in said.out for secret in ("wr0ng", "s3cr3t"))


def test_what_an_api_does_not_tell_is_no_fault(cli: Cli, served: Served) -> None:
    served.sandbox.faults.add("GET /me:error:404/60")

    said = cli("doctor", "--json")

    assert (said.code, states(said)["key"]) == (0, "skipped")


def test_a_host_that_is_not_there_is_a_fault_with_its_variable(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", f"http://127.0.0.1:{closed_port()}/v3")

    said = cli("doctor", "--timeout", "1", "--json")

    assert said.code == 1
    assert "ORANGE_ORDERING_BASE_URL" in check(said, "TLS")["fix"]
    assert states(said)["token"] == "fault"


def test_a_proxy_is_shown_without_its_password(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"u:s3cr3t@127.0.0.1:{closed_port()}")
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", "https://api.example.com/v3")

    said = cli("doctor", "--timeout", "1", "--json")

    assert "api.example.com through 127.0.0.1:" in check(said, "proxy")["found"]
    assert "s3cr3t" not in said.out


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_that_is_no_url_is_a_fault_of_its_variable(
    variable: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://user:s3cr3t@[bad")
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", "https://api.example.com/v3")

    said = cli("doctor", "--timeout", "1", "--json")

    assert (said.code, said.err) == (2, "")
    assert {name: state for name, state in states(said).items() if state != "ok"} == {
        "proxy": "fault", "TLS": "skipped", "clock": "skipped", "token": "skipped", "key": "skipped", "API": "skipped",
    }  # fmt: skip
    assert check(said, "proxy")["found"] == f"{variable} in the environment is no URL of a proxy"
    assert "Give http://host:port" in check(said, "proxy")["fix"]
    assert "s3cr3t" not in said.out


class _Answering(http.server.BaseHTTPRequestHandler):
    """Refuses everything, by its own clock."""

    date: str | None = None
    # Seconds: a client that goes away during the handshake must not be waited for.
    timeout = 5

    def do_GET(self) -> None:
        self.send_response_only(401)
        if self.date is not None:
            self.send_header("Date", self.date)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name there
        """Nothing: the test reads stderr."""


@pytest.fixture
def https(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Serve https://localhost with a certificate that is valid for so many days, and point the API there."""

    @contextmanager
    def serve(*, days: int = 300, date: datetime | None = None, trusted: bool = True) -> Iterator[None]:
        text = None if date is None else date.strftime("%a, %d %b %Y %H:%M:%S GMT")
        handler = type("Answering", (_Answering,), {"date": text})
        certificates = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ends = datetime.now(UTC) + timedelta(days=days, hours=1)
        certificates.issue_cert("localhost", not_after=ends).configure_cert(context)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        # The handshake takes place in the thread of the connection: `shutdown` waits for the one that accepts.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        if trusted:
            certificates.cert_pem.write_to_path(str(authority.with_name("other.pem")))
            monkeypatch.setenv("SSL_CERT_FILE", str(authority.with_name("other.pem")))
        monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", f"https://localhost:{server.server_port}/v3")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    return serve


def test_a_certificate_is_shown_with_the_days_it_is_valid(cli: Cli, https: Callable[..., Any]) -> None:
    with https(days=300):
        said = cli("doctor", "--json")

    assert check(said, "TLS to localhost")["state"] == "ok"
    assert "TLSv1.3, certificate valid for 300 more days" in check(said, "TLS to localhost")["found"]


def test_a_certificate_that_ends_soon_is_a_warning(cli: Cli, https: Callable[..., Any]) -> None:
    with https(days=3):
        said = cli("doctor", "--json")

    assert check(said, "TLS to localhost")["state"] == "warning"


def test_a_certificate_of_a_stranger_is_a_fault_with_the_variable(cli: Cli, https: Callable[..., Any]) -> None:
    with https(trusted=False):
        said = cli("doctor", "--timeout", "1", "--json")

    assert check(said, "TLS to localhost")["state"] == "fault"
    assert "set SSL_CERT_FILE to a PEM file" in check(said, "TLS to localhost")["fix"]
    assert said.code == 2


@pytest.mark.parametrize(("seconds", "word"), [(300, "behind"), (-300, "ahead")])
def test_a_clock_that_is_off_is_a_warning(
    seconds: int, word: str, cli: Cli, https: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with https(date=datetime.now(UTC) + timedelta(seconds=seconds)):
        monkeypatch.setenv("ORANGE_OAUTH_TOKEN_URL", "https://localhost:1/token")
        said = cli("doctor", "--timeout", "1", "--json")

    assert check(said, "clock")["state"] == "warning"
    assert word in check(said, "clock")["found"]
    assert "NTP" in check(said, "clock")["fix"]


def test_without_a_date_the_clock_cannot_be_checked(
    cli: Cli, https: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with https():
        monkeypatch.setenv("ORANGE_OAUTH_TOKEN_URL", "https://localhost:1/token")
        said = cli("doctor", "--timeout", "1", "--json")

    assert states(said)["clock"] == "skipped"
