"""What a change does to a campaign, in words for whoever reviews it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from cioform.core.json_value import UNKNOWN, Attributes, Plain
from cioform.kinds.campaign.codec.actions import with_variants
from cioform.kinds.campaign.codec.graph_codec import graph_of, normal_workflow
from cioform.kinds.campaign.trigger import trigger_types
from cioform.language.messages.message import CONTENT
from cioform.language.workflow import walk
from cioform.model.resource import Path

_SHOWN_AT_MOST = 5


def must_replace(live: Attributes, wanted: Attributes) -> str | None:
    """Give why a campaign has to be made anew: the sort of a trigger never changes once it is set
    (journeys facts, section 4, Types)."""
    if not _has_trigger(live) or not _has_trigger(wanted):
        return None
    there, asked = trigger_types(live), trigger_types(wanted)
    if set(there) & set(asked) or there == ("none",):
        return None
    return (
        f"its trigger is of type {there[0]} and shall be of type {asked[0]}, which never changes: "
        "deleted and made again as a draft, so that everybody on the way leaves it and its "
        "numbers end"
    )


def _has_trigger(attributes: Attributes) -> bool:
    known = [attributes.get(name, UNKNOWN) for name in ("trigger", "raw_trigger")]
    return any(value is not UNKNOWN and value is not None for value in known)


def steps_removed(live: Attributes, wanted: Attributes) -> tuple[str, ...]:
    """Give the steps that a change takes away; ways out say nothing and hold nobody."""
    if not _readable(live, wanted):
        return ()
    before, after = _steps(live["workflow"]), _steps(wanted["workflow"])
    return tuple(name for name in before if name not in after)


def steps_told(live: Attributes, wanted: Attributes) -> str:
    """Give which steps a change adds, removes, moves and edits: `adds step nudge, removes steps
    pause and again`."""
    if not _readable(live, wanted):
        return ""
    before, after = _steps(live["workflow"]), _steps(wanted["workflow"])
    if not before:
        return ""
    gone = [name for name in before if name not in after]
    parts = [
        ("adds", [name for name in after if name not in before]),
        ("removes", gone),
        ("moves", _moved(live["workflow"], wanted["workflow"])),
        ("edits", list(_edited(before, after, live, wanted))),
    ]
    return ", ".join(f"{verb} {_named(names)}" for verb, names in parts if names)


def _readable(live: Attributes, wanted: Attributes) -> bool:
    return all(each.get("workflow", UNKNOWN) is not UNKNOWN for each in (live, wanted))


def _steps(workflow: Plain) -> dict[str, Plain]:
    """Give what each step is, by its name, in a form in which those of one meaning are equal."""
    nodes = with_variants(graph_of(normal_workflow(workflow)).nodes) if workflow else ()
    return {node.id: node.fields for node in nodes if node.word not in ("exit", "exit_action")}


def _edited(
    before: Mapping[str, Plain], after: Mapping[str, Plain], live: Attributes, wanted: Attributes
) -> Iterator[str]:
    there, asked = live.get("messages", UNKNOWN), wanted.get("messages", UNKNOWN)
    readable = UNKNOWN not in (there, asked)
    for name in after:
        if name not in before:
            continue
        says = readable and _other_words(there.get(name, {}), asked.get(name, {}))
        if before[name] != after[name] or says:
            yield name


def _other_words(there: Mapping[str, Plain], asked: Mapping[str, Plain]) -> bool:
    """Tell whether a message says something else, of what the file speaks of."""
    alone = CONTENT[asked["type"]].left_alone if asked.get("type") in CONTENT else frozenset()
    names = set(asked) | (set(there) - alone)
    return any(
        _text(there.get(name)) != _text(asked.get(name)) and there.get(name) is not UNKNOWN
        for name in names
    )


def _text(value: Plain) -> Plain:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _moved(live: Plain, wanted: Plain) -> list[str]:
    """Give the steps that stand elsewhere: below another step, or in another order."""
    before, after = _places(live), _places(wanted)
    if before is None or after is None:
        return []
    common = [name for name in after if name in before]
    elsewhere = [name for name in common if before[name][0] != after[name][0]]
    staying = [name for name in common if name not in elsewhere]
    rank = {name: i for i, name in enumerate(before)}
    kept = _longest_rise([rank[name] for name in staying])
    return [name for name in common if name in elsewhere or rank[name] not in kept]


def _places(workflow: Plain) -> dict[str, tuple[Path, int]] | None:
    """Give for each step, in the order of reading, the way it stands on and its place there."""
    normal = normal_workflow(workflow)
    if not isinstance(normal, list):
        return None
    names: dict[Path, str] = {}
    places: dict[str, tuple[Path, int]] = {}
    for path, step in walk(normal):
        names[path] = step["id"]
        if "exit" not in step:
            places[step["id"]] = (_way(path, names), int(path[-1]))
    return places


def _way(path: Path, names: Mapping[Path, str]) -> Path:
    """Give the way that a step stands on: the step above it, then `then`, `else` or a branch."""
    for i in range(len(path) - 1, 0, -1):
        if path[:i] in names:
            return (names[path[:i]], *path[i:-1])
    return ()


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Give the members of a longest rising row of numbers: what keeps its order."""
    tails: list[int] = []
    back: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        back[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    rise: set[int] = set()
    at_last = tails[-1] if tails else None
    while at_last is not None:
        rise.add(at_last)
        at_last = back[at_last]
    return rise


def _named(names: Sequence[str]) -> str:
    word = "step" if len(names) == 1 else "steps"
    shown = list(names[:_SHOWN_AT_MOST])
    if len(names) > _SHOWN_AT_MOST:
        shown.append(f"{len(names) - _SHOWN_AT_MOST} more")
    joined = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}"
    return f"{word} {joined}"
