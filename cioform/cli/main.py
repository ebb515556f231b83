"""Where `cioform` starts: one command line in, one exit code out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cioform import __version__
from cioform.cli.output import report_error, write_stderr, write_stdout

INTERRUPTED_EXIT_CODE = 130
_INTERRUPTED_MESSAGE = (
    "\ninterrupted; a cut apply is looked up by the next plan, a cut import goes on when it is run "
    "again\n"
)


def main() -> None:
    """Run the command line of this process and end the process with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):  # before anything is imported
        write_stdout(f"cioform {__version__}\n")
        return
    _tune_interpreter()
    sys.exit(run(sys.argv[1:]))


def run(argv: Sequence[str]) -> int:
    """Run one command line and give its exit code. Errors meant for the user are printed; all
    else is a bug and escapes with its traceback."""
    from cioform.cli.app import ClickUsageError, build_cli, to_usage_error
    from cioform.core.errors import CioformError

    arguments = list(argv) or ["--help"]
    as_json = "--json" in arguments
    colour = "--no-color" not in arguments
    try:
        code = build_cli()(args=arguments, prog_name="cioform", standalone_mode=False)
    except ClickUsageError as error:
        return report_error(to_usage_error(error), as_json=as_json, color=colour)
    except CioformError as error:
        return report_error(error, as_json=as_json, color=colour)
    except KeyboardInterrupt:
        code = INTERRUPTED_EXIT_CODE
    if code == INTERRUPTED_EXIT_CODE:  # the library makes it of an interrupt inside of a command
        write_stderr(_INTERRUPTED_MESSAGE)
    return code if isinstance(code, int) else 0


def _tune_interpreter() -> None:
    """Set what suits a command that owns its process; a library leaves it to its host.

    Garbage is collected rarely: a plan makes many objects and keeps nearly all until it ends.
    Thresholds so high leave nothing for freezing what was imported to save.

    Threads take turns often: one that sends gives its turn away at each of some six system calls.
    With the usual 5 ms a batch under way got no further until the next one was prepared.

    pydantic looks for plugins among all that is installed before it makes its first model; there
    are none that a command of ours would want.
    """
    import gc
    import os

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(100_000, 50, 50)
    sys.setswitchinterval(0.0002)
