"""Hostile text in Markdown: shown as it is, linking to nothing and notifying nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.report.values import escape_unprintable

CODE_SPAN: Final = lazy_pattern(r"`([^`\n]+)`")
"""Code in a sentence of ours."""
LINE_BREAK: Final = "\\\n"
"""Breaks a line once, in comments, where every new line does, and in step summaries, where none
does."""
_MAX_LENGTH: Final = 600
"""Characters of a text outside of a diff."""
_PUNCTUATION: Final = lazy_pattern(r"[\\`*_<>|\[\]#~$&]")
_BLOCK_START: Final = lazy_pattern(r"^(\s*)([-+=]|\d+(?=[.)]))")
_JOINER: Final = "\u2060"
"""A word joiner. GitHub makes no mention, reference or link of a text with one in it."""
_LINKS: Final = lazy_pattern(r"@|\\#|://|\bwww(?=\.)")


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    escaped = _PUNCTUATION.sub(r"\\\g<0>", clipped(escape_unprintable(text)))
    escaped = _BLOCK_START.sub(_escape_start, escaped)
    return _LINKS.sub(lambda found: found[0] + _JOINER, escaped)


def prose(text: str) -> str:
    """Return a sentence of ours in which what stands between backticks is code.

    Names in it are shown as they are, also those that have backticks of their own.
    """
    parts = CODE_SPAN.split(clipped(text))
    return "".join(code(part) if at % 2 else plain(part) for at, part in enumerate(parts))


def code(text: str) -> str:
    """Return text as a code span, which may stand in a table."""
    shown = clipped(escape_unprintable(text)) or " "
    fence = "`" * (_longest_run(shown) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}".replace("|", r"\|")


def summary(text: str, what: str = "") -> str:
    """Return the beginning of collapsed details whose title is code."""
    title = f"<code>{escape(clipped(escape_unprintable(text)))}</code>{what}"
    return f"<details><summary>{title}</summary>\n"


def fenced(lines: Sequence[str], language: str) -> str:
    """Return lines as a code block that nothing in them can end."""
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in lines))
    return "\n".join((f"{fence}{language}", *lines, fence))


def clipped(text: str) -> str:
    """Return a text, shortened to what a comment has room for."""
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"


def _escape_start(found: re.Match[str]) -> str:
    """Return the beginning of a line that is no list, heading or rule."""
    spaces, sign = found.groups()
    return f"{spaces}{sign}{_JOINER}" if sign.isdigit() else f"{spaces}\\{sign}"


def _longest_run(line: str) -> int:
    return max(map(len, re.findall("`+", line)), default=0)
