"""What pydantic found wrong, said for people and tied to a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cioform.config.secret_scan import contains_secret
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.json_value import JsonValue
from cioform.core.suggest import closest, did_you_mean
from cioform.model.resource import FieldPath

Locate = Callable[[FieldPath], Location | None]

_EXPECTED_TYPES: Final[Mapping[str, str]] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping of fields",
    "mapping_type": "a mapping of fields",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "none_required": "left empty",
}
"""What should stand there, by pydantic's error type."""

_TRUE_WORDS: Final = frozenset({"yes", "y", "on"})
_FALSE_WORDS: Final = frozenset({"no", "n", "off"})

_LIMITS: Final[Mapping[str, str]] = {
    "greater_than": "should be more than {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than": "should be less than {lt}",
    "less_than_equal": "should be at most {le}",
    "multiple_of": "should be a multiple of {multiple_of}",
    "string_too_short": "should have at least {min_length} characters",
    "string_too_long": "should have at most {max_length} characters",
    "too_short": "should have at least {min_length} entries",
    "too_long": "should have at most {max_length} entries",
}


def to_diagnostics(
    error: ValidationError,
    data: JsonValue,
    model: type[BaseModel],
    locate: Locate,
    *,
    address: Address | None = None,
    skip_paths: Set[FieldPath] = frozenset(),
) -> list[Diagnostic]:
    """Give one diagnostic for every value that is wrong. `data` is what was validated; what is
    wrong at a path of `but_not` was reported before."""
    by_path: dict[FieldPath, list[ErrorDetails]] = {}
    for found in error.errors(include_url=False):
        by_path.setdefault(_data_path(found, data), []).append(found)
    problems = []
    for path, errors in by_path.items():
        if path in skip_paths or _is_other_union_branch(path, errors, by_path):
            continue
        if errors[0]["type"] == "missing" and _is_misspelled(path, by_path):
            continue
        summary, detail = _summary_and_detail(path, errors, data, model)
        problems.append(Diagnostic(summary, detail, address, locate(path)))
    return problems


