"""Typical mistakes: each is answered by one sentence with the fix, and by the right exit code."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Served
from tests.servers import closed_port

IDS = ["--intents", "i.jsonl", "--results", "r.jsonl"]
ORDERS = Path("orders.jsonl")

# Arguments, exit code, what is wrong, and the fix; both are words of the answer.
MISTYPED = [
    ("reqests list", 2, "No such command 'reqests'", "Did you mean 'requests'?"),
    ("requests lst", 2, "No such command 'lst'", "Did you mean 'list'?"),
    ("requests list --limt 3", 2, "No such option", "--limit"),
    ("requests show", 2, "Missing argument 'ID'", "See `orange-ordering requests show --help`"),
    ("requests list now", 2, "unexpected extra argument", "See `orange-ordering requests list --help`"),
    ("status --json --jsonl", 2, "exclude each other", "give one of them"),
    ("status --language de", 2, "'de' is not one of", "'en', 'fr'"),
    ("status --timeout soon", 2, "'soon' is no number of seconds", "give one such as 30"),
    ("status --timeout 0", 2, "timeout is 0.0", "give seconds, a number above 0"),
    ("requests list --limit 500", 2, "limit is 500", "1 to 250"),
    ("requests list --limit many", 2, "Invalid value for '--limit'", "--help"),
    ("status --client-secret s3cr3t", 2, "Credentials are not taken from the command line", "set ORANGE_CLIENT_ID"),
    ("status --api-key=s3cr3t", 2, "Credentials are not taken from the command line", "in the environment"),
    ("requests show 3-00000000", 1, "There is no request '3-00000000'", "`orange-ordering requests list`"),
    ("catalog show R_BVPN", 1, "There is no catalog item 'R_BVPN'", "`orange-ordering catalog list`"),
    ("earliest C_BVPN_FR_1", 2, "No earliest date is published for 'C_BVPN_FR_1'", "choose one yourself"),
    ("requests submit nowhere.json", 2, "nowhere.json cannot be read: No such file", "Check the path"),
    ("requests submit .", 2, "cannot be read: Is a directory", "Check the path"),
    ("catalog validate orders.xlsx", 2, "orders.xlsx is neither .csv nor .jsonl", "give the file one of these names"),
    ("requests watch --since yesterday", 2, "--since 'yesterday' is no moment", "give one such as 2026"),
    ("requests watch --since 2026-01-01", 2, "is no moment with a zone", "give one such as 2026"),
    ("requests watch --interval 0", 2, "interval is 0", "give seconds, a number above 0"),
    ("sandbox --fault nonsense", 2, "'nonsense' has no fault", "docs/sandbox.md lists"),
    ("sandbox --now 2026-01-01", 2, "--now '2026-01-01' is no moment", "give one such as 2026"),
    ("sandbox --rate-limit often", 2, "PER_SECOND/BURST", "docs/sandbox.md lists"),
    ("contract", 2, "Give a directory of exchanges", "or --live"),
    ("contract nowhere", 2, "nowhere is not a directory of exchanges", ""),
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def is_one_sentence_of(error: str, *parts: str) -> None:
    assert error.count("\n") == 1, error
    assert "Traceback" not in error
    for part in parts:
        assert part in error


@pytest.mark.parametrize(("line", "code", "wrong", "fix"), MISTYPED, ids=[row[0] for row in MISTYPED])
def test_a_mistyped_command_is_answered_with_the_fix(line: str, code: int, wrong: str, fix: str, cli: Cli) -> None:
    said = cli(*line.split())

    assert (said.code, said.out) == (code, "")
    is_one_sentence_of(said.err, wrong, fix)
    assert "s3cr3t" not in said.err


# Variables (None removes one), exit code, what is wrong, and the fix.
MISCONFIGURED: list[tuple[dict[str, str | None], int, str, str]] = [
    ({"ORANGE_CLIENT_ID": None, "ORANGE_CLIENT_SECRET": None, "ORANGE_API_KEY": None}, 2,
     "client_id, client_secret, api_key are missing", "Set ORANGE_CLIENT_ID, ORANGE_CLIENT_SECRET, ORANGE_API_KEY"),
    ({"ORANGE_CLIENT_SECRET": None}, 2, "client_secret is missing", "Set ORANGE_CLIENT_SECRET in the environment."),
    ({"ORANGE_CLIENT_SECRET": "wr0ng"}, 2, "invalid_client", "Check ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET"),
    ({"ORANGE_API_KEY": "wr0ng"}, 2, "401", "Check ORANGE_API_KEY"),
    ({"ORANGE_API_KEY": "two words"}, 2, "api_key has spaces", "Set ORANGE_API_KEY in the environment."),
    ({"ORANGE_ORDERING_BASE_URL": "http://api.example.com/v3"}, 2, "base_url is not encrypted", "use https://"),
    ({"ORANGE_ORDERING_BASE_URL": "api.orange.com"}, 2, "base_url is not a URL", "Set ORANGE_ORDERING_BASE_URL"),
    ({"ORANGE_ACCEPT_LANGUAGE": "de"}, 2, "language is 'de'", "Set ORANGE_ACCEPT_LANGUAGE in the environment."),
    ({"ORANGE_ORDERING_SCOPE": "b2b:nothing"}, 2, "invalid_scope", "Check ORANGE_ORDERING_SCOPE"),
    ({"ORANGE_ORDERING_LOG": "loud"}, 2, "ORANGE_ORDERING_LOG is 'loud'", "give one of debug"),
    ({"HTTPS_PROXY": "socks9://u:s3cr3t@proxy"}, 2, "HTTPS_PROXY in the environment", "give http://host:port"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("variables", "code", "wrong", "fix"), MISCONFIGURED, ids=[" ".join(row[0]) for row in MISCONFIGURED]
)
def test_a_wrong_setting_is_answered_with_its_variable(
    variables: dict[str, str | None], code: int, wrong: str, fix: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)

    said = cli("me")

    assert (said.code, said.out) == (code, "")
    is_one_sentence_of(said.err, wrong, fix)
    assert not any(secret in said.err for secret in ("s3cr3t", "wr0ng", "sandbox-secret", "sandbox-key"))


def test_an_api_that_is_not_there_is_answered_with_its_address(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_ORDERING_BASE_URL", f"http://127.0.0.1:{closed_port()}/v3")

    said = cli("me", "--timeout", "5")

    assert said.code == 1
    is_one_sentence_of(said.err, "could not be reached", "Check the network, the proxy", "ORANGE_ORDERING_BASE_URL")


def test_a_taken_port_is_answered_with_the_option(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = cli("sandbox", "--port", str(taken.getsockname()[1]))

    assert said.code == 2
    is_one_sentence_of(said.err, "cannot be served: Address already in use", "Choose another --port")


# What the one order of the file is, exit code, what is wrong, and the fix.
WRONG_ORDERS: list[tuple[Any, int, str, str]] = [
    ("{", 2, "is not JSON", "Write one order as a JSON object"),
    ("[" * 100_000, 2, "It is nested too deeply", "check its brackets"),
    ("[]", 2, "It is not a JSON object", "write one order as {...}"),
    ({"customerReference": None}, 2, "The order has no customerReference", "Give each order one of its own"),
    ({"customerReference": " WAN 1"}, 2, "spaces around it", "customerReference is ' WAN 1'"),
    ({"customer_reference": "WAN-1"}, 2, "'customer_reference' is no part of an order", "write 'customerReference'"),
    ({"type": None}, 2, "type: a request must have it", "missing or null"),
    ({"requestedAt": "tomorrow"}, 2, "requestedAt: expected a date", ""),
    ({"properties": {"contacts": {}}}, 2, "wrong with the order", "$.properties.contacts"),
    ({"requestedAt": "2020-01-06"}, 1, "422 with code 3611", "`orange-ordering earliest TYPE` gives"),
    ({"type": "R_BVPN_FR_2"}, 1, "R_BVPN_FR_2", "The API answered"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "wrong", "fix"), WRONG_ORDERS, ids=[str(row[0])[:80] for row in WRONG_ORDERS]
)
def test_a_wrong_order_is_answered_with_what_to_write(
    changes: Any, code: int, wrong: str, fix: str, cli: Cli, served: Served, tmp_path: Path
) -> None:
    path = tmp_path / "order.json"
    order = served.sandbox.example("R_BVPN_FR_1", "WRONG-1")
    path.write_text(changes if isinstance(changes, str) else json.dumps(order | changes))

    said = cli("requests", "submit", path)

    assert (said.code, said.out) == (code, "")
    is_one_sentence_of(said.err, wrong, fix)


def test_a_reference_of_another_order_is_answered_with_the_difference(
    cli: Cli, order_file: Callable[..., Path]
) -> None:
    cli("requests", "submit", order_file("TAKEN-1", name="order.json"))

    said = cli("requests", "submit", order_file("TAKEN-1", name="order.json", comment="Another"))

    assert said.code == 1
    is_one_sentence_of(said.err, "'TAKEN-1' is the reference of request", "comment", "a reference of its own")


def test_an_order_of_unknown_outcome_has_an_exit_code_of_its_own(
    cli: Cli, order_file: Callable[..., Path], served: Served
) -> None:
    served.sandbox.faults.add("POST /requests:drop-before:1")

    said = cli("requests", "submit", order_file("LOST-1", name="order.json"), "--visible-within", "0.1")

    assert said.code == 3
    is_one_sentence_of(
        said.err, "Whether order 'LOST-1' exists is unknown", "(--resend)", "Submit the same order again"
    )


# Arguments beside the file of orders, exit code, what is wrong, and the fix.
MANY = [
    ("--results r.jsonl", 2, "--intents is missing", "give it a file of its own"),
    ("--intents i.jsonl", 2, "--results is missing", "give it a file of its own"),
    ("--intents i.jsonl --results i.jsonl", 2, "are not three files", "give each its own"),
    ("--intents orders.jsonl --results r.jsonl", 2, "are not three files", "give each its own"),
    ("--intents i.jsonl --results notes.txt", 2, "notes.txt line 1 is no result", "a file of its own"),
    ("--intents notes.txt --results r.jsonl", 2, "notes.txt", "intent"),
    ("--intents i.jsonl --results no/r.jsonl", 2, "no/r.jsonl cannot be written", "Make it first"),
    ("--intents i.jsonl --results r.jsonl --concurrency 0", 2, "concurrency is 0", "give a whole number from 1"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "wrong", "fix"), MANY, ids=[row[0] for row in MANY])
def test_submit_many_refuses_files_that_it_could_spoil(
    line: str, code: int, wrong: str, fix: str, cli: Cli, order_file: Callable[..., Path], served: Served
) -> None:
    order_file("SPOIL-1")
    Path("notes.txt").write_text("mine\n")

    said = cli("requests", "submit-many", "orders.jsonl", *line.split())

    assert (said.code, said.out) == (code, "")
    is_one_sentence_of(said.err, wrong, fix)
    assert Path("notes.txt").read_text() == "mine\n"
    assert not served.sandbox.journal.of("SPOIL-1")


def test_a_cursor_that_is_none_is_answered_with_what_to_do(cli: Cli) -> None:
    Path("cursor.txt").write_text("nonsense")

    said = cli("requests", "watch", "--cursor", "cursor.txt")

    assert said.code == 2
    is_one_sentence_of(said.err, "cursor.txt holds no cursor", "delete it to begin anew")


def test_there_are_at_least_25_of_them() -> None:
    assert len(MISTYPED) + len(MISCONFIGURED) + len(WRONG_ORDERS) + len(MANY) >= 25
