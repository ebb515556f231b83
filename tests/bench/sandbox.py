"""A sandbox that is served by another process, as for any client."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def served(command: Sequence[str], folder: str) -> Iterator[Mapping[str, Any]]:
    """Run `cioform sandbox serve` in `folder`. Yield the JSON it prints, then stop it."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()
