"""Recording real traffic: every answer, scrubbed, as files."""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from orange_ordering_client import ConfigurationError, NewRequest, OrderingClient, OrderingError
from orange_ordering_client.contract import Recorder
from orange_ordering_client.contract.exchanges import Exchange, Unreadable
from orange_ordering_client.hooks import Hooks, RequestRecord, ResponseRecord
from orange_ordering_client.sandbox import Sandbox
from tests.contract.record import credentials
from tests.servers import Reply, answer, grant, serving

SECRETS = ("sandbox-secret", "sandbox-key", "sandbox-client", "Bearer", "Basic")


def answered(
    body: bytes = b'{"id": "1"}', url: str = "https://api.example/v3/requests/1", **changes: Any
) -> ResponseRecord:
    request = RequestRecord("requests.get", "GET", url, 1, changes.pop("sent", None))
    given: dict[str, Any] = {"status": 200, "headers": {"Content-Type": "application/json"}, "elapsed": 0.1}
    return ResponseRecord(request=request, body=body, **(given | changes))


def written(path: Path | None) -> Any:
    assert path is not None
    return json.loads(path.read_text("utf-8"))


def texts_in(directory: Path) -> list[str]:
    return [file.read_text("utf-8") for file in sorted(directory.iterdir())]


async def test_a_client_records_what_it_does_without_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox(seed=1)
    async with sandbox.serve() as url:
        for name, value in sandbox.environment(url).items():
            monkeypatch.setenv(name, value)
        async with OrderingClient.from_env(hooks=Recorder(tmp_path / "new").hooks) as ordering:
            placed = await ordering.requests.create(NewRequest.from_dict(sandbox.example()))
            await ordering.requests.list()
            with pytest.raises(OrderingError):
                await ordering.requests.get("nothing")
            await ordering.requests.get(str(placed.id))
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name.rsplit("-", 1)[0] for file in files] == [
        "requests.create-201",
        "requests.get-200",
        "requests.get-404",
        "requests.list-200",
    ]
    everything = "".join(file.read_text("utf-8") for file in files)
    assert [secret for secret in SECRETS if secret in everything] == []
    assert "127.0.0.1" not in everything


async def test_it_is_a_hook_among_others(tmp_path: Path) -> None:
    sandbox = Sandbox(seed=1)
    seen: list[str] = []
    async with sandbox.serve() as url:
        hooks = Hooks(on_request=lambda record: seen.append(record.operation), on_response=Recorder(tmp_path))
        async with OrderingClient(**credentials(sandbox, url), hooks=hooks) as ordering:  # type: ignore[arg-type]  # texts, all of them
            await ordering.service.status()
    assert seen == ["service.status"]
    assert len(os.listdir(tmp_path)) == 1


