"""Describe the changes of a campaign for the reviewer of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.text.word_lists import join_first
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import (
    normalize_workflow,
    project_workflow_onto,
    to_graph,
)
from cioform.kinds.campaign.trigger.encoding import (
    is_known_trigger_type,
    trigger_name,
    wire_trigger_types,
)
from cioform.language.messages.message import MESSAGE_TYPES, normalize_message
from cioform.language.workflow import Node, needs_id, replaced_steps
from cioform.language.workflow.compare.moved_steps import moved_steps
from cioform.model.part_change import PartAction, PartChange
from cioform.model.reach import Reach, ReachState

_MAX_STEPS_SHOWN = 5


def replacement_reason(live: KindFields, wanted: KindFields) -> str | None:
    """Return why a campaign must be replaced, or None when it can be updated.

    The type of a trigger never changes once it is set (journeys facts, section 4, Types).
    """
    if not _has_trigger(live) or not _has_trigger(wanted):
        return None
    live_types, wanted_types = wire_trigger_types(live), wire_trigger_types(wanted)
    if set(live_types) & set(wanted_types) or live_types == ("none",):
        return None
    if not is_known_trigger_type(live_types[0]):
        return None  # It is unknown what a replacement would lose, so the update is blocked.
    return (
        f"its trigger changes from {trigger_name(live)} to {trigger_name(wanted)}, and Customer.io "
        "cannot change the type of a trigger: it is deleted and created again as a draft, "
        "everybody in it leaves, and its metrics end"
    )


def _has_trigger(attributes: KindFields) -> bool:
    return attributes.get("trigger", UNKNOWN) not in (UNKNOWN, None)


def changed_steps(live: KindFields, wanted: KindFields) -> Iterator[PartChange]:
    """Yield what a change does to each step. Exits hold nobody, so only their members count."""
    if not _are_workflows_known(live, wanted):
        return
    managed = project_workflow_onto(live["workflow"], wanted["workflow"])
    before, after = _nodes_by_step(managed), _nodes_by_step(wanted["workflow"])
    replaced = replaced_steps(before, after)
    kept = {name: node.fields for name, node in before.items() if name not in replaced}
    moved = [name for name in _moved_steps(live["workflow"], wanted["workflow"]) if name in kept]
    fields = {name: node.fields for name, node in after.items()}
    present = to_graph(live["workflow"]).by_id
    new = {name: node for name, node in after.items() if name not in before}
    old = {name: node for name, node in before.items() if name not in after}
    left = to_graph(wanted["workflow"]).by_id
    exits = [n for n, node in new.items() if node.keyword == "exit" and n in present]
    exits += [n for n, node in old.items() if node.keyword == "exit" and n in left]
    for action, names in (
        (PartAction.ADD, [name for name, node in new.items() if node.keyword != "exit"]),
        (PartAction.REMOVE, [name for name, node in old.items() if node.keyword != "exit"]),
        (PartAction.REPLACE, replaced),
        (PartAction.MOVE, moved),
        (PartAction.EDIT, [*_edited_steps(kept, fields, live, wanted), *exits]),
    ):
        yield from (PartChange(name, action) for name in names)


def describe_step_changes(live: KindFields, wanted: KindFields) -> str:
    """Return which steps a change adds, removes, replaces, moves and edits.

    An example is `adds step nudge, removes steps pause and again`.
    """
    if not _are_workflows_known(live, wanted) or not _nodes_by_step(live["workflow"]):
        return ""
    changes = list(changed_steps(live, wanted))
    names = {
        action: [change.part for change in changes if change.action is action]
        for action in PartAction
    }
    return ", ".join(f"{action}s {_format_steps(n)}" for action, n in names.items() if n)


def describe_changes(live: KindFields, wanted: KindFields, reach: Reach) -> str:
    """Return which steps change, and which people may miss a message of a running campaign."""
    steps = describe_step_changes(live, wanted)
    return steps if reach.state is ReachState.DRAFT else steps + describe_gap(live, wanted)


def describe_gap(live: KindFields, wanted: KindFields) -> str:
    """Return which messages people may pass unsent while the change is applied.

    A new message is not sent before its content is written and the old steps are gone. The text
    is empty if there is none, and otherwise continues that of `describe_step_changes`.
    """
    new = (PartAction.ADD, PartAction.REPLACE)
    added = [change.part for change in changed_steps(live, wanted) if change.action in new]
    nodes = _nodes_by_step(wanted["workflow"]) if added else {}
    messages = [name for name in added if nodes[name].keyword in MESSAGE_TYPES]
    if not messages:
        return ""
    what = "its message" if len(messages) == 1 else "their messages"
    return f"; while this is applied, people may pass {_format_steps(messages)} without {what}"


def _are_workflows_known(live: KindFields, wanted: KindFields) -> bool:
    return all(each.get("workflow", UNKNOWN) is not UNKNOWN for each in (live, wanted))


def _nodes_by_step(workflow: JsonValue) -> dict[str, Node]:
    """Return the normalized node of each step by its ID."""
    nodes = expand_variants(to_graph(normalize_workflow(workflow)).nodes) if workflow else ()
    return {
        node.id: node for node in nodes if needs_id(node.fields) and node.keyword != "exit_action"
    }


def _edited_steps(
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    live: KindFields,
    wanted: KindFields,
) -> Iterator[str]:
    live_messages = live.get("messages", UNKNOWN)
    wanted_messages = wanted.get("messages", UNKNOWN)
    readable = UNKNOWN not in (live_messages, wanted_messages)
    for name in after:
        if name in before and (
            before[name] != after[name]
            or (
                readable
                and content_differs(live_messages.get(name, {}), wanted_messages.get(name, {}))
            )
        ):
            yield name


def content_differs(live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]) -> bool:
    """Return whether a field of a message differs that the file manages."""
    unmanaged = (
        MESSAGE_TYPES[wanted["type"]].unmanaged_fields
        if wanted.get("type") in MESSAGE_TYPES
        else frozenset()
    )
    live = normalize_message(_with_named_raw(live, wanted))
    # The file manages what it sets to nothing, which is in no normal form.
    names, wanted = {*wanted, *(set(live) - unmanaged)}, normalize_message(wanted)
    return any(_value_differs(name, live.get(name), wanted.get(name)) for name in names)


def _with_named_raw(
    live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the content of a message with those members of `raw` that the file has."""
    rest = {name: value for name, value in live.items() if name != "raw"}
    if not isinstance(raw := live.get("raw"), Mapping) or "raw" not in wanted:
        return {**rest, **({"raw": UNKNOWN} if raw is UNKNOWN else {})}
    return {**rest, "raw": {name: raw[name] for name in raw if name in wanted["raw"]}}


def _value_differs(name: str, live: JsonValue, wanted: JsonValue) -> bool:
    if live is UNKNOWN:
        return False
    if name == "track" and isinstance(live, dict) and isinstance(wanted, dict):
        return any(live.get(key) != value for key, value in wanted.items())
    if name == "translations" and isinstance(live, dict) and isinstance(wanted, dict):
        return set(live) != set(wanted) or any(
            _normalize_text(live[language].get(key)) != _normalize_text(value)
            for language, content in wanted.items()
            for key, value in content.items()
        )
    return bool(_normalize_text(live) != _normalize_text(wanted))


def _normalize_text(value: JsonValue) -> JsonValue:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _moved_steps(live: JsonValue, wanted: JsonValue) -> list[str]:
    """Return the steps that are on another branch, or in another order."""
    before, after = normalize_workflow(live), normalize_workflow(wanted)
    if not isinstance(before, list) or not isinstance(after, list):
        return []
    return moved_steps(before, after)


def _format_steps(names: Sequence[str]) -> str:
    word = "step" if len(names) == 1 else "steps"
    return f"{word} {join_first(names, _MAX_STEPS_SHOWN)}"
