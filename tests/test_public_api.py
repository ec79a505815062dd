"""The public names: all there, each with its documentation, and nothing loaded before it is used."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import orange_ordering_client
from orange_ordering_client import errors

PROMISED = [
    *("OrderingClient", "RetryPolicy", "Page", "Pager", "Answer"),
    *("Hooks", "RequestRecord", "ResponseRecord", "RetryRecord"),
    *("Request", "NewRequest", "CatalogItem", "Catalog", "Attachment", "NewAttachment", "Customer", "NewCustomer"),
    *("KeyDates", "Quote", "QuoteAttachment", "Hyperlink", "ServiceStatus", "ServiceVersion", "Me", "ErrorBody"),
    *("RequestStatus", "RequestStep", "RequestSubStep", "RequestPriority", "RequestCategory"),
]
INTERNAL = {"reason_of"}


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_is_exported(name: str) -> None:
    assert name in orange_ordering_client.__all__
    assert getattr(orange_ordering_client, name) is not None


def test_every_exception_is_exported() -> None:
    assert set(errors.__all__) - INTERNAL <= set(orange_ordering_client.__all__)


@pytest.mark.parametrize("name", [name for name in orange_ordering_client.__all__ if name != "__version__"])
def test_an_exported_name_is_documented(name: str) -> None:
    exported = getattr(orange_ordering_client, name)

    assert inspect.isclass(exported) or callable(exported)
    assert (inspect.getdoc(exported) or "").strip()


def test_no_name_is_exported_twice_and_dir_shows_them_all() -> None:
    names = orange_ordering_client.__all__

    assert len(names) == len(set(names))
    assert set(names) <= set(dir(orange_ordering_client))


def test_a_star_import_brings_every_name() -> None:
    found: dict[str, object] = {}
    exec("from orange_ordering_client import *", found)  # noqa: S102 -- the statement under test

    assert set(orange_ordering_client.__all__) <= set(found)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = orange_ordering_client.Nothing
    with pytest.raises(ImportError):
        importlib.import_module("orange_ordering_client.nothing")


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_no_models_and_no_http() -> None:
    loaded = loaded_after("import orange_ordering_client")

    assert not {"httpx", "httpcore", "ssl", "dateutil", "jsonschema"} & loaded
    assert not any(name.startswith("orange_ordering_client._generated.models.") for name in loaded)


def test_the_client_class_loads_no_models_and_no_http() -> None:
    loaded = loaded_after("from orange_ordering_client import OrderingClient")

    assert not {"httpx", "httpcore", "dateutil"} & loaded
    assert not any(name.startswith("orange_ordering_client._generated.models.") for name in loaded)
    assert not any(name.startswith("orange_ordering_client.sandbox") for name in loaded)


def test_whoever_only_reads_loads_nothing_that_places_or_follows_orders() -> None:
    loaded = loaded_after(
        "from orange_ordering_client import OrderingClient\n"
        "client = OrderingClient(client_id='a', client_secret='b', api_key='c')\n"
        "client.requests.list()"
    )

    parts = {name.removeprefix("orange_ordering_client.") for name in loaded}
    assert {"requests", "_generated.models.request"} <= parts
    assert not {"catalog", "hooks", "wire.uuids", "_generated.models.new_request"} & parts
    assert not any(name.startswith(("orders", "validation", "sandbox")) for name in parts)
