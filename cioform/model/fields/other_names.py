"""Names of fields in other tools and in Customer.io, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from cioform.core.data.json_value import Json
from cioform.model.fields.model_fields import field_named, without_alias
from cioform.model.fields.upgrading import field_line

_ONE_VALUE: Final = (str, int, float, bool, Any, object)


def own_name(model: type[BaseModel], other: str) -> str | None:
    """Return the name that a model has for a field of other tools, or None."""
    found: str | None = getattr(model, "other_names", {}).get(other)
    return None if found is None or _is_sentence(found) else found


def other_name_hint(model: type[BaseModel], other: str, value: Json) -> str | None:
    """Return what to write instead of another tool's field, as the end of a sentence, or None.

    It has the file's own value where the field takes one value: a list or a mapping of another
    tool rarely means the same here.
    """
    found: str | None = getattr(model, "other_names", {}).get(other)
    if found is None:
        return None
    if _is_sentence(found):
        return f" {found}"
    *outer, name = found.split(".")
    if value is None or isinstance(value, dict | list) or not (outer or _takes_one(model, name)):
        return f" Use `{found}`."
    line = field_line(name, value)
    for each in reversed(outer):
        line = f"{each}: {{{line}}}"
    return f" Write:\n\n    {line}"


def single_value_line(model: type[BaseModel], name: str, value: Json) -> str | None:
    """Return the line for a field with one value where a mapping of `model` belongs, or None."""
    fields: tuple[str, ...] = getattr(model, "single_value", ())
    if not fields or value is None or isinstance(value, dict | list):
        return None
    if not all(_is_of_type(model, field, value) for field in fields):
        return None
    return field_line(name, dict.fromkeys(fields, value))


def _is_of_type(model: type[BaseModel], name: str, value: Json) -> bool:
    info = field_named(model, name)
    return info is not None and type(value) in _types_in(info.annotation)


def _takes_one(model: type[BaseModel], name: str) -> bool:
    """Return whether the field `name` takes a text, a number or a boolean."""
    info = field_named(model, name)
    types = [] if info is None else list(_types_in(info.annotation))
    return any(part in _ONE_VALUE for part in types) and not any(
        isinstance(part, type) and issubclass(part, BaseModel) for part in types
    )


def _types_in(annotated: object) -> Iterator[object]:
    """Yield the types of which an annotation allows one, with aliases taken off."""
    annotation = without_alias(annotated)
    origin = get_origin(annotation)
    if origin is Literal:
        yield str
    elif origin in (list, dict, tuple):
        yield origin
    elif origin is not None:
        for part in get_args(annotation):
            yield from _types_in(part)
    else:
        yield annotation


def _is_sentence(found: str) -> bool:
    return " " in found
