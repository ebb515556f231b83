"""How a single value reads: exact, on one line where it fits, harmless to a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from cioform.core.json_value import Plain
from cioform.model.resource import Path

ABSENT: Final = "(absent)"
FOLD_AT: Final = 160
"""A longer line of text is folded for display, where tags and sentences end."""

# Control characters could rewrite what was printed before them; marks of direction and of no
# width could hide what changed. U+200D stays: emoji are joined with it.
_HIDDEN: Final = (
    *range(0x09), *range(0x0A, 0x20), *range(0x7F, 0xA0), 0xAD, 0x061C, 0x200B, 0x200C,
    0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF,
)  # fmt: skip
_VISIBLE: Final = {code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in _HIDDEN}
_VISIBLE_TOO: Final = {0x09: "    ", 0xA0: "␣"}
_TABLE: Final = _VISIBLE | _VISIBLE_TOO

_LOOKS_OTHER = re.compile(r"""["'(\[].*|\{\}|true|false|null|~|[-+]?[.\d][\d_.]*(e[-+]?\d+)?""")
_BREAKS = re.compile(r"(?<=>)(?=<)|(?<=[.!?;}] )(?=\S)")


def visible(text: str) -> str:
    """Give `text` with nothing in it that a reader could not see or a terminal would obey."""
    return text.translate(_TABLE)


def path_text(path: Path) -> str:
    """Give a path as people write it: `workflow.welcome.email.subject`, `actions[2].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return visible(text)


def scalar(value: Plain) -> str:
    """Give a value on one line. Text is quoted only where it would read as something else."""
    if value is None:
        return ABSENT
    if not isinstance(value, str):
        return visible(json.dumps(value, ensure_ascii=False))
    plain = value == value.strip() and " -> " not in value and value.isprintable()
    if value and plain and not _LOOKS_OTHER.fullmatch(value):
        return visible(value)
    return visible(json.dumps(value, ensure_ascii=False))


def one_line(value: Plain) -> str | None:
    """Give a value on one line, or None for what needs several."""
    if isinstance(value, str):
        return None if "\n" in value else scalar(value)
    if isinstance(value, dict):
        return None if value else "{}"
    if isinstance(value, list):
        if any(isinstance(item, (dict, list)) for item in value):
            return None
        items = [one_line(item) for item in value]
        return None if None in items else "[" + ", ".join(filter(None, items)) + "]"
    return scalar(value)


def lines_of(value: Plain) -> list[str]:
    """Give a value on lines of its own: text as it is, data as YAML would lay it out."""
    if isinstance(value, str):
        return [visible(line) for line in value.split("\n")]
    return list(_data(value))


def fold(line: str) -> list[str]:
    """Give a very long line in pieces that join to the same: a tag or a sentence each."""
    return [line] if len(line) <= FOLD_AT else [part for part in _BREAKS.split(line) if part]


def _data(value: Plain) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _entry(f"{visible(str(key))}:", item)
    elif isinstance(value, list) and value:
        for item in value:
            yield from _item(item)
    else:
        yield one_line(value) or scalar(value)


def _entry(head: str, value: Plain) -> Iterator[str]:
    short = one_line(value)
    if short is not None and len(head) + len(short) < FOLD_AT:
        yield f"{head} {short}"
        return
    yield f"{head} |" if isinstance(value, str) else head
    for line in lines_of(value):
        yield f"  {line}"


def _item(value: Plain) -> Iterator[str]:
    first = True
    for line in lines_of(value) if isinstance(value, (dict, str)) else _data(value):
        yield f"- {line}" if first else f"  {line}"
        first = False
