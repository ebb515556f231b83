"""Steps that hold people for a time, or until something happens."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from typing_extensions import override

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.settings.field_types import (
    DurationText,
    WaitCondition,
    duration_to_seconds,
    is_writable_duration,
    normalize_durations,
    seconds_to_duration,
)
from cioform.kinds.campaign.steps.only_if import ConditionalStepModel
from cioform.kinds.campaign.steps.step_model import CodecContext, StepFields, StepModelWithRaw
from cioform.kinds.campaign.wire.wire_types import WireFields, WireMembers
from cioform.language import conditions
from cioform.language.workflow import NEVER
from cioform.model.references.names import Reference
from cioform.model.resource import ResourceModel
from cioform.model.values.value_errors import format_value, type_error


def _check_some_time(duration: str) -> str:
    if not duration_to_seconds(duration):
        raise ValueError("a wait of 0 does nothing; remove the step")
    return duration


class WaitStep(ConditionalStepModel, StepModelWithRaw):
    """Wait for a fixed time."""

    keyword = "wait"
    wire_fields = frozenset({"delay"})

    wait: Annotated[DurationText, AfterValidator(_check_some_time)]

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        return {"delay": duration_to_seconds(fields["wait"])}

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        delay = action.get("delay")
        if not delay or not is_writable_duration(delay):
            return None  # It may exist, but it makes nobody wait, so that no keyword describes it.
        return {"wait": seconds_to_duration(delay)}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        return normalize_durations(fields, {"wait"})


_LIMITS: Final = frozenset({"min", "max"})


class Span(ResourceModel):
    """The limits of a random time."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("from", "minimum", "at_least"), "min"),
        **dict.fromkeys(("to", "maximum", "at_most"), "max"),
    }

    min: DurationText
    """The shortest time."""
    max: DurationText
    """The longest time."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if duration_to_seconds(self.min) > duration_to_seconds(self.max):
            raise ValueError(f"`min` ({self.min}) is longer than `max` ({self.max})")
        if not duration_to_seconds(self.max):
            raise ValueError("a wait of 0 does nothing; remove the step")
        return self


class WaitRandomStep(ConditionalStepModel, StepModelWithRaw):
    """Wait for a random time between two limits."""

    keyword = "wait_random"
    wire_fields = frozenset({"min_delay", "max_delay"})

    wait_random: Span

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        span = fields["wait_random"]
        return {
            "min_delay": duration_to_seconds(span["min"]),
            "max_delay": duration_to_seconds(span["max"]),
        }

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        shortest, longest = action.get("min_delay") or 0, action.get("max_delay") or 0
        if shortest > longest or not longest or not is_writable_duration(longest):
            return None
        limits = {"min": seconds_to_duration(shortest), "max": seconds_to_duration(longest)}
        return {"wait_random": limits}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        return {**fields, "wait_random": normalize_durations(fields["wait_random"], _LIMITS)}


_WORDS_FOR_NEVER: Final = frozenset({"none", "no", "off", "infinite", "forever", ""})


def _check_timeout(value: JsonValue) -> JsonValue:
    if value == NEVER:
        return value
    if not isinstance(value, str) or value in _WORDS_FOR_NEVER:
        text = f"must be a duration such as `3d`, or `never`, not {format_value(value)}."
        raise ValueError(text) if isinstance(value, str) else type_error(text)
    if not duration_to_seconds(value):
        raise ValueError("a time limit of 0 never waits; use a duration such as 3d, or `never`")
    return value


class WaitUntilStep(ConditionalStepModel, StepModelWithRaw):
    """Wait until a condition is met."""

    keyword = "wait_until"
    other_names: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("max_wait", "max_time", "time_limit", "maximum", "max", "limit", "for"), "timeout"
    )
    wire_fields = frozenset({"multi_conditions", "delay", "exit_type"})

    wait_until: WaitCondition
    timeout: Annotated[
        str,
        BeforeValidator(_check_timeout),
        WithJsonSchema({"type": "string", "examples": ["3d", "never"]}),
    ]
    """The time limit: `3d`, or `never` for none."""
    on_timeout: Annotated[list[Any] | None, Field(max_length=0)] = None

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        never = fields["timeout"] == NEVER
        return {
            "multi_conditions": conditions.compile_wait_conditions(
                fields["wait_until"], context.names, context.steps
            ),
            "delay": 0 if never else duration_to_seconds(fields["timeout"]),
            "exit_type": "never" if never else "continue",
        }

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        never, delay = action.get("exit_type") == "never", action.get("delay") or 0
        if bool(delay) == never or action.get("exit_type") not in ("never", "continue"):
            return None
        if not is_writable_duration(delay):
            return None
        condition = conditions.decompile_wait_conditions(
            action.get("multi_conditions"), context.names, context.steps
        )
        return {"wait_until": condition, "timeout": NEVER if never else seconds_to_duration(delay)}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        condition = conditions.normalize_condition(fields["wait_until"])
        return {**normalize_durations(fields, {"timeout"}), "wait_until": condition}

    @override
    @classmethod
    def references(cls, fields: StepFields, /) -> Iterator[Reference]:
        yield from conditions.references(fields["wait_until"], ("wait_until",))
