"""Kinds of input that once were lost, misread or refused: each is generated, imported, type-checked, and used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi.generate.generator import generate_tree
from openapi.generate.project import Project, build
from openapi.generate.variables import operation_variables
from openapi.prepare.steps import prepare
from openapi.read.errors import UnusableDescription
from tests.openapi.conftest import MakeProject, package_with
from tests.openapi.descriptions import ROOT, Document, in_path, operation, query, ref, small
from tests.openapi.generate.test_sloppy import GENERATED, python
from tests.type_checking import type_check

# On one worker: mypy reads the types of the libraries once for all of them.
pytestmark = pytest.mark.xdist_group("types")

TEXT = {"type": "string"}
COLLIDING = ["a-b", "a_b", "aB", "a.b", "type", "@type", "+1", "-1", "class", "class_"]
NAMED = {"NEW": "statusNew", "IN\u00a0PROGRESS": "statusInProgress"}
CODE = {"x": "__import__('sys').exit('text became code'); Z", "a\tb": "open('became_code', 'w'); Y"}
# What a body requires, though it may be null; the last one may be anything.
WISH: dict[str, Any] = {
    "text": {**TEXT, "nullable": True},
    "when": {**TEXT, "format": "date-time", "nullable": True},
    "sure": {"type": "boolean", "nullable": True},
    "cat": {"nullable": True, "allOf": [ref("Cat")]},
    "cats": {"type": "array", "items": ref("Cat"), "nullable": True},
    "words": {"type": "array", "items": TEXT, "nullable": True},
    "odd": {"nullable": True, "allOf": [ref("Odd")]},
    "any": {},
}
GRANTED = {
    "text": "x", "when": "2015-04-09T10:11:12Z", "sure": False, "cat": {"name": "x"}, "cats": [{"name": "y"}],
    "words": ["z"], "odd": "plain", "any": 1,
}  # fmt: skip
ODD_VALUES = ["a\nb", "a\rb", "a\u2028b", 'a"\\b', "x\x00", "plain"]


def kinds() -> Document:
    """Every kind of input that this file is about, in one description."""
    pet = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind", "mapping": {"d": "Dog"}}}
    pet["discriminator"] = {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat", "d": "Dog"}}
    animal = {"type": "object", "properties": {"kind": TEXT, "name": TEXT}}
    document = small(
        Names={"type": "object", "properties": dict.fromkeys(COLLIDING, TEXT)},
        Odd={"type": "string", "enum": ODD_VALUES},
        Named={"type": "string", "enum": list(NAMED), "x-enum-varnames": list(NAMED.values())},
        Code={"type": "string", "enum": list(CODE), "x-enum-varnames": list(CODE.values())},
        Wish={"type": "object", "required": list(WISH), "properties": WISH},
        Note={"type": "object", "required": ["text"], "properties": {"text": {**TEXT, "nullable": True}}},
        Pet=pet,
        Cat=animal,
        Dog=animal,
        Holder={
            "type": "object",
            "properties": {
                "one": ref("Pet"),
                "many": {"type": "array", "items": ref("Pet")},
                "by": {"type": "object", "additionalProperties": ref("Pet")},
                "odd": ref("Odd"),
                "level": {"allOf": [ref("Named"), {"default": "NEW"}]},
                "code": {"allOf": [TEXT, {"maxLength": 5}]},
                "codes": {"allOf": [{"type": "array", "items": TEXT}, {"minItems": 1}]},
                "words": {"type": "array", "items": {**TEXT, "nullable": True}},
                "cats": {"type": "array", "items": {"nullable": True, "allOf": [ref("Cat")]}},
                "counts": {"type": "object", "additionalProperties": {"type": "integer", "nullable": True}},
                "old": {**TEXT, "deprecated": True, "description": "Replaced by words."},
            },
        },
    )
    paths = document["paths"]
    paths["/holders"] = {"get": operation(ref("Holder"), query("filter[name]"), query("filtername"))}
    paths["/names"] = {"get": operation(ref("Names"), {**query("old"), "deprecated": True}, query("new"))}
    paths["/requests/aggregate"] = {"get": operation({"type": "object"})}
    paths["/requests/aggregate"]["get"]["responses"]["200"]["headers"] = {"X-Total-Count": {"schema": {}}}
    paths["/requests/{requestId}/submit"] = {"post": operation(None, in_path("requestId"), status="204")}
    paths |= {f"/{name}": {"get": operation(ref("Cat"))} for name in ("self", "list", "dict", "property", "send")}
    paths["/elsewhere"] = {"$ref": "#/components/pathItems/Elsewhere"}
    document["components"]["pathItems"] = {"Elsewhere": {"get": operation(ref("Cat"), deprecated=True)}}
    paths["/wishes"] = {"post": operation({}, body=ref("Wish"))}
    paths["/notes"] = {"post": operation(ref("Note"), body=ref("Note"))}
    paths["/gone"] = {"$ref": "#/components/pathItems/Nowhere"}
    header = {"name": "X-Tenant", "in": "header", "required": True, "schema": TEXT}
    paths["/tenants"] = {"get": operation(ref("Cat"), header, security=[{"Nowhere": []}])}
    pdf = {"description": "", "content": {"application/pdf": {"schema": {**TEXT, "format": "binary"}}}}
    paths["/tenants"]["get"]["responses"]["500"] = pdf
    document["servers"] = [{"url": "https://{host}/v3", "variables": {"host": {"default": "api.orange.com"}}}]
    return document


PROGRAM = """
import asyncio, json, sys, warnings
from typing import Any
from orange_ordering_client._generated.models import Cat, Code, Dog, Holder, Named, Names, Note, Odd, Wish
from orange_ordering_client.errors import DecodeError
from orange_ordering_client._generated.registry import Resources

