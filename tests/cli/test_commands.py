"""What every command answers: a table for people, JSON and JSON lines for machines."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from orange_ordering_client import CatalogItem
from orange_ordering_client.cli.app import app
from tests.cli.conftest import Cli, Served, believe_in_a_terminal

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_status_shows_the_state_and_version(cli: Cli) -> None:
    said = cli("status")

    assert (said.code, said.err) == (0, "")
    assert "status   ok" in said.out


def test_me_is_one_json_document(cli: Cli) -> None:
    assert cli("me", "--json").json["login"] == "sandbox-client"


def test_a_list_is_a_table_of_one_page_that_says_how_to_get_the_rest(cli: Cli) -> None:
    said = cli("requests", "list", "--limit", "5")

    header, *rows = said.out.splitlines()
    assert header.split() == ["ID", "REFERENCE", "TYPE", "STATUS", "STEP", "WANTED", "UPDATED"]
    assert len(rows) == 5
    assert not any(row.endswith(" ") for row in rows)
    assert "--all lists them all, --offset 5 the next" in said.err


def test_all_reads_every_page(cli: Cli, served: Served) -> None:
    said = cli("requests", "list", "--all", "--jsonl")

    assert {item["id"] for item in said.lines} == {request["id"] for request in served.sandbox.requests}
    assert said.err == ""


def test_all_as_a_table_has_every_row(cli: Cli, served: Served) -> None:
    assert len(cli("requests", "list", "--all").out.splitlines()) == len(list(served.sandbox.requests)) + 1


def test_filters_reach_the_api(cli: Cli) -> None:
    first = cli("requests", "list", "--limit", "1", "--json").json[0]

    found = cli(
        "requests", "list", "--reference", first["customerReference"], "--status", first["status"], "--json"
    ).json

    assert [item["id"] for item in found] == [first["id"]]


def test_an_empty_list_says_so_on_stderr(cli: Cli) -> None:
    said = cli("requests", "list", "--reference", "NOBODY")

    assert (said.code, said.out, said.err) == (0, "", "There are no such requests.\n")
    assert cli("requests", "list", "--reference", "NOBODY", "--json").json == []


def test_show_flattens_a_request_to_names_and_values(cli: Cli) -> None:
    first = cli("requests", "list", "--limit", "1", "--jsonl").lines[0]

    rows = dict(line.split(maxsplit=1) for line in cli("requests", "show", first["id"]).out.splitlines() if " " in line)

    assert rows["id"] == first["id"]
    assert rows["keyDates.requestedAt"] == first["keyDates"]["requestedAt"]
    assert cli("requests", "show", first["id"], "--json").json["id"] == first["id"]


def test_the_catalog_speaks_the_language_asked_for(cli: Cli) -> None:
    english, french = (cli("catalog", "list", "--language", code, "--json").json for code in ("en", "fr"))

    assert [item["id"] for item in english] == [item["id"] for item in french]
    assert [item["name"] for item in english] != [item["name"] for item in french]


def test_a_catalog_item_is_shown_and_all_are_listed(cli: Cli) -> None:
    assert cli("catalog", "show", "R_BVPN_FR_1", "--jsonl").lines[0]["id"] == "R_BVPN_FR_1"
    assert len(cli("catalog", "list", "--all").out.splitlines()) == 6


def test_a_schema_is_json_in_any_case(cli: Cli) -> None:
    assert cli("catalog", "schema", "R_BVPN_FR_1").json["type"] == "object"
    assert len(cli("catalog", "schema", "R_BVPN_FR_1", "--jsonl").lines) == 1


def test_validate_tells_how_many_orders_are_right(cli: Cli, order_file: Callable[..., Path]) -> None:
    said = cli("catalog", "validate", order_file("VALID-1", "VALID-2"))

    assert (said.code, said.out) == (0, "2 orders are what the catalog asks for.\n")
    assert cli("catalog", "validate", order_file("VALID-1", name="order.json")).out.startswith("1 order is")


def test_validate_lists_every_fault_with_its_line(cli: Cli, order_file: Callable[..., Path], served: Served) -> None:
    path = order_file("FAULTY-1", "FAULTY-2", "FAULTY-3")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0].replace("SP-1000", ""), "{", lines[2]]))

    said = cli("catalog", "validate", path, "--json")

    assert said.code == 2
    assert [fault["line"] for fault in said.json] == [1, 2]
    assert "$.properties.servicePoint" in said.json[0]["fault"]
    assert "LINE" in cli("catalog", "validate", path).out


def test_earliest_is_a_day_and_nothing_else(cli: Cli) -> None:
    day = cli("earliest", "R_BVPN_FR_1").out.strip()

    assert cli("earliest", "R_BVPN_FR_1", "--json").json == {"type": "R_BVPN_FR_1", "earliestRequestedAt": day}


def test_an_order_is_placed_once_however_often_it_is_submitted(
    cli: Cli, order_file: Callable[..., Path], served: Served, tmp_path: Path
) -> None:
    path = order_file("ONCE-1", name="order.json")

    first = cli("requests", "submit", path, "--intents", tmp_path / "intents", "--json").json
    again = cli("requests", "submit", path, "--json").json

    assert (first["status"], again["status"]) == ("placed", "already_there")
    assert first["id"] == again["id"]
    assert [made.reference for made in served.sandbox.journal.committed].count("ONCE-1") == 1


def test_an_order_comes_through_stdin_and_a_dry_run_sends_nothing(
    cli: Cli, order_file: Callable[..., Path], served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with order_file("STDIN-1", name="order.json").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        said = cli("requests", "submit", "-", "--dry-run", "--json")

    assert said.json == {"customerReference": "STDIN-1", "type": "R_BVPN_FR_1", "valid": True}
    assert not served.sandbox.journal.of("STDIN-1")


def test_what_orange_changed_is_shown(cli: Cli, order_file: Callable[..., Path], served: Served) -> None:
    served.sandbox.faults.add("POST /requests:change-reference:upper")

    said = cli("requests", "submit", order_file("changed-it", name="order.json"), "--json").json

    assert said["changes"] == ["customerReference ('CHANGED-IT' there, 'changed-it' here)"]


def test_wait_ends_with_the_request(cli: Cli, served: Served) -> None:
    done = next(request["id"] for request in served.sandbox.requests if request["status"] == "COMPLETED")

    said = cli("requests", "wait", done, "--json")

    assert (said.code, said.json["status"]) == (0, "COMPLETED")
    assert cli("requests", "wait", done, "--until", "REJECTED").code == 1


def test_contract_reports_what_the_live_api_says(cli: Cli) -> None:
    said = cli("contract", "--live")

    # What a description has and the sandbox does not implement is answered with 501, and is a finding.
    assert said.code == int(" 501 " in said.out), said.out
    for path in ("/requests", "/catalogItems", "/status", "/me"):
        assert re.search(rf"GET {path} 200 +ok\b", said.out), said.out
    # The sandbox publishes a description of its own words: news, which --strict counts.
    assert cli("contract", "--live", "--strict", "--json").json["exit"] == 1
    assert {line["name"] for line in cli("contract", "--live", "--jsonl").lines} >= {"GET /me 200"}


def test_contract_checks_recorded_exchanges(cli: Cli) -> None:
    folder = Path(__file__).parent.parent / "contract" / "exchanges"

    said = cli("contract", folder)

    assert said.code in (0, 1)
    assert len(said.out.splitlines()) > len(list(folder.glob("*.json")))


def _paths() -> list[list[str]]:
    paths = [["--help"]]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        paths += [[str(group.name), str(found.name), "--help"] for found in group.typer_instance.registered_commands]
    return paths + [[str(found.name), "--help"] for found in app.registered_commands]


@pytest.mark.parametrize("path", _paths(), ids=" ".join)
def test_the_help_of_a_command_has_an_example_that_begins_with_it(path: list[str], cli: Cli) -> None:
    said = cli(*path)

    assert said.code == 0
    command = " ".join(["orange-ordering", *path[:-1]])
    assert f"  $ {command}" in said.out
    if len(path) == 1:
        assert "3    outcome unknown" in said.out
    else:
        assert {"--json", "--jsonl"} <= set(said.out.split())


def test_the_version_is_that_of_the_package(cli: Cli) -> None:
    from orange_ordering_client import __version__

    assert cli("--version").out == f"orange-ordering {__version__}\n"


def test_without_a_command_the_help_is_shown_and_the_exit_code_is_that_of_a_mistake(cli: Cli) -> None:
    said = cli()

    assert said.code == 2
    assert said.err.startswith("Usage: orange-ordering")


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("{", "The schema of R_BVPN_FR_1 is not JSON"),
        ("[" * 100_000, "The schema of R_BVPN_FR_1 is not JSON"),
        (None, "The catalog has no schema for R_BVPN_FR_1"),
    ],
    ids=["cut off", "nested without end", "missing"],
)
def test_a_schema_that_is_none_is_told(
    schema: str | None, said: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def get(*_: object, **__: object) -> CatalogItem:
        return CatalogItem(id="R_BVPN_FR_1", schema=schema)

    monkeypatch.setattr("orange_ordering_client.catalog.Catalog.get", get)

    answer = cli("catalog", "schema", "R_BVPN_FR_1")

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err


def test_what_could_not_be_checked_is_told(
    cli: Cli, order_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = order_file("UNCHECKED-1", name="order.json", type="R_UNHEARD_OF")

    assert "R_UNHEARD_OF: the catalog has no item" in cli("catalog", "validate", path).err
    assert "Not checked wholly: the catalog has no item" in cli("requests", "submit", path, "--dry-run").err


def test_a_dry_run_of_a_wrong_order_lists_what_is_wrong(cli: Cli, order_file: Callable[..., Path]) -> None:
    said = cli("requests", "submit", order_file("WRONG-1", name="order.json", properties={}), "--dry-run")

    assert (said.code, said.out) == (2, "")
    assert "The order is not what the catalog asks for: $.properties" in said.err


def test_validate_reads_no_catalog_where_no_order_can_be_read(cli: Cli, tmp_path: Path, served: Served) -> None:
    (tmp_path / "orders.jsonl").write_text("{\n")
    received = len(served.sandbox.journal.received)

    assert cli("catalog", "validate", tmp_path / "orders.jsonl").code == 2
    assert len(served.sandbox.journal.received) == received


def test_on_a_terminal_a_table_fits_it(cli: Cli, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    believe_in_a_terminal(monkeypatch)

    said = cli("requests", "list", "--all")

    assert max(len(ESCAPE.sub("", line)) for line in said.out.splitlines()) <= 60
    count = len(list(served.sandbox.requests))
    assert f"{count}/{count}" in said.err
