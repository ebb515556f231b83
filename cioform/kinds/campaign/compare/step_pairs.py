"""Pair steps of a file with existing steps that the state does not know."""

from __future__ import annotations

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import normalize_workflow, to_graph
from cioform.kinds.campaign.compare.describe_changes import content_differs
from cioform.language.workflow import Graph, Node
from cioform.language.workflow.compare.pairing import pair_steps


def pair_steps_of(live: KindFields, wanted: KindFields) -> dict[str, str]:
    """Return the step of the file for each step of the live campaign, as far as it is certain."""
    workflows = live.get("workflow", UNKNOWN), wanted.get("workflow", UNKNOWN)
    if UNKNOWN in workflows or not all(workflows):
        return {}
    before, after = (_with_variants(normalize_workflow(each)) for each in workflows)
    messages, wanted_messages = live.get("messages", UNKNOWN), wanted.get("messages", UNKNOWN)

    def is_same(one: Node, other: Node) -> bool:
        return _fields(one) == _fields(other) and not (
            UNKNOWN not in (messages, wanted_messages)
            and content_differs(messages.get(one.id, {}), wanted_messages.get(other.id, {}))
        )

    return pair_steps(before, after, is_same)


def _with_variants(workflow: JsonValue) -> Graph:
    graph = to_graph(workflow)
    return Graph(tuple(expand_variants(graph.nodes)), graph.edges)


def _fields(node: Node) -> tuple[str, JsonValue]:
    """Return the type and the fields of a step, apart from its name."""
    fields = {name: value for name, value in node.fields.items() if name != "name"}
    return node.action_type, fields