def format_path(path: FieldPath) -> str:
    """Give a path as messages show it: `workflow[2].email.subject`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".") or "the document"


def _data_path(found: ErrorDetails, data: JsonValue) -> FieldPath:
    # pydantic's own path also names the branches of a union, which no file shows: only the steps
    # that lead somewhere in the data are kept, and the last one of a field that is not there.
    path: list[str | int] = []
    for step in found["loc"]:
        if _step_exists(step, data):
            data = data[step]
        elif not (found["type"] == "missing" and step == found["loc"][-1]):
            continue
        path.append(step)
    return tuple(path)


def _is_other_union_branch(
    path: FieldPath, errors: list[ErrorDetails], all_paths: Iterable[FieldPath]
) -> bool:
    # Where one branch of a union looked inside a value, the value has the right type, whatever
    # the other branches say.
    return all(error["type"] in _EXPECTED_TYPES for error in errors) and any(
        len(other) > len(path) and other[: len(path)] == path for other in all_paths
    )


def _is_misspelled(path: FieldPath, by_path: Mapping[FieldPath, list[ErrorDetails]]) -> bool:
    # The unknown field beside it is reported, with this one as what was meant.
    beside = [
        str(other[-1])
        for other, errors in by_path.items()
        if errors[0]["type"] == "extra_forbidden" and other[:-1] == path[:-1]
    ]
    return closest(path[-1], beside) is not None


def _step_exists(step: str | int, data: JsonValue) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, dict) and step in data


def _summary_and_detail(
    path: FieldPath, errors: list[ErrorDetails], data: JsonValue, model: type[BaseModel]
) -> tuple[str, str]:
    first = errors[0]
    kind, name = first["type"], format_path(path)
    if kind == "missing":
        within = f"`{format_path(path[:-1])}`" if len(path) > 1 else "every document of this kind"
        return "Missing field", f"`{path[-1]}` is not there, and {within} needs it. Add it."
    if kind == "extra_forbidden":
        return "Unknown field", _unknown_field_detail(path, model)
    if all(error["type"] in _EXPECTED_TYPES for error in errors):
        wanted = " or ".join(dict.fromkeys(_EXPECTED_TYPES[error["type"]] for error in errors))
        value = _value_at(path, data)
        return (
            "Wrong type",
            f"`{name}` should be {wanted}; it is {format_value(value)}.{_hint(errors, value)}",
        )
    said = next((error for error in errors if error["type"] not in _EXPECTED_TYPES), first)
    return "Wrong value", _wrong_value_detail(name, said, _value_at(path, data))


def _unknown_field_detail(path: FieldPath, model: type[BaseModel]) -> str:
    known = fields_at(model, path[:-1])
    within = f" in `{format_path(path[:-1])}`" if len(path) > 1 else ""
    hint = did_you_mean(str(path[-1]), known)
    if not hint and 0 < len(known) <= 20:
        hint = f" There are: {', '.join(f'`{field}`' for field in known)}."
    return f"`{path[-1]}` is not a field{within}.{hint}"


def _wrong_value_detail(name: str, error: ErrorDetails, value: JsonValue) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] in ("string_too_short", "too_short") and value in ("", [], {}):
        return f"`{name}` should not be empty."
    if error["type"] in _LIMITS:
        said = _LIMITS[error["type"]].format_map(
            {
                key: f"{limit:g}" if isinstance(limit, float) else limit
                for key, limit in context.items()
            }
        )
        return f"`{name}` {said}; it is {format_value(value)}."
    if error["type"] in ("literal_error", "enum"):
        known = str(context["expected"]).replace("'", "`")
        words = known.replace(" or ", ", ").replace("`", "").split(", ")
        close = did_you_mean(str(value), words)
        return f"`{name}` should be {known}; it is {format_value(value)}.{close}"
    if error["type"] == "union_tag_invalid":
        known = str(context["expected_tags"]).replace("'", "`")
        return f"`{name}` is none of {known}.{did_you_mean(str(context['tag']), known.split('`'))}"
    if error["type"] == "sentence":
        return f"`{name}`: {context['text']}"
    if error["type"] in ("value_error", "assertion_error"):
        return f"`{name}`: {context['error']}"
    if error["type"] == "string_pattern_mismatch":
        form = context["pattern"]
        return f"`{name}` should have the form `{form}`; it is {format_value(value)}."
    return f"`{name}` is not right: {error['msg'].removeprefix('Value error, ')}."


def _hint(errors: list[ErrorDetails], value: JsonValue) -> str:
    if errors[0]["type"] == "string_type" and isinstance(value, bool | int | float):
        text = str(value).lower() if isinstance(value, bool) else value
        return f' Put it in quotes: "{text}".'
    if errors[0]["type"] == "bool_type" and str(value).lower() in _TRUE_WORDS | _FALSE_WORDS:
        return f" Write `{str(str(value).lower() in _TRUE_WORDS).lower()}`."
    return ""


def _value_at(path: FieldPath, data: JsonValue) -> JsonValue:
    for step in path:
        data = data[step]
    return data


def format_value(value: JsonValue) -> str:
    """Give a value as messages show it; a long one cut, a secret not at all."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping of fields"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and contains_secret(value):
        return "a text that is not repeated here"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 60 else value[:57] + "..."}"'
    return f"the number {value}"


def fields_at(model: type[BaseModel], path: FieldPath) -> list[str]:
    """Give the fields that may stand at `path`, over all branches of a union."""
    models = [model]
    for step in path:
        if isinstance(step, int):
            continue
        models = [
            inner
            for outer in models
            if (field := _field_annotation(outer, step)) is not None
            for inner in _models_in(field)
        ]
    return list(dict.fromkeys(name for found in models for name in _field_names(found)))


def _field_annotation(model: type[BaseModel], name: str) -> Any:
    for field_key, info in model.model_fields.items():
        if name in (field_key, info.alias, info.validation_alias):
            return info.annotation
    return None


def _field_names(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield info.alias or name


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    inner = getattr(annotation, "__value__", None)  # a `type X = ...` alias
    for part in (inner,) if inner is not None else get_args(annotation):
        yield from _models_in(part)
