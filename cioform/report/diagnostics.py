"""Diagnostics as text: summary, address, location, and sentences that say what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cioform.core.diagnostic import Diagnostic, Severity
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import escape_unprintable

WIDTH = 92


def render_diagnostics(diagnostics: Iterable[Diagnostic], style: Styler = PLAIN) -> str:
    """Return the text of `diagnostics`, separated by empty lines and ending with a line break."""
    return "\n".join("\n".join(_diagnostic_lines(item, style)) + "\n" for item in diagnostics)


def wrap_paragraphs(text: str, indent: int) -> Iterator[str]:
    """Yield the lines of `text`, wrapped at 92 columns and indented.

    Lines that begin with four spaces are commands, which are not wrapped.
    """
    margin = " " * indent
    for line in text.strip("\n").split("\n"):
        if not line.strip():
            yield ""
        elif line.startswith("    "):
            yield margin + escape_unprintable(line)
        else:
            yield from textwrap.wrap(
                escape_unprintable(line),
                WIDTH,
                initial_indent=margin,
                subsequent_indent=margin,
                break_long_words=False,
                break_on_hyphens=False,
            )


def _diagnostic_lines(item: Diagnostic, style: Styler) -> Iterator[str]:
    tone = Tone.ERROR if item.severity is Severity.ERROR else Tone.WARNING
    summary = style(escape_unprintable(item.summary), Tone.BOLD)
    yield f"{style(f'{item.severity.value}:', tone)} {summary}"
    if item.address is not None:
        yield f"  {item.address}"
    if item.location is not None:
        yield "  " + style(escape_unprintable(str(item.location)), Tone.MOVED)
    yield from wrap_paragraphs(item.detail, 2)
