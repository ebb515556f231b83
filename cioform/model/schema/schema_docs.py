"""The docstrings of fields in a JSON schema, looked up only when somebody asks for the schema.

pydantic can read docstrings while it builds a model (`use_attribute_docstrings`), but then every
command would read and parse the source of every model at its start.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final, TypeAlias

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema
from typing_extensions import override

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.fields.on_first_use import ModelValidator

Schema: TypeAlias = dict[str, Json]
"""A JSON schema."""

_SHARED_DEFINITION: Final = "x-definition"
_EXAMPLE: Final = lazy_pattern(r": `([^`]+)`(?!,? (?:`|and|or))")
"""A value after a colon, but not the first of several words that a field may have."""


def shared_definition(name: str) -> Schema:
    """Return the schema of a value that a definition of the whole schema describes.

    pydantic refuses a `$ref` to a definition that is not the model's own, so that the reference is
    only made by `resolve_shared_definitions`.
    """
    return {_SHARED_DEFINITION: name}


def resolve_shared_definitions(node: Json) -> Json:
    """Return a schema in which each shared definition is a `$ref`."""
    if isinstance(node, list):
        return [resolve_shared_definitions(item) for item in node]
    if not isinstance(node, dict):
        return node
    resolved: Schema = {
        key: resolve_shared_definitions(value)
        for key, value in node.items()
        if key != _SHARED_DEFINITION
    }
    if _SHARED_DEFINITION in node:
        resolved["$ref"] = f"#/$defs/{node[_SHARED_DEFINITION]}"
    return resolved


def documented(schema: Schema, text: str, example: str = "") -> Schema:
    """Return a schema with a description, and with an example in YAML below it for editors."""
    return {**schema, **_description(text, example)}


def _description(text: str, example: str) -> Schema:
    """Return the description of a schema, in plain text and in the Markdown that editors show."""
    if not example:
        return {"description": text, "markdownDescription": text}
    return {"description": text, "markdownDescription": f"{text}\n\n```yaml\n{example}\n```"}


def _example(name: str, text: str) -> str:
    """Return the field with the example that its docstring ends a phrase with: `a tag: `vip``."""
    found = _EXAMPLE.search(text)
    return f"{name}: {found[1]}" if found else ""


def inline_refs(schema: Json, definitions: Mapping[str, Json]) -> Json:
    """Return a schema with the definitions in place of the references to them."""
    if isinstance(schema, list):
        return [inline_refs(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        name = str(schema["$ref"]).rpartition("/")[2]
        return {**as_mapping(inline_refs(definitions[name], definitions)), **rest}
    return {key: inline_refs(value, definitions) for key, value in schema.items()}


class DocumentedSchemaGenerator(GenerateJsonSchema):
    """Generates the JSON schema of a model with the docstrings of its fields as descriptions.

    Titles are left out: pydantic makes them of the names, and an editor would show both.
    """

    @override
    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    @override
    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        json_schema = super().model_schema(schema)
        json_schema.pop("title", None)
        model: type[BaseModel] = schema["cls"]
        left_out: frozenset[str] = getattr(model, "filled_by_defaults", frozenset())
        if left_out and "required" in json_schema:
            json_schema["required"] = [n for n in json_schema["required"] if n not in left_out]
        docs = field_docs(model)
        properties = json_schema.get("properties", {})
        for name, field in model.model_fields.items():
            key = field.alias or name
            if key in properties and name in docs:
                has_example = "examples" in properties[key]  # which editors show by themselves
                example = "" if has_example else _example(key, docs[name])
                description = _description(docs[name], example)
                properties[key] = {**description, **properties[key]}
        return json_schema

    @override
    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> Schema:
        validate = schema["function"]["function"]
        if isinstance(validate, ModelValidator):
            return self.generate_inner(validate.core_schema)
        return super().function_plain_schema(schema)


@dataclass(frozen=True, slots=True)
class LazySchema:
    """An annotation of a field whose JSON schema is built when it is asked for."""

    build_schema: Callable[[], Schema]

    def __get_pydantic_json_schema__(
        self, _core_schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> Schema:
        return self.build_schema()


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each field of a model, including those of its base models."""
    documented: type[BaseModel] = getattr(model, "documented_in", None) or model
    return {
        name: text
        for base in reversed(documented.__mro__)
        if issubclass(base, BaseModel) and base is not BaseModel
        for name, text in _class_docs(base).items()
    }


def _class_docs(model: type[BaseModel]) -> dict[str, str]:
    return _module_docs(model.__module__).get(model.__qualname__, {})


@cache
def _module_docs(name: str) -> dict[str, dict[str, str]]:
    """Return the docstrings of the fields of each class in a module.

    All are read at once, because finding one class in the source takes as long.
    """
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (OSError, TypeError):
        return {}  # The module has no source: it was typed in, or frozen.
    return dict(_docs_by_class(tree.body, ""))


def _docs_by_class(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", _class_body_docs(node.body)
            yield from _docs_by_class(node.body, f"{prefix}{node.name}.")


def _class_body_docs(body: list[ast.stmt]) -> dict[str, str]:
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
