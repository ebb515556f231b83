"""The JSON Schema with which editors check and complete documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from cioform.config.settings_file import SettingsFile
from cioform.contract.declared import DATA_MODELS
from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.parsing import schema as condition_schema
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasSchemaDefinitions
from cioform.model.schema.schema_docs import DocumentedSchemaGenerator, resolve_shared_definitions

FILE_DEFINITION: Final = "file"
VARIABLE_DEFINITION: Final = "variable"
_NULL: Final = {"type": "null"}
_OUTSIDE: Final = ("description", "markdownDescription", "default")
"""What describes a field and not one of the forms that its value can have."""


def json_schema(
    registry: Registry, others: Mapping[str, type[BaseModel]] | None = None
) -> dict[str, JsonValue]:
    """Return the schema: `$defs` has each kind's document by its name, and `workspace`.

    `others` are the models of files that are neither, by the names of their definitions.
    Documents name the definition that they are checked with. There is no schema outside of
    `$defs`, because editors would check every document with that as well.
    """
    definitions: dict[str, JsonValue] = {
        FILE_DEFINITION: {
            "type": "object",
            "properties": {
                "file": {
                    "type": "string",
                    "description": "The path of a file with the text, relative to this one.",
                }
            },
            "required": ["file"],
            "additionalProperties": False,
        },
        VARIABLE_DEFINITION: {
            "type": "string",
            "description": "A variable that is defined in `workspace.yaml`.",
            "pattern": r"^\$\{(var|env)\.[^{}]+\}$",
        },
    }
    for kind in registry:
        definitions |= _kind_definitions(kind)
        definitions |= {
            name: _allow_placeholders(schema, allow_file=True)
            for name, schema in shared_definitions(kind).items()
        }
    definitions |= _definitions("workspace", SettingsFile, allow_file=False)
    for name, model in (others or {}).items():
        definitions |= _definitions(name, model, allow_file=False)
    for name, model in DATA_MODELS.items():
        definitions |= _plain_definitions(name, model)
    definitions |= {
        name: _allow_placeholders(schema, allow_file=True)
        for name, schema in condition_schema.definitions().items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": resolve_shared_definitions(definitions),
    }


def shared_definitions(kind: Kind) -> dict[str, JsonValue]:
    """Return the definitions that the schema of a kind uses at several depths, by name."""
    return kind.schema_definitions() if isinstance(kind, HasSchemaDefinitions) else {}


def _kind_definitions(kind: Kind) -> dict[str, JsonValue]:
    definitions = _definitions(kind.name, kind.model, allow_file=True)
    top = definitions[kind.name]
    top["description"] = kind.summary
    top["properties"] = {**top.get("properties", {}), **_meta_field_schemas(kind)}
    top["dependentRequired"] = {"ignore": ["because"], "until": ["ignore"]}
    return definitions


def _meta_field_schemas(kind: Kind) -> dict[str, JsonValue]:
    address = {"type": "string", "pattern": rf"^{kind.name}\.[a-z0-9][a-z0-9_-]*$"}
    return {
        "kind": {
            "const": kind.name,
            "description": "The kind of the resource; the default is the kind of the folder.",
        },
        "id": {
            "type": "string",
            "description": "The name in the resource's address; the default is the file's name.",
        },
        "was": {
            "anyOf": [address, {"type": "array", "items": address, "minItems": 1}],
            "description": "The earlier address of the resource, or a list of them. Its object, "
            "with its history, moves to the new address.",
        },
        "remote_id": {
            "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}],
            "description": "The ID of the object in Customer.io, where its name is not unique.",
        },
        "protect": {
            "type": "boolean",
            "description": "Whether every deletion is refused, even after this file is removed.",
        },
        "ignore": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Paths of values that are edited elsewhere, such as "
            "`welcome.email.subject`; cioform does not manage them.",
        },
        "because": {
            "type": "string",
            "description": "Why the fields are ignored; required with `ignore`.",
        },
        "until": {
            "type": "string",
            "format": "date",
            "description": "The last day on which the fields are ignored, such as 2027-03-31.",
        },
    }


def _definitions(name: str, model: type[BaseModel], *, allow_file: bool) -> dict[str, JsonValue]:
    template = f"#/$defs/{name}.{{model}}"
    schema = model.model_json_schema(
        ref_template=template, schema_generator=DocumentedSchemaGenerator
    )
    inner = schema.pop("$defs", {})
    found = {f"{name}.{key}": value for key, value in inner.items()} | {name: schema}
    if "$ref" in schema:  # the schema of a model that contains itself
        found[name] = dict(found[schema["$ref"].removeprefix("#/$defs/")])
    return {key: _allow_placeholders(value, allow_file) for key, value in found.items()}


def _plain_definitions(name: str, model: type[BaseModel]) -> dict[str, JsonValue]:
    """Return the definitions of a file in which no placeholder is replaced."""
    template = f"#/$defs/{name}.{{model}}"
    schema = model.model_json_schema(
        ref_template=template, schema_generator=DocumentedSchemaGenerator
    )
    inner = schema.pop("$defs", {})
    return {f"{name}.{key}": value for key, value in inner.items()} | {name: schema}


def _allow_placeholders(node: JsonValue, allow_file: bool) -> JsonValue:
    """Return a schema that also accepts placeholders: a file for text, a variable for the rest."""
    if isinstance(node, list):
        return [_allow_placeholders(item, allow_file) for item in node]
    if not isinstance(node, dict):
        return node
    if _NULL in node.get("anyOf", ()):
        return _allow_placeholders(_without_null(node), allow_file)
    if "properties" in node:
        fields = node["properties"].items()
        properties = {name: _allow_placeholders(value, allow_file) for name, value in fields}
        others = {name: value for name, value in node.items() if name != "properties"}
        return {**_allow_placeholders(others, allow_file), "properties": properties}
    placeholder = _placeholder_definition(node, allow_file)
    if placeholder is None:
        return {name: _allow_placeholders(value, allow_file) for name, value in node.items()}
    outside = {key: node[key] for key in _OUTSIDE if key in node}
    inside = {key: value for key, value in node.items() if key not in outside}
    return {**outside, "anyOf": [inside, {"$ref": f"#/$defs/{placeholder}"}]}


def _without_null(node: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the schema of a field that may be left out without the alternative `null`.

    A field without a value is left out by mistake, and editors would offer nothing below it.
    """
    others = [each for each in node["anyOf"] if each != _NULL]
    rest = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
    return {**others[0], **rest} if len(others) == 1 else {**rest, "anyOf": others}


def _placeholder_definition(node: dict[str, JsonValue], allow_file: bool) -> str | None:
    if node.get("type") == "string" and "enum" not in node and "const" not in node:
        return FILE_DEFINITION if allow_file else None
    return VARIABLE_DEFINITION if node.get("type") in ("integer", "number", "boolean") else None
