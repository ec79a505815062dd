"""Whether `sys.executable` is a Python interpreter, so that a validation worker can be started with it.

In a frozen program (PyInstaller, cx_Freeze), or where Python is embedded in another program (uWSGI), `sys.executable`
is that program. Starting it would run the program again, which would place its orders again.
"""

from __future__ import annotations

import os
import sys

__all__ = ["is_interpreter"]


def is_interpreter(executable: str | None = None, *, frozen: bool | None = None) -> bool:
    """Return whether a program is a Python interpreter, judged by its name.

    Args:
        executable: path of the program; None means `sys.executable`.
        frozen: whether Python and the program are one file; None means `sys.frozen`, which freezing tools set.
    """
    path = sys.executable if executable is None else executable
    is_frozen = bool(getattr(sys, "frozen", False)) if frozen is None else frozen
    name = os.path.basename((path or "").replace("\\", "/")).lower()
    return not is_frozen and ("python" in name or "pypy" in name)
