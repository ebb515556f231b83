"""Change the steps of a live campaign with as few requests as possible.

Steps that stay keep their action ids, because the people who are at a step are held by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cioform.core.errors import PlanError
from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.codec.actions import variant_action_ids
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.add_steps import add_steps
from cioform.kinds.campaign.sync.content import Messages, sync_actions
from cioform.kinds.campaign.sync.edges import edges_differ, encode_edges
from cioform.kinds.campaign.sync.match_actions import match_actions
from cioform.kinds.campaign.sync.requests import update_request
from cioform.kinds.campaign.sync.step_actions import (
    CurrentCampaign,
    StepActions,
    known_action_ids,
)
from cioform.language.workflow import (
    Edge,
    Graph,
    graph_problems,
    remove_steps,
    workflow_problems,
)
from cioform.model.names import Names
from cioform.model.remote_access.conversation import Conversation, Request, ask


def sync_structure(
    base: CurrentCampaign, workflow: JsonValue, messages: Messages, names: Names
) -> Conversation[StepActions]:
    """Add, remove and connect steps until the graph is that of `workflow`."""
    graph = to_graph(workflow)
    matched = match_actions(base.actions, base.parts, graph)
    added_ids = [node.id for node in graph.nodes if node.id not in matched]
    removed = _removed_action_ids(base, matched)
    base = yield from _update_branch_counts(base, graph, matched, messages, names)
    if added_ids and removed:
        intermediate = _intermediate_graph(workflow, added_ids, frozenset(matched))
        edges = encode_edges(intermediate, matched, base.entry_action_id)
        yield from ask(_delete_request(base, removed, edges))
        base = replace(base, actions=[a for a in base.actions if str(a["id"]) not in removed])
    if added_ids:
        return (yield from add_steps(base, graph, matched, messages, names))
    edges = encode_edges(graph, matched, base.entry_action_id)
    if removed:
        yield from ask(_delete_request(base, removed, edges))
    elif edges_differ(edges, base.edges):
        yield from ask(update_request(base.campaign_id, "edges", {"edges": edges}))
    return StepActions.of(matched, base.actions)


def _removed_action_ids(base: CurrentCampaign, matched: Mapping[str, str]) -> list[str]:
    actions = {str(action["id"]): action for action in base.actions}
    # The variants of an A/B test are created and deleted with it.
    remaining = {*matched.values(), *variant_action_ids(actions), base.entry_action_id}
    return [action_id for action_id in actions if action_id not in remaining]


def _update_branch_counts(
    base: CurrentCampaign,
    graph: Graph,
    matched: Mapping[str, str],
    messages: Messages,
    names: Names,
) -> Conversation[CurrentCampaign]:
    """Write the steps whose number of branches changes.

    This comes before the edges of the branches, because Customer.io checks their number against the
    fields of the step.
    """
    outgoing = graph.outgoing_edges()
    current_counts = Counter(str(edge["from"]) for edge in base.edges)
    nodes = [
        node
        for node in graph.nodes
        if node.id in matched
        and len(outgoing[node.id]) > 1
        and len(outgoing[node.id]) != current_counts[matched[node.id]]
    ]
    if not nodes:
        return base
    actions_by_id = {str(action["id"]): action for action in base.actions}
    actions = {node.id: actions_by_id[matched[node.id]] for node in nodes}
    context = CodecContext(names, known_action_ids(graph, base.parts, matched))
    replaced = yield from sync_actions(nodes, messages, actions, context)
    return replace(base, actions=[replaced.get(str(a["id"]), a) for a in base.actions])


def _intermediate_graph(
    workflow: JsonValue, added_ids: Sequence[str], matched_ids: frozenset[str]
) -> Graph:
    """Return the valid graph between a removal and an addition: the wanted one without new steps.

    Nobody receives anything new in it; people may only miss a step.
    """
    if isinstance(workflow, list):
        steps = remove_steps(workflow, added_ids)
        graph = None if workflow_problems(steps) else to_graph(steps)
    else:
        graph = _bypass_nodes(to_graph(workflow), added_ids)
    if graph is not None and set(graph.by_id) == matched_ids and not graph_problems(graph):
        return graph
    raise PlanError.of(
        "Steps cannot be added and removed at once",
        "This change removes steps and adds others. Customer.io does one after the other, and the "
        "workflow in between would be invalid. Do it in two changes: first remove the old steps "
        "and apply, then add the new ones and apply again.",
    )


def _bypass_nodes(graph: Graph, added_ids: Sequence[str]) -> Graph:
    """Return a graph without the added nodes: edges to one lead to the target of its last edge."""
    outgoing = graph.outgoing_edges()
    successors = {name: outgoing[name][-1].target for name in added_ids if outgoing[name]}

    def first_remaining(node: str) -> str:
        while node in successors:
            node = successors[node]
        return node

    return Graph(
        tuple(node for node in graph.nodes if node.id not in added_ids),
        tuple(
            Edge(edge.source, first_remaining(edge.target), edge.branch)
            for edge in graph.edges
            if edge.source not in added_ids
        ),
    )


def _delete_request(base: CurrentCampaign, removed: Sequence[str], edges: JsonValue) -> Request:
    return update_request(
        base.campaign_id,
        "delete_actions",
        {"name": base.name, "edges": edges},
        action_ids=[_to_number(action_id) for action_id in removed],
    )


def _to_number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
