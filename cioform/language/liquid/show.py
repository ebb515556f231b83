"""Format paths of variables for people."""

from __future__ import annotations

from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.parsed import ELEMENT, Segments

_PLAIN: Final = lazy_pattern(r"[A-Za-z_][\w-]*")


def show_path(path: Segments) -> str:
    """Return a path as Liquid has it: `customer["first name"]`."""
    shown = str(path[0])
    for step in path[1:]:
        if step is None:
            shown += "[...]"
        elif step == ELEMENT:
            shown += "[]"
        elif isinstance(step, int):
            shown += f"[{step}]"
        else:
            quote = "'" if '"' in step else '"'
            shown += f".{step}" if _PLAIN.fullmatch(step) else f"[{quote}{step}{quote}]"
    return shown
