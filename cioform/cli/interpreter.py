"""Settings of the interpreter that suit a command, which owns its process."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SENDING_SWITCH_INTERVAL: Final = 0.0002
"""Seconds. A thread that sends a request gives up its turn at each of about six system calls. With
the default of 0.005, a batch in flight makes no progress until the next one is prepared."""
FLEET_SWITCH_INTERVAL: Final = 0.02
"""Seconds. Hundreds of threads that send requests would spend much of the time on taking turns."""


def tune_interpreter() -> None:
    """Set what suits a command that owns its process; a library leaves it to its host.

    Garbage is collected rarely: a plan makes many objects and keeps nearly all of them until it
    ends. With a threshold this high, freezing the imported modules would save nothing more. When
    the process ends, nothing is searched for garbage again. A command that does not end needs
    `collect_garbage_often`.

    pydantic looks for plugins among all installed packages before it makes its first model; no
    plugin is of use to a command of ours.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(1_000_000, 50, 50)
    atexit.register(gc.freeze)


@contextmanager
def switch_interval(seconds: float) -> Iterator[None]:
    """Set in the block how long a thread may compute before another one gets its turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def collect_garbage_often() -> None:
    """Collect garbage as often as a server needs, which runs for days."""
    gc.set_threshold(50_000, 10, 10)