class Answered:
    body = b""
    def parse(self) -> Any: return None

class Told:
    def __init__(self) -> None: self.sent: list[Any] = []
    async def call(self, operation: Any, decode: Any, **sent: Any) -> Any:
        self.sent.append([operation.id, operation.path, sent]); return decode({"NEW": 2})
    async def answer(self, operation: Any, decode: Any, **sent: Any) -> Any:
        self.sent.append([operation.id, operation.path, sent]); return Answered()

async def operation_variables(api: Any) -> list[str]:
    await api.holders.get(**{list(FILTERS)[0]: "1", list(FILTERS)[1]: "2"})
    assert await api.requests.get_aggregate() == {"NEW": 2}
    await api.requests.submit_call("3")
    for name in ("self", "list", "dict", "property", "send"):
        await getattr(api, name + "_resource").get()
    await api.tenants.get()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        await api.names.get(new="1")
        await api.names.get(old="1")
        await api.elsewhere.get()
        await api.elsewhere.raw.get()
    assert {one.filename for one in seen} == {__file__}
    assert {one.category for one in seen} == {DeprecationWarning}
    return [str(one.message).split(" is ")[0] for one in seen]

import inspect
told = Told()
api = Resources(told)  # type: ignore[arg-type]
FILTERS = [name for name in inspect.signature(api.holders.get).parameters]
warned = asyncio.run(operation_variables(api))
names = {key: str(index) for index, key in enumerate(json.loads(sys.argv[1]))}
pets = {
    "one": {"kind": "d", "name": "Rex"},
    "many": [{"kind": "c"}, {"kind": "d"}, {"kind": "new"}],
    "by": {"x": {"kind": "d"}},
    "words": ["a", None],
    "cats": [{"name": "x"}, None],
    "counts": {"a": 1, "b": None},
    "level": "NEW",
    "code": "x",
    "codes": ["y"],
}
granted = json.loads(sys.argv[2])
refused = []
for key in granted:
    try:
        Wish.from_dict({name: None for name in granted if name != key})
    except DecodeError as error:
        refused.append(error.path)
holder = Holder.from_dict(pets)
print(json.dumps({
    "names": Names.from_dict(names).to_dict() == names,
    "distinct": [getattr(Names.from_dict(names), a) for a in Names.__slots__ if a != "additional_properties"],
    "pets": [type(one).__name__ for one in (holder.one, *holder.many, holder.by.additional_properties["x"])],
    "put together": [holder.level is Named.STATUS_NEW, holder.code, holder.codes],
    "granted": Wish.from_dict(granted).to_dict(),
    "nulls": Wish.from_dict(dict.fromkeys(granted)).to_dict(),
    "constructed": Wish(**dict.fromkeys(granted)).to_dict(),
    "refused": refused,
    "types": {name: str(one.annotation) for name, one in inspect.signature(Wish).parameters.items()},
    "defaults": [one.default is inspect.Parameter.empty for one in inspect.signature(Wish).parameters.values()][:-1],
    "note": [Note(text=None).to_dict(), Note.from_dict({"text": "x"}).to_dict(), Note.from_dict({}).text],
    "back": holder.to_dict() == pets,
    "odd": [one.value for one in Odd],
    "odd read": [Holder.from_dict({"odd": one.value}).odd is one for one in Odd],
    "named": {name: member.value for name, member in Named.__members__.items()},
    "code": [one.value for one in Code],
    "warned": warned,
    "sent": told.sent,
    "doc": Holder.__doc__,
}))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    return package_with(tmp_path_factory.mktemp("kinds"), kinds())


@pytest.fixture(scope="module")
def said(made: tuple[Path, Any]) -> Any:
    (made[0] / "program.py").write_text(PROGRAM, "utf-8")
    return json.loads(python(made[0], "program.py", json.dumps(COLLIDING), json.dumps(GRANTED)))


def test_properties_whose_python_names_collide_keep_each_their_wire_name(said: Any) -> None:
    assert said["names"]
    assert sorted(said["distinct"], key=int) == [str(index) for index in range(len(COLLIDING))]


def test_parameters_whose_python_names_collide_are_sent_each_under_its_own(said: Any) -> None:
    sent = next(one[2]["query"] for one in said["sent"] if one[1] == "/holders")
    assert sorted(sent) == ["filter[name]", "filtername"]
    assert sorted(sent.values()) == ["1", "2"]


