"""Exchanges (a request and its response) as JSON files; the same exchange always has the same text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import attrs

from orange_ordering_client.response import is_too_deep

__all__ = ["ABSENT", "Exchange", "Unreadable"]


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()
"""The value for a body that is missing or not JSON."""


_TOO_DEEP: Final = "(JSON that is nested too deeply to be kept)"


class Unreadable(ValueError):
    """A file is not an exchange."""


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and its response.

    Attributes:
        operation: the client's name for it, such as `requests.list`.
        method, path: of the request; the path includes that of the base URL.
        query: query parameters.
        sent: the body of the request as JSON, ABSENT if it has none.
        status, headers: of the response; names of headers in lower case.
        received: the body of the response as JSON, ABSENT if it is not JSON.
        text: the body of the response if it is not JSON; a remark if its JSON is nested too deeply.
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
        """Return the exchange of a request and a response as they were sent.

        Args:
            operation: the client's name for the operation.
            method, url: of the request.
            sent: the body of the request, None if it has none.
            status, headers, body: of the response.
        """
        parts = urlsplit(url)
        received, text = _content(body)
        return cls(
            operation=operation,
            method=method,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            sent=ABSENT if sent is None else _content(sent)[0],
            status=status,
            headers={name.lower(): value for name, value in headers.items()},
            received=received,
            text=text,
        )

    @classmethod
    def read(cls, path: Path) -> Exchange:
        """Read an exchange from its file.

        Raises:
            Unreadable: the file is missing or not an exchange; the message says why.
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
        """Return the text of the file of this exchange."""
        request: dict[str, Any] = {"method": self.method, "path": self.path, "query": dict(self.query)}
        response: dict[str, Any] = {"status": self.status, "headers": dict(sorted(self.headers.items()))}
        if self.sent is not ABSENT:
            request["body"] = self.sent
        if self.received is not ABSENT:
            response["body"] = self.received
        elif self.text:
            response["text"] = self.text
        whole = {"operation": self.operation, "request": request, "response": response}
        text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
        # Half a character, which UTF-8 cannot hold, is written as its JSON escape.
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _content(data: bytes) -> tuple[Any, str]:
    """Return a body as JSON, or ABSENT and a text."""
    try:
        found: Any = json.loads(data)
    except ValueError:
        return ABSENT, data.decode("utf-8", "replace")
    except RecursionError:
        return ABSENT, _TOO_DEEP
    # Personal data is found by its keys, which cannot be visited.
    return (ABSENT, _TOO_DEEP) if is_too_deep(data, found) else (found, "")
