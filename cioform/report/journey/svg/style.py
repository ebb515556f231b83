"""The style sheet of a diagram, with colors for light and dark pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FONT: Final = (
    'font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
)
_BASE_STYLES: Final = (
    f"text{{{_FONT}}}"
    ".name{font-size:18px;font-weight:700}.description,.note{font-size:12.5px}"
    ".keyword{font-size:11px;font-weight:700;letter-spacing:.02em}"
    ".title{font-size:13.5px;font-weight:600}.text{font-size:12px}.label,.sending{font-size:11.5px}"
    ".box{stroke-width:1.25}.edge{fill:none;stroke-width:1.5}.tag{stroke-width:1}"
    ".badge-sign{font-size:15px;font-weight:700}"
    ".added .box,.removed .box,.changed .box,.moved .box,.replaced .box{stroke-width:2.5}"
    ".removed .box,.edge.removed{stroke-dasharray:6 4}"
    ".removed .text,.removed .title,.removed .sending{opacity:.7}"
)
_LIGHT_THEME: Final[Mapping[str, str]] = {
    ".page": "fill:#ffffff;stroke:#d0d7de",
    ".name,.title": "fill:#1f2328",
    ".description,.text": "fill:#424a53",
    ".note,.label,.sending": "fill:#59636e",
    ".edge": "stroke:#9198a1",
    ".tip": "fill:#9198a1",
    ".tag": "fill:#ffffff;stroke:#d0d7de",
    ".start .box": "fill:#24292f;stroke:#24292f",
    ".start .keyword,.start .text": "fill:#ffffff",
    ".message .box": "fill:#eef7ff;stroke:#54aeff",
    ".message .keyword": "fill:#0969da",
    ".wait .box": "fill:#fff9e0;stroke:#d4a72c",
    ".wait .keyword": "fill:#8a5d00",
    ".choice .box": "fill:#f7f0ff;stroke:#a475f9",
    ".choice .keyword": "fill:#6f3fc9",
    ".data .box": "fill:#e9f8f3;stroke:#3fa58d",
    ".data .keyword": "fill:#1b6e5c",
    ".exit .box": "fill:#eaeef2;stroke:#afb8c1",
    ".exit .keyword": "fill:#424a53",
    ".added .box,.edge.added,.tag.added": "stroke:#1a7f37",
    ".removed .box,.edge.removed,.tag.removed": "stroke:#cf222e",
    ".changed .box": "stroke:#bc4c00",
    ".replaced .box": "stroke:#cf222e",
    ".moved .box": "stroke:#0969da",
    ".removed .box": "fill:#fff5f4",
    ".added .badge,.tip.added": "fill:#1a7f37",
    ".removed .badge,.tip.removed": "fill:#cf222e",
    ".changed .badge": "fill:#bc4c00",
    ".replaced .badge": "fill:#cf222e",
    ".moved .badge": "fill:#0969da",
    ".badge-sign": "fill:#ffffff",
}
_DARK_THEME: Final[Mapping[str, str]] = {
    ".page": "fill:#0d1117;stroke:#30363d",
    ".name,.title": "fill:#f0f6fc",
    ".description,.text": "fill:#c3cbd3",
    ".note,.label,.sending": "fill:#9198a1",
    ".edge": "stroke:#656c76",
    ".tip": "fill:#656c76",
    ".tag": "fill:#0d1117;stroke:#3d444d",
    ".start .box": "fill:#e6edf3;stroke:#e6edf3",
    ".start .keyword,.start .text": "fill:#1f2328",
    ".message .box": "fill:#0c2138;stroke:#2f6fb5",
    ".message .keyword": "fill:#79c0ff",
    ".wait .box": "fill:#272010;stroke:#9e7a1e",
    ".wait .keyword": "fill:#e3b341",
    ".choice .box": "fill:#1f1733;stroke:#7d55c7",
    ".choice .keyword": "fill:#d2a8ff",
    ".data .box": "fill:#0e2520;stroke:#2f8570",
    ".data .keyword": "fill:#6fd8bd",
    ".exit .box": "fill:#21262d;stroke:#4a525c",
    ".exit .keyword": "fill:#c3cbd3",
    ".added .box,.edge.added,.tag.added": "stroke:#3fb950",
    ".removed .box,.edge.removed,.tag.removed": "stroke:#f85149",
    ".changed .box": "stroke:#e3863b",
    ".replaced .box": "stroke:#f85149",
    ".moved .box": "stroke:#58a6ff",
    ".removed .box": "fill:#2a1214",
    ".added .badge,.tip.added": "fill:#238636",
    ".removed .badge,.tip.removed": "fill:#da3633",
    ".changed .badge": "fill:#b35900",
    ".replaced .badge": "fill:#da3633",
    ".moved .badge": "fill:#1f6feb",
}


def _rules(colors: Mapping[str, str]) -> str:
    return "".join(f"{selector}{{{rule}}}" for selector, rule in colors.items())


STYLE: Final = (
    f"{_BASE_STYLES}{_rules(_LIGHT_THEME)}"
    f"@media(prefers-color-scheme:dark){{{_rules(_DARK_THEME)}}}"
)
"""The style sheet. It has no `<` or `&`, so that a document can contain it without escapes."""
