"""The process of a command: its standard streams, its signals and its exit code."""

from __future__ import annotations

import os
import signal
import sys
from _thread import interrupt_main
from threading import Timer, main_thread
from types import FrameType
from typing import Final

from cioform.cli.interpreter import tune_interpreter
from cioform.core.exit_codes import INTERRUPTED, TERMINATED

_SWALLOWED: Final = {KeyboardInterrupt: signal.SIGINT, SystemExit: signal.SIGTERM}
"""The signals whose handlers raise these exceptions."""
_SECONDS_UNTIL_REPEATED: Final = 0.05


def run_and_exit() -> None:
    """Run the command line of this process and end the process with its exit code."""
    _reserve_standard_streams()
    tune_interpreter()
    signal.signal(signal.SIGTERM, shut_down_gracefully)
    sys.unraisablehook = repeat_swallowed_interrupts
    try:
        # The interpreter is tuned before the command-line library is imported.
        from cioform.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command began
        code = INTERRUPTED
    except SystemExit as ended:  # by SIGTERM
        code = ended.code if isinstance(ended.code, int) else 1
    if code in (INTERRUPTED, TERMINATED):
        # A thread may still wait for a rate limit or for a response, and would keep the process.
        os._exit(code)
    sys.exit(code)


def _reserve_standard_streams() -> None:
    """Open the null device for each standard stream that was closed before the process began.

    The next file that is opened would get its number, and output of a child process would go there.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the smallest free number


def shut_down_gracefully(_signal: int, _frame: FrameType | None) -> None:
    """End the process as Ctrl-C does, so that a run releases the lock of a shared state."""
    sys.exit(TERMINATED)


def repeat_swallowed_interrupts(raised: sys.UnraisableHookArgs) -> None:
    """Deliver a Ctrl-C or SIGTERM again that arrived where Python drops every exception.

    Such a place is a callback of a weak reference or of the garbage collector. The program would go
    on as if nobody had asked it to end.
    """
    number = _SWALLOWED.get(raised.exc_type)
    if number is None:
        sys.__unraisablehook__(raised)
        return
    repeat = Timer(_SECONDS_UNTIL_REPEATED, _signal_main_thread, (number,))
    repeat.daemon = True
    repeat.start()


def _signal_main_thread(number: signal.Signals) -> None:
    if hasattr(signal, "pthread_kill"):  # which also ends a wait
        signal.pthread_kill(main_thread().ident or 0, number)
    else:
        interrupt_main(number)
