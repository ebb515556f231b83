"""The tree of commands, and how one command line is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from cioform import __version__
from cioform.cli.lazy_commands import LazyCommand
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.usage_errors import ClickUsageError, to_usage_error
from cioform.core.errors import CioformError

INTERRUPTED_EXIT_CODE: Final = 130
_INTERRUPTED_MESSAGE: Final = (
    "\nInterrupted. If this was an apply, the next plan checks which changes were made. If it was "
    "an import, run it again to continue.\n"
)

_PACKAGE: Final = "cioform.cli.commands"
COMMANDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("demo", "demo:demo", "Take a guided tour: no account, no network, 20 seconds."),
    ("init", "files:init", "Begin a workspace, with a first resource."),
    ("import", "import_:import_", "Write what the workspace has as files, and bind them."),
    ("validate", "files:validate", "Check the files, offline, and tell every problem at once."),
    ("fmt", "files:fmt", "Lay out the YAML files alike; comments stay."),
    ("plan", "plan:plan", "Show what apply would do, and send nothing but reads."),
    ("apply", "apply:apply", "Make the workspace what the files say."),
    ("drift", "drift:drift", "Say who changed what since the last apply."),
    ("show", "show:show", "Print a resource: from the files, live, or applied."),
    ("doctor", "doctor:doctor", "Check credentials, clock and schema; say what can be done."),
    ("kinds", "files:kinds", "List the kinds of resources, and what each API can do."),
    ("schema", "files:schema", "Print the JSON Schema of the files, for editors."),
    ("people", "people:app", "Identify, show and delete people; import them from a file."),
    ("events", "events:app", "Track what people did; import it from a file."),
    ("send", "send:app", "Send a transactional message to one person."),
    ("broadcasts", "broadcasts:app", "List, trigger and follow broadcasts."),
    ("campaigns", "campaigns:app", "List campaigns; count what all that sends did."),
    ("segments", "segments:app", "Who is in a segment."),
    ("state", "state:app", "Show and mend which object each address is bound to."),
    ("sandbox", "sandbox:app", "Serve, fill, empty or edit the embedded Customer.io."),
)
"""Name, where it is in the package of commands, and the first sentence of its help, which a test
compares with the command's own."""


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    Errors meant for the user are printed. Any other exception is a bug and escapes with its
    traceback.
    """
    arguments = list(argv) or ["--help"]
    try:
        code = build_cli()(args=arguments, prog_name="cioform", standalone_mode=False)
    except ClickUsageError as error:
        return _report(to_usage_error(error, arguments), arguments)
    except CioformError as error:
        return _report(error, arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED_EXIT_CODE
    if code == INTERRUPTED_EXIT_CODE:  # the library returns it if a command was interrupted
        write_stderr(_INTERRUPTED_MESSAGE)
    return code if isinstance(code, int) else 0


def build_cli() -> TyperGroup:
    """Return the whole command line as something to call."""
    app = typer.Typer(
        help=_HELP,
        rich_markup_mode=None,  # plain help: half the start-up, and it can be pasted into docs
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_root_options)
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for name, target, summary in COMMANDS:
        group.add_command(LazyCommand(name, f"{_PACKAGE}.{target}", summary))
    return group


def _report(error: CioformError, arguments: Sequence[str]) -> int:
    from cioform.cli.output import report_error  # `--help` need not wait for it

    as_json, color = "--json" in arguments, "--no-color" not in arguments
    return report_error(error, as_json=as_json, color=color)


def _print_version(value: bool) -> None:
    if value:
        write_stdout(f"cioform {__version__}\n")
        raise typer.Exit


def _root_options(
    _version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Show the version.", callback=_print_version,
                     is_eager=True),
    ] = False,
) -> None:  # fmt: skip
    """Take the options of `cioform` itself, each of which has a callback."""


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
