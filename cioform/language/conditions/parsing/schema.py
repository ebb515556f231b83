"""The JSON schema of conditions, with which editors check and complete them at every depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.grammar import (
    ATTRIBUTE_KEYWORDS,
    KEYWORDS,
    OBJECT_ATTRIBUTE_KEYWORDS,
)
from cioform.language.conditions.values import MAX_COUNT
from cioform.model.schema.schema_choice import keyword_definitions, one_of_fields
from cioform.model.schema.schema_docs import documented, shared_definition

_Schema = dict[str, JsonValue]

CONDITION: Final = "condition"
"""The definition of a condition with every keyword."""
SEGMENT_CONDITION: Final = f"segment_{CONDITION}"
EXIT_CONDITION: Final = f"exit_{CONDITION}"
TRIGGER_CONDITION: Final = f"trigger_{CONDITION}"
EVENT_CONDITION: Final = f"event_{CONDITION}"
"""The definitions for contexts that allow fewer keywords."""

_DURATION: Final[_Schema] = {
    "type": "string",
    "pattern": r"^([0-9]+[wdhms])+$",
    "examples": ["14d", "12h", "1w2d"],
}
_NAME: Final[_Schema] = {"type": "string", "minLength": 1}
_SCALAR: Final[_Schema] = {"type": ["string", "number", "boolean"]}
_NUMBER: Final[_Schema] = {"type": ["number", "string"]}
_DATE: Final[_Schema] = {
    "type": ["string", "integer"],
    "minLength": 1,
    "minimum": 0,
    "examples": ["7d ago", "now", "7d from now", "2026-01-31"],
}
_COUNT: Final[_Schema] = {"type": "integer", "minimum": 1, "maximum": MAX_COUNT}

_OPERATORS: Final[Mapping[str, tuple[str, str, _Schema]]] = {
    "is": (
        "Whether it equals the value, or any value of the list.",
        "attribute: plan\nis: [pro, team]",
        {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]},
    ),
    "is_not": (
        "Whether it equals none of the values.",
        "attribute: role\nis_not: admin",
        {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]},
    ),
    "exists": (
        "Whether it exists, or does not.",
        "attribute: phone\nexists: true",
        {"type": "boolean"},
    ),
    "contains": (
        "Whether it contains the text.",
        "attribute: referrer\ncontains: newsletter",
        {**_SCALAR, "minLength": 1},
    ),
    "not_contains": (
        "Whether it does not contain the text.",
        'attribute: email\nnot_contains: "@acme.com"',
        {**_SCALAR, "minLength": 1},
    ),
    "greater_than": (
        "Whether it is greater than the number.",
        "attribute: streak\ngreater_than: 6",
        _NUMBER,
    ),
    "less_than": (
        "Whether it is less than the number.",
        "attribute: lessons_left\nless_than: 3",
        _NUMBER,
    ),
    "between": (
        "Whether it is between the two numbers, the lower one first.",
        "attribute: age\nbetween: [18, 25]",
        {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
    ),
    "before": (
        "Whether it is an earlier date: `2026-01-31`, `7d ago`, `now` or `7d from now`.",
        "attribute: last_paid_at\nbefore: 30d ago",
        _DATE,
    ),
    "after": (
        "Whether it is a later date: `2026-01-31`, `7d ago`, `now` or `7d from now`.",
        "attribute: created_at\nafter: 7d ago",
        _DATE,
    ),
}
_JOIN: Final[_Schema] = {
    "type": "object",
    "description": "An attribute of the event that started the campaign; only in a wait.",
    "properties": {"event_attribute": _NAME},
    "required": ["event_attribute"],
    "additionalProperties": False,
}
_ATTRIBUTE_DOCS: Final[Mapping[str, tuple[str, str]]] = {
    "attribute": ("An attribute of the person; of the event in `where`.", "plan\nis: pro"),
    "event_attribute": (
        "An attribute of the event that started the campaign.",
        "amount\ngreater_than: 100",
    ),
    "device_attribute": ("An attribute of one of the person's devices.", "platform\nis: ios"),
    "object_attribute": (
        "An attribute of an object that the person belongs to, of the type `of`.",
        "seats\nof: accounts\ngreater_than: 10",
    ),
    "relationship_attribute": (
        "An attribute of the relationship to an object of the type `of`.",
        "role\nof: accounts\nis: owner",
    ),
}
_LEAF_DOCS: Final[Mapping[str, tuple[str, str]]] = {
    "segment": ("Whether the person is in the segment: its name, or `segment#12`.", "vip"),
    "opened": ("Whether the person opened the e-mail of the step with this ID.", "welcome"),
    "clicked": ("Whether the person clicked in the e-mail of the step with this ID.", "welcome"),
}


_CONTEXTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    CONDITION: (tuple(KEYWORDS), "A condition: one keyword with its fields."),
    SEGMENT_CONDITION: (
        ("all", "any", "not", "attribute", "event", "segment", "raw"),
        "A condition of a segment: attributes, events and other segments.",
    ),
    TRIGGER_CONDITION: (
        ("all", "any", "not", "attribute", "segment", "raw"),
        "A condition that starts a campaign: attributes and segments.",
    ),
    EXIT_CONDITION: (
        ("any", "all", "not", "segment", "raw"),
        "A condition with which people leave: Customer.io supports only segments.",
    ),
    EVENT_CONDITION: (
        ("all", "any", "not", "attribute", "raw"),
        "A condition on the attributes of an event.",
    ),
}


def definitions() -> dict[str, JsonValue]:
    """Return the definitions of conditions, by name: with every keyword, and for some contexts."""
    found: dict[str, JsonValue] = {}
    for name, (_, description) in _CONTEXTS.items():
        text = f"{description} A list means `all`."
        found |= keyword_definitions(name, condition_branches(name), {}, text, list_of=name)
    return found


def condition_branches(name: str) -> dict[str, _Schema]:
    """Return the schemas of the conditions of a context, by keyword."""
    return {keyword: _branch(name, keyword) for keyword in _CONTEXTS[name][0]}


def _branch(name: str, keyword: str) -> _Schema:
    nested = shared_definition(name)
    if keyword in ("all", "any"):
        meaning = "All of these must be true." if keyword == "all" else "At least one must be true."
        return _object(
            {
                keyword: documented(
                    {"type": "array", "items": nested, "minItems": 1},
                    meaning,
                    f"{keyword}:\n  - segment: vip\n  - attribute: plan\n    is: pro",
                )
            },
            keyword,
        )
    if keyword == "not":
        return _object(
            {"not": documented(nested, "The opposite of a condition.", "not: {segment: vip}")},
            keyword,
        )
    if keyword in ATTRIBUTE_KEYWORDS:
        return _attribute_branch(keyword, with_previously=name in (CONDITION, SEGMENT_CONDITION))
    if keyword == "event":
        return _event_branch(with_same=name == CONDITION)
    if keyword == "raw":
        return _object(
            {
                "raw": documented(
                    {}, "Customer.io's own form, written back unchanged.", "raw: {optout: {}}"
                )
            },
            keyword,
        )
    text, example = _LEAF_DOCS[keyword]
    return _object({keyword: documented(_NAME, text, f"{keyword}: {example}")}, keyword)


def _attribute_branch(keyword: str, *, with_previously: bool) -> _Schema:
    text, example = _ATTRIBUTE_DOCS[keyword]
    fields = {keyword: documented(_NAME, text, f"{keyword}: {example}")}
    for operator, (meaning, sample, schema) in _OPERATORS.items():
        if operator in ("is", "is_not") and keyword == "attribute":
            schema = {"anyOf": [*schema["anyOf"], _JOIN]}
        fields[operator] = documented(schema, meaning, sample)
    required = [keyword]
    if keyword in OBJECT_ATTRIBUTE_KEYWORDS:
        fields["of"] = documented(
            _NAME, "The object type: its name, or `object_type#1`.", f"{keyword}: {example}"
        )
        required.append("of")
    elif keyword == "attribute" and with_previously:
        fields["previously"] = documented(
            {"const": "any"},
            "In a segment: the previous value does not matter.",
            "attribute: plan\nis: pro\npreviously: any",
        )
    return {**_object(fields, *required), **one_of_fields(_OPERATORS, fields)}


def _event_branch(*, with_same: bool) -> _Schema:
    fields = {
        "event": documented(
            _NAME, "Whether the person did this.", "event: logged_in\nat_least: 3\nwithin_last: 14d"
        ),
        "at_least": documented(
            _COUNT, "How many times at least; 1 if omitted.", "event: logged_in\nat_least: 3"
        ),
        "at_most": documented(
            _COUNT,
            "Maximum number of times; never counts too. For never only, write `not: {event: ...}`.",
            "event: logged_in\nat_most: 2\nwithin_last: 14d",
        ),
        "within_last": documented(
            _DURATION, "How long ago at most; ever if omitted.", "event: paid\nwithin_last: 30d"
        ),
        "where": documented(
            shared_definition(EVENT_CONDITION),
            "A condition on the attributes of the event.",
            "event: order_placed\nwhere: {attribute: total, greater_than: 50}",
        ),
    }
    if with_same:
        fields["same"] = documented(
            {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]},
            "In a wait: attributes that are the same in the event that started the campaign.",
            "event: order_paid\nsame: order_id",
        )
    return {**_object(fields, "event"), "not": {"required": ["at_least", "at_most"]}}


def _object(properties: Mapping[str, JsonValue], *required: str) -> _Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
