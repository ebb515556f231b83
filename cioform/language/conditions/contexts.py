"""Where a condition may stand, and what each place cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.language.conditions.boolean_algebra import MAX_CLAUSES, split_negation, to_cnf, to_dnf
from cioform.language.conditions.grammar import (
    ATTRIBUTE_KEYWORDS,
    GROUP_KEYWORDS,
    LEAF_KEYWORDS,
    MESSAGE_KEYWORDS,
    leaves,
)
from cioform.language.conditions.operand_checks import referenced_event_attribute
from cioform.language.conditions.raw_forms import raw_problems
from cioform.language.conditions.values import MAX_DEPTH, is_too_deep
from cioform.model.resource import FieldPath


class ConditionContext(StrEnum):
    """A place of the remote that holds a condition."""

    SEGMENT = "segment"
    TRIGGER = "trigger"
    """Of a campaign that people enter by attributes and segments."""
    ATTRIBUTE_FILTERS = "attribute_filters"
    """Of a campaign that an event triggers: a test on that event's attributes."""
    BRANCH = "branch"
    """The flat encoded array: branches, anchors, filters."""
    WAIT_UNTIL = "wait_until"
    """Several of the same, any of which ends the wait; they may also hold events and messages."""
    EXIT = "exit"


_CONTEXT_LABELS: Final[Mapping[ConditionContext, str]] = {
    ConditionContext.SEGMENT: "a segment",
    ConditionContext.TRIGGER: "a trigger",
    ConditionContext.ATTRIBUTE_FILTERS: "a test on the triggering event",
    ConditionContext.BRANCH: "a branch or filter",
    ConditionContext.WAIT_UNTIL: "a wait",
    ConditionContext.EXIT: "an exit",
}
_ALLOWED_KEYWORDS: Final[Mapping[ConditionContext, frozenset[str]]] = {
    ConditionContext.SEGMENT: frozenset({"attribute", "event", "segment"}),
    ConditionContext.TRIGGER: frozenset({"attribute", "segment"}),
    ConditionContext.ATTRIBUTE_FILTERS: frozenset({"attribute"}),
    ConditionContext.BRANCH: frozenset({*ATTRIBUTE_KEYWORDS, "segment"}),
    ConditionContext.WAIT_UNTIL: frozenset(LEAF_KEYWORDS),
    ConditionContext.EXIT: frozenset({"attribute", "segment"}),
}
_SEGMENT_HINT: Final = "make it a segment and name it, `segment: segment.{name}`"
_BRANCH_HINT: Final = "test it in a step, `if: {{{head}: {value}, ...}}`"
_WAIT_HINT: Final = "wait for it with a step, `wait_until: {{{head}: {value}}}`"
_UNKNOWN_WIRE_FORM_HINT: Final = (
    "how Customer.io writes that is not known. Make the segment there and import it, which gives "
    "its own form under `raw:`"
)
_HINTS: Final[Mapping[str, str]] = {
    "event": "make a segment of people who did it and name it, `segment: segment.{name}`",
    "segment": "test an attribute of the event, or move it to the audience, "
    "`audience: {{segment: {value}}}`",
    "event_attribute": "write `attribute: {value}`",
    "device_attribute": _BRANCH_HINT,
    "object_attribute": _BRANCH_HINT,
    "relationship_attribute": _BRANCH_HINT,
    "opened": _WAIT_HINT,
    "clicked": _WAIT_HINT,
}
"""What to do about a head where it cannot stand, with `{value}` for what it names."""


def problems(
    condition: Mapping[str, JsonValue], context: ConditionContext
) -> list[tuple[FieldPath, str]]:
    """Give what the place cannot hold, each with its path, the reason and the way out."""
    if is_too_deep(condition):
        deep = f"it is nested more than {MAX_DEPTH} levels deep"
        return [((), f"{deep}; {_SEGMENT_HINT.format(name='inner_part')}")]
    found = [
        (path, text)
        for path, leaf in leaves(condition)
        for text in _leaf_problems(leaf, context, is_root=path == ())
    ]
    return found + list(_shape_problems(condition, context))


