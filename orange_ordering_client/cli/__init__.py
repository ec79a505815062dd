"""The command `orange-ordering`: the extra `orange-ordering-client[cli]`.

This module needs nothing that the extra brings, so that a plain installation can say what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

_EXTRA = ("typer", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; the page docs/cli.md lists them.

    Args:
        arguments: without the program's name; None takes those of the process.
    """
    try:
        from orange_ordering_client.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        sys.stderr.write(f"The command line needs {error.name}: pip install 'orange-ordering-client[cli]'.\n")
        return 2
    return run(sys.argv[1:] if arguments is None else arguments)
