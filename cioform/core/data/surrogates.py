"""Find incomplete characters: JSON can escape half a surrogate pair, which no text can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.visible_bytes import is_utf8

_ESCAPE: Final = lazy_pattern(r"\\u[dD][89a-fA-F]")
_ESCAPE_IN_BYTES: Final = lazy_pattern(rb"\\u[dD][89a-fA-F]")
"""The beginning of the escape of half a surrogate pair, which most JSON does not contain."""


def find_surrogate(content: bytes | str, value: Json) -> FieldPath | None:
    """Return the path of the first text or name with an incomplete character in parsed JSON."""
    found = (
        _ESCAPE.search(content) if isinstance(content, str) else _ESCAPE_IN_BYTES.search(content)
    )
    if found is None:
        return None
    for path, each in every_value(value):
        texts = each if isinstance(each, dict) else [each] if isinstance(each, str) else ()
        if not all(map(is_utf8, texts)):
            return path
    return None


def every_value(value: Json) -> Iterator[tuple[FieldPath, Json]]:
    """Yield every value with its path, from the first to the last, without recursion."""
    stack: list[tuple[FieldPath, Json]] = [((), value)]
    while stack:
        path, each = stack.pop()
        yield path, each
        if isinstance(each, dict):
            stack += (((*path, name), member) for name, member in reversed(each.items()))
        elif isinstance(each, list):
            stack += (((*path, n), entry) for n, entry in reversed(list(enumerate(each))))
