"""Texts in quotes, as messages show them: names, and what people wrote."""

from __future__ import annotations

import json
from typing import Final

MAX_QUOTED: Final = 60
"""Characters of a text in a message; the rest is truncated."""


def quoted(text: object) -> str:
    """Return a text in quotes, as a YAML file may have it; truncated where it is long.

    The quotes are double ones, unless the text has such itself.
    """
    shown = str(text).encode("utf-8", "backslashreplace").decode("utf-8")
    if len(shown) > MAX_QUOTED:
        shown = shown[: MAX_QUOTED - 3] + "..."
    if not shown.isprintable() or ('"' in shown and "'" in shown):
        return json.dumps(shown, ensure_ascii=False)
    return f"'{shown}'" if '"' in shown else f'"{shown}"'
