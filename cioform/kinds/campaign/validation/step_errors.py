"""The errors of the fields of one step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from cioform.core.address import slugify
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.suggest import closest, did_you_mean
from cioform.core.text.word_lists import join_names
from cioform.kinds.campaign.steps import (
    ONLY_IF,
    ONLY_IF_NOT_SUPPORTED,
    STEP_MODELS,
    WIRE_FIELD,
    StepModelWithRaw,
    condition_text,
    parse_fields,
)
from cioform.language.workflow import STEP_TYPES, Step, keyword_of, number_repeated
from cioform.model.fields.model_fields import fields_at, models_at
from cioform.model.fields.other_names import other_name_hint, own_name, single_value_line
from cioform.model.fields.upgrading import field_line, old_fields_of, renamed_message
from cioform.model.values.flow_yaml import flow_mapping, flow_value
from cioform.model.values.value_errors import (
    MAPPING_ERRORS,
    TYPE_ERRORS,
    echo,
    format_value,
    repeated_error,
    type_error,
)

_IDENTITY_FIELDS: Final = frozenset({"id", "name", "was"})
"""The fields of every step that its model does not describe."""


def parse_step(path: FieldPath, step: Step, errors: list[InitErrorDetails]) -> Step:
    """Return the fields of a step that has one keyword in canonical form.

    Problems of the step are added to `errors`, at their paths in the document. Errors in pydantic's
    own terms are passed on unchanged, because the reader of the document translates them for all
    models.
    """
    keyword = keyword_of(step)
    if not isinstance(step.get("name", ""), str):
        text = f"The name of a step is text, not {echo(step['name'])}."
        errors.append(_error((*path, "name"), text))
    try:
        return parse_fields(keyword, _own_fields(step))
    except ValidationError as error:
        errors += _located_errors(path, keyword, error)
        return {}


def _located_errors(
    path: FieldPath, keyword: str, error: ValidationError
) -> Iterator[InitErrorDetails]:
    found = error.errors(include_url=False)
    unknown = [each["loc"] for each in found if each["type"] == "extra_forbidden"]
    for details in found:
        missing = details["type"] == "missing"
        if not (missing and _is_misspelled(keyword, details["loc"], unknown)):
            yield _located(path, keyword, details)


def _is_misspelled(keyword: str, missing: FieldPath, unknown: Sequence[FieldPath]) -> bool:
    # The unknown field beside it is reported, with this one as its correction.
    beside = [path[-1] for path in unknown if path[:-1] == missing[:-1]]
    models = models_at(STEP_MODELS[keyword], missing[:-1])
    meant = {own_name(model, str(name)) for model in models for name in beside}
    return missing[-1] in meant or closest(missing[-1], beside) is not None


def _own_fields(step: Step) -> dict[str, JsonValue]:
    """Return the fields of a step that its model describes."""
    return {key: value for key, value in step.items() if key not in _IDENTITY_FIELDS}


def _located(path: FieldPath, keyword: str, details: ErrorDetails) -> InitErrorDetails:
    at = details["loc"]
    if details["type"] == "extra_forbidden" and (new := _new_name(keyword, at)) is not None:
        return _error((*path, *at), renamed_message(str(at[-1]), new, details["input"]))
    if details["type"] == "extra_forbidden" and at[-1] == WIRE_FIELD:
        return _error((*path, *at), _wire_condition_text(keyword, at, details["input"]))
    text = _other_name_text(keyword, at, details) or _single_value_text(keyword, at, details)
    text = text or _message(keyword, at, details["type"], details["input"])
    if text is not None and details["type"] in TYPE_ERRORS:
        return InitErrorDetails(type=type_error(text), loc=(*path, *at), input=None)
    if text is not None:
        return _error((*path, *at), text)
    if details["type"] in ("sentence", "value_error"):
        context = details["ctx"]
        return _error((*path, *at), str(context.get("text", context.get("error"))))
    return repeated_error(details, path)


def _wire_condition_text(keyword: str, at: FieldPath, value: JsonValue) -> str:
    """Return the message for a condition under the name that Customer.io's API gives it."""
    model = STEP_MODELS[keyword]
    text = model.member_text(WIRE_FIELD, value) if issubclass(model, StepModelWithRaw) else None
    return condition_text(value) if text is None or len(at) > 1 else text


def _new_name(keyword: str, at: FieldPath) -> str | None:
    """Return what an old field of a step is called now, or None if it is no old field."""
    for model in models_at(STEP_MODELS[keyword], at[:-1]):
        if (new := old_fields_of(model).get(str(at[-1]))) is not None:
            return new
    return None