def test_equal_exchanges_share_a_file_whatever_they_took(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    first = recorder.write(answered(elapsed=0.1, headers={"Set-Cookie": "a=1", "Content-Type": "application/json"}))
    second = recorder.write(answered(elapsed=0.2, headers={"content-type": "application/json", "Date": "today"}))
    assert first == second
    assert written(first)["response"]["headers"] == {"content-type": "application/json"}


def test_there_is_an_end_to_the_files(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, keep=2)
    paths = [recorder.write(answered(b'{"id": "%d"}' % number)) for number in range(4)]
    assert [path is not None for path in paths] == [True, True, False, False]
    assert recorder.write(answered(b'{"id": "0"}')) == paths[0]


def test_secrets_are_taken_from_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORANGE_API_KEY", "the-key-itself")
    path = Recorder(tmp_path, secrets=["another"]).write(answered(b'{"id": "the-key-itself", "x": "another one"}'))
    assert written(path)["response"]["body"] == {"id": "***", "x": "*** one"}


def test_people_are_kept_only_if_asked_for(tmp_path: Path) -> None:
    record = answered(b'{"email": "a@b.example"}', url="https://api.example/x?email=a%40b.example")
    assert "a@b.example" not in str(written(Recorder(tmp_path / "a").write(record)))
    kept = written(Recorder(tmp_path / "b", personal=True).write(record))
    assert kept["request"]["query"] == {"email": "a@b.example"}
    assert kept["response"]["body"] == {"email": "a@b.example"}


def test_what_is_not_json_is_kept_as_text_and_not_too_much_of_it(tmp_path: Path) -> None:
    path = Recorder(tmp_path).write(answered(b"<p>" + b"x" * 20_000, status=502))
    assert len(written(path)["response"]["text"]) == 10_000
    assert "body" not in written(path)["response"]


@pytest.mark.parametrize("depth", [101, 700, 100_000])
def test_json_that_is_too_deep_to_be_scrubbed_is_not_kept(tmp_path: Path, depth: int) -> None:
    deep = f'{"[" * depth}{{"lastName": "Planted"}}{"]" * depth}'.encode()
    path = Recorder(tmp_path).write(answered(deep))
    assert written(path)["response"]["text"] == "(JSON that is nested too deeply to be kept)"


def test_half_a_character_is_recorded_as_it_came(tmp_path: Path) -> None:
    path = Recorder(tmp_path).write(answered(b'{"id": "3-\\ud800", "name": "\xc3\xa9"}'))
    assert path is not None
    assert Exchange.read(path).received == {"id": "3-\ud800", "name": "\xe9"}
    assert "\xe9" in path.read_text("utf-8")


def test_a_body_that_was_sent_is_recorded(tmp_path: Path) -> None:
    path = Recorder(tmp_path).write(answered(sent=b'{"type": "T", "comment": "Ada"}'))
    assert written(path)["request"]["body"] == {"type": "T", "comment": "scrubbed text"}


def test_a_call_without_a_name_of_its_own_gets_a_file_all_the_same(tmp_path: Path) -> None:
    record = answered()
    request = RequestRecord("GET /orders/../x", "GET", "https://api.example/orders", 1)
    path = Recorder(tmp_path).write(ResponseRecord(request, 200, {}, record.body, 0.1))
    assert path is not None
    assert path.parent == tmp_path
    assert path.name.startswith("GET-")


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    for record in (answered(), answered(b"<p>", status=502), answered(b"", status=204), answered(sent=b"{}")):
        path = Recorder(tmp_path).write(record)
        assert path is not None
        assert Exchange.read(path).write() == path.read_text("utf-8")


def test_a_directory_that_cannot_be_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="Exchanges cannot be recorded in"):
        Recorder(tmp_path / "file" / "inside")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is JSON, but not an exchange"),
        ("{}", "is JSON, but not an exchange"),
        ('{"operation": "x", "request": [], "response": {}}', "is JSON, but not an exchange"),
        (
            '{"operation": "x", "request": {"method": "GET", "path": "/", "query": []}, "response": {}}',
            "is JSON, but not",
        ),
    ],
)
def test_a_file_that_is_no_exchange_is_told(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(Unreadable, match=said):
        Exchange.read(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        Exchange.read(tmp_path / "x.json")


def plaintext(secret: str) -> str:
    return f"{secret}, {secret} again"


def pair(secret: str) -> str:
    return "Token " + base64.b64encode(f"id:{secret}".encode()).decode()


@pytest.mark.parametrize(
    "spell", [str, plaintext, pair, lambda secret: quote(secret, safe=""), json.dumps, html.escape]
)
async def test_secrets_of_any_client_are_written_in_no_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spell: Callable[[str], str]
) -> None:
    for variable in ("ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    known = {
        "client_id": "own-id-12",
        "client_secret": "own<s&cret>+/9",
        "api_key": "own-api/key+7",
        "token": "t0ken/of+mine",
        "header": "gate/way+header&1",
        "cookie": "c00kie/value+8",
        "auth user": "auth/us3r+x",
        "auth password": "auth/p4ss+x",
        "view": "view&header/val+5",
        "params": "p4ram/val+sig",
        "hook": "h00k/added&val",
        "set-cookie": "s3t/cookie+val",
        "short": "s3c/",
    }
    echo = {"first": [spell(secret) for secret in known.values()], **{spell(each): 1 for each in known.values()}}

    async def added(request: httpx.Request) -> None:
        request.headers["X-Added"] = known["hook"]

    http = httpx.AsyncClient(
        headers={"X-Gateway": f"Bearer {known['header']}", "X-Key": known["short"]},
        cookies={"a": known["cookie"]},
        auth=(known["auth user"], known["auth password"]),
        params={"signature": known["params"], "page": "1"},
        event_hooks={"request": [added]},
    )
    async with serving() as server, http:
        server.tokens(grant(known["token"]))
        reply = answer({"id": "1", "page": "1", "echo": echo})
        headers = {**reply.headers, "Set-Cookie": f"b={known['set-cookie']}; Path=/"}
        server.on("/requests/1", Reply(200, reply.body, headers), Reply(500, json.dumps(echo).encode(), headers))
        made = {name: known[name] for name in ("client_id", "client_secret", "api_key")}
        async with OrderingClient(
            **made,  # type: ignore[arg-type]  # texts, all of them
            base_url=server.base_url,
            token_url=server.token_url,
            http_client=http,
            retry=None,
            hooks=Recorder(tmp_path).hooks,
        ) as ordering:
            view = ordering.with_options(headers={"X-Correlation": known["view"]})
            await view.send("GET", "/requests/1")
            with pytest.raises(OrderingError):
                await view.send("GET", "/requests/1")
    texts = texts_in(tmp_path)
    assert len(texts) == 2
    left = [name for name, secret in known.items() for text in texts for each in (spell(secret), secret)
            if each in text or json.dumps(each)[1:-1] in text]  # fmt: skip
    assert left == []
    assert '"page": "1"' in "".join(texts)


def test_names_of_the_request_are_replaced_in_the_response(tmp_path: Path) -> None:
    sent = b'{"contacts": {"primary": {"lastName": "Lovelace"}}}'
    path = Recorder(tmp_path).write(answered(b'{"label": "ask Lovelace", "n": 12345678}', sent=sent))
    assert written(path)["response"]["body"] == {"label": "ask Scrubbed", "n": 12345678}


def test_secrets_of_digits_are_taken_out_of_numbers(tmp_path: Path) -> None:
    path = Recorder(tmp_path, secrets=["12345678"]).write(answered(b'{"n": 12345678, "x": 9123456780}'))
    assert written(path)["response"]["body"] == {"n": 0, "x": 0}
