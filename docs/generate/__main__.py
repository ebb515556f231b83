"""Write the generated pages: `python -m docs.generate [clients | tour]`.

`tour` writes the tour of a team, which takes some seconds. `clients` writes the pages that come
from a run of the official clients, which needs Node.js and Chromium.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write each page that has changed and print its name."""
    if sys.argv[1:] == ["clients"]:
        from docs.generate.clients import generate_pages
    elif sys.argv[1:] == ["tour"]:
        from docs.generate.tour_page import generate_pages
    else:
        from docs.generate.pages import generate_pages
    write_changed(generate_pages())


def write_changed(pages: Mapping[Path, str]) -> None:
    """Write the pages whose text has changed and print their paths."""
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
