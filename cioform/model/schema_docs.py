"""What a schema says of fields, worked out only when somebody asks for the schema.

pydantic can read docstrings while it builds a model (`use_attribute_docstrings`), but then every
command reads and parses the source of every model as it starts."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue


class DocumentedSchemaGenerator(GenerateJsonSchema):
    """Makes a model's JSON schema with what its source says of each field."""

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        """Give the schema of one model, its properties described."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        said = field_docs(model)
        for name, field in model.model_fields.items():
            shown = made.get("properties", {}).get(field.alias or name)
            if shown is not None and name in said:
                shown.setdefault("description", said[name])
        return made


@dataclass(frozen=True, slots=True)
class LazySchema:
    """An annotation: the JSON schema of a field is what `make` gives when it is asked for."""

    build_schema: Callable[[], JsonSchemaValue]

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> JsonSchemaValue:
        del core, handler
        return self.build_schema()


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Give the docstring below each field, of the model and of those it is made from."""
    return {
        name: text
        for base in reversed(model.__mro__)
        if issubclass(base, BaseModel)
        for name, text in _class_docs(base).items()
    }


def _class_docs(model: type[BaseModel]) -> dict[str, str]:
    return _module_docs(model.__module__).get(model.__qualname__, {})


@cache
def _module_docs(name: str) -> dict[str, dict[str, str]]:
    """Give the docstrings of the fields of each class of a module. It is read whole, since finding
    one class in its source takes as long as reading all of them."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (OSError, TypeError):
        return {}  # it has no source: typed in, or frozen
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
