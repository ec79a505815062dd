"""Runs the programs of docs/tools.md in processes of their own: tracers patch httpx for as long as a process lives."""

from __future__ import annotations

import asyncio
import base64
import os
import sys

import attrs

from tests.calls import API_KEY, CLIENT_ID, SECRET, TOKEN
from tests.documents import block_under
from tests.servers import Server

BASIC = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
PLANTED = (SECRET, API_KEY, TOKEN, BASIC)


@attrs.frozen
class Finished:
    """What a program left.

    Attributes:
        code: its exit code.
        output: standard output.
        errors: standard error.
    """

    code: int
    output: str
    errors: str


async def run(tool: str, server: Server, **variables: str) -> Finished:
    """Run the program of one tool against a server.

    Args:
        tool: the heading in docs/tools.md.
        server: answers as the API and as the token endpoint.
        variables: for its environment.
    """
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ORANGE_", "SENTRY_", "DD_", "OTEL_"))
        },
        "ORANGE_CLIENT_ID": CLIENT_ID,
        "ORANGE_CLIENT_SECRET": SECRET,
        "ORANGE_API_KEY": API_KEY,
        "ORANGE_ORDERING_BASE_URL": server.base_url,
        "ORANGE_OAUTH_TOKEN_URL": server.token_url,
        **variables,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        block_under("docs/tools.md", tool),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return Finished(process.returncode, output.decode(), errors.decode())


def secrets_in(text: str) -> list[str]:
    """The planted secrets that a text holds."""
    return [secret for secret in PLANTED if secret in text]
