"""The grammar of conditions as people write it: its words, how they are read, what they name.

A condition is a plain dict with one head word. Groups are `all`, `any` and `not`; leaves are

    attribute: plan            one operator: is, is_not, exists, contains, not_contains,
    is: trial                  greater_than, less_than, between, before, after, within_last,
                               older_than; `is` and `is_not` take a list (any of)
    event: logged_in           at_least: 3 (default 1), within: 14d, where: a condition on the
                               event's own attributes
    event_attribute: amount    an attribute of the triggering event; operators as above
    segment: segment.trial     being in a segment
    raw: {...}                 the remote's own form of the place, verbatim

`from: any` beside a segment's attribute says that the value before does not matter. The remote
tells "became pro from something else" from "was set to pro"; people rarely do, so the first,
which is what the remote's own screens write, needs no word (journeys facts, section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from cioform.base.value import Duration, Plain
from cioform.language.conditions.values import is_scalar, unix_seconds
from cioform.model.names import Reference
from cioform.model.resource import Path

GROUPS: Final = ("all", "any")
SUBJECTS: Final = ("attribute", "event_attribute")
HEADS: Final = (*GROUPS, "not", *SUBJECTS, "event", "segment", "raw")

Complaint = tuple[Path, str]


def parse(value: Plain) -> dict[str, Plain]:
    """Give the canonical form of a condition: a bare list means `all`, the rest stays as written.
    Raises ValueError with every mistake in it, each with its path and the way out."""
    complaints: list[Complaint] = []
    condition = _parse(value, (), complaints)
    if complaints:
        raise ValueError("; ".join(_spell(path, text) for path, text in complaints))
    return condition


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


def references(condition: Mapping[str, Plain], path: Path = ()) -> Iterator[Reference]:
    """Give every segment that a condition names, with its path below `path`."""
    for place, leaf in leaves(condition, path):
        if "segment" in leaf:
            yield Reference("segment", leaf["segment"], (*place, "segment"))


def leaves(condition: Mapping[str, Plain], path: Path = ()) -> Iterator[tuple[Path, Plain]]:
    """Give every leaf with its path; what an event's `where` holds is part of that leaf."""
    for group in GROUPS:
        if group in condition:
            for position, child in enumerate(condition[group]):
                yield from leaves(child, (*path, group, position))
            return
    if "not" in condition:
        yield from leaves(condition["not"], (*path, "not"))
    else:
        yield path, condition


def _parse(value: Plain, path: Path, complaints: list[Complaint]) -> dict[str, Plain]:
    if isinstance(value, list | tuple):
        value = {"all": list(value)}
    if not isinstance(value, Mapping):
        complaints.append(
            (path, f"a condition is a mapping such as `attribute: plan`, not {value!r}")
        )
        return {}
    heads = [head for head in HEADS if head in value]
    if len(heads) != 1:
        complaints.append((path, _heads_wrong(value, heads)))
        return {}
    return _PARSERS[heads[0]](dict(value), path, complaints)


def _heads_wrong(value: Mapping[str, Plain], heads: list[str]) -> str:
    if heads:
        spelled = " and ".join(f"`{head}`" for head in heads)
        return f"{spelled} stand in one condition; write them as two conditions under `all`"
    return f"a condition opens with one of {', '.join(HEADS)}{_meant(value, HEADS)}"


def _parse_group(value: dict[str, Plain], path: Path, found: list[Complaint]) -> dict[str, Plain]:
    [head, *rest] = sorted(value, key=lambda word: word not in GROUPS)
    _refuse(rest, (), path, found)
    children = value[head]
    if not isinstance(children, list | tuple):
        found.append((path, f"`{head}` takes a list of conditions"))
        return {}
    return {head: [_parse(child, (*path, head, at), found) for at, child in enumerate(children)]}


def _parse_not(value: dict[str, Plain], path: Path, found: list[Complaint]) -> dict[str, Plain]:
    _refuse(value, ("not",), path, found)
    child = _parse(value["not"], (*path, "not"), found)
    for place, leaf in leaves(child, (*path, "not")) if child else ():
        if "raw" in leaf:
            text = "`raw` cannot be negated by `not`; negate inside the raw form"
            found.append((place, text))
    return {"not": child}


