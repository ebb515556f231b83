"""The entry point of `cioform`: print the version, or run a command."""

import sys

from cioform.core.version import __version__


def main() -> None:
    """Run the command line of this process and end the process with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]) and _has_printed(f"cioform {__version__}"):
        return
    # `--version` need not wait for what runs a command.
    from cioform.cli.process import run_and_exit

    run_and_exit()


def _has_printed(text: str) -> bool:
    try:
        print(text, flush=True)  # noqa: T201 (the streams of a command load too much)
    except OSError:  # running the command says why
        return False
    return True
