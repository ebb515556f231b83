"""The step types of a campaign: a model for each row of `language.workflow.STEP_TYPES`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from typing_extensions import override

from cioform.core.data.json_value import JsonValue
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
    is_significant,
    significant_members,
)
from cioform.kinds.campaign.steps.wire_condition import condition_text
from cioform.language import conditions
from cioform.language.workflow import ACTION, STEP_TYPES
from cioform.model.references.names import Reference

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
    "is_significant",
    "normalize_condition_of",
    "normalize_step",
    "open_condition",
    "parse_fields",
    "step_references",
]

_MODULES: Final = ("messages", "waits", "choices", "data", "ab_test", "wait_window")
"""Those with the most common steps come first."""


class _StepModels(Mapping[str, type[StepModel]]):
    """The models by keyword. A class in one of the modules is all that is needed to be listed.

    Modules are imported up to the first one that has the model: few campaigns have all types.
    """

    def __init__(self) -> None:
        self._used: dict[str, type[StepModel]] = {}

    @override
    def __getitem__(self, keyword: str) -> type[StepModel]:
        model = self._used.get(keyword)
        if model is None:
            model = self._used[keyword] = _find_model(keyword)
        return model

    @override
    def __contains__(self, keyword: object) -> bool:
        return keyword in STEP_TYPES

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(STEP_TYPES)

    @override
    def __len__(self) -> int:
        return len(STEP_TYPES)


def _find_model(keyword: str) -> type[StepModel]:
    for module in _MODULES:
        for value in vars(import_module(f"{__name__}.{module}")).values():
            is_model = isinstance(value, type) and issubclass(value, StepModel)
            if is_model and vars(value).get("keyword") == keyword:
                return value  # type: ignore[no-any-return]
    raise KeyError(keyword)


STEP_MODELS: Final = _StepModels()


def parse_fields(keyword: str, fields: StepFields) -> StepFields:
    """Return the fields of a step in canonical form: condition, keyword, then the other fields.

    Raises ValidationError with everything that is wrong, each at its path in the step.
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
        meaningful = {name: value for name, value in raw.items() if is_significant(name, value)}
    else:
        meaningful = significant_members(raw)
    rest = {name: value for name, value in step.items() if name != "raw"}
    return rest | ({"raw": meaningful} if meaningful else {})


def step_references(step: Mapping[str, JsonValue]) -> Iterator[Reference]:
    """Yield the resources that a step in canonical form refers to, by their path in the step."""
    keyword = next((key for key in step if key in STEP_MODELS), None)
    if keyword is not None and ACTION not in step:
        yield from STEP_MODELS[keyword].references(dict(step))
        if isinstance(step.get(ONLY_IF), dict):
            yield from conditions.references(step[ONLY_IF], (ONLY_IF,))
