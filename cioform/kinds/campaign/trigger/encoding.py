"""The trigger of a campaign, both ways (journeys facts, section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cioform.core.data.json_value import JsonValue, KindFields
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_words
from cioform.kinds.campaign.encoded_fields import encoding_problems
from cioform.kinds.campaign.settings.field_types import (
    Problem,
    condition_parser,
    flow_mapping,
    member_type_problems,
    other_member_problems,
    raise_problems,
)
from cioform.kinds.campaign.settings.reentry import encode_reentry
from cioform.kinds.campaign.trigger.trigger_model import EMPTY_VALUES, AudienceTrigger
from cioform.kinds.campaign.trigger.trigger_types import (
    SEGMENTS_AND_ATTRIBUTES,
    TRIGGER_TYPES,
    BehavioralTrigger,
    decode_typed_trigger,
    is_raw_trigger,
    parse_typed_trigger,
    trigger_type_of,
)
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.language.conditions.grammar import KEYWORDS
from cioform.language.conditions.parsing import other_names
from cioform.model.references.names import Names
from cioform.model.values.value_errors import echo, form_error

_TRIGGER_FIELDS: Final = (
    "trigger",
    "event",
    "event_type",
    "anchors",
    "filters",
    "attribute_filters",
    "frequency",
    "start_time",
    "zone",
    "fallback_zone",
    "lead_days",
    "audience",
)
_TRIGGER_FIELD_TYPES: Final[Mapping[str, type]] = {
    **dict.fromkeys(("event", "anchors", "filters", "start_time", "zone", "fallback_zone"), str),
    **dict.fromkeys(("event_type", "date_triggered_attribute"), str),
    **dict.fromkeys(("trigger", "attribute_filters"), dict),
    "lead_days": int,
}
"""The types of the members whose type a source records."""
_CONDITION_KEYWORDS: Final = ("segment", "attribute", "all", "any", "not")
"""The keywords of conditions that a trigger may have."""
_TEXTS: Final = (str, int | str)
"""The annotations of keywords whose value is a name or a number."""
_TRIGGER_FIELD_PREFIXES: Final = ("date_", "object_", "relationship_", "webhook_")


def parse_trigger(value: Any) -> dict[str, JsonValue]:
    """Return the trigger of a file in canonical form. Raises ValidationError if it is invalid."""
    if isinstance(value, Mapping):
        heads = [keyword for keyword in TRIGGER_TYPES if keyword in value]
        if len(heads) > 1 or (heads and "raw" in value):
            names = " and ".join(f"`{head}`" for head in (*heads, *(["raw"] * ("raw" in value))))
            raise ValueError(
                f"one thing starts a campaign, but this trigger has {names}. Keep one of them, and "
                "make another campaign for the other."
            )
        if heads:
            _reject_condition_beside(heads[0], value)
            _reject_nested_fields(heads[0], value)
            return parse_typed_trigger(value)
        if is_raw_trigger(value):
            return {"raw": _parse_raw_trigger(value)}
        _reject_raw_without_type(value)
        _reject_trigger_without_keyword(value)
        _reject_unknown_keyword(value)
    if isinstance(value, str):
        raise ValueError(_example_text(value, {"event": value}))
    if isinstance(value, list) and any(_has_keyword(each) for each in value):
        first = next(each for each in value if _has_keyword(each))
        raise ValueError(
            "one thing starts a campaign, so a trigger is a mapping and not a list. Make another "
            f"campaign for each other thing:\n\n    trigger: {flow_mapping(first)}"
        )
    return condition_parser(ConditionContext.TRIGGER)(value)


def _has_keyword(value: object) -> bool:
    return isinstance(value, Mapping) and not set(TRIGGER_TYPES).isdisjoint(value)


def _reject_trigger_without_keyword(value: Mapping[str, JsonValue]) -> None:
    """Raise ValueError for a trigger that names its type as the API does."""
    wanted = value.get("type") if set(KEYWORDS).isdisjoint(value) else None
    if not isinstance(wanted, str):
        return
    head = wanted if wanted in (*TRIGGER_TYPES, "segment", "attribute") else "event"
    name = next((v for k, v in value.items() if k in ("name", head) and isinstance(v, str)), None)
    raise ValueError(
        "the type of a trigger is its first field:\n\n"
        f"    trigger: {flow_mapping({head: name or 'signed_up'})}"
    )


def _reject_unknown_keyword(value: Mapping[str, JsonValue]) -> None:
    """Raise an error for a trigger that begins with nothing that starts a campaign."""
    names = (*TRIGGER_TYPES, *_CONDITION_KEYWORDS, "raw")
    others = [name for name in value if name.lower() in other_names.KEYWORDS]
    if not value or others or not {*names, *KEYWORDS}.isdisjoint(value):
        return
    first = next(iter(value))
    hint = did_you_mean(first, names) or f" Use {join_words([f'`{n}`' for n in names], 'or')}."
    raise form_error(f"a campaign cannot be started by `{first}`.{hint}")


def _reject_raw_without_type(value: Mapping[str, JsonValue]) -> None:
    """Raise ValueError for a raw trigger that is not a condition and whose type is not a text."""
    raw = value.get("raw")
    if isinstance(raw, Mapping) and ("type" in raw or not conditions.is_condition_form(raw)):
        trigger = {"raw": {"type": "...", **{n: v for n, v in raw.items() if n != "type"}}}
        raise ValueError(
            "a raw trigger needs the `type` that Customer.io gives it, as text:\n\n"
            f"    trigger: {flow_mapping(trigger)}"
        )


def _example_text(value: str, trigger: Mapping[str, JsonValue]) -> str:
    return f"must be a mapping, not {echo(value)}. Write:\n\n    trigger: {flow_mapping(trigger)}"


def _reject_condition_beside(head: str, trigger: Mapping[str, JsonValue]) -> None:
    model = TRIGGER_TYPES[head]
    condition = {k: v for k, v in trigger.items() if k in KEYWORDS and k not in model.model_fields}
    if condition and issubclass(model, AudienceTrigger):
        text = (
            f"A condition of the person beside `{head}` is its `audience`:\n\n"
            f"    audience: {flow_mapping(condition)}"
        )
        raise_problems([((next(iter(condition)),), text)])


def _reject_nested_fields(head: str, trigger: Mapping[str, JsonValue]) -> None:
    """Raise ValueError for a trigger with its fields below its keyword instead of beside it."""
    inner, model = trigger[head], TRIGGER_TYPES[head]
    if not isinstance(inner, Mapping) or model.model_fields[head].annotation not in _TEXTS:
        return
    names = (inner[key] for key in (head, "name", "attribute", "id") if key in inner)
    new_names = {**model.old_fields, **model.other_names}
    below = {new_names[n] if n in new_names else str(n): v for n, v in inner.items()}
    beside = {name: v for name, v in {**trigger, **below}.items() if name in model.model_fields}
    zone = dict.fromkeys(model.filled_by_defaults - set(beside), "Europe/London")
    example = {**beside, head: next(names, f"my_{head}"), **zone}
    raise ValueError(
        f"the fields of a trigger are beside `{head}`, not below it. Write:\n\n"
        f"    trigger: {flow_mapping(example)}"
    )


def _parse_raw_trigger(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    raw = dict(value["raw"])
    if others := [name for name in value if name != "raw"]:
        raise_problems([((others[0],), f"`{others[0]}` cannot be beside `raw`. Remove it.")])
    raise_problems((("raw", *path), text) for path, text in _raw_problems(raw))
    trigger = decode_trigger(raw, Names())
    if not is_raw_trigger(trigger) and trigger != {"all": []}:
        raise ValueError(
            f"there is a keyword for a trigger of type `{raw['type']}`; use it:\n\n"
            f"    trigger: {flow_mapping(trigger)}"
        )
    return raw


def _raw_problems(raw: Mapping[str, JsonValue]) -> Iterator[Problem]:
    yield from other_member_problems(raw, ("type", *_TRIGGER_FIELDS), _TRIGGER_FIELD_PREFIXES)
    yield from member_type_problems(raw, _TRIGGER_FIELD_TYPES)
    yield from encoding_problems(raw)


def wire_trigger_types(attributes: KindFields) -> tuple[str, ...]:
    """Return Customer.io's types for the trigger of a file, first the one that cioform writes."""
    trigger = attributes["trigger"]
    if is_raw_trigger(trigger):
        return (str(trigger["raw"]["type"]),)
    model = trigger_type_of(trigger)
    return model.wire_types if model else (SEGMENTS_AND_ATTRIBUTES,)


