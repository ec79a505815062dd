"""Logging to stderr, enabled by an environment variable."""

from __future__ import annotations

import logging
import os
from typing import Final

from orange_ordering_client.errors import ConfigurationError

__all__ = ["VARIABLE", "log_to_stderr"]

VARIABLE: Final = "ORANGE_ORDERING_LOG"
_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def log_to_stderr() -> None:
    """Add one stderr handler to the package's logger if `ORANGE_ORDERING_LOG` names a level.

    Raises:
        ConfigurationError: the variable does not name a level.
    """
    wanted = os.environ.get(VARIABLE, "").strip().lower()
    if not wanted:
        return
    if wanted not in _LEVELS:
        raise ConfigurationError(f"{VARIABLE} is {wanted[:40]!r}; give one of {', '.join(_LEVELS)}, or unset it.")
    logger = logging.getLogger("orange_ordering_client")
    logger.setLevel(_LEVELS[wanted])
    if any(handler.get_name() == VARIABLE for handler in logger.handlers):
        return
    handler = logging.StreamHandler()
    handler.set_name(VARIABLE)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
