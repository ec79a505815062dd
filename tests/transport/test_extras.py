"""extras: which of the libraries that make the client faster are used."""

from __future__ import annotations

from typing import Any

import pytest

from orange_ordering_client.errors import ConfigurationError
from orange_ordering_client.transport import extras
from orange_ordering_client.transport.extras import choose_extras, installed_extras


def install(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> None:
    """Let it look as if these libraries were all there is."""
    monkeypatch.setattr(extras, "find_spec", lambda name: object() if name in libraries else None)


@pytest.mark.parametrize(
    ("libraries", "found"),
    [((), set()), (("orjson",), {"fast"}), (("aiohttp",), {"aiohttp"}), (("orjson", "aiohttp"), {"fast", "aiohttp"})],
)
def test_what_is_installed_is_used_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, libraries: tuple[str, ...], found: set[str]
) -> None:
    install(monkeypatch, *libraries)

    assert installed_extras() == choose_extras(None) == found


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        ((), set()),
        (("fast",), {"fast"}),
        ("fast", {"fast"}),
        (["aiohttp"], {"aiohttp"}),
        ({"fast", "aiohttp"}, {"fast", "aiohttp"}),
    ],
)
def test_only_what_was_asked_for_is_used(monkeypatch: pytest.MonkeyPatch, wanted: Any, used: set[str]) -> None:
    install(monkeypatch, "orjson", "aiohttp")

    assert choose_extras(wanted) == used


def test_an_extra_that_is_not_installed_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "orjson")

    with pytest.raises(ConfigurationError, match=r"pip install 'orange-ordering-client\[aiohttp\]'"):
        choose_extras(("fast", "aiohttp"))


@pytest.mark.parametrize("wrong", [("fats",), "aiohtpp", [7]])
def test_an_extra_that_does_not_exist_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="there are 'fast' and 'aiohttp'"):
        choose_extras(wrong)
