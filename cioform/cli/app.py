"""The tree of commands, and how one command line is run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command
from typing_extensions import override

from cioform.cli.command_list.command_table import COMMANDS, lazy_commands
from cioform.cli.command_list.usage_errors import ClickUsageError, to_usage_error
from cioform.cli.streams import lost_output_error, write_stderr, write_stdout
from cioform.core.errors import CioformError, UsageError
from cioform.core.exit_codes import INTERRUPTED, TERMINATED
from cioform.core.version import __version__

_HELP_OPTIONS: Final = frozenset({"-h", "--help"})
_INTERRUPTED_MESSAGE: Final = (
    "\nInterrupted. If this was an apply, the next plan checks which changes were made. If it was "
    "an import, run it again to continue.\n"
)


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
    except FileNotFoundError:
        if _has_working_folder():
            raise
        return _report(_no_working_folder_error(), arguments)
    except PermissionError as error:  # even to ask whether a file exists may be denied
        return _report(UsageError.unreadable_file(error.filename or "A file", error), arguments)
    except OSError as error:
        if _HELP_OPTIONS.isdisjoint(arguments):
            raise
        # The library writes the help itself.
        return _report(lost_output_error(error), arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as ended:
        if ended.code != TERMINATED:
            return 0  # The library ends like this when nobody reads the help.
        write_stderr(_INTERRUPTED_MESSAGE)
        raise
    if code == INTERRUPTED:  # the library returns it if a command was interrupted
        write_stderr(_INTERRUPTED_MESSAGE)
    return code if isinstance(code, int) else 0


@cache
def build_cli() -> TyperGroup:
    """Return the whole command line as something to call."""
    app = typer.Typer(
        cls=_SectionedGroup,
        help=_HELP,
        rich_markup_mode=None,  # plain help: half the start-up, and it can be pasted into docs
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": sorted(_HELP_OPTIONS), "max_content_width": 100},
    )
    app.callback()(_root_options)
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for command in lazy_commands():
        group.add_command(command)
    return group


class _SectionedGroup(TyperGroup):
    """Lists the commands by section: a single list of all of them is too long to read."""

    @override
    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        # The types of the parameters are private to the library.
        for title, rows in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, summary) for name, _, summary in rows])


def _report(error: CioformError, arguments: Sequence[str]) -> int:
    from cioform.cli.output import report_error  # `--help` need not wait for it

    return report_error(error, arguments)


def _has_working_folder() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _no_working_folder_error() -> UsageError:
    return UsageError.of(
        "Working folder deleted",
        "The folder that this command was started in has been deleted. Change to another folder, "
        "then run the command again.",
    )


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

YAML files in Git describe what a workspace should contain. `plan` shows what would change and
how many people each change affects, `apply` makes exactly the reviewed changes, and `drift` shows
what was changed outside of Git, and by whom.

\b
Start here:
    cioform demo              guided tour: no account, no network, 20 seconds
    cioform init acme         create a workspace folder
    cioform import acme       write existing resources to files
    cioform plan acme         show what would change
    cioform apply acme        make the changes

\b
Exit codes: 0 success or nothing to do; 2 changes or drift pending; 3 invalid files; 4 plan
refused; 5 error from Customer.io; 6 credential missing or rejected; 7 state cannot be trusted;
8 partly done; 64 wrong usage; 75 try again later; 130 or 143 interrupted.
"""
