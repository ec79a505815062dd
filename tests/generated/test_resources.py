"""Generated methods: what they ask of the pipeline, and what they make of its answer."""

from __future__ import annotations

import datetime
import inspect
from types import ModuleType
from typing import Any

import pytest

from orange_ordering_client._generated.models import (
    NewRequest,
    Request,
    RequestCategory,
    RequestPriorityFilter,
    RequestStatus,
)
from orange_ordering_client._generated.registry import Resources
from orange_ordering_client._generated.resources.catalog import CATALOG_LIST, CatalogResource
from orange_ordering_client._generated.resources.requests import (
    REQUESTS_CREATE,
    REQUESTS_GET,
    REQUESTS_LIST,
    RequestsResource,
)
from orange_ordering_client._generated.resources.service import SERVICE_ME, SERVICE_STATUS, ServiceResource
from orange_ordering_client.errors import DecodeError, InvalidArgument
from orange_ordering_client.operation import Operation, encode_query
from orange_ordering_client.response import Answer
from tests.generated.calling import Notebook

# On one worker: the trees that they use are generated once.
pytestmark = pytest.mark.xdist_group("resources")

REQUEST_ID = REQUESTS_GET.path.partition("{")[2].rstrip("}")


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (REQUESTS_LIST, Operation("requests.list", "GET", "/requests", token=True, api_key=True)),
        (REQUESTS_CREATE, Operation("requests.create", "POST", "/requests", token=True, api_key=True)),
        (REQUESTS_GET, Operation("requests.get", "GET", f"/requests/{{{REQUEST_ID}}}", token=True, api_key=True)),
        (SERVICE_ME, Operation("service.me", "GET", "/me", token=True, api_key=True)),
    ],
)
def test_operations_are_as_described(operation: Operation, expected: Operation) -> None:
    assert operation == expected


def test_the_api_key_is_not_for_the_status() -> None:
    assert not SERVICE_STATUS.api_key


def test_the_words_of_a_filter_are_those_of_its_own_enum_or_else_of_the_attribute_it_is_called_as() -> None:
    assert REQUESTS_LIST.words["priority"] == tuple(RequestPriorityFilter)
    assert REQUESTS_LIST.words["status"] == tuple(RequestStatus)
    assert REQUESTS_LIST.words.keys() == {"status", "step", "subStep", "priority", "category"}


def test_what_is_no_filter_of_a_list_has_no_words() -> None:
    assert not REQUESTS_GET.words
    assert not CATALOG_LIST.words


async def test_a_list_awaited_is_a_page_of_models() -> None:
    caller = Notebook(b'[{"id": "3-1"}, {"id": "3-2"}]')
    page = await RequestsResource(caller).list(
        status=["NEW", "IN_PROGRESS"],
        category=RequestCategory.NEW,
        is_overdue=True,
        customer_id="33-1",
        offset=4,
        limit=2,
    )
    assert page.items == [Request(id="3-1"), Request(id="3-2")]
    assert caller.asked["operation"] is REQUESTS_LIST
    assert (caller.asked["offset"], caller.asked["limit"]) == (4, 2)
    assert dict(encode_query(caller.asked["query"])) == {
        "status": "NEW,IN_PROGRESS",
        "category": "NEW",
        "isOverdue": "1",
        "customer.id": "33-1",
    }


async def test_a_list_awaited_raw_is_an_answer_with_its_window_in_the_query() -> None:
    caller = Notebook(b'[{"id": "3-1"}]')
    answer = await RequestsResource(caller).raw.list(offset=4, limit=2)
    assert isinstance(answer, Answer)
    assert answer.parse() == [Request(id="3-1")]
    assert encode_query(caller.asked["query"]) == [("offset", "4"), ("limit", "2")]


@pytest.mark.parametrize("window", [{"limit": 0}, {"limit": 251}, {"offset": -1}])
async def test_a_window_out_of_range_is_refused_before_anything_is_sent(window: dict[str, int]) -> None:
    caller = Notebook(b"[]")
    with pytest.raises(InvalidArgument):
        RequestsResource(caller).list(**window)  # type: ignore[arg-type]  # one of several arguments
    with pytest.raises(InvalidArgument):
        await RequestsResource(caller).raw.list(**window)  # type: ignore[arg-type]  # the same
    assert caller.asked == {}


async def test_get_fills_the_path_and_decodes() -> None:
    caller = Notebook(b'{"id": "3-1", "status": "PAUSED"}')
    request = await RequestsResource(caller).get("3-1", fields=["id", "status"])
    assert request == Request.from_dict({"id": "3-1", "status": "PAUSED"})
    assert caller.asked["path"] == {REQUEST_ID: "3-1"}
    assert encode_query(caller.asked["query"]) == [("fields", "id,status")]


