from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cioform.config.schema import json_schema
from cioform.model.registry import Registry


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_every_reference_has_a_definition(registry: Registry) -> None:
    made = json_schema(registry)
    found = {one.removeprefix("#/$defs/").partition("/")[0] for one in _references(made)}
    assert found
    assert found <= set(made["$defs"])


def test_fields_accept_files_and_variables(registry: Registry) -> None:
    note = json_schema(registry)["$defs"]["note"]
    assert {"$ref": "#/$defs/file"} in note["properties"]["text"]["anyOf"]
    assert {"$ref": "#/$defs/variable"} in note["properties"]["pinned"]["anyOf"]
    assert note["properties"]["kind"]["const"] == "note"
    assert note["additionalProperties"] is False
    assert note["required"] == ["name"]
