"""The Python blocks of README and pages, and how each is to be run.

A comment of the page's source, above a block, says what is particular to it:

- `<!-- endless: why -->`: it runs until it is stopped; the test stops it.
- `<!-- elsewhere: tests/..., why -->`: another test runs it.
- `<!-- compiled: why -->`: it cannot run here.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import Any

import attrs

from orange_ordering_client import NewRequest, OrderingClient
from orange_ordering_client.sandbox import Sandbox

__all__ = ["PAGES", "ROOT", "Block", "blocks_of", "run"]

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/reference/*.md")]
)
KINDS = ("run", "endless", "elsewhere", "compiled")

_BLOCK = re.compile(r"(?:^<!-- (\w+): ([^\n]*) -->\n)?^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SECONDS = 1.0
"""For what runs until it is stopped."""


@attrs.frozen
class Block:
    """A Python block of a page.

    Attributes:
        page, line: where it begins.
        kind: one of `KINDS`.
        note: what the page's source says about it.
        source: the program.
    """

    page: str
    line: int
    kind: str
    note: str
    source: str

    @property
    def code(self) -> CodeType:
        """The program, compiled; `await` may stand at its top."""
        padding = "\n" * self.line
        return compile(
            padding + self.source, self.page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )


def blocks_of(page: str) -> list[Block]:
    """The Python blocks of a page, in order."""
    text = (ROOT / page).read_text()
    return [
        Block(page, text.count("\n", 0, found.start(3)), found[1] or "run", found[2] or "", found[3])
        for found in _BLOCK.finditer(text)
    ]


def run(blocks: list[Block], sandbox: Sandbox) -> Mapping[str, Any]:
    """Run the blocks of a page in a row, in one namespace, against a sandbox that the environment names.

    As on the page, there is a client `ordering`, and there are orders to place: `order` and `orders`.

    Returns:
        The names that the blocks left.
    """
    names: dict[str, Any] = {
        "__name__": "page",
        "order": NewRequest.from_dict(sandbox.example(reference="PAGE-1")),
        "orders": [NewRequest.from_dict(sandbox.example(reference=f"PAGE-MANY-{number}")) for number in range(3)],
    }
    with asyncio.Runner() as runner:
        names["ordering"] = own = OrderingClient.from_env()
        for block in blocks:
            result = eval(block.code, names)  # noqa: S307 -- our own page
            if inspect.iscoroutine(result):
                runner.run(_stopped(result) if block.kind == "endless" else result)
        runner.run(own.aclose())
    return names


async def _stopped(program: Any) -> None:
    try:
        async with asyncio.timeout(_SECONDS):
            await program
    except TimeoutError:
        return
    raise AssertionError("a program that is marked as endless ended")