def _parse_attribute(
    value: dict[str, Plain], path: Path, found: list[Complaint]
) -> dict[str, Plain]:
    subject = "attribute" if "attribute" in value else "event_attribute"
    _need_text(value, subject, path, found)
    words = [word for word in value if word not in (subject, "from")]
    unknown = [word for word in words if word not in OPERATORS]
    if unknown:
        _refuse(unknown, (), path, found, tuple(OPERATORS))
    elif len(words) != 1:
        text = f"one operator is needed beside `{subject}`: {', '.join(OPERATORS)}"
        found.append((path, text + ("; write two conditions under `all`" if words else "")))
    elif (complaint := OPERATORS[words[0]](value[words[0]])) is not None:
        found.append(((*path, words[0]), f"`{words[0]}` {complaint}"))
    if value.get("from", "any") != "any":
        found.append((path, "`from` takes only the word `any`; leave it out otherwise"))
    return value


def _parse_event(value: dict[str, Plain], path: Path, found: list[Complaint]) -> dict[str, Plain]:
    _need_text(value, "event", path, found)
    _refuse(value, ("event", "at_least", "within", "where"), path, found)
    count = value.get("at_least", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        found.append((path, "`at_least` takes a whole number from 1; for none at all write `not`"))
    if "within" in value and (complaint := _duration(value["within"])) is not None:
        found.append(((*path, "within"), f"`within` {complaint}"))
    if "where" in value:
        value["where"] = _parse(value["where"], (*path, "where"), found)
    return value


def _parse_segment(value: dict[str, Plain], path: Path, found: list[Complaint]) -> dict[str, Plain]:
    _need_text(value, "segment", path, found)
    _refuse(value, ("segment",), path, found)
    return value


def _parse_raw(value: dict[str, Plain], path: Path, found: list[Complaint]) -> dict[str, Plain]:
    _refuse(value, ("raw",), path, found)
    return value


_PARSERS: Final = {
    "all": _parse_group,
    "any": _parse_group,
    "not": _parse_not,
    "attribute": _parse_attribute,
    "event_attribute": _parse_attribute,
    "event": _parse_event,
    "segment": _parse_segment,
    "raw": _parse_raw,
}


def _scalar(value: Plain) -> str | None:
    return None if is_scalar(value) else "takes a text, a number, true or false"


def _one_or_more(value: Plain) -> str | None:
    several = isinstance(value, list) and value and all(is_scalar(item) for item in value)
    return None if several or is_scalar(value) else "takes one value, or a list of values (any of)"


def _flag(value: Plain) -> str | None:
    return None if isinstance(value, bool) else "takes true or false"


def _limit(value: Plain) -> str | None:
    fine = is_scalar(value) and not isinstance(value, bool)
    return None if fine else "takes a number"


def _two(value: Plain) -> str | None:
    fine = isinstance(value, list) and len(value) == 2 and not any(map(_limit, value))
    return None if fine else "takes two numbers: [1, 10]"


def _moment(value: Plain) -> str | None:
    return None if unix_seconds(value) is not None else "takes a date: 2026-01-31 or unix seconds"


def _duration(value: Plain) -> str | None:
    try:
        fine = isinstance(value, str) and Duration.parse(value).seconds > 0
    except ValueError:
        fine = False
    return None if fine else "takes a duration: 30s, 15m, 2h, 3d or 1w2d"


OPERATORS: Final[Mapping[str, Callable[[Plain], str | None]]] = {
    "is": _one_or_more,
    "is_not": _one_or_more,
    "exists": _flag,
    "contains": _scalar,
    "not_contains": _scalar,
    "greater_than": _limit,
    "less_than": _limit,
    "between": _two,
    "before": _moment,
    "after": _moment,
    "within_last": _duration,
    "older_than": _duration,
}
"""The operator words, each with what is wrong with a value given to it."""


def _need_text(value: Mapping[str, Plain], head: str, path: Path, found: list[Complaint]) -> None:
    if not isinstance(value[head], str) or not value[head]:
        found.append((path, f"`{head}` takes a name"))


def _refuse(
    words: Iterable[str],
    allowed: tuple[str, ...],
    path: Path,
    found: list[Complaint],
    known: tuple[str, ...] = (),
) -> None:
    for word in words:
        if word not in allowed:
            text = f"{word!r} does not belong here{_meant([word], known or allowed)}"
            found.append((path, text))


def _meant(words: Iterable[str], known: tuple[str, ...]) -> str:
    for word in words:
        if near := get_close_matches(str(word), known, 1, 0.5):
            return f"; did you mean `{near[0]}`?"
    return f"; known here: {', '.join(known)}" if known else "; move it to a condition of its own"


def _spell(path: Path, text: str) -> str:
    return f"at {'.'.join(str(step) for step in path)}: {text}" if path else text
