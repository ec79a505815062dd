"""Checks one exchange by the description and the models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orange_ordering_client.contract.description import Description, Operation
from orange_ordering_client.contract.exchanges import ABSENT, Exchange
from orange_ordering_client.contract.findings import Finding, distinct
from orange_ordering_client.contract.models import check_models
from orange_ordering_client.contract.schemas import Schemas
from orange_ordering_client.contract.shapes import is_list, is_object, mapped

__all__ = ["Checker"]


class Checker:
    """Checks exchanges.

    Args:
        description: the description to check by; None for the one that the package was generated from.
    """

    def __init__(self, description: Description | None = None) -> None:
        self.description = description or Description()
        self._schemas = Schemas(self.description)

    def check(self, exchange: Exchange) -> list[Finding]:
        """Return the findings of an exchange, violations first."""
        operation = self.description.operation(exchange.operation, exchange.method, exchange.path)
        if operation is None:
            return [Finding("call", f"the description has no {exchange.method} {exchange.path}")]
        return distinct([*self._call(operation, exchange), *self._answer(operation, exchange)])

    def _call(self, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
        for name in exchange.query:
            if name not in operation.parameters:
                yield Finding(f"call ?{name}", "a parameter that is not in the description")
        schema = _json_schema(mapped(operation.data.get("requestBody")))
        if schema is not None and exchange.sent is not ABSENT:
            yield from self._schemas.check(schema, exchange.sent, "call", sent=True)
            yield from check_models(self.description, schema, exchange.sent, "call")

    def _answer(self, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
        good = 200 <= exchange.status < 300
        response = _declared(operation, exchange.status)
        if response is None:
            # The client raises the exception of an error status even if the description lacks it.
            yield Finding("answer", f"status {exchange.status} is not in the description", violation=good)
            return
        yield from _headers(response, exchange.headers)
        schema = _json_schema(response)
        if exchange.received is ABSENT:
            if schema is not None:
                what = "is not JSON" if exchange.text else "has no body"
                yield Finding("answer", f"{what}, but the description says JSON", violation=good)
        elif schema is None:
            if not mapped(response.get("content")):
                yield Finding("answer", "has a body, but the description has none")
        else:
            data, nulls = without_nulls(exchange.received)
            if nulls and exchange.query.get("displayNulls") != "true":
                yield Finding("answer", "has nulls, which were not requested")
            yield from self._schemas.check(schema, data, "answer")
            yield from check_models(self.description, schema, data, "answer")


def without_nulls(data: Any) -> tuple[Any, bool]:
    """Return JSON without nulls in objects, which count as absent (FACTS, Lists), and whether there were any."""
    if is_object(data):
        pairs = {key: without_nulls(value) for key, value in data.items()}
        kept = {key: value for key, (value, _) in pairs.items() if value is not None}
        return kept, len(kept) < len(pairs) or any(found for _, found in pairs.values())
    if is_list(data):
        items = [without_nulls(item) for item in data]
        return [item for item, _ in items], any(found for _, found in items)
    return data, False


def _declared(operation: Operation, status: int) -> Mapping[str, Any] | None:
    responses = mapped(operation.data.get("responses"))
    keys = (str(status), f"{status // 100}XX", "default")
    return next((mapped(responses[one]) for one in keys if one in responses), None)


def _json_schema(holder: Mapping[str, Any]) -> Mapping[str, Any] | None:
    media = mapped(holder.get("content")).get("application/json")
    return None if media is None else mapped(mapped(media).get("schema"))


def _headers(response: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Finding]:
    for name, header in mapped(response.get("headers")).items():
        value = headers.get(name.lower())
        if value is None:
            if mapped(header).get("required"):
                yield Finding(f"header {name}", "is missing", violation=True)
        elif mapped(mapped(header).get("schema")).get("type") == "integer" and not value.isdecimal():
            yield Finding(f"header {name}", "is not a number")
