"""The steps of a campaign, with their messages and all conditions, in the current format."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.file_form.file_paths import parts_of
from cioform.language.conditions.parsing.upgrading import upgrade_condition
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.messages.upgrading import upgrade_message
from cioform.language.workflow.upgrading import upgrade_nodes, upgrade_workflow

_Map = MutableMapping[str, JsonValue]


def upgrade_steps(document: _Map) -> None:
    """Rewrite the steps and the conditions of a document, or of canonical attributes."""
    steps, nodes = _steps_and_nodes(document)
    upgrade_workflow(steps)
    upgrade_nodes(nodes)
    for condition in _settings_conditions(document):
        upgrade_condition(condition)


def upgrade_messages(document: _Map) -> None:
    """Rewrite the messages, in their steps or apart. The steps are in the current format."""
    for _, step in parts_of(document):
        for keyword in MESSAGE_TYPES:
            if isinstance(step, MutableMapping) and isinstance(step.get(keyword), MutableMapping):
                upgrade_message(keyword, step[keyword])
    messages = document.get("messages")
    for content in messages.values() if isinstance(messages, MutableMapping) else ():
        upgrade_message(content["type"], content)


def _steps_and_nodes(document: _Map) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return the lists of steps and of nodes; the canonical form has its graph in `workflow`."""
    workflow, graph = document.get("workflow"), document.get("graph")
    if isinstance(workflow, MutableMapping):
        graph = workflow.get("graph")
    nodes = graph.get("nodes") if isinstance(graph, MutableMapping) else None
    return (
        workflow if isinstance(workflow, list) else [],
        nodes if isinstance(nodes, list) else [],
    )


def _settings_conditions(document: _Map) -> Iterator[JsonValue]:
    trigger, leave = document.get("trigger"), document.get("exit")
    if isinstance(trigger, list):
        yield trigger
    elif isinstance(trigger, MutableMapping):
        yield trigger
        yield from (trigger[name] for name in ("audience", "behavioral") if name in trigger)
    if isinstance(leave, MutableMapping) and "when" in leave:
        yield leave["when"]
