"""Values as YAML on one line, for examples that can be pasted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.text.lazy_pattern import lazy_pattern

_MAX_LINE: Final = 96
_MAX_INNER: Final = 72

_PLAIN_TEXT: Final = lazy_pattern(r"[A-Za-z_][\w./-]*( [\w./-]+)*|(\d+[wdhms])+( ago| from now)?")
_NOT_TEXT: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that some YAML tool reads as something else."""


def flow_mapping(fields: Mapping[str, Json]) -> str:
    """Return a mapping as YAML on one line, for an example that can be pasted."""
    return f"{{{', '.join(f'{name}: {flow_value(value)}' for name, value in fields.items())}}}"


def flow_value(value: Json) -> str:
    """Return any value as YAML on one line."""
    if isinstance(value, Mapping):
        return flow_mapping(value)
    if isinstance(value, list):
        return f"[{', '.join(map(flow_value, value))}]"
    if isinstance(value, str) and _PLAIN_TEXT.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)


def flow_lines(name: str, value: Json) -> str:
    """Return a field as YAML: one line, or a line for each item of a list that is long.

    Of items and mappings that are too long for a line, long members are shown as `...`.
    """
    line = f"{name}: {flow_value(value)}"
    if len(line) <= _MAX_LINE:
        return line
    if isinstance(value, list):
        return "\n".join((f"{name}:", *(f"  - {flow_value(_shortened(item))}" for item in value)))
    return f"{name}: {flow_value(_shortened(value))}"


def _shortened(value: Json) -> Json:
    if not isinstance(value, Mapping) or len(flow_value(value)) <= _MAX_LINE:
        return value
    return {name: _echoed(item) for name, item in value.items()}


def _echoed(value: Json) -> Json:
    if len(flow_value(value)) <= _MAX_INNER:
        return value
    return ["..."] if isinstance(value, list) else "..."