def test_a_discriminator_chooses_the_class_in_fields_lists_and_maps(said: Any) -> None:
    assert said["pets"] == ["Dog", "Cat", "Dog", "Cat", "Dog"]  # A new kind is read as the first that fits.


def test_null_among_items_and_values_is_read_where_it_is_allowed(said: Any) -> None:
    assert said["back"]


def test_what_an_all_of_puts_together_is_text_an_enum_or_a_list(said: Any) -> None:
    assert said["put together"] == [True, "x", ["y"]]


def test_what_a_body_requires_may_be_null_if_the_description_says_so(said: Any) -> None:
    assert said["nulls"] == said["constructed"] == dict.fromkeys(WISH)
    assert said["granted"] == GRANTED
    assert said["types"]["text"] == "str | None"
    assert said["types"]["cats"] == "list[Cat] | None"


def test_what_a_body_requires_must_be_there_even_if_it_may_be_null(said: Any) -> None:
    assert said["refused"] == [f"Wish.{name}" for name in WISH]
    assert all(said["defaults"])


def test_what_is_sent_and_answered_is_written_as_null_if_it_is_required(said: Any) -> None:
    assert said["note"] == [{"text": None}, {"text": "x"}, None]


def test_values_with_line_breaks_and_quotes_stay_what_they_are(said: Any) -> None:
    assert said["odd"] == ODD_VALUES
    assert all(said["odd read"])


def test_members_have_the_names_that_the_description_gives_whatever_their_values(said: Any) -> None:
    assert said["named"] == {"STATUS_NEW": "NEW", "STATUS_IN_PROGRESS": "IN\u00a0PROGRESS"}


def test_a_name_that_is_code_is_not_run(said: Any, made: tuple[Path, Any]) -> None:
    assert said["code"] == list(CODE)
    assert not (made[0] / "became_code").exists()


def test_what_is_deprecated_warns_its_caller_and_says_so_in_the_documentation(said: Any) -> None:
    assert said["warned"] == ["names.get(old=)", "elsewhere.get", "elsewhere.get"]
    assert "old: Deprecated. Replaced by words." in said["doc"]


def test_every_call_can_be_reached_whatever_its_path_is_called(said: Any) -> None:
    reached = {one[1]: one[0] for one in said["sent"]}
    assert reached["/list"] == "list_resource.get"
    assert reached["/send"] == "send_resource.get"
    assert reached["/requests/{requestId}/submit"] == "requests.submit_call"
    assert reached["/elsewhere"] == "elsewhere.get"


@pytest.mark.parametrize(
    "line",
    [
        "POST /requests/{requestId}/submit is requests.submit_call: requests.submit is reserved for hand-written code",
        "GET /send belongs to send_resource: the client uses the plain name",
        "GET /list belongs to list_resource: the client uses the plain name",
        "GET /tenants: X-Tenant (header): required, and methods do not send it: give it with with_options(headers=...)",
    ],
)
def test_what_a_person_should_know_is_said(made: tuple[Path, Any], line: str) -> None:
    assert line in made[1].prepared.warnings


def test_a_reference_to_no_calls_is_named(made: tuple[Path, Any]) -> None:
    named = {one.where: one.note for one in made[1].prepared.repairs if one.fault == "dangling-reference"}
    assert named == {"/gone": "'#/components/pathItems/Nowhere' leads to no operations: the path has none"}


def test_a_scheme_that_is_described_nowhere_takes_no_credential_away(made: tuple[Path, Any]) -> None:
    told = {one["path"]: one for one in operation_variables(made[1].prepared.document).values()}
    assert (told["/tenants"]["token"], told["/tenants"]["api_key"]) == (True, True)


def test_all_of_it_is_typed(made: tuple[Path, Any], mypy_cache: Path) -> None:
    assert type_check(made[0], GENERATED, mypy_cache) == ""


def test_schemas_too_deep_to_import_are_refused_in_one_sentence(make_project: MakeProject, tmp_path: Path) -> None:
    deep: dict[str, Any] = TEXT
    for _ in range(150):
        deep = {"type": "object", "properties": {"inner": deep}}
    project = make_project(small(Deep=deep))
    with pytest.raises(UnusableDescription, match="nests schemas more than 100 levels deep"):
        build(project, project.vendored.read_bytes(), tmp_path)


def test_schemas_nested_less_deeply_are_imported(tmp_path: Path) -> None:
    deep: dict[str, Any] = TEXT
    for _ in range(95):
        deep = {"type": "object", "properties": {"n": deep}}
    package, _ = package_with(tmp_path, small(Deep=deep))
    python(package, "-c", "from orange_ordering_client._generated.models import Deep")


def test_a_message_of_the_generator_shows_text_and_no_addresses(tmp_path: Path) -> None:
    twice = [query("filter[name]"), query("filtername")]
    document = prepare(json.dumps(small()).encode(), []).document
    document["paths"]["/requests"]["get"]["parameters"] = twice
    variables = {"description_sha256": "", "operations": operation_variables(document), "schemas": {}}
    job = tmp_path / "job"
    job.mkdir()
    with pytest.raises(Exception, match="filtername") as caught:
        generate_tree(document, variables, Project(ROOT).sources, job)
    assert " at 0x" not in str(caught.value)
