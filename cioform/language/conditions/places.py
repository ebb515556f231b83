"""Where a condition may stand, and what each place cannot hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from cioform.base.value import Plain
from cioform.language.conditions.grammar import GROUPS, leaves
from cioform.language.conditions.logic import CLAUSES_AT_MOST, clauses, literal
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
    """The same, which may also hold other events and messages (as `raw`)."""
    EXIT = "exit"


_FLAT: Final = (Place.BRANCH, Place.WAIT_UNTIL)
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
    Place.BRANCH: frozenset({"attribute", "event_attribute", "segment"}),
    Place.WAIT_UNTIL: frozenset({"attribute", "event_attribute", "segment"}),
    Place.EXIT: frozenset({"attribute", "segment"}),
}
_WAYS_OUT: Final[Mapping[str, str]] = {
    "event": "make a segment of people who did it and name it with `segment:`",
    "segment": "test an attribute of the event, or move it to the audience",
    "event_attribute": "write `attribute:`",
}
_AS_A_SEGMENT: Final = "make it a segment and name it with `segment:`"


def problems(condition: Mapping[str, Plain], place: Place) -> list[tuple[Path, str]]:
    """Give what the place cannot hold, each with its path, the reason and the way out."""
    found = [
        (path, text) for path, leaf in leaves(condition) for text in _leaf_problems(leaf, place)
    ]
    if place in _FLAT:
        found += _groups(condition, "any", place)
    elif place is Place.EXIT:
        found += _groups(condition, "all", place)
    elif place is Place.SEGMENT and clauses(condition) is None:
        text = (
            f"multiplied out it has more than {CLAUSES_AT_MOST} clauses, and a segment holds only "
            f"`all` of `any`; split it, and join the parts with `segment:`"
        )
        found.append(((), text))
    return found


def _leaf_problems(leaf: Mapping[str, Plain], place: Place) -> Iterator[str]:
    if "raw" in leaf:
        yield from _raw_problems(leaf["raw"], place)
        return
    head = next(h for h in ("attribute", "event_attribute", "event", "segment") if h in leaf)
    if head not in _HOLDS[place]:
        yield f"{_SPOKEN[place]} cannot hold `{head}`; {_WAYS_OUT[head]}"
    if "from" in leaf and place is not Place.SEGMENT:
        yield f"{_SPOKEN[place]} knows no value before; leave `from` out"
    for path, inner in leaves(leaf["where"]) if "where" in leaf else ():
        if "attribute" not in inner and "raw" not in inner:
            spelled = ".".join(str(step) for step in ("where", *path))
            yield f"{spelled} may test only attributes of the event; write `attribute:`"
        elif "from" in inner:
            yield "an event's attribute has no value before; leave `from` out"


def _raw_problems(raw: Plain, place: Place) -> Iterator[str]:
    if place in _FLAT and isinstance(raw, dict) and ("and" in raw or "or" in raw):
        # The remote answers 500 to it (journeys facts, section 4).
        yield f"{_SPOKEN[place]} cannot hold a tree; {_AS_A_SEGMENT}"
    if place is Place.BRANCH and isinstance(raw, dict):
        kind = raw.get("type")
        if kind in ("foreign_event", "message"):
            yield f"{_SPOKEN[place]} cannot hold `{kind}`; only `wait_until` can"


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
    return f"the conditions of {_SPOKEN[place]} must {held}; {_AS_A_SEGMENT}"
