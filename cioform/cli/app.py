"""The tree of commands. Nothing that a command needs is imported here, so that help is quick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer
from typer.main import get_command

from cioform import __version__
from cioform.cli.commands import (
    apply,
    broadcasts,
    campaigns,
    demo,
    doctor,
    drift,
    events,
    files,
    import_,
    people,
    plan,
    sandbox,
    segments,
    send,
    show,
    state,
)
from cioform.core.errors import UsageError

# The library keeps this class to itself; it is the parent of the one that it shows.
ClickUsageError: Final[type[Exception]] = typer.BadParameter.__bases__[0]

_COMMANDS: Final[tuple[tuple[str, Callable[..., int]], ...]] = (
    ("demo", demo.demo),
    ("init", files.init),
    ("import", import_.import_),
    ("validate", files.validate),
    ("fmt", files.fmt),
    ("plan", plan.plan),
    ("apply", apply.apply),
    ("drift", drift.drift),
    ("show", show.show),
    ("doctor", doctor.doctor),
    ("kinds", files.kinds),
    ("schema", files.schema),
)


def build_cli() -> Callable[..., Any]:
    """Give the whole command line as something to call."""
    app = typer.Typer(
        help=_HELP,
        rich_markup_mode=None,  # plain help: half the start-up, and it can be pasted into docs
        pretty_exceptions_enable=False,
        add_completion=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_root_options)
    for name, command in _COMMANDS:
        app.command(name)(command)
    app.add_typer(people.app, name="people")
    app.add_typer(events.app, name="events")
    app.add_typer(send.app, name="send")
    app.add_typer(broadcasts.app, name="broadcasts")
    app.add_typer(campaigns.app, name="campaigns")
    app.add_typer(segments.app, name="segments")
    app.add_typer(state.app, name="state")
    app.add_typer(sandbox.app, name="sandbox")
    return get_command(app)


def to_usage_error(error: Exception) -> UsageError:
    """Give a mistake on the command line as an error of ours, with the help to look at."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "cioform"
    said = str(error.format_message()) if hasattr(error, "format_message") else str(error)
    return UsageError.of("Wrong command line", f"{said.rstrip('.')}. See:\n\n    {path} --help")


def _version_callback(value: bool) -> None:
    if value:
        typer.echo(f"cioform {__version__}")
        raise typer.Exit


def _root_options(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Show the version.", callback=_version_callback,
                     is_eager=True),
    ] = False,
) -> None:  # fmt: skip
    del version


_HELP = """\
Plan, apply and audit Customer.io workspaces as code.

Git says what a workspace should be; `plan` shows what would change and whom it reaches, `apply`
does exactly what was reviewed, `drift` says who changed what behind Git's back.

\b
Begin here:
    cioform demo              a guided tour: no account, no network, 20 seconds
    cioform init acme         a new workspace
    cioform import acme       what is there already, as files
    cioform plan acme         what would change
    cioform apply acme        change it

\b
Exit codes: 0 done or nothing to do; 2 changes or drift pending; 3 files wrong; 4 plan refused;
5 Customer.io said no; 6 credential; 7 state not to be trusted; 8 apply incomplete; 64 usage.
"""
