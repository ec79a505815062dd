"""Every example of the description is what the description says, and passes through the models unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from orange_ordering_client.contract.checker import Checker
from orange_ordering_client.contract.description import Description, Operation
from orange_ordering_client.contract.exchanges import Exchange
from orange_ordering_client.contract.shapes import mapped
from tests.rebuilt import described

CHECKER = Checker()
SENT = {"type": "T", "requestedAt": "2026-12-14"}


def values(media: Any) -> Iterator[tuple[str, Any]]:
    if "example" in media:
        yield "example", media["example"]
    for name, example in mapped(media.get("examples")).items():
        yield name, example["value"]


def exchange(operation: Operation, status: int, **changes: Any) -> Exchange:
    given: dict[str, Any] = {"operation": operation.id, "method": operation.method, "path": operation.path}
    return Exchange(**given, status=status, **changes)


def examples(description: Description) -> Iterator[Any]:
    for operation in description.operations:
        for status, response in operation.data["responses"].items():
            for name, value in values(response.get("content", {}).get("application/json", {})):
                found = exchange(operation, int(status), received=value, query={"displayNulls": "true"})
                yield pytest.param(found, id=f"{operation.id}-{status}-{name}")
        body = mapped(operation.data.get("requestBody")).get("content", {}).get("application/json", {})
        for name, value in values(body):
            found = exchange(operation, 201, sent=value, received={"id": "3-1"})
            yield pytest.param(found, id=f"{operation.id}-body-{name}")


@pytest.mark.parametrize("found", list(examples(CHECKER.description)))
def test_example(found: Exchange) -> None:
    unknown = [one for one in CHECKER.check(found) if not one.place.startswith("call ?")]
    assert [str(one) for one in unknown] == []


def test_every_operation_of_the_rebuilt_description_has_examples() -> None:
    rebuilt = Description(described())
    assert {parameter.values[0].operation for parameter in examples(rebuilt)} == {
        operation.id for operation in rebuilt.operations
    }
