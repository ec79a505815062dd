"""What breaks for those who write Python against a generated tree."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from openapi.compare.python_api import PythonChanges, python_changes

MODEL = """
    class Thing:
        id: str | None = None
        size: int | None = None
        _hidden: str = ""

        def to_dict(self) -> dict[str, Any]: ...

    def decode_thing(source): ...
"""
RESOURCE = """
    THINGS_LIST = 1

    class ThingsResource:
        def list(self, *, q: str | Iterable[str] | None = None, offset: int = 0) -> Pager[Thing]: ...
        async def get(self, thing_id: str) -> Thing | None: ...

    class ThingsRaw:
        def list(self, *, q: str | None = None) -> Answer[list[Thing]]: ...
"""
REGISTRY = """
    class Resources:
        def things(self) -> ThingsResource: ...
"""

ALSO = "Thing.also: is required by the constructor of Thing now"
LESS = "ordering.things.list: argument `q` took `str | Iterable[str] | None`, takes `str | None`"
OTHERWISE = "ordering.things.get: argument `thing_id` changed between positional and keyword"


def tree(root: Path, model: str = MODEL, resource: str = RESOURCE, registry: str = REGISTRY) -> Path:
    files = {"models/thing.py": model, "resources/things.py": resource, "registry.py": registry}
    for name in ("", "models/", "resources/"):
        files[f"{name}__init__.py"] = "from __future__ import annotations\n"
    for name, source in files.items():
        path = root / "_generated" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(source))
    return root / "_generated"


def changes(tmp_path: Path, **after: str) -> PythonChanges:
    return python_changes(tree(tmp_path / "before"), tree(tmp_path / "after", **after))


def test_the_same_tree_has_no_changes(tmp_path: Path) -> None:
    assert changes(tmp_path) == PythonChanges((), ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("size: int | None = None", "", "Thing.size: removed"),
        ("size: int | None = None", "size: str | None = None", "Thing.size: was `int | None`, is `str | None`"),
        ("size: int | None = None", "size: int", "Thing.size: is required by the constructor of Thing now"),
        ("size: int | None = None", "size: int | None = None\n        also: str", ALSO),
        ("class Thing:", "class Things:", "Thing: removed"),
    ],
)  # fmt: skip
def test_a_model_breaks(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert changes(tmp_path, model=MODEL.replace(old, new)).breaking == (said,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("q: str | Iterable[str] | None = None, ", "", "ordering.things.list: argument `q` removed"),
        ("offset: int = 0", "offset: int = 1", "ordering.things.list: argument `offset` has another default"),
        ("offset: int = 0", "offset: int", "ordering.things.list: argument `offset` became required"),
        ("offset: int = 0", "offset: int = 0, r: str", "ordering.things.list: required argument `r` added"),
        ("| Iterable[str] ", "", LESS),
        ("(self, thing_id", "(self, *, thing_id", OTHERWISE),
        ("Pager[Thing]", "Thing", "ordering.things.list: returned `Pager[Thing]`, returns `Thing`"),
        ("async def get", "async def find", "ordering.things.get: removed"),
    ],
)  # fmt: skip
def test_a_method_breaks(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert changes(tmp_path, resource=RESOURCE.replace(old, new)).breaking == (said,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("offset: int = 0", "offset: int = 0, r: str = ''", ("ordering.things.list: argument `r` added",)),
        ("| Iterable[str] ", "| Iterable[str | Kind] ", ()),
        ("q: str | Iterable[str] | None", "q: Any", ()),
        ("Thing | None", "Thing", ()),
        ("async def get", "async def more(self): ...\n        async def get", ("ordering.things.more: added",)),
    ],
)
def test_a_method_grows(tmp_path: Path, old: str, new: str, said: tuple[str, ...]) -> None:
    assert changes(tmp_path, resource=RESOURCE.replace(old, new)) == PythonChanges((), said)


def test_what_need_not_be_given_any_more_breaks_nothing(tmp_path: Path) -> None:
    demanding = tree(tmp_path / "before", model=MODEL.replace("size: int | None = None", "size: int"))
    assert python_changes(demanding, tree(tmp_path / "after")) == PythonChanges((), ())


def test_a_property_is_not_constructed(tmp_path: Path) -> None:
    registry = """
        class Resources:
            @cached_property
            def things(self) -> ThingsResource: ...
            @cached_property
            def others(self) -> OthersResource: ...
    """
    said = changes(tmp_path, registry=registry.replace("@cached_property", "@functools.cached_property"))
    assert "ordering.others: added" in said.added
    assert not any("constructed" in line for line in said.breaking)


def test_a_model_grows(tmp_path: Path) -> None:
    model = MODEL.replace("size:", "more: str | None = None\n        size:") + "\n    class Other: ...\n"
    assert changes(tmp_path, model=model) == PythonChanges((), ("Thing.more: added", "Other: added"))


def test_a_resource_that_is_gone_is_gone_from_the_client(tmp_path: Path) -> None:
    said = changes(tmp_path, registry="class Resources: ...", resource="")
    assert said.breaking == ("ordering.things: removed",)


def test_what_users_never_name_does_not_count(tmp_path: Path) -> None:
    model = MODEL.replace("_hidden", "_else").replace("decode_thing", "decode_it")
    resource = RESOURCE.replace("THINGS_LIST", "THINGS").replace("class ThingsRaw", "class OtherRaw")
    assert changes(tmp_path, model=model, resource=resource) == PythonChanges((), ())
