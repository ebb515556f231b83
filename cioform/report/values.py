"""Format a single value: exact, on one line if it fits, safe for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from cioform.core.data import paths
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import unicodedata
else:
    unicodedata = lazy_module("unicodedata")

ABSENT: Final = "(absent)"
MAX_LINE_LENGTH: Final = 160
"""A longer line of text is folded for display, between tags and sentences."""

# Control characters could overwrite what was printed before them; direction marks and zero-width
# characters could hide a change. U+200D is kept, and U+FE0F in an emoji: these consist of them.
_HIDDEN: Final = (
    *range(0x09), *range(0x0A, 0x20), *range(0x7F, 0xA0), 0xAD, 0x061C, 0x200B, 0x200C,
    0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
    # Characters that fonts draw as nothing: fillers of Hangul, Khmer and Mongolian, variation
    # selectors, and the tags in which a whole text can be hidden.
    0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164,
    *range(0xFE00, 0xFE0F), 0xFFA0,
    *range(0xFFF0, 0xFFFC), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000),
)  # fmt: skip


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_EMOJI_SELECTOR: Final = "\ufe0f"
_KEYCAP: Final = "\u20e3"
_SYMBOLS: Final = ("So", "Sm")
"""The Unicode categories of nearly all characters that can be emoji."""
_OTHER_EMOJI: Final = "\u203c\u2049\u2139\u3030"
_REPLACEMENTS: Final = {0x09: "    ", 0xA0: "␣"}

_NEEDS_QUOTES = lazy_pattern(r"""["'(\[].*|\{\}|true|false|null|~|[-+]?[.\d][\d_.]*(e[-+]?\d+)?""")
_FOLD_POINTS = lazy_pattern(r"(?<=>)(?=<)|(?<=[.!?;}] )(?=\S)")


def escape_unprintable(text: str) -> str:
    """Return `text` with invisible and control characters escaped."""
    if text.isascii() and text.isprintable():
        return text  # The common case, in which nothing is looked up.
    shown = text.translate(_translation())
    return "".join(_shown_selectors(shown)) if _EMOJI_SELECTOR in shown else shown


def _shown_selectors(text: str) -> Iterator[str]:
    """Yield the characters of a text, with each emoji selector escaped that selects no emoji."""
    for before, char, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        is_emoji = (
            unicodedata.category(before) in _SYMBOLS or before in _OTHER_EMOJI or after == _KEYCAP
        )
        yield _escape(ord(char)) if char == _EMOJI_SELECTOR and not is_emoji else char


@cache
def _translation() -> Mapping[int, str]:
    return {code: _escape(code) for code in _HIDDEN} | _REPLACEMENTS


def format_path(path: FieldPath) -> str:
    """Return a path as text: `workflow.welcome.email.subject`, `actions[2].name`."""
    return escape_unprintable(paths.format_path(path))


def format_scalar(value: Json) -> str:
    """Return a value on one line; text is quoted only if it looks like another type."""
    if value is None:
        return ABSENT
    if not isinstance(value, str):
        return escape_unprintable(json.dumps(value, ensure_ascii=False))
    plain = value == value.strip() and " -> " not in value and value.isprintable()
    if value and plain and not _NEEDS_QUOTES.fullmatch(value):
        return escape_unprintable(value)
    return escape_unprintable(json.dumps(value, ensure_ascii=False))


def format_inline(value: Json) -> str | None:
    """Return a value on one line, or None if it needs several."""
    if isinstance(value, str):
        return None if "\n" in value else format_scalar(value)
    if isinstance(value, dict):
        return None if value else "{}"
    if isinstance(value, list):
        if any(isinstance(item, (dict, list)) for item in value):
            return None
        items = [format_inline(item) for item in value]
        return None if None in items else "[" + ", ".join(filter(None, items)) + "]"
    return format_scalar(value)


def format_lines(value: Json) -> list[str]:
    """Return the lines of a value: text as it is, data in the form of YAML.

    The end of the last line is not a line of its own.
    """
    if isinstance(value, str):
        return [escape_unprintable(line) for line in value.removesuffix("\n").split("\n")]
    return list(_yaml_lines(value))


def fold_line(line: str) -> list[str]:
    """Return the pieces of a very long line: a tag or a sentence each."""
    return (
        [line]
        if len(line) <= MAX_LINE_LENGTH
        else [part for part in _FOLD_POINTS.split(line) if part]
    )


def _yaml_lines(value: Json) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _mapping_entry_lines(f"{escape_unprintable(str(key))}:", item)
    elif isinstance(value, list) and value:
        for item in value:
            yield from _list_item_lines(item)
    else:
        yield format_inline(value) or format_scalar(value)


def _mapping_entry_lines(head: str, value: Json) -> Iterator[str]:
    short = format_inline(value)
    if short is not None and len(head) + len(short) < MAX_LINE_LENGTH:
        yield f"{head} {short}"
        return
    yield f"{head} |" if isinstance(value, str) else head
    for line in format_lines(value):
        yield f"  {line}"


def _list_item_lines(value: Json) -> Iterator[str]:
    first = True
    for line in format_lines(value) if isinstance(value, (dict, str)) else _yaml_lines(value):
        yield f"- {line}" if first else f"  {line}"
        first = False
