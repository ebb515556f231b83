"""The grammar of conditions as people write it: its words, how they are read, what they name.

A condition is a plain dict with one head word. Groups are `all`, `any` and `not`; leaves are

    attribute: plan            one operator: is, is_not, exists, contains, not_contains,
    is: trial                  greater_than, less_than, between, before, after, within_last,
                               older_than; `is` and `is_not` take a list (any of)
    event: logged_in           at_least: 3 (default 1), within: 14d, where: a condition on the
                               event's own attributes
    event_attribute: amount    an attribute of the triggering event; operators as above
    device_attribute: platform    of a person's device
    object_attribute: seats    of an object that a person belongs to, of the type `of: accounts`
    relationship_attribute: role    of the relationship to such an object, likewise
    segment: segment.trial     being in a segment
    opened: welcome            having opened, or `clicked`, the e-mail of a step; `action#7` is
                               an action that is no step of the file
    raw: {...}                 the remote's own form of the place, verbatim

In a wait, an event's attribute may be joined to one of the event that started the campaign:

    event: order_paid
    where: {attribute: order_id, is: {event_attribute: order_id}}

`from: any` beside a segment's attribute says that the value before does not matter. The remote
tells "became pro from something else" from "was set to pro"; people rarely do, so the first,
which is what the remote's own screens write, needs no word (journeys facts, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails

from cioform.core.json_value import JsonValue
from cioform.core.suggest import closest
from cioform.language.conditions.operand_checks import OPERAND_CHECKS, duration_error
from cioform.language.conditions.values import MAX_DEPTH, is_too_deep
from cioform.model.names import Reference
from cioform.model.resource import FieldPath

GROUP_KEYWORDS: Final = ("all", "any")
OBJECT_ATTRIBUTE_KEYWORDS: Final = ("object_attribute", "relationship_attribute")
ATTRIBUTE_KEYWORDS: Final = (
    "attribute",
    "event_attribute",
    "device_attribute",
    *OBJECT_ATTRIBUTE_KEYWORDS,
)
MESSAGE_KEYWORDS: Final = ("opened", "clicked")
LEAF_KEYWORDS: Final = (*ATTRIBUTE_KEYWORDS, "event", "segment", *MESSAGE_KEYWORDS)
KEYWORDS: Final = (*GROUP_KEYWORDS, "not", *LEAF_KEYWORDS, "raw")

OBJECT_TYPE: Final = "object_type"
"""The kind of what `of` names; their ids differ from workspace to workspace."""

Problem = tuple[FieldPath, str]


def parse(value: JsonValue) -> dict[str, JsonValue]:
    """Give the canonical form of a condition: a bare list means `all`, the rest stays as written.
    Raises pydantic's ValidationError with every mistake in it, each at its place in the file and
    with the way out."""
    if is_too_deep(value):
        text = (
            f"the condition is nested more than {MAX_DEPTH} levels deep; make its inner part a "
            "segment and name it: `segment: segment.inner_part`"
        )
        raise validation_error([((), text)])
    complaints: list[Problem] = []
    condition = _parse(value, (), complaints)
    if complaints:
        raise validation_error(complaints)
    return condition


def validation_error(problems: Iterable[Problem]) -> ValidationError:
    """Give the error that a model takes over as its own, place by place."""
    errors = [
        InitErrorDetails(type="value_error", loc=path, input=None, ctx={"error": ValueError(text)})
        for path, text in problems
    ]
    return ValidationError.from_exception_data("condition", errors)


Condition = Annotated[
    dict[str, Any],
    BeforeValidator(parse),
    WithJsonSchema(
        {
            "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
            "description": "A condition: all, any, not, attribute, event, segment or raw. "
            "A list means all.",
        }
    ),
]
"""The type of a model's field that holds a condition."""


def references(condition: Mapping[str, JsonValue], path: FieldPath = ()) -> Iterator[Reference]:
    """Give every segment and object type that a condition names, with its path below `path`."""
    for place, leaf in leaves(condition, path):
        if "segment" in leaf:
            yield Reference("segment", leaf["segment"], (*place, "segment"))
        elif "of" in leaf:
            yield Reference(OBJECT_TYPE, leaf["of"], (*place, "of"))


def leaves(
    condition: Mapping[str, JsonValue], path: FieldPath = ()
) -> Iterator[tuple[FieldPath, JsonValue]]:
    """Give every leaf with its path; what an event's `where` holds is part of that leaf."""
    todo: list[tuple[FieldPath, JsonValue]] = [(path, condition)]
    while todo:
        at, node = todo.pop()
        group = next((group for group in GROUP_KEYWORDS if group in node), None)
        if group is not None:
            children = enumerate(node[group])
            todo += reversed([((*at, group, i), child) for i, child in children])
        elif "not" in node:
            todo.append(((*at, "not"), node["not"]))
        else:
            yield at, node


def _parse(value: JsonValue, path: FieldPath, problems: list[Problem]) -> dict[str, JsonValue]:
    if isinstance(value, list | tuple):
        value = {"all": list(value)}
    if not isinstance(value, Mapping):
        problems.append(
            (path, f"a condition is a mapping such as `attribute: plan`, not {value!r}")
        )
        return {}
    heads = [head for head in KEYWORDS if head in value]
    if len(heads) != 1:
        problems.append((path, _keyword_error(value, heads)))
        return {}
    return _PARSERS[heads[0]](dict(value), path, problems)