async def test_create_sends_the_wire_form() -> None:
    caller = Notebook(b'{"id": "3-1"}')
    body = NewRequest(type="R_BVPN_FR_1", requested_at=datetime.date(2027, 1, 11))
    placed = await RequestsResource(caller).create(body)
    assert placed.id == "3-1"
    assert caller.asked["body"] == {"type": "R_BVPN_FR_1", "requestedAt": "2027-01-11"}


async def test_the_path_of_a_failure_in_a_list_has_the_index() -> None:
    answer = await RequestsResource(Notebook(b'[{}, {"id": 1}]')).raw.list()
    with pytest.raises(DecodeError) as caught:
        answer.parse()
    assert caught.value.path == "[1].Request.id"


async def test_the_description_of_the_api_is_an_open_object() -> None:
    assert await ServiceResource(Notebook(b'{"openapi": "3.0.0"}')).specification() == {"openapi": "3.0.0"}


@pytest.mark.parametrize("resource", [RequestsResource, CatalogResource, ServiceResource])
def test_every_method_has_a_raw_twin_with_the_same_arguments(resource: Any) -> None:
    one = resource(Notebook())
    methods = [name for name, _ in inspect.getmembers(one, inspect.ismethod) if not name.startswith("_")]
    assert methods
    for name in methods:
        mine, twin = inspect.signature(getattr(one, name)), inspect.signature(getattr(one.raw, name))
        assert list(mine.parameters.values()) == list(twin.parameters.values())
        assert inspect.iscoroutinefunction(getattr(one.raw, name))


@pytest.mark.parametrize("resource", [RequestsResource, CatalogResource, ServiceResource])
def test_every_argument_is_explained(resource: Any) -> None:
    for name, method in inspect.getmembers(resource, inspect.isfunction):
        if name.startswith("_"):
            continue
        doc = inspect.getdoc(method)
        assert doc is not None
        for argument in inspect.signature(method).parameters:
            assert argument == "self" or f"    {argument}: " in doc


@pytest.mark.parametrize("resource", [RequestsResource, CatalogResource, ServiceResource])
def test_headers_that_the_pipeline_sends_are_no_arguments(resource: Any) -> None:
    for _, method in inspect.getmembers(resource, inspect.isfunction):
        names = " ".join(inspect.signature(method).parameters).lower()
        assert not any(word in names for word in ("accept", "api_key", "authorization"))


def test_resources_are_made_once_and_when_used() -> None:
    resources = Resources(Notebook())
    assert resources.requests is resources.requests
    assert isinstance(resources.requests, RequestsResource)
    assert isinstance(resources.catalog, CatalogResource)
    assert isinstance(resources.service, ServiceResource)


async def test_answers_that_are_no_json_come_as_they_are(things: ModuleType) -> None:
    assert await things.ThingsResource(Notebook(b"\x00\xff")).download() == b"\x00\xff"
    assert await things.ThingsResource(Notebook(b"caf\xc3\xa9")).text() == "café"
    assert await things.ThingsResource(Notebook(b"")).delete("x") is None
    assert (await things.ThingsResource(Notebook(b"\x00\xff")).raw.download()).body == b"\x00\xff"


async def test_a_list_without_pages_is_a_list(things: ModuleType) -> None:
    assert await things.ThingsResource(Notebook(b'["a", "b"]')).names() == ["a", "b"]


async def test_a_body_that_may_be_left_out_is(things: ModuleType) -> None:
    caller = Notebook(b'{"a": 1}')
    assert await things.ThingsResource(caller).open() == {"a": 1}
    assert caller.asked["body"] is None
    await things.ThingsResource(caller).open({"b": None})
    assert caller.asked["body"] == {"b": None}


async def test_filters_of_every_kind_can_be_sent(things: ModuleType) -> None:
    caller = Notebook(b"[]")
    since = datetime.datetime(2015, 4, 9, tzinfo=datetime.UTC)
    await things.ThingsResource(caller).list(
        type="t", customer_id=["1", "2"], colour="red", level=1, is_open=False, since=since, tags=("a", "b")
    )
    assert dict(encode_query(caller.asked["query"])) == {
        "type": "t",
        "customer.id": "1,2",
        "colour": "red",
        "level": "1",
        "isOpen": "0",
        "since": since.isoformat(),
        "tags": "a,b",
    }
    assert not things.THINGS_GET.token
    assert things.THINGS_GET.api_key
