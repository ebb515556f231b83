"""Find values that JSON allows but no file can hold, such as a number with thirty digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.config.read.parsing.parse import MAX_DEPTH
from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath, format_path

_NO_FILE: Final = "no file can hold. Change it in Customer.io."


def unwritable_text(document: Mapping[str, JsonValue]) -> str | None:
    """Return where and why no file can hold a document, as a sentence; None if a file can."""
    level: list[tuple[FieldPath, JsonValue]] = [((), document)]
    for _ in range(MAX_DEPTH + 1):
        inner: list[tuple[FieldPath, JsonValue]] = []
        for path, value in level:
            if isinstance(value, dict):
                inner += [((*path, str(name)), each) for name, each in value.items()]
            elif isinstance(value, list):
                inner += [((*path, at), each) for at, each in enumerate(value)]
            elif _is_other_number(value):
                what = f"the number {value:.20g}" if isinstance(value, float) else f"{value}"
                return f"`{format_path(path)}` is {what}, which {_NO_FILE}"
        if not inner:
            return None
        level = inner
    place = format_path(level[0][0][:2])
    return f"`{place}` is nested more than {MAX_DEPTH} levels deep, which {_NO_FILE}"


def _is_other_number(value: JsonValue) -> bool:
    """Return whether a number would be read back from a file as another one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return parse_plain_scalar(repr(value)) != value