def _keyword_error(value: Mapping[str, JsonValue], heads: list[str]) -> str:
    if heads:
        spelled = " and ".join(f"`{head}`" for head in heads)
        return f"{spelled} stand in one condition; write them as two conditions under `all`"
    return f"a condition opens with one of {', '.join(KEYWORDS)}{_suggestion(value, KEYWORDS)}"


def _parse_group(
    value: dict[str, JsonValue], path: FieldPath, problems: list[Problem]
) -> dict[str, JsonValue]:
    [head, *rest] = sorted(value, key=lambda word: word not in GROUP_KEYWORDS)
    _reject_keys(rest, (), path, problems)
    children = value[head]
    if not isinstance(children, list | tuple):
        problems.append((path, f"`{head}` takes a list of conditions"))
        return {}
    return {head: [_parse(child, (*path, head, at), problems) for at, child in enumerate(children)]}


def _parse_not(
    value: dict[str, JsonValue], path: FieldPath, problems: list[Problem]
) -> dict[str, JsonValue]:
    _reject_keys(value, ("not",), path, problems)
    child = _parse(value["not"], (*path, "not"), problems)
    for place, leaf in leaves(child, (*path, "not")) if child else ():
        if "raw" in leaf:
            text = "`raw` cannot be negated by `not`; negate inside the raw form"
            problems.append((place, text))
    return {"not": child}


def _parse_attribute(
    value: dict[str, JsonValue], path: FieldPath, problems: list[Problem]
) -> dict[str, JsonValue]:
    subject = next(subject for subject in ATTRIBUTE_KEYWORDS if subject in value)
    _require_text(value, subject, path, problems)
    beside = (
        ["from"]
        if subject == "attribute"
        else ["of"]
        if subject in OBJECT_ATTRIBUTE_KEYWORDS
        else []
    )
    words = [word for word in value if word not in (subject, *beside)]
    unknown = [word for word in words if word not in OPERAND_CHECKS]
    if unknown:
        _reject_keys(unknown, (), path, problems, (*OPERAND_CHECKS, *beside))
    elif len(words) != 1:
        text = f"one operator is needed beside `{subject}`: {', '.join(OPERAND_CHECKS)}"
        problems.append((path, text + ("; write two conditions under `all`" if words else "")))
    elif (complaint := OPERAND_CHECKS[words[0]](value[words[0]])) is not None:
        problems.append(((*path, words[0]), f"`{words[0]}` {complaint}"))
    if value.get("from", "any") != "any":
        problems.append((path, "`from` takes only the word `any`; leave it out otherwise"))
    if subject in OBJECT_ATTRIBUTE_KEYWORDS and not (
        isinstance(value.get("of"), str) and value["of"]
    ):
        problems.append((path, f"`{subject}` needs its type of object beside it: `of: accounts`"))
    return value


def _parse_event(
    value: dict[str, JsonValue], path: FieldPath, problems: list[Problem]
) -> dict[str, JsonValue]:
    _require_text(value, "event", path, problems)
    _reject_keys(value, ("event", "at_least", "within", "where"), path, problems)
    count = value.get("at_least", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        problems.append(
            (path, "`at_least` takes a whole number from 1; for none at all write `not`")
        )
    if "within" in value and (complaint := duration_error(value["within"])) is not None:
        problems.append(((*path, "within"), f"`within` {complaint}"))
    if "where" in value:
        value["where"] = _parse(value["where"], (*path, "where"), problems)
    return value


def _parse_segment_or_message(
    value: dict[str, JsonValue], path: FieldPath, problems: list[Problem]
) -> dict[str, JsonValue]:
    head = next(head for head in ("segment", *MESSAGE_KEYWORDS) if head in value)
    _require_text(value, head, path, problems)
    _reject_keys(value, (head,), path, problems)
    return value


def _parse_raw(
    value: dict[str, JsonValue], path: FieldPath, problems: list[Problem]
) -> dict[str, JsonValue]:
    _reject_keys(value, ("raw",), path, problems)
    return value


_PARSERS: Final = {
    "all": _parse_group,
    "any": _parse_group,
    "not": _parse_not,
    **dict.fromkeys(ATTRIBUTE_KEYWORDS, _parse_attribute),
    "event": _parse_event,
    "segment": _parse_segment_or_message,
    **dict.fromkeys(MESSAGE_KEYWORDS, _parse_segment_or_message),
    "raw": _parse_raw,
}


def _require_text(
    value: Mapping[str, JsonValue], head: str, path: FieldPath, problems: list[Problem]
) -> None:
    if not isinstance(value[head], str) or not value[head]:
        problems.append((path, f"`{head}` takes a name"))


def _reject_keys(
    keys: Iterable[str],
    allowed: tuple[str, ...],
    path: FieldPath,
    problems: list[Problem],
    known: tuple[str, ...] = (),
) -> None:
    for word in keys:
        if word not in allowed:
            text = f"{word!r} does not belong here{_suggestion([word], known or allowed)}"
            problems.append((path, text))


def _suggestion(keys: Iterable[str], known: tuple[str, ...]) -> str:
    for word in keys:
        if near := closest(word, known, cutoff=0.5):
            return f"; did you mean `{near}`?"
    return f"; known here: {', '.join(known)}" if known else "; move it to a condition of its own"
