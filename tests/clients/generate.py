"""The pages that runs against the sandbox generate; run it to rewrite them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import compatibility_page  # noqa: E402
import seed_page  # noqa: E402
from browser_client import chromium  # noqa: E402
from clients_run import browser_run, node_run, python_run  # noqa: E402


def main() -> None:
    """Write what has changed and name it."""
    runs = {"python": python_run(), "node": node_run(), "browser": browser_run()}
    rows, browser_row = seed_page.tell(), seed_page.tell(str(chromium()))
    pages = {
        compatibility_page.PAGE: compatibility_page.page(runs),
        seed_page.PAGE: seed_page.page(rows, browser_row),
    }
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