def is_known_trigger_type(wire_type: str) -> bool:
    """Return whether a type is one of Customer.io's that cioform knows."""
    known = {wire for model in TRIGGER_TYPES.values() for wire in model.wire_types}
    return wire_type in known | {SEGMENTS_AND_ATTRIBUTES, "none"}


def trigger_name(attributes: KindFields) -> str:
    """Return the keyword of a trigger in quotes, or `segments and attributes` without quotes."""
    trigger = attributes["trigger"]
    if is_raw_trigger(trigger):
        return f"`{trigger['raw']['type']}`"
    model = trigger_type_of(trigger)
    return f"`{model.keyword}`" if model else "segments and attributes"


def stops_matching_by_default(trigger: JsonValue) -> bool:
    """Return whether people leave when they stop matching, in a campaign that does not say so.

    It is Customer.io's own default for triggers of segments and attributes (corrections 2026-11,
    row 25).
    """
    return not {SEGMENTS_AND_ATTRIBUTES, *BehavioralTrigger.wire_types}.isdisjoint(
        wire_trigger_types({"trigger": trigger})
    )


def encode_recipients(
    attributes: KindFields, names: Names, current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the whole body of update type `recipients`, which replaces everything.

    Members that have no field are sent back as they were read in `current`.
    """
    types = wire_trigger_types(attributes)
    current_type = current.get("type")
    members: dict[str, JsonValue] = {"type": current_type if current_type in types else types[0]}
    trigger = attributes["trigger"]
    if is_raw_trigger(trigger):
        members |= trigger["raw"]
    elif model := trigger_type_of(trigger):
        members |= model.encode(trigger, names, current)
    else:
        members["trigger"] = conditions.compile_trigger(trigger, names)
    if not supports_reentry(trigger):
        return members
    return members | encode_reentry(attributes["reentry"], current)


def decode_trigger(campaign: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the trigger; its members under `raw` if no fields can express it."""
    wire_type = campaign.get("type")
    if wire_type == SEGMENTS_AND_ATTRIBUTES and campaign.get("trigger"):
        condition = conditions.decompile_trigger(campaign["trigger"], names)
        if not is_raw_trigger(condition):
            return condition
    elif (trigger := decode_typed_trigger(campaign, names)) is not None:
        return trigger
    # A campaign may lack a type, which is not the same as `none`.
    return {"raw": {"type": wire_type or "", **_raw_trigger_fields(campaign)}}


def _raw_trigger_fields(campaign: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: value
        for name, value in campaign.items()
        if (name in _TRIGGER_FIELDS or name.startswith(_TRIGGER_FIELD_PREFIXES))
        and value not in EMPTY_VALUES
    }


def normalize_trigger(trigger: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a form in which triggers of the same meaning are equal."""
    if is_raw_trigger(trigger):
        return {"raw": _normalize_raw_members(trigger["raw"])}
    if trigger_type_of(dict(trigger)) is None:
        return conditions.normalize_condition(trigger)
    normal = dict(trigger)
    for name in ("where", "audience", "behavioral"):
        if isinstance(normal.get(name), dict):
            normal[name] = conditions.normalize_condition(normal[name])
            if normal[name] == {"all": []} and name != "behavioral":
                del normal[name]
    return {name: _normalize_verbatim(value) for name, value in normal.items()}


def supports_reentry(trigger: JsonValue) -> bool:
    """Return whether a campaign with this trigger can choose whether people enter again."""
    model = trigger_type_of(trigger) if isinstance(trigger, dict) else None
    return model is None or model.supports_reentry


def _normalize_raw_members(raw: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a raw trigger with its encoded filters decoded, because encodings may differ.

    Empty members say nothing, and are left out when a campaign is read.
    """
    return {
        name: _decode_if_encoded(value)
        for name, value in raw.items()
        if name == "type" or value not in EMPTY_VALUES
    }


def _normalize_verbatim(value: JsonValue) -> JsonValue:
    """Return members that are kept as Customer.io returns them with their filters decoded."""
    return _normalize_raw_members(value) if isinstance(value, dict) else value


def _decode_if_encoded(value: JsonValue) -> JsonValue:
    try:
        return {"decoded": conditions.decode_filter(value)} if isinstance(value, str) else value
    except ValueError:
        return value
