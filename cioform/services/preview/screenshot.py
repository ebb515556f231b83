"""A picture of a page, taken by a browser that is installed on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from cioform.core.errors import UsageError
from cioform.storage.user_files import unwritable_file_error

_BROWSERS: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "msedge", "brave-browser"),
)
_SECONDS: Final = 60
WIDTH: Final = 1340
MAX_HEIGHT: Final = 16_000
"""How high a picture can be, in pixels."""


def take_picture(page: str, height: int, path: Path) -> bool:
    """Write a picture of a page as PNG, and return whether it has all of the page.

    Raises UsageError without a browser, or if it fails.
    """
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise UsageError.of(
            "Browser not found",
            "`--png` takes a picture with Chromium, Chrome or Edge, and none of them is installed. "
            "Install one, or use `--html FILE` and open the file.",
        )
    with tempfile.TemporaryDirectory() as folder:
        source, picture = Path(folder, "page.html"), Path(folder, "page.png")
        # A frame with `loading="lazy"` may be blank in the picture.
        source.write_text(page.replace('loading="lazy"', 'loading="eager"'), "utf-8")
        _run(browser, folder, source, picture, min(height, MAX_HEIGHT))
        if not picture.is_file():
            raise UsageError.of(
                "Picture not taken",
                f"{browser} did not take the picture. Use `--html FILE` and open the file.",
            )
        try:
            shutil.copyfile(picture, path)
        except OSError as error:
            raise unwritable_file_error(path, error, "Name another file after --png.") from error
    return height <= MAX_HEIGHT


def _run(browser: str, folder: str, source: Path, picture: Path, height: int) -> None:
    arguments = [
        *(browser, "--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
        *("--disable-javascript", "--host-resolver-rules=MAP * ~NOTFOUND"),
        # Frames in a process of their own may be painted after the picture is taken.
        *("--disable-features=IsolateSandboxedIframes", "--run-all-compositor-stages-before-draw"),
        "--virtual-time-budget=10000",
        f"--user-data-dir={folder}/profile",
        f"--screenshot={picture}",
        f"--window-size={WIDTH},{height}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium does not start for root with it.
    try:
        subprocess.run(
            [*arguments, source.as_uri()],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return
