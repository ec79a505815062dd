"""The application `orange-ordering`: all commands, and the handling of usage errors."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Protocol, runtime_checkable

import typer
from typer.main import get_command

from orange_ordering_client._version import __version__
from orange_ordering_client.cli import catalog, fleet, local, requests, service, submit_many, watch
from orange_ordering_client.cli.failures import BROKEN_PIPE, INTERRUPTED, USAGE, carry_out, note
from orange_ordering_client.cli.options import group
from orange_ordering_client.text import printable

__all__ = ["app", "run"]

_NAME: Final = "orange-ordering"

_CREDENTIAL: Final = re.compile(
    r"--?(?:client[-_]?(?:id|secret)|api[-_]?key|(?:access[-_]?)?token|secret|password)(?:=.*)?",
    re.IGNORECASE | re.DOTALL,
)

_DSN: Final = re.compile(r".*(?:postgres(?:ql)?://|\bpassword\s*=).*", re.IGNORECASE | re.DOTALL)

_EPILOG: Final = """\b
Examples:
  $ orange-ordering doctor
  $ orange-ordering requests list --all --jsonl

\b
Exit codes:
  0    done
  1    refused by Orange, or Orange could not be asked
  2    usage: the command line, a file or the configuration is to be corrected
  3    outcome unknown: an order may exist, or a request has not ended in time; look before doing anything else
  130  interrupted (Ctrl-C)
  141  whoever read the output closed it

\b
Credentials come from the environment: ORANGE_CLIENT_ID, ORANGE_CLIENT_SECRET, ORANGE_API_KEY.
"""

app = typer.Typer(
    name=_NAME,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@runtime_checkable
class _Mistyped(Protocol):
    """The exception that any version of typer raises for an invalid command line."""

    exit_code: int

    def format_message(self) -> str: ...


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{_NAME} {__version__}")
        raise typer.Exit


@app.callback(epilog=_EPILOG)
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version, and end.")
    ] = False,
) -> None:
    """Order network services of Orange Business, and follow the orders."""


service.register(app)
_requests = group("Orders: placed once, followed to the end.")
for part in (requests, submit_many, watch):
    part.register(_requests)
app.add_typer(_requests, name="requests")
_catalog = group("What can be ordered, and whether an order is what it asks for.")
catalog.register(_catalog)
app.add_typer(_catalog, name="catalog")
_fleet = group("The database that lets many processes act as one.")
fleet.register(_fleet)
app.add_typer(_fleet, name="fleet")
local.register(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: arguments without the program's name.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # If a terminal cannot show a character, a command whose order was placed must not fail.
            stream.reconfigure(errors="backslashreplace")
    if any(_CREDENTIAL.fullmatch(argument) for argument in arguments):
        note(
            "Credentials are not taken from the command line, which others on this machine can read: set"
            " ORANGE_CLIENT_ID, ORANGE_CLIENT_SECRET and ORANGE_API_KEY in the environment."
        )
        return USAGE
    if any(_DSN.fullmatch(argument) for argument in arguments):
        note(
            "The DSN of a database is not taken from the command line, which others on this machine can read: set"
            f" {fleet.DATABASE} in the environment."
        )
        return USAGE
    return carry_out(lambda: _dispatch(list(arguments)))


@lru_cache
def _command() -> Any:
    # The class is private to typer or belongs to click, depending on the version of typer.
    return get_command(app)


def _dispatch(arguments: list[str]) -> int:
    try:
        code: object = _command().main(args=arguments, prog_name=_NAME, standalone_mode=False)
    except SystemExit as end:
        # typer raises SystemExit itself: after completing a word, and when it writes the help to a closed pipe.
        code = BROKEN_PIPE if end.code == 1 else end.code
    except typer.Abort:
        code = INTERRUPTED
    except Exception as error:
        if isinstance(error, _Mistyped):
            note(_said(error))
            return USAGE
        raise
    return code if isinstance(code, int) else 0


def _said(error: _Mistyped) -> str:
    text = error.format_message().rstrip()
    if "\n" in text:
        return text
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else _NAME
    joint = "" if text.endswith((".", "?")) else "."
    return f"{printable(text)}{joint} See `{path} --help`."
