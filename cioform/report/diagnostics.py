"""Diagnostics as people read them: summary, address, place, and sentences with the way out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cioform.core.diagnostic import Diagnostic, Severity
from cioform.report.styling import PLAIN, Ink, Tone
from cioform.report.values import visible

WIDTH = 92


def render_diagnostics(diagnostics: Iterable[Diagnostic], ink: Ink = PLAIN) -> str:
    """Give the text of `diagnostics`, parted by empty lines and ending with a line break."""
    return "\n".join("\n".join(_lines(item, ink)) + "\n" for item in diagnostics)


def paragraphs(text: str, indent: int) -> Iterator[str]:
    """Give `text` wrapped at 92 columns and indented; lines that are themselves indented by four
    spaces are commands and stay as they are."""
    margin = " " * indent
    for line in text.strip("\n").split("\n"):
        if not line.strip():
            yield ""
        elif line.startswith("    "):
            yield margin + visible(line)
        else:
            yield from textwrap.wrap(
                visible(line),
                WIDTH,
                initial_indent=margin,
                subsequent_indent=margin,
                break_long_words=False,
                break_on_hyphens=False,
            )


def _lines(item: Diagnostic, ink: Ink) -> Iterator[str]:
    tone = Tone.ALARM if item.severity is Severity.ERROR else Tone.CAUTION
    yield f"{ink(f'{item.severity.value}:', tone)} {ink(visible(item.summary), Tone.STRONG)}"
    if item.address is not None:
        yield f"  {item.address}"
    if item.location is not None:
        yield "  " + ink(visible(str(item.location)), Tone.MOVED)
    yield from paragraphs(item.detail, 2)
