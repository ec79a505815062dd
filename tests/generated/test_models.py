"""Every model of the description, against payloads that are right, odd and wrong."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from random import Random, SystemRandom
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orange_ordering_client._generated import models
from orange_ordering_client._generated.models import (
    Disconnection,
    DisconnectionProperties,
    Hyperlink,
    KeyDates,
    NewRequest,
    Request,
    RequestStatus,
    ServicePoint,
)
from orange_ordering_client.errors import DecodeError
from tests.generated.payloads import SCHEMAS, broken, comparable, resolved, shaped

MODELS = sorted(name for name in models.__all__ if hasattr(getattr(models, name), "from_dict"))
BODIES = [name for name in MODELS if resolved(SCHEMAS[name]).get("required")]

FULL: dict[str, Any] = {
    "id": "3-00286023",
    "customerReference": "#DEMO#",
    "type": "R_BVPN_FR_1",
    "category": "DISCONNECT",
    "priority": "UNKNWON",
    "status": "IN_PROGRESS",
    "step": "REQUEST",
    "customer": {"id": "33-01257052", "name": "ACME"},
    "keyDates": {"issuedAt": "2015-04-09", "expectedAt": "2015-05-09"},
    "properties": {"servicePoint": {"id": "SP-1", "floor": None}},
    "quotes": [{"id": "Q-1", "attachment": {"name": "quote.pdf"}}],
    "attachments": [{"id": "A-1"}, {"id": "A-2"}],
    "createdAt": "2015-04-09T10:11:12Z",
    "_links": {"self": {"href": "/requests/3-00286023", "method": "GET"}},
}


def seeds() -> list[int]:
    """500 of them, others in every run: a failure says which one it was."""
    return SystemRandom().sample(range(10**9), 500)


def test_there_are_models_to_test() -> None:
    objects = {name for name, schema in SCHEMAS.items() if resolved(schema).get("properties")}
    assert set(MODELS) == objects


@pytest.mark.parametrize("name", MODELS)
def test_payloads_as_described_are_decoded_and_written_back(name: str) -> None:
    model = getattr(models, name)
    for seed in seeds():
        payload = shaped(SCHEMAS[name], Random(seed))  # noqa: S311  # repeats on purpose
        assert comparable(model.from_dict(payload).to_dict()) == comparable(payload), seed


@pytest.mark.parametrize("name", MODELS)
def test_payloads_with_anything_anywhere_are_decoded_or_refused(name: str) -> None:
    model = getattr(models, name)
    for seed in seeds():
        payload = broken(SCHEMAS[name], Random(seed))  # noqa: S311  # repeats on purpose
        untouched = copy.deepcopy(payload)
        try:
            written = model.from_dict(payload).to_dict()
        except DecodeError as error:
            assert error.path.startswith(name), seed  # noqa: PT017 -- either outcome is right
            assert error.body is payload, seed  # noqa: PT017 -- the same
        else:
            assert comparable(written) == comparable(payload), seed
        assert payload == untouched, seed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(FULL)), JSON))
def test_what_was_decoded_survives_json(payload: dict[str, Any]) -> None:
    try:
        request = Request.from_dict(payload)
    except DecodeError:
        return
    assert Request.from_dict(json.loads(json.dumps(request.to_dict()))) == request


def test_a_request_reads_as_python() -> None:
    request = Request.from_dict(FULL)
    assert (request.id, request.type, request.status) == ("3-00286023", "R_BVPN_FR_1", RequestStatus.IN_PROGRESS)
    assert request.key_dates == KeyDates(issued_at=date(2015, 4, 9), expected_at=date(2015, 5, 9))
    assert request.created_at == datetime(2015, 4, 9, 10, 11, 12, tzinfo=UTC)
    assert request.properties == {"servicePoint": {"id": "SP-1", "floor": None}}
    assert request.links is not None
    assert request.links.self_ == Hyperlink.from_dict({"href": "/requests/3-00286023", "method": "GET"})
    assert [one.id for one in request.attachments or []] == ["A-1", "A-2"]
    assert request.to_dict() == FULL


@pytest.mark.parametrize("name", [name for name in MODELS if name not in BODIES])
def test_nothing_of_an_answer_is_required(name: str) -> None:
    model = getattr(models, name)
    nothing = model.from_dict({})
    assert nothing == model()
    assert nothing.to_dict() == {}
    assert all(value is None for value in attrs.asdict(nothing, recurse=False).values())


@pytest.mark.parametrize("name", [name for name in MODELS if name not in BODIES])
def test_null_is_the_same_as_absent(name: str) -> None:
    model = getattr(models, name)
    assert model.from_dict(dict.fromkeys(resolved(SCHEMAS[name])["properties"])) == model()


@pytest.mark.parametrize("name", BODIES)
def test_what_a_body_requires_is_required_by_its_constructor_and_of_its_wire_form(name: str) -> None:
    model = getattr(models, name)
    with pytest.raises(TypeError, match=r"missing .* required keyword-only argument"):
        model()
    with pytest.raises(DecodeError, match="missing or null") as caught:
        model.from_dict({})
    assert caught.value.path.split(".")[1] in resolved(SCHEMAS[name])["required"]


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_given_by_name_only(name: str) -> None:
    kinds = {parameter.kind for parameter in inspect.signature(getattr(models, name)).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("extras", [{"new": {"deep": [None]}}, {"x": None}, {"": 0}])
def test_unknown_keys_are_kept_and_written_back(extras: dict[str, Any]) -> None:
    request = Request.from_dict({**FULL, **extras})
    assert request.additional_properties == extras
    assert request.to_dict() == {**FULL, **extras}


def test_unknown_keys_are_noticed_beside_nulls_and_absent_fields() -> None:
    link = Hyperlink.from_dict({"href": "/x", "method": None, "rel": "self"})
    assert link.additional_properties == {"rel": "self"}
    assert Hyperlink.from_dict({"href": "/x", "method": None}).additional_properties is None


def test_an_unknown_status_does_not_break_a_page() -> None:
    request = Request.from_dict({"status": "PAUSED"})
    assert request.status == "PAUSED"
    assert request.status is not None
    assert not request.status.is_known
    assert request.to_dict() == {"status": "PAUSED"}


@pytest.mark.parametrize(
    ("payload", "path", "value"),
    [
        ({"keyDates": {"issuedAt": 20150409}}, "Request.keyDates.issuedAt", 20150409),
        ({"keyDates": {"issuedAt": "soon"}}, "Request.keyDates.issuedAt", "soon"),
        ({"createdAt": {}}, "Request.createdAt", {}),
        ({"id": 3}, "Request.id", 3),
        ({"id": True}, "Request.id", True),
        ({"status": ["NEW"]}, "Request.status", ["NEW"]),
        ({"status": 1}, "Request.status", 1),
        ({"customer": []}, "Request.customer", []),
        ({"properties": "{}"}, "Request.properties", "{}"),
        ({"quotes": {}}, "Request.quotes", {}),
        ({"quotes": [{}, {"attachment": {"name": 1}}]}, "Request.quotes[1].attachment.name", 1),
        ({"attachments": [{}, {}, {}, None]}, "Request.attachments[3]", None),
        ({"_links": {"self": {"href": 1}}}, "Request._links.self.href", 1),
        ([], "Request", []),
        ("text", "Request", "text"),
        (None, "Request", None),
    ],
)
def test_a_failure_names_the_place_in_wire_names(payload: Any, path: str, value: object) -> None:
    with pytest.raises(DecodeError) as caught:
        Request.from_dict(payload)
    assert (caught.value.path, caught.value.value) == (path, value)
    assert caught.value.body is payload
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("written", ["2015-04-09", "2015-04-09T00:00:00.000Z", "2015-04-09T02:00:00+02:00"])
def test_a_date_time_is_plain_and_written_as_it_came_until_it_is_set(written: str) -> None:
    request = Request.from_dict({"createdAt": written})
    assert type(request.created_at) is datetime
    assert request == Request(created_at=datetime(2015, 4, 9, tzinfo=UTC))
    assert request.to_dict() == {"createdAt": written}
    request.created_at = datetime(2015, 4, 10, tzinfo=UTC)
    assert request.to_dict() == {"createdAt": "2015-04-10T00:00:00Z"}
    request.created_at = None
    assert request.to_dict() == {}


def test_any_mapping_will_do_as_a_source() -> None:
    assert Request.from_dict(MappingProxyType(FULL)) == Request.from_dict(FULL)


def test_deep_json_in_an_open_place_is_kept() -> None:
    deep: dict[str, Any] = {}
    for _ in range(20_000):
        deep = {"a": deep}
    request = Request.from_dict({"properties": deep, "new": deep})
    assert request.properties is deep
    # Comparing or copying it would recurse; what is written is what came in.
    assert request.to_dict()["properties"] is deep
    while deep:
        deep = deep.pop("a")


@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301 -- our own bytes
def test_models_survive_copying_and_pickling(through: Any) -> None:
    source = {**FULL, "status": "PAUSED", "createdAt": "2015-04-09", "new": [1]}
    request = Request.from_dict(source)
    again = through(request)
    assert again == request
    assert again.to_dict() == source


def test_a_model_shows_what_it_has_and_no_more() -> None:
    assert repr(Request.from_dict({"id": "3-1", "status": "NEW", "x": 1})) == (
        "Request(id='3-1', status=<RequestStatus.NEW: 'NEW'>, additional_properties={'x': 1})"
    )


def test_models_take_no_attributes_by_mistake() -> None:
    with pytest.raises(AttributeError):
        Request().stauts = RequestStatus.NEW  # type: ignore[attr-defined]  # the mistake


def test_a_subclass_is_decoded_as_itself() -> None:
    class Mine(Request):
        @property
        def is_over(self) -> bool:
            return self.status == "COMPLETED"

    mine = Mine.from_dict({"status": "COMPLETED"})
    assert isinstance(mine, Mine)
    assert mine.is_over


def test_a_body_is_built_and_written() -> None:
    body = NewRequest(type="R_BVPN_FR_1", requested_at=date(2027, 1, 11), properties={"servicePoint": {"id": "SP-1"}})
    assert body.to_dict() == {
        "type": "R_BVPN_FR_1",
        "requestedAt": "2027-01-11",
        "properties": {"servicePoint": {"id": "SP-1"}},
    }
    typed = Disconnection(
        type="R_BVPN_FR_1",
        requested_at=date(2027, 1, 11),
        properties=DisconnectionProperties(service_point=ServicePoint(id="SP-1")),
    )
    assert typed.to_dict() == body.to_dict()


def test_a_plain_string_will_do_for_an_enum() -> None:
    assert Request(status="NEW").to_dict() == {"status": "NEW"}  # type: ignore[arg-type]  # checkers object, users do it


@pytest.mark.parametrize(
    ("line", "loaded"),
    [
        ("import orange_ordering_client._generated", set()),
        ("import orange_ordering_client._generated.models", set()),
        ("import orange_ordering_client._generated.registry", set()),
        ("from orange_ordering_client._generated.models import Customer", {"customer"}),
        (
            "from orange_ordering_client._generated.models import RequestLinks",
            {"request_links", "hyperlink", "http_method"},
        ),
    ],
)
def test_only_the_models_that_are_touched_are_loaded(line: str, loaded: set[str]) -> None:
    program = f"{line}\nimport sys\nprint(*[name for name in sys.modules if '._generated.models.' in name])"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout  # noqa: S603 -- our own program
    assert {name.rsplit(".", 1)[1] for name in output.split()} == loaded


def test_the_package_of_models_says_what_it_has() -> None:
    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = models.Nothing


@pytest.mark.parametrize("spelling", [True, "true", "True", "1", 1, False, "false", "0", 0])
def test_flags_of_a_request_are_booleans_whatever_comes(spelling: object) -> None:
    request = Request.from_dict({"isOverdue": spelling, "isArchived": spelling})
    assert request.is_overdue is request.is_archived is (str(spelling).lower() in ("true", "1"))
    assert request.to_dict() == {"isOverdue": spelling, "isArchived": spelling}
    request.is_overdue = not request.is_overdue
    assert request.to_dict()["isOverdue"] is request.is_overdue


def test_a_flag_in_a_word_that_nobody_knows_is_none_and_is_written_back() -> None:
    request = Request.from_dict({"isOverdue": "perhaps", "isArchived": "oui"})
    assert (request.is_overdue, request.is_archived) == (None, True)
    assert request.to_dict() == {"isOverdue": "perhaps", "isArchived": "oui"}
    request.is_overdue = False
    assert request.to_dict()["isOverdue"] is False


def test_an_odd_stamp_in_one_field_spoils_no_request() -> None:
    wire = {
        "createdAt": "2016-12-31T23:59:60Z",
        "updatedAt": "",
        "keyDates": {"issuedAt": "", "requestedAt": "20240630"},
        "isOverdue": "",
    }
    request = Request.from_dict(wire)
    assert request.created_at == datetime(2017, 1, 1, tzinfo=UTC)
    assert request.updated_at is None
    assert request.is_overdue is None
    assert request.key_dates is not None
    assert (request.key_dates.issued_at, request.key_dates.requested_at) == (None, date(2024, 6, 30))
    assert request.to_dict() == {"createdAt": "2016-12-31T23:59:60Z", "keyDates": {"requestedAt": "20240630"}}
