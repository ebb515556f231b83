"""The exit conditions and the goal of a campaign, both ways."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from cioform.core.address import NONE
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.settings.field_types import (
    DurationText,
    duration_to_seconds,
    flow_mapping,
    is_writable_duration,
    normalize_durations,
    only_members,
    raise_problems,
    seconds_to_duration,
)
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.language.conditions.grammar import GROUP_KEYWORDS
from cioform.language.conditions.parsing.schema import EXIT_CONDITION
from cioform.language.conditions.values import is_too_deep
from cioform.model.references.names import Names
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import shared_definition
from cioform.model.values.text_pattern import NonBlank

_EVENT_GOAL_TYPE: Final = "perform_event"
_DEFAULT_GOAL_ACTION: Final = "receiving"
"""Both are recorded for newsletters, whose tracking has the same four members (journeys facts,
section 4, Update)."""

_RAW_GOAL: Final = only_members(conversion_type=str, conversion=None, conversion_window=int)


def parse_exit(value: Any) -> dict[str, JsonValue]:
    """Return an exit condition in canonical form. Raises ValidationError if it is invalid."""
    # This comes before anything else about a test of an attribute: to correct one is no use.
    # Customer.io silently stores null for anything but a segment (journeys facts, 4, Exit).
    text = (
        "Customer.io supports only segments as exit conditions, so this exit would never fire; "
        "define a segment for it and use that:\n\n    when: {segment: done}"
    )
    raise_problems((path, text) for path in _attribute_tests(value))
    condition = conditions.parse(value)
    raise_problems(conditions.problems(condition, ConditionContext.EXIT))
    return condition


def _attribute_tests(value: JsonValue) -> Iterator[FieldPath]:
    """Yield the paths of tests of attributes in a condition, which may be invalid."""
    pending: list[tuple[FieldPath, JsonValue]] = [] if is_too_deep(value) else [((), value)]
    while pending:
        path, node = pending.pop(0)
        if isinstance(node, list):
            pending += [((*path, i), each) for i, each in enumerate(node)]
        elif isinstance(node, dict):
            groups = [key for key in (*GROUP_KEYWORDS, "not") if key in node]
            pending += [((*path, key), node[key]) for key in groups]
            if "attribute" in node:
                yield path


def _reject_reserved(value: JsonValue, field: str, text: str) -> JsonValue:
    """Raise ValidationError if a mapping has a field whose name is kept for later."""
    if isinstance(value, Mapping) and field in value:
        raise_problems([((field,), text)])
    return value


class Exit(ResourceModel):
    """When people leave before the end."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("if", "condition", "conditions"), "when"),
        "segment": "Use `when`, as in `when: {segment: done}`.",
    }

    old_fields: ClassVar[Mapping[str, str]] = {"on_trigger_unmatched": "stops_matching"}

    when: Annotated[
        dict[str, Any] | None,
        PlainValidator(parse_exit),
        WithJsonSchema(shared_definition(EXIT_CONDITION)),
    ] = None
    """A condition on segments; people who meet it leave at once."""
    stops_matching: bool | None = None
    """Whether people leave when they no longer match the trigger or its filters. The default is
    true for a trigger of segments and attributes and false for any other, as in Customer.io."""

    @model_validator(mode="before")
    @classmethod
    def _reject_goal_met(cls, value: JsonValue) -> JsonValue:
        text = (
            "Leaving when the goal is met is not supported yet, because cioform does not know how "
            "the API writes it. Make a segment of the people who met it:\n\n"
            "    when: {segment: bought}"
        )
        return _reject_reserved(value, "goal_met", text)


def _check_some_time(duration: str) -> str:
    if not duration_to_seconds(duration):
        raise ValueError("no event counts within a time of 0; without a limit, remove the line")
    return duration


