"""What a change does to a campaign, in words for whoever reviews it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import normalize_workflow, to_graph
from cioform.kinds.campaign.trigger import wire_trigger_types
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.workflow import walk
from cioform.model.resource import FieldPath

_MAX_STEPS_SHOWN = 5


def replacement_reason(live: Attributes, wanted: Attributes) -> str | None:
    """Give why a campaign has to be made anew: the sort of a trigger never changes once it is set
    (journeys facts, section 4, Types)."""
    if not _has_trigger(live) or not _has_trigger(wanted):
        return None
    there, asked = wire_trigger_types(live), wire_trigger_types(wanted)
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


def removed_steps(live: Attributes, wanted: Attributes) -> tuple[str, ...]:
    """Give the steps that a change takes away; ways out say nothing and hold nobody."""
    if not _are_workflows_known(live, wanted):
        return ()
    before, after = _fields_by_step(live["workflow"]), _fields_by_step(wanted["workflow"])
    return tuple(name for name in before if name not in after)


def describe_step_changes(live: Attributes, wanted: Attributes) -> str:
    """Give which steps a change adds, removes, moves and edits: `adds step nudge, removes steps
    pause and again`."""
    if not _are_workflows_known(live, wanted):
        return ""
    before, after = _fields_by_step(live["workflow"]), _fields_by_step(wanted["workflow"])
    if not before:
        return ""
    gone = [name for name in before if name not in after]
    parts = [
        ("adds", [name for name in after if name not in before]),
        ("removes", gone),
        ("moves", _moved_steps(live["workflow"], wanted["workflow"])),
        ("edits", list(_edited_steps(before, after, live, wanted))),
    ]
    return ", ".join(f"{verb} {_format_steps(names)}" for verb, names in parts if names)


def _are_workflows_known(live: Attributes, wanted: Attributes) -> bool:
    return all(each.get("workflow", UNKNOWN) is not UNKNOWN for each in (live, wanted))


def _fields_by_step(workflow: JsonValue) -> dict[str, JsonValue]:
    """Give what each step is, by its name, in a form in which those of one meaning are equal."""
    nodes = expand_variants(to_graph(normalize_workflow(workflow)).nodes) if workflow else ()
    return {node.id: node.fields for node in nodes if node.keyword not in ("exit", "exit_action")}


def _edited_steps(
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    live: Attributes,
    wanted: Attributes,
) -> Iterator[str]:
    there, asked = live.get("messages", UNKNOWN), wanted.get("messages", UNKNOWN)
    readable = UNKNOWN not in (there, asked)
    for name in after:
        if name not in before:
            continue
        says = readable and _content_differs(there.get(name, {}), asked.get(name, {}))
        if before[name] != after[name] or says:
            yield name


def _content_differs(live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]) -> bool:
    """Tell whether a message says something else, of what the file speaks of."""
    alone = (
        MESSAGE_TYPES[wanted["type"]].unmanaged_fields
        if wanted.get("type") in MESSAGE_TYPES
        else frozenset()
    )
    names = set(wanted) | (set(live) - alone)
    return any(
        _normalize_text(live.get(name)) != _normalize_text(wanted.get(name))
        and live.get(name) is not UNKNOWN
        for name in names
    )


def _normalize_text(value: JsonValue) -> JsonValue:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _moved_steps(live: JsonValue, wanted: JsonValue) -> list[str]:
    """Give the steps that stand elsewhere: below another step, or in another order."""
    before, after = _step_positions(live), _step_positions(wanted)
    if before is None or after is None:
        return []
    common = [name for name in after if name in before]
    elsewhere = [name for name in common if before[name][0] != after[name][0]]
    staying = [name for name in common if name not in elsewhere]
    rank = {name: i for i, name in enumerate(before)}
    kept = _longest_increasing_subsequence([rank[name] for name in staying])
    return [name for name in common if name in elsewhere or rank[name] not in kept]


def _step_positions(workflow: JsonValue) -> dict[str, tuple[FieldPath, int]] | None:
    """Give for each step, in the order of reading, the way it stands on and its place there."""
    normal = normalize_workflow(workflow)
    if not isinstance(normal, list):
        return None
    names: dict[FieldPath, str] = {}
    places: dict[str, tuple[FieldPath, int]] = {}
    for path, step in walk(normal):
        names[path] = step["id"]
        if "exit" not in step:
            places[step["id"]] = (_branch_of(path, names), int(path[-1]))
    return places


def _branch_of(path: FieldPath, names: Mapping[FieldPath, str]) -> FieldPath:
    """Give the way that a step stands on: the step above it, then `then`, `else` or a branch."""
    for i in range(len(path) - 1, 0, -1):
        if path[:i] in names:
            return (names[path[:i]], *path[i:-1])
    return ()


def _longest_increasing_subsequence(numbers: Sequence[int]) -> set[int]:
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


def _format_steps(names: Sequence[str]) -> str:
    word = "step" if len(names) == 1 else "steps"
    shown = list(names[:_MAX_STEPS_SHOWN])
    if len(names) > _MAX_STEPS_SHOWN:
        shown.append(f"{len(names) - _MAX_STEPS_SHOWN} more")
    joined = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}"
    return f"{word} {joined}"
