"""What every test starts from: an empty environment, and property tests that do not depend on the machine's speed."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

ROOT = Path(__file__).parent.parent
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
    """One cache of mypy for all packages that tests check: the types of the libraries are read once, by `make mypy`."""
    cache = tmp_path_factory.mktemp("mypy")
    for read_before in (ROOT / ".mypy_cache").glob("3.*"):
        shutil.copytree(read_before, cache / "strict" / read_before.name)
    return cache
