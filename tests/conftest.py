"""What every test starts from: an empty environment, and property tests that do not depend on the machine's speed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_TESTS = Path(__file__).parent
_AUTHORITIES = os.environ.get("SSL_CERT_FILE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """Ctrl-C reaches the tests that send it and the programs that they start, also under `nohup`."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of certificate authorities: one, that nobody trusts. Reading those of the system takes 50 ms a client."""
    path = tmp_path_factory.mktemp("authorities") / "authorities.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return path


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, authorities: Path) -> None:
    """No test sees credentials, proxies or certificates of whoever runs it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    for name in list(os.environ):
        if name.startswith("ORANGE_") or name.lower() in _PROXIES:
            monkeypatch.delenv(name)


@pytest.fixture
def machine_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate authorities of the machine again, for programs that install packages."""
    if _AUTHORITIES is None:
        monkeypatch.delenv("SSL_CERT_FILE")
    else:
        monkeypatch.setenv("SSL_CERT_FILE", _AUTHORITIES)


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of mypy for all packages that tests check: the types of the libraries are read once."""
    return tmp_path_factory.mktemp("mypy")


# Tracing doubles the time of a test for nothing where it runs the build, generated code or programs, and where it runs
# again, many times or with any input, what the other tests of its folder cover.
_WITHOUT_COVERAGE = (
    "chaos",
    "docs",
    "examples",
    "fleet/test_chaos.py",
    "fleet/test_model.py",
    "generated",
    "official",
    "openapi",
    "orders/test_altered_recovery.py",
    "packaging",
    "pipeline/test_tokens.py",
    "sandbox/test_bounds.py",
    "sandbox/test_schemathesis.py",
    "sandbox/test_what_the_client_makes_of_it.py",
    "test_any_input.py",
    "tools",
    "transport/test_idle_connections.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run some tests without coverage; `make test` still fails if a line or a branch is run by no other test."""
    for item in items:
        path = item.path.relative_to(_TESTS)
        if not {str(path), *map(str, path.parents)}.isdisjoint(_WITHOUT_COVERAGE):
            item.add_marker(pytest.mark.no_cover)