class Goal(ResourceModel):
    """The goal of the campaign."""

    single_value = ("event",)

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("window", "time_window", "in", "within_last"), "within"),
        **dict.fromkeys(("name", "conversion_event"), "event"),
    }

    old_fields: ClassVar[Mapping[str, str]] = {"counted_from": "after"}

    event: NonBlank | None = None
    """The event that counts as a conversion."""
    raw: Annotated[dict[str, Any] | None, _RAW_GOAL] = None
    """A goal of another type, as Customer.io returns it: `conversion_type` and `conversion`."""
    within: Annotated[DurationText, AfterValidator(_check_some_time)] | None = None
    """How long after a message the event counts."""
    after: Annotated[str, Field(min_length=1)] = "receiving"
    """The action from which `within` is counted, as Customer.io calls it."""

    @model_validator(mode="before")
    @classmethod
    def _reject_segment(cls, value: JsonValue) -> JsonValue:
        text = (
            "A goal of a segment is not supported yet, because cioform does not know how the API "
            "writes it. Use an event, or set the goal in Customer.io and import it:\n\n"
            "    event: purchased"
        )
        return _reject_reserved(value, "segment", text)

    @model_validator(mode="after")
    def _check_one_goal(self) -> Self:
        if (self.event is None) == (self.raw is None):
            raise ValueError("a goal has either `event` or `raw`:\n\n    event: purchased")
        if self.raw is not None:
            _reject_other_form(self.model_dump(mode="json", exclude={"event"}))
        return self


def _reject_other_form(goal: dict[str, JsonValue]) -> None:
    """Raise ValueError for a goal in `raw` that Customer.io would return in another form."""
    goal = {name: value for name, value in goal.items() if value is not None}
    read_back = decode_goal(encode_goal(goal, {}))
    if normalize_goal(read_back) == normalize_goal(goal):
        return
    if isinstance(read_back, dict) and read_back["after"] == _DEFAULT_GOAL_ACTION:
        del read_back["after"]
    line = flow_mapping({"goal": read_back})[1:-1]
    raise ValueError(f"Customer.io returns this goal in another form. Write:\n\n    {line}")


def encode_exit(exit_settings: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the body of update type `exit_conditions`, the only one that stores them."""
    when = exit_settings.get("when")
    return {
        "global_exit_conditions": conditions.compile_exit(when, names) if when else [],
        "exit_on_trigger_or_filter_not_matched": exit_settings["stops_matching"],
    }


def decode_exit(campaign: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return `exit`."""
    exit_settings: dict[str, JsonValue] = {
        "stops_matching": bool(campaign.get("exit_on_trigger_or_filter_not_matched"))
    }
    if campaign.get("global_exit_conditions"):
        exit_settings["when"] = conditions.decompile_exit(campaign["global_exit_conditions"], names)
    return exit_settings


def normalize_goal(goal: JsonValue) -> JsonValue:
    """Return a form in which goals of the same meaning are equal."""
    if not isinstance(goal, Mapping):
        return goal
    normal = normalize_durations(goal, {"within"})
    raw = normal.get("raw")
    if isinstance(raw, Mapping) and raw.get("conversion") is None:
        normal["raw"] = {name: value for name, value in raw.items() if name != "conversion"}
    return normal


def encode_goal(goal: JsonValue, current: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the body of update type `exit_and_conversion`; `current` is the campaign as read.

    It is an open fact whether omitted members are kept, so that a time limit that is taken away is
    written as null.
    """
    if goal == NONE:
        return dict.fromkeys(
            ("conversion", "conversion_type", "conversion_action", "conversion_window")
        )
    members = {
        "conversion_action": goal["after"],
        "conversion_type": _EVENT_GOAL_TYPE,
        "conversion": goal.get("event"),
        **goal.get("raw", {}),
    }
    if "within" in goal:
        members["conversion_window"] = duration_to_seconds(goal["within"])
    elif current.get("conversion_window") and "conversion_window" not in members:
        members["conversion_window"] = None
    return members


def decode_goal(campaign: Mapping[str, JsonValue]) -> JsonValue:
    """Return `goal`: `none`, an event, or `raw` members of another type."""
    goal_type, conversion = campaign.get("conversion_type"), campaign.get("conversion")
    if not goal_type and not conversion:
        return NONE
    goal: dict[str, JsonValue] = {
        "after": campaign.get("conversion_action") or _DEFAULT_GOAL_ACTION
    }
    window = campaign.get("conversion_window")
    can_say_window = not window or is_writable_duration(window)
    is_event = goal_type == _EVENT_GOAL_TYPE and isinstance(conversion, str) and conversion.strip()
    if is_event and can_say_window:
        goal["event"] = conversion
    else:
        raw = {"conversion_type": goal_type, "conversion": conversion}
        goal["raw"] = raw if can_say_window else {**raw, "conversion_window": window}
    if window and can_say_window:
        goal["within"] = seconds_to_duration(window)
    return goal
