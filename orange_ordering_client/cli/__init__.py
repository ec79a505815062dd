"""The command `orange-ordering`, which needs the extra `orange-ordering-client[cli]`.

This module imports nothing from the extra, so that a plain installation can report what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

_EXTRA = ("typer", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; docs/cli.md lists the codes.

    Args:
        arguments: arguments without the program's name; None means the arguments of the process.
    """
    try:
        from orange_ordering_client.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        sys.stderr.write(f"The command line needs {error.name}: pip install 'orange-ordering-client[cli]'.\n")
        return 2
    return run(sys.argv[1:] if arguments is None else arguments)