def _shape_problems(
    condition: Mapping[str, JsonValue], context: ConditionContext
) -> Iterator[tuple[FieldPath, str]]:
    if context is ConditionContext.BRANCH:
        yield from _group_problems(condition, "any", context)
    elif context is ConditionContext.EXIT:
        yield from _group_problems(condition, "all", context)
    elif context is ConditionContext.SEGMENT and to_cnf(condition) is None:
        yield (), _too_many_parts("clauses", "a segment holds only `all` of `any`")
    elif context is ConditionContext.WAIT_UNTIL and to_dnf(condition) is None:
        yield (), _too_many_parts("alternatives", "a wait holds only `any` of `all`")


def _too_many_parts(parts: str, reason: str) -> str:
    return (
        f"multiplied out it has more than {MAX_CLAUSES} {parts}, and {reason}; split it into "
        "segments and name them, `all: [{segment: segment.a}, {segment: segment.b}]`"
    )


def _leaf_problems(
    leaf: Mapping[str, JsonValue], context: ConditionContext, *, is_root: bool
) -> Iterator[str]:
    spoken = _CONTEXT_LABELS[context]
    if "raw" in leaf:
        for text in raw_problems(leaf["raw"], context, is_root=is_root):
            yield f"{spoken} cannot hold {text}"
        return
    head = next(head for head in LEAF_KEYWORDS if head in leaf)
    if head not in _ALLOWED_KEYWORDS[context]:
        yield f"{spoken} cannot hold `{head}`; {_hint(head, leaf, context)}"
    if "from" in leaf and context is not ConditionContext.SEGMENT:
        yield f"{spoken} knows no value before; leave `from` out"
    if context is ConditionContext.WAIT_UNTIL and ("at_least" in leaf or "within" in leaf):
        yield "a wait ends with the first such event; leave `at_least` and `within` out"
    if any(referenced_event_attribute(value) is not None for value in leaf.values()):
        yield f"{spoken} compares only with values; write one in place of `event_attribute`"
    if "where" in leaf:
        yield from _where_problems(leaf["where"], context)


def _where_problems(where: Mapping[str, JsonValue], context: ConditionContext) -> Iterator[str]:
    for path, leaf in leaves(where):
        spelled = ".".join(str(step) for step in ("where", *path))
        if "attribute" not in leaf and "raw" not in leaf:
            head = next(head for head in LEAF_KEYWORDS if head in leaf)
            yield (
                f"{spelled} may test only attributes of the event; write "
                f"`attribute: {leaf[head] if head in ATTRIBUTE_KEYWORDS else 'total'}`"
            )
        elif "from" in leaf:
            yield "an event's attribute has no value before; leave `from` out"
        elif any(referenced_event_attribute(value) is not None for value in leaf.values()) and (
            context is not ConditionContext.WAIT_UNTIL
        ):
            yield f"{spelled} compares two events, which only `wait_until` can; write a value"


def _hint(head: str, leaf: Mapping[str, JsonValue], context: ConditionContext) -> str:
    if context is ConditionContext.SEGMENT and head != "event_attribute":
        return _UNKNOWN_WIRE_FORM_HINT
    name = re.sub(r"[^a-z0-9]+", "_", f"did_{leaf[head]}".lower()).strip("_")
    way = _HINTS[head].format(head=head, value=leaf[head], name=name)
    if head == "event" and context is ConditionContext.BRANCH:
        return f"{way}, or wait for it with a step, `wait_until: {{event: {leaf[head]}}}`"
    if head in MESSAGE_KEYWORDS and context is ConditionContext.BRANCH:
        return f"{way}, and put what follows below its `then`"
    return way


def _group_problems(
    condition: Mapping[str, JsonValue],
    unsupported: str,
    context: ConditionContext,
    path: FieldPath = (),
    negated: bool = False,
) -> Iterator[tuple[FieldPath, str]]:
    """Give the groups that mean `refused` once negations are taken into account."""
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
    several = isinstance(positive.get("is"), list) and len(positive["is"]) > 1
    if several and ("all" if negated != inverse else "any") == unsupported:
        yield path, _unsupported_group(unsupported, context)


def _unsupported_group(unsupported: str, context: ConditionContext) -> str:
    held = "all be true" if unsupported == "any" else "be alternatives"
    way = _SEGMENT_HINT.format(name="these_people")
    return f"the conditions of {_CONTEXT_LABELS[context]} must {held}; {way}"