def _other_name_text(keyword: str, at: FieldPath, details: ErrorDetails) -> str | None:
    """Return the message for a field that other tools have, or None."""
    if details["type"] != "extra_forbidden":
        return None
    for model in models_at(STEP_MODELS[keyword], at[:-1]):
        hint = other_name_hint(model, str(at[-1]), details["input"])
        if hint is not None:
            owner = f"`{format_path(at[:-1])}`" if len(at) > 1 else f"The step `{keyword}`"
            return f"{owner} has no field `{at[-1]}`.{hint}"
    return None


def _single_value_text(keyword: str, at: FieldPath, details: ErrorDetails) -> str | None:
    """Return the message for one value where a mapping of fields belongs, or None."""
    if details["type"] not in MAPPING_ERRORS:
        return None
    for model in models_at(STEP_MODELS[keyword], at):
        line = single_value_line(model, str(at[-1]), details["input"])
        if line is not None:
            return f"must be a mapping of fields. Write:\n\n    {line}"
    return None


def _error(path: FieldPath, text: str) -> InitErrorDetails:
    error = PydanticCustomError("sentence", "{text}", {"text": text})
    return InitErrorDetails(type=error, loc=path, input=None)


def _message(keyword: str, at: FieldPath, error_type: str, value: JsonValue) -> str | None:
    """Return the message for an error about which the step types know more than pydantic."""
    name = at[-1] if at else keyword
    if error_type == "extra_forbidden" and at == (ONLY_IF,):
        return f"The step `{keyword}` {ONLY_IF_NOT_SUPPORTED}"
    if error_type == "extra_forbidden" and len(at) == 1:
        if name in fields_at(STEP_MODELS[keyword], (keyword,), {}):
            line = field_line(keyword, {str(name): value})
            return f"`{name}` belongs in `{keyword}`. Write it there:\n\n    {line}"
        return f"The step `{keyword}` has no field `{name}`.{_field_hint(keyword, name)}"
    if error_type == "extra_forbidden":
        fields = fields_at(STEP_MODELS[keyword], at[:-1], {})
        if STEP_TYPES[keyword].has_options and len(at) == len((keyword, "index", "field")):
            fields = [*fields, "then"]  # the steps of a branch are not a field of the model
        listed = join_names(fields)
        hint = did_you_mean(name, fields) or (f" It has {listed}." if fields else "")
        return f"`{format_path(at[:-1])}` has no field `{name}`.{hint}"
    if at == (keyword,) and error_type in TYPE_ERRORS:
        found = "but it is empty" if value is None else f"not {format_value(value)}"
        return (
            f"must be {TYPE_ERRORS[error_type]}, {found}. {_type_hint(keyword, error_type, value)}"
        )
    if error_type in MAPPING_ERRORS and (fields := fields_at(STEP_MODELS[keyword], at, {})):
        listed = join_names(fields)
        return f"must be a mapping of fields: {listed}."
    if error_type == "missing":
        owner = next((each for each in reversed(at[:-1]) if each in STEP_TYPES), keyword)
        example = STEP_TYPES[str(owner)].example.replace("\n", "\n    ")
        return f"Missing required field `{name}` of `{owner}`. For example:\n\n    {example}"
    return None


def _field_hint(keyword: str, name: object) -> str:
    """Return what was probably meant by an unknown field beside a keyword.

    The steps in a misspelled branch are worth more than a valid file, so the field is removed only
    if no name is close.
    """
    beside = {*fields_at(STEP_MODELS[keyword], (), {}), *STEP_TYPES[keyword].branch_keys}
    if hint := did_you_mean(name, (beside | _IDENTITY_FIELDS) - {keyword}):
        return hint
    if other := did_you_mean(name, STEP_TYPES):
        return f"{other} A step has one keyword, so write it as a step of its own."
    return " Remove it."


def _type_hint(keyword: str, error_type: str, value: JsonValue) -> str:
    """Return what to write in the place of a value of the wrong type."""
    names = value if isinstance(value, list) else []
    if error_type == "string_type" and names and all(name and type(name) is str for name in names):
        if len(names) == 1:
            return f"Write:\n\n    {keyword}: {flow_value(names[0])}"
        ids = number_repeated(f"{keyword}_{slugify(name)}" for name in names)
        lines = [
            flow_mapping({"id": each, keyword: name}) for each, name in zip(ids, names, strict=True)
        ]
        return "Write a step for each:\n\n" + "\n".join(f"    - {line}" for line in lines)
    example = STEP_TYPES[keyword].example.replace("\n", "\n    ")
    return f"For example:\n\n    {example}"
