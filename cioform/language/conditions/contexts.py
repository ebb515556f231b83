"""Where a condition may stand, and what each place cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from cioform.core.json_value import Plain
from cioform.language.conditions.boolean_algebra import CLAUSES_AT_MOST, cases, clauses, literal
from cioform.language.conditions.grammar import GROUPS, LEAVES, MESSAGES, SUBJECTS, leaves
from cioform.language.conditions.operand_checks import joined
from cioform.language.conditions.raw_forms import raw_problems
from cioform.language.conditions.values import DEEPEST, is_deep
from cioform.model.resource import Path


class Place(StrEnum):
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


_SPOKEN: Final[Mapping[Place, str]] = {
    Place.SEGMENT: "a segment",
    Place.TRIGGER: "a trigger",
    Place.ATTRIBUTE_FILTERS: "a test on the triggering event",
    Place.BRANCH: "a branch or filter",
    Place.WAIT_UNTIL: "a wait",
    Place.EXIT: "an exit",
}
_HOLDS: Final[Mapping[Place, frozenset[str]]] = {
    Place.SEGMENT: frozenset({"attribute", "event", "segment"}),
    Place.TRIGGER: frozenset({"attribute", "segment"}),
    Place.ATTRIBUTE_FILTERS: frozenset({"attribute"}),
    Place.BRANCH: frozenset({*SUBJECTS, "segment"}),
    Place.WAIT_UNTIL: frozenset(LEAVES),
    Place.EXIT: frozenset({"attribute", "segment"}),
}
_AS_A_SEGMENT: Final = "make it a segment and name it, `segment: segment.{name}`"
_ONLY_IN_A_BRANCH: Final = "test it in a step, `if: {{{head}: {value}, ...}}`"
_ONLY_IN_A_WAIT: Final = "wait for it with a step, `wait_until: {{{head}: {value}}}`"
_NOT_KNOWN_THERE: Final = (
    "how Customer.io writes that is not known. Make the segment there and import it, which gives "
    "its own form under `raw:`"
)
_WAYS_OUT: Final[Mapping[str, str]] = {
    "event": "make a segment of people who did it and name it, `segment: segment.{name}`",
    "segment": "test an attribute of the event, or move it to the audience, "
    "`audience: {{segment: {value}}}`",
    "event_attribute": "write `attribute: {value}`",
    "device_attribute": _ONLY_IN_A_BRANCH,
    "object_attribute": _ONLY_IN_A_BRANCH,
    "relationship_attribute": _ONLY_IN_A_BRANCH,
    "opened": _ONLY_IN_A_WAIT,
    "clicked": _ONLY_IN_A_WAIT,
}
"""What to do about a head where it cannot stand, with `{value}` for what it names."""


def problems(condition: Mapping[str, Plain], place: Place) -> list[tuple[Path, str]]:
    """Give what the place cannot hold, each with its path, the reason and the way out."""
    if is_deep(condition):
        deep = f"it is nested more than {DEEPEST} levels deep"
        return [((), f"{deep}; {_AS_A_SEGMENT.format(name='inner_part')}")]
    found = [
        (path, text)
        for path, leaf in leaves(condition)
        for text in _leaf_problems(leaf, place, whole=path == ())
    ]
    return found + list(_shape_problems(condition, place))


def _shape_problems(condition: Mapping[str, Plain], place: Place) -> Iterator[tuple[Path, str]]:
    if place is Place.BRANCH:
        yield from _groups(condition, "any", place)
    elif place is Place.EXIT:
        yield from _groups(condition, "all", place)
    elif place is Place.SEGMENT and clauses(condition) is None:
        yield (), _too_many("clauses", "a segment holds only `all` of `any`")
    elif place is Place.WAIT_UNTIL and cases(condition) is None:
        yield (), _too_many("alternatives", "a wait holds only `any` of `all`")


def _too_many(parts: str, reason: str) -> str:
    return (
        f"multiplied out it has more than {CLAUSES_AT_MOST} {parts}, and {reason}; split it into "
        "segments and name them, `all: [{segment: segment.a}, {segment: segment.b}]`"
    )


def _leaf_problems(leaf: Mapping[str, Plain], place: Place, *, whole: bool) -> Iterator[str]:
    spoken = _SPOKEN[place]
    if "raw" in leaf:
        for text in raw_problems(leaf["raw"], place, whole=whole):
            yield f"{spoken} cannot hold {text}"
        return
    head = next(head for head in LEAVES if head in leaf)
    if head not in _HOLDS[place]:
        yield f"{spoken} cannot hold `{head}`; {_way_out(head, leaf, place)}"
    if "from" in leaf and place is not Place.SEGMENT:
        yield f"{spoken} knows no value before; leave `from` out"
    if place is Place.WAIT_UNTIL and ("at_least" in leaf or "within" in leaf):
        yield "a wait ends with the first such event; leave `at_least` and `within` out"
    if any(joined(value) is not None for value in leaf.values()):
        yield f"{spoken} compares only with values; write one in place of `event_attribute`"
    if "where" in leaf:
        yield from _where_problems(leaf["where"], place)


def _where_problems(where: Mapping[str, Plain], place: Place) -> Iterator[str]:
    for path, leaf in leaves(where):
        spelled = ".".join(str(step) for step in ("where", *path))
        if "attribute" not in leaf and "raw" not in leaf:
            head = next(head for head in LEAVES if head in leaf)
            yield (
                f"{spelled} may test only attributes of the event; write "
                f"`attribute: {leaf[head] if head in SUBJECTS else 'total'}`"
            )
        elif "from" in leaf:
            yield "an event's attribute has no value before; leave `from` out"
        elif any(joined(value) is not None for value in leaf.values()) and (
            place is not Place.WAIT_UNTIL
        ):
            yield f"{spelled} compares two events, which only `wait_until` can; write a value"


def _way_out(head: str, leaf: Mapping[str, Plain], place: Place) -> str:
    if place is Place.SEGMENT and head != "event_attribute":
        return _NOT_KNOWN_THERE
    name = re.sub(r"[^a-z0-9]+", "_", f"did_{leaf[head]}".lower()).strip("_")
    way = _WAYS_OUT[head].format(head=head, value=leaf[head], name=name)
    if head == "event" and place is Place.BRANCH:
        return f"{way}, or wait for it with a step, `wait_until: {{event: {leaf[head]}}}`"
    if head in MESSAGES and place is Place.BRANCH:
        return f"{way}, and put what follows below its `then`"
    return way


def _groups(
    condition: Mapping[str, Plain],
    refused: str,
    place: Place,
    path: Path = (),
    denied: bool = False,
) -> Iterator[tuple[Path, str]]:
    """Give the groups that mean `refused` once negations are taken into account."""
    if "not" in condition:
        yield from _groups(condition["not"], refused, place, (*path, "not"), not denied)
        return
    for group, other in zip(GROUPS, reversed(GROUPS), strict=True):
        if group in condition:
            children = condition[group]
            if (other if denied else group) == refused and len(children) != 1:
                yield path, _one_sort(refused, place)
            for at, child in enumerate(children):
                yield from _groups(child, refused, place, (*path, group, at), denied)
            return
    positive, inverse = literal(condition)
    several = isinstance(positive.get("is"), list) and len(positive["is"]) > 1
    if several and ("all" if denied != inverse else "any") == refused:
        yield path, _one_sort(refused, place)


def _one_sort(refused: str, place: Place) -> str:
    held = "all be true" if refused == "any" else "be alternatives"
    way = _AS_A_SEGMENT.format(name="these_people")
    return f"the conditions of {_SPOKEN[place]} must {held}; {way}"
