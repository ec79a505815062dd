"""Control of the sandbox from another process, by calls to `/_sandbox/`; off by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orange_ordering_client.sandbox.api.limits import RateLimit
from orange_ordering_client.sandbox.api.messages import Call, Reply
from orange_ordering_client.sandbox.domain.json_values import is_list, is_object
from orange_ordering_client.sandbox.http.served import ServedSandbox

__all__ = ["PREFIX", "administer"]

PREFIX = "/_sandbox/"


def administer(sandbox: ServedSandbox, call: Call) -> Reply:
    """Answer a call to `/_sandbox/`.

    `GET /journal` and `/summary`, `DELETE /journal`; `GET`, `POST` (a list of texts as on the command line) and
    `DELETE /faults`; `PUT /limit` (a text as on the command line, or null); `POST /clock` (`{"days": 3}`);
    `POST /expire-tokens`.
    """
    command = _COMMANDS.get(f"{call.method} /{call.path.removeprefix(PREFIX)}")
    if command is None:
        return Reply(404, {"error": f"There is no {call.method} {call.path}.", "commands": sorted(_COMMANDS)})
    try:
        return Reply(200, command(sandbox, call.json if call.body else None))
    except (ValueError, TypeError, OverflowError) as error:
        return Reply(400, {"error": str(error)})


def _journal(sandbox: ServedSandbox, _: Any) -> Any:
    return sandbox.journal.to_json()


def _summary(sandbox: ServedSandbox, _: Any) -> Any:
    return sandbox.journal.summary()


def _clear_journal(sandbox: ServedSandbox, _: Any) -> Any:
    sandbox.journal.clear()
    return sandbox.journal.summary()


def _faults(sandbox: ServedSandbox, _: Any) -> Any:
    return [str(fault) for fault in sandbox.faults]


def _add_faults(sandbox: ServedSandbox, body: Any) -> Any:
    if not is_list(body):
        raise TypeError("Send a list of faults, each written as on the command line.")
    sandbox.faults.add(*(str(text) for text in body))
    return _faults(sandbox, None)


def _clear_faults(sandbox: ServedSandbox, _: Any) -> Any:
    sandbox.faults.clear()
    return []


def _limit(sandbox: ServedSandbox, body: Any) -> Any:
    sandbox.limit = None if body is None else RateLimit.parse(str(body))
    return body


def _clock(sandbox: ServedSandbox, body: Any) -> Any:
    if not is_object(body):
        raise TypeError('Send the time to move forward by, for example {"days": 3}.')
    sandbox.clock.advance(**body)
    return {"now": sandbox.clock.now().isoformat()}


def _expire(sandbox: ServedSandbox, _: Any) -> Any:
    sandbox.access.expire_all()
    return {"issued": sandbox.access.issued}


_COMMANDS: Mapping[str, Callable[[ServedSandbox, Any], Any]] = {
    "GET /journal": _journal,
    "GET /summary": _summary,
    "DELETE /journal": _clear_journal,
    "GET /faults": _faults,
    "POST /faults": _add_faults,
    "DELETE /faults": _clear_faults,
    "PUT /limit": _limit,
    "POST /clock": _clock,
    "POST /expire-tokens": _expire,
}
