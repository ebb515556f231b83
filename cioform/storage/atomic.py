"""What is written so that it lasts, through a power cut too."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_and_fsync(path: Path, content: bytes) -> None:
    """Write `content` and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def fsync_folder(folder: Path) -> None:
    """Make a new file or a rename last; not every system can, nor needs it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
