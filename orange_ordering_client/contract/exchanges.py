"""Exchanges as files: one JSON document each, readable, and the same for the same exchange."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import attrs

__all__ = ["ABSENT", "Exchange", "Unreadable"]


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()
"""Stands where there is no JSON: no body at all, or one that is something else."""


class Unreadable(ValueError):
    """A file is not an exchange."""


@attrs.frozen(kw_only=True)
class Exchange:
    """One call and its answer.

    Attributes:
        operation: `requests.list` and the like.
        method, path: of the call; the path begins wherever the base URL does.
        query: parameters as sent.
        sent: the body as JSON, ABSENT without one.
        status, headers: of the answer; names of headers in lower case.
        received: the answer's body as JSON, ABSENT if it is none.
        text: the answer's body where it is not JSON.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict[str, str])
    sent: Any = ABSENT
    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    received: Any = ABSENT
    text: str = ""

    @classmethod
    def of(
        cls,
        operation: str,
        method: str,
        url: str,
        *,
        sent: bytes | None,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Exchange:
        """Take an exchange as it went over the wire."""
        parts = urlsplit(url)
        received = _json(body)
        return cls(
            operation=operation,
            method=method,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            sent=ABSENT if sent is None else _json(sent),
            status=status,
            headers={name.lower(): value for name, value in headers.items()},
            received=received,
            text=body.decode("utf-8", "replace") if received is ABSENT else "",
        )

    @classmethod
    def read(cls, path: Path) -> Exchange:
        """Read an exchange from its file.

        Raises:
            Unreadable: the file is missing, or is no exchange; one sentence says why.
        """
        try:
            data: Any = json.loads(path.read_bytes())
            request, response = data["request"], data["response"]
            return cls(
                operation=str(data["operation"]),
                method=str(request["method"]),
                path=str(request["path"]),
                query={str(name): str(value) for name, value in request.get("query", {}).items()},
                sent=request.get("body", ABSENT),
                status=int(response["status"]),
                headers={str(name).lower(): str(value) for name, value in response.get("headers", {}).items()},
                received=response.get("body", ABSENT),
                text=str(response.get("text", "")),
            )
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {error.strerror or error}.") from None
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{path} is not JSON: {type(error).__name__}.") from None
        except (KeyError, TypeError, AttributeError):
            raise Unreadable(f"{path} is JSON, but not an exchange as Recorder writes it.") from None

    def write(self) -> str:
        """Write the exchange as a file holds it."""
        request: dict[str, Any] = {"method": self.method, "path": self.path, "query": dict(self.query)}
        response: dict[str, Any] = {"status": self.status, "headers": dict(sorted(self.headers.items()))}
        if self.sent is not ABSENT:
            request["body"] = self.sent
        if self.received is not ABSENT:
            response["body"] = self.received
        elif self.text:
            response["text"] = self.text
        whole = {"operation": self.operation, "request": request, "response": response}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _json(data: bytes) -> Any:
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        return ABSENT
    return found
