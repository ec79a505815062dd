"""The fixtures that come with the package."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from orange_ordering_client import NewRequest, OrderingClient, OrderingError, RetryPolicy
from orange_ordering_client.sandbox import Fault, Sandbox

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLE = next(block for block in BLOCK.findall((ROOT / "docs/sandbox.md").read_text()) if "ordering_sandbox" in block)


async def test_the_client_is_wired_to_the_sandbox(
    ordering: OrderingClient, ordering_sandbox: Sandbox
) -> None:  # pytest's way
    placed = await ordering.requests.create(NewRequest.from_dict(ordering_sandbox.example()))
    assert placed.id in ordering_sandbox.requests
    assert [request.id async for request in ordering.requests.list()] == [placed.id]
    assert ordering_sandbox.check_answers


def test_the_client_works_without_any_async_plugin(ordering: OrderingClient) -> None:  # pytest's way
    async def main() -> str | None:
        async with ordering:
            return (await ordering.service.me()).login

    assert asyncio.run(main()) == "sandbox-client"


@pytest.mark.parametrize("kind", ["drop-before", "drop-after", "truncate"])
async def test_a_dropped_connection_is_one_without_sockets_too(
    ordering: OrderingClient,  # pytest's way
    ordering_sandbox: Sandbox,  # pytest's way
    kind: str,
) -> None:
    ordering_sandbox.faults.add(f"POST /requests:{kind}")
    with pytest.raises(OrderingError) as caught:
        await ordering.requests.create(NewRequest.from_dict(ordering_sandbox.example()))
    assert caught.value.may_have_been_accepted


async def test_reading_is_tried_again_without_sockets_too(
    ordering: OrderingClient, ordering_sandbox: Sandbox
) -> None:  # pytest's way
    ordering_sandbox.faults.add(Fault("drop-before", "GET /me"))
    quick = ordering.with_options(retry=RetryPolicy(first_delay=0.01))
    assert (await quick.service.me()).type == "SANDBOX"


def test_loading_the_plugin_loads_neither_client_nor_sandbox() -> None:
    heavy = "{'httpx', 'jsonschema', 'uvicorn', 'orange_ordering_client.sandbox', 'orange_ordering_client.client'}"
    code = f"import orange_ordering_client.testing, sys; print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # our own code
    assert done.stdout.strip() == "set()"


@pytest.mark.usefixtures("machine_authorities")
def test_the_example_runs_as_a_new_user_would_run_it(tmp_path: Path) -> None:
    """A new environment, the wheel with its extra, pytest, and a file with the ten lines; no source tree."""
    assert len(EXAMPLE.strip().splitlines()) <= 12
    python = tmp_path / "venv" / "bin" / "python"

    def run(*command: object) -> str:
        done = subprocess.run(  # noqa: S603  # our own commands
            [str(part) for part in command], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT)
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        assert "orange_ordering_client/sandbox/http/app.py" in archive.namelist()
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    install = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile")
    run(*install, f"{wheel}[sandbox]", "pytest")
    (tmp_path / "test_orders.py").write_text(EXAMPLE)
    assert "1 passed" in run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_orders.py")
    help_text = run(python, "-m", "orange_ordering_client.sandbox", "--help")
    assert "--fault" in help_text
