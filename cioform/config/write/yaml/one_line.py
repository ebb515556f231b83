"""Choose the mappings and lists that are written on one line, for all YAML that cioform writes.

A mapping or list is on one line, in flow style (`{from: "09:00", to: "10:00"}`), if

- the line has at most 100 columns;
- there is no comment, anchor or block of text inside;
- no more than three mappings are inside each other;
- every list inside contains only values, because mappings and lists have a line each;
- no text in it would need quotes that it does not need on a line of its own.

A document itself always has a line for each field, and so has each section of `workspace.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from cioform.config.write.yaml.typed_documents import RoundTripDocument, style_scalar
from cioform.core.lazy_modules import lazy_module

if TYPE_CHECKING:
    from ruamel.yaml import scalarstring as ruamel_text
else:
    ruamel_text = lazy_module("ruamel.yaml.scalarstring")

MAX_COLUMNS: Final = 100
MAX_DEPTH: Final = 3
_FLOW_SYNTAX: Final = frozenset(",?[]{}")
"""Characters of plain text that end it in flow style; a question mark does for some parsers."""


def choose_lines(
    document: RoundTripDocument, commented: Collection[int], *, is_settings: bool = False
) -> None:
    """Set the style of every mapping and list of a document.

    `commented` has the IDs of the mappings and lists with a comment inside.
    """
    if not isinstance(document, dict | list):
        return
    layout = _Layout(commented)
    layout.write_block(document, 0)
    for section in document.values() if is_settings and isinstance(document, dict) else ():
        if isinstance(section, dict) and section:
            layout.write_block(section, 2)


class _Layout:
    def __init__(self, commented: Collection[int]) -> None:
        self._commented = commented

    def write_block(self, value: RoundTripDocument, column: int) -> None:
        """Write a mapping or list with a line for each entry, which begins at `column`."""
        value.fa.set_block_style()
        if isinstance(value, dict):
            for key, item in value.items():
                self._write_entry(item, column, len(_scalar_text(key) or "") + 2)
        else:
            for item in value:
                self._write_entry(item, column, 2)

    def _write_entry(self, value: RoundTripDocument, column: int, used: int) -> None:
        if not isinstance(value, dict | list):
            return
        text = self._one_line(value, MAX_DEPTH)
        if text is not None and (column + used + len(text) <= MAX_COLUMNS or not value):
            _set_flow_style(value)
        else:
            self.write_block(value, column + 2)

    def _one_line(self, value: RoundTripDocument, depth: int) -> str | None:
        """Return a value on one line, or None if it has to be on several."""
        if not _is_collection(value):
            return _scalar_text(value)
        if id(value) in self._commented or value.anchor.value is not None:
            return None
        if isinstance(value, list):
            if any(isinstance(item, dict | list) for item in value):
                return None
            items = [_scalar_text(item) for item in value]
            return None if None in items else f"[{', '.join(filter(None, items))}]"
        entries = []
        for key, item in value.items() if depth else ():
            name, text = _scalar_text(key), self._one_line(item, depth - 1)
            if name is None or text is None:
                return None
            entries.append(f"{name}: {text}")
        return f"{{{', '.join(entries)}}}" if depth or not value else None


def _set_flow_style(value: RoundTripDocument) -> None:
    if _is_collection(value):
        value.fa.set_flow_style()
        for item in value.values() if isinstance(value, dict) else value:
            _set_flow_style(item)


def _is_collection(value: RoundTripDocument) -> bool:
    return isinstance(value, dict | list)


def _scalar_text(value: object) -> str | None:
    """Return a scalar as it is written on a line with others, or None if it cannot be there."""
    styled = style_scalar(value)
    if getattr(getattr(styled, "anchor", None), "value", None) is not None:
        return None
    text = str(styled)
    if isinstance(styled, ruamel_text.DoubleQuotedScalarString):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(styled, ruamel_text.SingleQuotedScalarString):
        return None if "\n" in text else "'" + text.replace("'", "''") + "'"
    if isinstance(styled, ruamel_text.ScalarString):
        return None
    return None if _ends_in_flow_style(text) else text


def _ends_in_flow_style(text: str) -> bool:
    """Return whether a plain text that is right on a line of its own is not with others."""
    return text.startswith(":") or not _FLOW_SYNTAX.isdisjoint(text)
