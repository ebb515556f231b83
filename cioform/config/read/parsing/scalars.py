"""Parse plain YAML scalars: the core schema of YAML 1.2, but a number keeps its spelling.

Customer.io stores values as text, so a text that would not be written again as it is stays text:
`007`, `+49301234`, `3.10`, `1e3`, `0x1F`. So do `yes`, `on`, `12:30` and `2024-01-01`.
"""

from __future__ import annotations

from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern

_CONSTANTS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT = lazy_pattern(r"-?(?:0|[1-9][0-9]{0,18})")
_FLOAT = lazy_pattern(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+][0-9]+)?")
_NUMERIC_START = frozenset("0123456789-")


def parse_plain_scalar(text: str) -> bool | int | float | str | None:
    """Return the value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _INT.fullmatch(text) and str(integer := int(text)) == text:
        return integer
    if _FLOAT.fullmatch(text) and repr(number := float(text)) == text:
        return number
    return text
