"""The JSON Schema that editors check and complete documents with."""

from __future__ import annotations

from typing import Any, Final

from cioform.config.settings_file import SettingsFile
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.schema_docs import DocumentedSchemaGenerator

FILE_DEFINITION: Final = "file"
VARIABLE_DEFINITION: Final = "variable"


def json_schema(registry: Registry) -> dict[str, Any]:
    """Give the schema of every kind's document under `$defs` by the kind's name, and that of
    `workspace.yaml` under `workspace`."""
    definitions: dict[str, Any] = {
        FILE_DEFINITION: {
            "type": "object",
            "description": "The text of a file beside this one.",
            "properties": {"file": {"type": "string"}},
            "required": ["file"],
            "additionalProperties": False,
        },
        VARIABLE_DEFINITION: {
            "type": "string",
            "description": "A variable from `workspace.yaml`.",
            "pattern": r"^\$\{(var|env)\.[^{}]+\}$",
        },
    }
    for kind in registry:
        definitions |= _kind_definitions(kind)
    definitions |= _definitions("workspace", SettingsFile, allow_file=False)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cioform documents",
        "$defs": definitions,
        "anyOf": [{"$ref": f"#/$defs/{kind.name}"} for kind in registry],
    }


def _kind_definitions(kind: Kind) -> dict[str, Any]:
    definitions = _definitions(kind.name, kind.model, allow_file=True)
    top = definitions[kind.name]
    top["description"] = kind.summary
    top["properties"] = {**top.get("properties", {}), **_meta_field_schemas(kind)}
    top["dependentRequired"] = {"ignore": ["because"]}
    return definitions


def _meta_field_schemas(kind: Kind) -> dict[str, Any]:
    return {
        "kind": {"const": kind.name, "description": "The kind, where the folder does not say it."},
        "key": {"type": "string", "description": "The name, where the file's name does not fit."},
        "protect": {"type": "boolean", "description": "Whether deleting it is always refused."},
        "ignore": {
            "type": "array",
            "items": {"enum": list(kind.model.yaml_field_names())},
            "description": "Fields that are edited elsewhere and left alone here.",
        },
        "because": {"type": "string", "description": "Why the fields are ignored."},
    }


def _definitions(name: str, model: Any, *, allow_file: bool) -> dict[str, Any]:
    template = f"#/$defs/{name}.{{model}}"
    made = model.model_json_schema(
        ref_template=template, schema_generator=DocumentedSchemaGenerator
    )
    inner = made.pop("$defs", {})
    found = {f"{name}.{key}": value for key, value in inner.items()} | {name: made}
    if "$ref" in made:  # a model that contains itself is given by reference
        found[name] = dict(found[made["$ref"].removeprefix("#/$defs/")])
    return {key: _allow_placeholders(value, allow_file) for key, value in found.items()}


def _allow_placeholders(node: Any, allow_file: bool) -> Any:
    """Give a schema that also takes what stands for a value: a file for text, a variable for
    anything else."""
    if isinstance(node, list):
        return [_allow_placeholders(item, allow_file) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node:
        opened = {
            name: _allow_placeholders(value, allow_file)
            for name, value in node["properties"].items()
        }
        rest = {name: value for name, value in node.items() if name != "properties"}
        return {
            **{k: _allow_placeholders(v, allow_file) for k, v in rest.items()},
            "properties": opened,
        }
    instead = _placeholder_definition(node, allow_file)
    if instead is None:
        return {name: _allow_placeholders(value, allow_file) for name, value in node.items()}
    outside = {key: node[key] for key in ("title", "description", "default") if key in node}
    inside = {key: value for key, value in node.items() if key not in outside}
    return {**outside, "anyOf": [inside, {"$ref": f"#/$defs/{instead}"}]}


def _placeholder_definition(node: dict[str, Any], allow_file: bool) -> str | None:
    if node.get("type") == "string" and "enum" not in node and "const" not in node:
        return FILE_DEFINITION if allow_file else None
    return VARIABLE_DEFINITION if node.get("type") in ("integer", "number", "boolean") else None
