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
    """Return a client with the settings of the environment and of the given options.

    Raises:
        OrderingError: a setting is missing or unusable; the message says how to set it.
    """
    from orange_ordering_client.client import OrderingClient

    given: dict[str, Any] = {"language": language, "timeout": timeout}
    return OrderingClient.from_env(**{name: value for name, value in given.items() if value is not None})


def moment(option: str, text: str) -> datetime:
    """Parse a timestamp with a time zone.

    Args:
        option: name of the option, for the message.
        text: value of the option.

    Raises:
        Failure: the text is not such a timestamp.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Failure(f"{option} {text!r} is no moment with a zone: give one such as 2026-01-31T09:00:00Z.")
    return found


def group(text: str) -> typer.Typer:
    """Return a group of commands."""
    return typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def command(
    app: typer.Typer, name: str, *, example: str
) -> Callable[[Callable[P, Coroutine[Any, Any, int | None]]], Callable[P, Coroutine[Any, Any, int | None]]]:
    """Register a coroutine function as a command; its return value or exception determines the exit code.

    Args:
        app: group of the command.
        name: name of the command.
        example: example that `--help` shows; its line breaks are kept.
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
