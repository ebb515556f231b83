"""The contexts of a condition, and what Customer.io does not support in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath, format_path
from cioform.language.conditions.boolean_algebra import (
    MAX_CLAUSES,
    has_few_clauses,
    split_negation,
    to_cnf,
    to_dnf,
)
from cioform.language.conditions.grammar import (
    ATTRIBUTE_KEYWORDS,
    GROUP_KEYWORDS,
    LEAF_KEYWORDS,
    MESSAGE_KEYWORDS,
    leaves,
)
from cioform.language.conditions.joins import same_name
from cioform.language.conditions.operand_checks import referenced_event_attribute
from cioform.language.conditions.parsing.parser import TOO_DEEP, Problem
from cioform.language.conditions.parsing.upgrading import same_message
from cioform.language.conditions.raw_forms import raw_problems
from cioform.language.conditions.values import is_too_deep


class ConditionContext(StrEnum):
    """Where a condition is used. Each context has its own encoding and its own limits."""

    SEGMENT = "segment"
    TRIGGER = "trigger"
    """The trigger of a campaign that people enter by attributes and segments."""
    ATTRIBUTE_FILTERS = "attribute_filters"
    """Tests of the attributes of the event that triggers a campaign."""
    BRANCH = "branch"
    """A flat encoded array, which branches, anchors and filters have."""
    WAIT_UNTIL = "wait_until"
    """Several flat arrays, any of which ends the wait; they may also hold events and messages."""
    EXIT = "exit"


_CONTEXT_LABELS: Final[Mapping[ConditionContext, str]] = {
    ConditionContext.SEGMENT: "A segment",
    ConditionContext.TRIGGER: "A trigger",
    ConditionContext.ATTRIBUTE_FILTERS: "A condition on the triggering event",
    ConditionContext.BRANCH: "A branch or filter",
    ConditionContext.WAIT_UNTIL: "A wait",
    ConditionContext.EXIT: "An exit",
}
_ALLOWED_KEYWORDS: Final[Mapping[ConditionContext, frozenset[str]]] = {
    ConditionContext.SEGMENT: frozenset({"attribute", "event", "segment"}),
    ConditionContext.TRIGGER: frozenset({"attribute", "segment"}),
    ConditionContext.ATTRIBUTE_FILTERS: frozenset({"attribute"}),
    ConditionContext.BRANCH: frozenset({*ATTRIBUTE_KEYWORDS, "segment"}),
    ConditionContext.WAIT_UNTIL: frozenset(LEAF_KEYWORDS),
    ConditionContext.EXIT: frozenset({"attribute", "segment"}),
}
_COUNT_FIELDS: Final = frozenset({"at_least", "at_most", "within_last"})
_SEGMENT_HINT: Final = "Move the condition to a segment and use `segment: {name}`"
_BRANCH_HINT: Final = "Test it in a step, as in `if: {{{keyword}: {value}, ...}}`"
_WAIT_HINT: Final = "Wait for it with a step, as in `wait_until: {{{keyword}: {value}}}`"
_UNKNOWN_WIRE_FORM_HINT: Final = (
    "Customer.io's form of it is not known. Create the segment in Customer.io and import it, which "
    "gives that form under `raw:`"
)
_HINTS: Final[Mapping[str, str]] = {
    "event": "Make a segment of the people who did it and use `segment: {name}`",
    "segment": "Test an attribute of the event, or move it to the audience, as in "
    "`audience: {{segment: {value}}}`",
    "event_attribute": "Write `attribute: {value}`",
    "device_attribute": _BRANCH_HINT,
    "object_attribute": _BRANCH_HINT,
    "relationship_attribute": _BRANCH_HINT,
    "opened": _WAIT_HINT,
    "clicked": _WAIT_HINT,
}
"""What to do about a keyword that a context does not support; `{value}` is its value."""


def problems(condition: Mapping[str, JsonValue], context: ConditionContext) -> list[Problem]:
    """Return what the context does not support in a condition, each with its path and a hint."""
    if is_too_deep(condition):
        return [((), TOO_DEEP)]
    every = leaves(condition)
    found = [
        (path, text)
        for path, leaf in every
        for text in _leaf_problems(leaf, context, is_root=path == ())
    ]
    if context is ConditionContext.BRANCH:
        found += _group_problems(condition, "any", context)
    elif context is ConditionContext.EXIT:
        found += _group_problems(condition, "all", context)
    elif not has_few_clauses(leaf for _, leaf in every):
        found += _size_problems(condition, context)
    return found


def _size_problems(
    condition: Mapping[str, JsonValue], context: ConditionContext
) -> Iterator[Problem]:
    if context is ConditionContext.SEGMENT and to_cnf(condition) is None:
        yield (), _too_many_parts("clauses", "a segment supports only `all` of `any`")
    elif context is ConditionContext.WAIT_UNTIL and to_dnf(condition) is None:
        yield (), _too_many_parts("alternatives", "a wait supports only `any` of `all`")


def _too_many_parts(parts: str, reason: str) -> str:
    return (
        f"Multiplied out, the condition has more than {MAX_CLAUSES} {parts}, and {reason}. Split "
        "it into segments, as in `all: [{segment: a}, {segment: b}]`."
    )


def _leaf_problems(
    leaf: Mapping[str, JsonValue], context: ConditionContext, *, is_root: bool
) -> Iterator[str]:
    label = _CONTEXT_LABELS[context]
    if "raw" in leaf:
        for text in raw_problems(leaf["raw"], context, is_root=is_root):
            yield f"{label} cannot have {text}"
        return
    keyword = next(keyword for keyword in LEAF_KEYWORDS if keyword in leaf)
    if keyword not in _ALLOWED_KEYWORDS[context]:
        yield f"{label} cannot test `{keyword}`. {_hint(keyword, leaf, context)}."
    if "previously" in leaf and context is not ConditionContext.SEGMENT:
        yield f"{label} does not know the previous value. Remove `previously`."
    if context is ConditionContext.WAIT_UNTIL and (counts := _COUNT_FIELDS & set(leaf)):
        listed = " and ".join(f"`{field}`" for field in sorted(counts))
        yield f"A wait ends with the first such event. Remove {listed}."
    if "same" in leaf and context is not ConditionContext.WAIT_UNTIL:
        yield f"{label} cannot compare two events, which only `wait_until` can do. Remove `same`."
    if _compares_events(leaf):
        yield f"{label} can only compare with values. Replace `event_attribute` by a value."
    if "where" in leaf:
        yield from _where_problems(leaf["where"], context)


def _compares_events(leaf: Mapping[str, JsonValue]) -> bool:
    return any(
        isinstance(value, dict) and referenced_event_attribute(value) is not None
        for value in leaf.values()
    )


def _where_problems(where: Mapping[str, JsonValue], context: ConditionContext) -> Iterator[str]:
    tests = where.get("all", [where])
    if context is ConditionContext.WAIT_UNTIL:
        yield from (same_message(name) for test in tests if (name := same_name(test)) is not None)
    for path, leaf in leaves(where):
        place = format_path(("where", *path))
        if "attribute" not in leaf and "raw" not in leaf:
            keyword = next(keyword for keyword in LEAF_KEYWORDS if keyword in leaf)
            yield (
                f"`{place}` can only test attributes of the event. Write "
                f"`attribute: {leaf[keyword] if keyword in ATTRIBUTE_KEYWORDS else 'total'}`."
            )
        elif "previously" in leaf:
            yield "An attribute of an event has no previous value. Remove `previously`."
        elif _compares_events(leaf) and context is not ConditionContext.WAIT_UNTIL:
            yield f"`{place}` compares two events, which only `wait_until` can do. Write a value."


def _hint(keyword: str, leaf: Mapping[str, JsonValue], context: ConditionContext) -> str:
    if context is ConditionContext.SEGMENT and keyword != "event_attribute":
        return _UNKNOWN_WIRE_FORM_HINT
    name = re.sub(r"[^a-z0-9]+", "_", f"did_{leaf[keyword]}".lower()).strip("_")
    hint = _HINTS[keyword].format(keyword=keyword, value=leaf[keyword], name=name)
    if keyword == "event" and context is ConditionContext.BRANCH:
        return (
            "Customer.io's screens offer it, but cioform does not know how the API writes it. "
            f"{hint}, or wait for it with a step, as in `wait_until: {{event: {leaf[keyword]}}}`"
        )
    if keyword in MESSAGE_KEYWORDS and context is ConditionContext.BRANCH:
        return f"{hint}, and put the steps that follow under its `then`"
    return hint


def _group_problems(
    condition: Mapping[str, JsonValue],
    unsupported: str,
    context: ConditionContext,
    path: FieldPath = (),
    negated: bool = False,
) -> Iterator[Problem]:
    """Yield a problem for each group that means `unsupported` once negations are applied."""
    if "not" in condition:
        yield from _group_problems(
            condition["not"], unsupported, context, (*path, "not"), not negated
        )
        return
    for group, other in zip(GROUP_KEYWORDS, reversed(GROUP_KEYWORDS), strict=True):
        if group in condition:
            children = condition[group]
            if (other if negated else group) == unsupported and len(children) != 1:
                yield path, _unsupported_group(unsupported, context)
            for at, child in enumerate(children):
                yield from _group_problems(child, unsupported, context, (*path, group, at), negated)
            return
    positive, inverse = split_negation(condition)
    is_list = isinstance(positive.get("is"), list) and len(positive["is"]) > 1
    if is_list and ("all" if negated != inverse else "any") == unsupported:
        yield path, _unsupported_group(unsupported, context)


def _unsupported_group(unsupported: str, context: ConditionContext) -> str:
    rule = (
        "needs all of its conditions to be true; alternatives are not supported"
        if unsupported == "any"
        else "takes alternatives; conditions that must all be true are not supported"
    )
    return f"{_CONTEXT_LABELS[context]} {rule}. {_SEGMENT_HINT.format(name='these_people')}."
