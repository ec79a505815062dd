"""`python -m orange_ordering_client.contract`: recorded exchanges, and the API itself."""

from __future__ import annotations

import builtins
import json
import runpy
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orange_ordering_client import contract
from orange_ordering_client.contract.__main__ import main
from orange_ordering_client.contract.checker import Checker
from orange_ordering_client.contract.description import Description
from orange_ordering_client.sandbox import Sandbox
from tests.contract.record import EXCHANGES
from tests.rebuilt import described

LIVE_CALLS = [
    "requests.list",
    "catalog.list",
    "service.status",
    "service.version",
    "service.specification",
    "service.me",
]


def sound(directory: Path) -> Path:
    """A directory with one exchange that is as it should be."""
    directory.mkdir(exist_ok=True)
    shutil.copy(next(EXCHANGES.glob("service.me-200-*.json")), directory / "me.json")
    return directory


def changed(directory: Path, **body: Any) -> Path:
    path = sound(directory) / "me.json"
    data = json.loads(path.read_text())
    data["response"]["body"] |= body
    path.write_text(json.dumps(data))
    return directory


def test_sound_exchanges_give_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(sound(tmp_path))]) == 0
    assert capsys.readouterr().out == "me.json: ok\n1 checked: 0 violations, 0 findings.\n"


def test_a_violation_gives_1_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(changed(tmp_path, id=1))]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "me.json",
        "  VIOLATION answer.id: text is expected, not a whole number",
        "  VIOLATION answer.id: the client cannot decode it: expected text",
        "1 checked: 2 violations, 0 findings.",
    ]


def test_findings_give_0_unless_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = changed(tmp_path, colour="red", type="OTHER")
    assert main([str(directory)]) == 0
    out = capsys.readouterr().out
    assert "finding   answer.colour: a key that is not in the description" in out
    assert "finding   answer.type: 'OTHER' is a value that is not in the description" in out
    assert main([str(directory), "--strict"]) == 1


def test_the_report_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = changed(tmp_path, colour="red")
    (directory / "z.json").write_text("{}")
    assert main([str(directory), "--json"]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "exit": 2,
        "checked": [
            {
                "name": "me.json",
                "findings": [
                    {
                        "place": "answer.colour",
                        "text": "a key that is not in the description",
                        "violation": False,
                    }
                ],
            }
        ],
        "trouble": [f"{directory / 'z.json'} is JSON, but not an exchange as Recorder writes it."],
    }


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda root: root / "nowhere", "is not a directory of exchanges."),
        (lambda root: root, "holds no exchanges (*.json): record some with Recorder."),
    ],
)
def test_nothing_to_check_gives_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Any, said: str) -> None:
    assert main([str(make(tmp_path))]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [[], ["somewhere", "--live"]])
def test_what_to_check_has_to_be_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "give a directory of exchanges, or --live" in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "openapi_schema_validator":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    for name in [name for name in sys.modules if name.startswith("orange_ordering_client.contract.")]:
        if name.endswith((".checker", ".schemas")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    assert main([str(sound(tmp_path))]) == 2
    assert "pip install 'orange-ordering-client[contract]'" in capsys.readouterr().err


def test_it_runs_as_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["contract", str(sound(tmp_path))])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(Path(contract.__file__).with_name("__main__.py")), run_name="__main__")
    assert caught.value.code == 0


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox over real HTTP, which the environment names; both it and the checker have the rebuilt description.

    The sandbox does not act out the operations that another description may add, so that those break the contract.
    """
    checker = Checker(Description(described()))
    monkeypatch.setattr("orange_ordering_client.contract.checker.Checker", lambda: checker)
    sandbox = Sandbox(seed=1, check_answers=True, description=described())
    sandbox.requests.seed(60)
    with sandbox.serve_in_thread() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        yield sandbox


def test_live_without_credentials_gives_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--live"]) == 2
    captured = capsys.readouterr()
    assert (
        "The API cannot be checked: client_id, client_secret, api_key are missing. Set ORANGE_CLIENT_ID" in captured.err
    )
    assert captured.out == ""


def test_live_asks_everything_that_needs_no_argument_and_writes_nothing(
    api: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--live"]) == 0
    received = [entry for entry in api.journal.received if entry.operation != "token"]
    assert [entry.operation for entry in received] == LIVE_CALLS
    assert {entry.method for entry in received} == {"GET"}
    assert api.journal.committed == []
    assert [entry.query for entry in received][:2] == ["offset=0&limit=50"] * 2
    assert "6 checked: 0 violations, 1 findings." in capsys.readouterr().out


def test_live_says_that_the_api_serves_another_description(api: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--live"])
    assert "answer: differs from the description that this client was generated from" in capsys.readouterr().out


def test_live_lists_what_is_new(api: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    api.faults.add("requests.list:unknown-enum")
    assert main(["--live"]) == 0
    assert "is a value that is not in the description" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("service.me:error:404/60", "answer: the call fails with status 404"),
        ("service.me:error:403/50", "answer: the call fails with status 403"),
        ("service.status:truncate", "answer: the call fails: ConnectionBroken"),
    ],
)
def test_live_a_call_that_fails_breaks_the_contract(
    api: Sandbox, capsys: pytest.CaptureFixture[str], fault: str, said: str
) -> None:
    for _ in range(10):  # More often than the client tries.
        api.faults.add(fault)
    assert main(["--live"]) == 1
    out = capsys.readouterr().out
    assert said in out
    assert "6 checked" in out


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ORANGE_CLIENT_SECRET", "wrong"),
        ("ORANGE_API_KEY", "wrong"),
        ("ORANGE_ORDERING_BASE_URL", "http://127.0.0.1:1"),
    ],
)
def test_live_with_an_api_that_does_not_let_in_gives_2(
    api: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(["--live"]) == 2
    captured = capsys.readouterr()
    assert "The API cannot be checked" in captured.err
    assert "wrong" not in captured.err
