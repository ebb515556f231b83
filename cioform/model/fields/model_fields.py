"""The fields that a document may have at a path, read from the model of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.model.fields.on_first_use import OnFirstUse


@dataclass(frozen=True, slots=True)
class ParsedAs:
    """Annotate a field with the models that its validator parses it as, any one of them."""

    models: tuple[type[BaseModel], ...]


def fields_at(model: type[BaseModel], path: FieldPath, value: Json) -> list[str]:
    """Return the names of the fields that may stand at `path`.

    Of the branches of a union those count that share most fields with `value`, the mapping that
    the document has there.
    """
    names = [field_names(found) for found in models_at(model, path)]
    written: Collection[str] = value if isinstance(value, dict) else ()
    most = max((len(found.intersection(written)) for found in map(set, names)), default=0)
    best = [found for found in names if len(set(found).intersection(written)) == most]
    return list(dict.fromkeys(name for found in best for name in found))


def models_at(model: type[BaseModel], path: FieldPath) -> list[type[BaseModel]]:
    """Return the models that the value at `path` may have, any one of them."""
    models = [model]
    for step in path:
        if isinstance(step, int):
            continue
        models = [
            inner
            for outer in models
            if (info := field_named(outer, step)) is not None
            for inner in _models_of(info)
        ]
    return models


def field_named(model: type[BaseModel], name: str) -> FieldInfo | None:
    """Return the field that files call `name`, or None."""
    for field_key, info in model.model_fields.items():
        if name in (field_key, info.alias, info.validation_alias):
            return info
    return None


def field_names(model: type[BaseModel]) -> list[str]:
    """Return the names of a model's fields in files."""
    return [info.alias or name for name, info in model.model_fields.items()]


def _models_of(info: FieldInfo) -> Iterator[type[BaseModel]]:
    parsed_as = [marker for marker in info.metadata if isinstance(marker, ParsedAs)]
    if not parsed_as:
        yield from _models_in(info.annotation)
    for marker in parsed_as:
        yield from marker.models


def without_alias(annotation: object) -> object:
    """Return what the alias of a `type X = ...` statement is for, else the annotation itself."""
    aliased = getattr(annotation, "__value__", None)
    return annotation if aliased is None else without_alias(aliased)


def _models_in(annotated: object) -> Iterator[type[BaseModel]]:
    annotation = without_alias(annotated)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    if isinstance(annotation, OnFirstUse):
        yield from annotation.models
    for part in get_args(annotation):
        yield from _models_in(part)
