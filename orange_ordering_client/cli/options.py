"""Options that several commands share, and the registration of commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, ParamSpec

import typer

from orange_ordering_client.cli.failures import Failure, carry_out

if TYPE_CHECKING:
    from orange_ordering_client.client import OrderingClient

__all__ = ["AsJson", "AsJsonLines", "Language", "Timeout", "client", "command", "group", "moment"]

P = ParamSpec("P")

AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document, for machines.")]
AsJsonLines = Annotated[bool, typer.Option("--jsonl", help="Write one JSON object a line, for machines.")]
Language = Annotated[
    Literal["en", "fr"] | None,
    typer.Option("--language", help="Of texts in answers; otherwise ORANGE_ACCEPT_LANGUAGE, or en."),
]


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number of seconds; give one such as 30") from None


Timeout = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", parser=_seconds, help="For one call, retries included; otherwise 60."),
]


def client(language: str | None, timeout: float | None) -> OrderingClient:
    """Make a client from the environment, and from the options that were given.

    Raises:
        OrderingError: a setting is missing or unusable; the message says how to set it.
    """
    from orange_ordering_client.client import OrderingClient

    given: dict[str, Any] = {"language": language, "timeout": timeout}
    return OrderingClient.from_env(**{name: value for name, value in given.items() if value is not None})


def moment(option: str, text: str) -> datetime:
    """Read a moment with its zone.

    Args:
        option: that it was given to.
        text: as it was given.

    Raises:
        Failure: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Failure(f"{option} {text!r} is no moment with a zone: give one such as 2026-01-31T09:00:00Z.")
    return found


def group(text: str) -> typer.Typer:
    """Make a group of commands."""
    return typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def command(
    app: typer.Typer, name: str, *, example: str
) -> Callable[[Callable[P, Coroutine[Any, Any, int | None]]], Callable[P, Coroutine[Any, Any, int | None]]]:
    """Register a coroutine function as a command; what it returns or raises becomes the exit code.

    Args:
        app: the group it belongs to.
        name: as it is typed.
        example: shown by `--help`; lines stay as they are.
    """

    def register(
        function: Callable[P, Coroutine[Any, Any, int | None]],
    ) -> Callable[P, Coroutine[Any, Any, int | None]]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            raise typer.Exit(carry_out(lambda: asyncio.run(function(*args, **kwargs))))

        lines = "\n".join(f"  $ {line}" for line in example.splitlines())
        app.command(name, epilog=f"\b\nExample:\n{lines}")(run)
        return function

    return register
