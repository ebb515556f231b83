"""The step types of a campaign: a model for each row of `language.workflow.STEP_TYPES`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.steps import ab_test, choices, data, messages, wait_window, waits
from cioform.kinds.campaign.steps.only_if import (
    ONLY_IF,
    WIRE_FIELD,
    ConditionalStepModel,
    check_condition,
    decode_condition,
    encode_condition,
    normalize_condition_of,
    open_condition,
)
from cioform.kinds.campaign.steps.step_model import (
    ONLY_IF_NOT_SUPPORTED,
    READ_ONLY_FIELDS,
    REQUIRED_DEFAULTS,
    CodecContext,
    StepFields,
    StepModel,
    StepModelWithRaw,
    extra_wire_fields,
    says_something,
    speaking_members,
)
from cioform.kinds.campaign.steps.wire_condition import condition_text
from cioform.language import conditions
from cioform.language.workflow import ACTION
from cioform.model.names import Reference

__all__ = [
    "ONLY_IF",
    "ONLY_IF_NOT_SUPPORTED",
    "READ_ONLY_FIELDS",
    "REQUIRED_DEFAULTS",
    "STEP_MODELS",
    "WIRE_FIELD",
    "CodecContext",
    "ConditionalStepModel",
    "StepFields",
    "StepModel",
    "StepModelWithRaw",
    "check_condition",
    "condition_text",
    "decode_condition",
    "encode_condition",
    "extra_wire_fields",
    "normalize_condition_of",
    "normalize_step",
    "open_condition",
    "parse_fields",
    "says_something",
    "step_references",
]

_MODULES: Final = (messages, ab_test, waits, wait_window, choices, data)


def _step_models(module: ModuleType) -> Iterator[type[StepModel]]:
    """Yield the step models that a module defines: the classes with a keyword."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, StepModel) and "keyword" in vars(value):
            yield value


STEP_MODELS: Final[Mapping[str, type[StepModel]]] = {
    model.keyword: model for module in _MODULES for model in _step_models(module)
}
"""The models by keyword. A class in one of the modules is all that is needed to be listed."""


def parse_fields(keyword: str, fields: StepFields) -> StepFields:
    """Return the fields of a step in canonical form: its condition, its keyword, then the others.

    Raise ValidationError with everything that is wrong, each at its path in the step.
    """
    model = STEP_MODELS[keyword].model_validate(fields)
    parsed: StepFields = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    condition = {ONLY_IF: parsed.pop(ONLY_IF)} if ONLY_IF in parsed else {}
    return {**condition, keyword: parsed.pop(keyword, {}), **parsed}


def normalize_step(step: StepFields) -> StepFields:
    """Return a step, or the fields of one, in a form in which steps of one meaning are equal."""
    if ACTION in step:
        return _without_raw_defaults(step)
    keyword = next((key for key in step if key in STEP_MODELS), None)
    if keyword is None:
        return step
    return _without_raw_defaults(normalize_condition_of(STEP_MODELS[keyword].normalize(step)))


def _without_raw_defaults(step: StepFields) -> StepFields:
    """Return a step without the members under `raw` that an action has by default."""
    if "ab_test" in step:
        variants = [_without_raw_defaults(variant) for variant in step["ab_test"]]
        step = {**step, "ab_test": variants}
    raw = step.get("raw", {})
    if ACTION in step:
        meaningful = {name: value for name, value in raw.items() if says_something(name, value)}
    else:
        meaningful = speaking_members(raw)
    rest = {name: value for name, value in step.items() if name != "raw"}
    return rest | ({"raw": meaningful} if meaningful else {})


def step_references(step: Mapping[str, JsonValue]) -> Iterator[Reference]:
    """Yield the resources that a step in canonical form refers to, by their path in the step."""
    keyword = next((key for key in step if key in STEP_MODELS), None)
    if keyword is not None and ACTION not in step:
        yield from STEP_MODELS[keyword].references(dict(step))
        if isinstance(step.get(ONLY_IF), Mapping):
            yield from conditions.references(step[ONLY_IF], (ONLY_IF,))
