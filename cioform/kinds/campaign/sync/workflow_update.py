"""Bringing the steps of a live campaign into the wanted order with the fewest calls.

Steps that stay keep their action ids: people on their way are held by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from cioform.core.errors import OutcomeUnknownError, PlanError, RemoteError
from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.codec.actions import (
    ENTRY_ACTION_TYPES,
    encode_action,
    expand_variants,
    variant_action_ids,
)
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.content import Messages, sending_of, sync_actions
from cioform.kinds.campaign.sync.match_actions import action_key, initial_node, match_actions
from cioform.kinds.campaign.sync.requests import campaign_request, update_request
from cioform.kinds.campaign.wire_types import WireAction, WireEdge
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.workflow import (
    Edge,
    Graph,
    Node,
    graph_problems,
    remove_steps,
    workflow_problems,
)
from cioform.model.conversation import Conversation, Request, ask
from cioform.model.names import Names


@dataclass(frozen=True, slots=True)
class StepActions:
    """Where the wanted nodes are after the writes: their action ids, and the actions as read."""

    parts: Mapping[str, str]
    actions: Mapping[str, WireAction]
    all_actions: Mapping[str, WireAction]
    """All actions of the campaign by id, those that A/B tests choose from among them."""


@dataclass(frozen=True, slots=True)
class CurrentCampaign:
    """A campaign as it is before its steps change."""

    campaign_id: str
    name: str
    actions: Sequence[WireAction]
    edges: Sequence[WireEdge]
    parts: Mapping[str, str]
    """Our names of its steps and their action ids; none for a new campaign."""

    @property
    def entry_action_id(self) -> str | None:
        """The action that the remote puts before the first step."""
        return next((str(a["id"]) for a in self.actions if a["type"] in ENTRY_ACTION_TYPES), None)


def sync_structure(
    base: CurrentCampaign, workflow: JsonValue, messages: Messages, names: Names
) -> Conversation[StepActions]:
    """Add, remove and join steps until the graph is the one of `workflow`."""
    graph = to_graph(workflow)
    kept = match_actions(base.actions, base.parts, graph)
    added = [node for node in graph.nodes if node.id not in kept]
    removed = _removed_action_ids(base, kept)
    base = yield from _update_branch_counts(base, graph, kept, messages, names)
    if added and removed:
        bridge = _intermediate_graph(workflow, [node.id for node in added], frozenset(kept))
        yield from ask(
            _delete_request(base, removed, encode_edges(bridge, kept, base.entry_action_id))
        )
        base = replace(base, actions=[a for a in base.actions if str(a["id"]) not in removed])
    if added:
        return (yield from _add_nodes(base, graph, kept, added, messages, names))
    edges = encode_edges(graph, kept, base.entry_action_id)
    if removed:
        yield from ask(_delete_request(base, removed, edges))
    elif _edge_set(edges) != _edge_set(base.edges):
        yield from ask(update_request(base.campaign_id, "edges", {"edges": edges}))
    return _step_actions(kept, base.actions)


def _removed_action_ids(base: CurrentCampaign, matched: Mapping[str, str]) -> list[str]:
    actions = {str(action["id"]): action for action in base.actions}
    # The messages of an A/B test come and go with it.
    staying = {*matched.values(), *variant_action_ids(actions), base.entry_action_id}
    return [own_id for own_id in actions if own_id not in staying]


def _update_branch_counts(
    base: CurrentCampaign,
    graph: Graph,
    matched: Mapping[str, str],
    messages: Messages,
    names: Names,
) -> Conversation[CurrentCampaign]:
    """Give steps that stay as many ways out as they shall have, before edges are drawn for them:
    the remote counts those by what the step holds."""
    ways = graph.outgoing_edges()
    now: dict[str, int] = {}
    for edge in base.edges:
        now[str(edge["from"])] = now.get(str(edge["from"]), 0) + 1
    nodes = [
        node
        for node in graph.nodes
        if node.id in matched
        and len(ways[node.id]) > 1
        and len(ways[node.id]) != now.get(matched[node.id])
    ]
    if not nodes:
        return base
    actions = {str(action["id"]): action for action in base.actions}
    held = {node.id: actions[matched[node.id]] for node in nodes}
    context = CodecContext(names, _known_action_ids(graph, base.parts, matched))
    settled = yield from sync_actions(nodes, messages, held, context)
    return replace(base, actions=[settled.get(str(a["id"]), a) for a in base.actions])


def _known_action_ids(graph: Graph, *known: Mapping[str, str]) -> dict[str, str]:
    """Give the action id of every step that has one. No action has the number 0: a wait that asks
    for a step yet to be made asks for it afterwards once more."""
    steps = {node.id: "0" for node in expand_variants(graph.nodes)}
    for each in known:
        steps |= {name: own_id for name, own_id in each.items() if name in steps}
    return steps


def _intermediate_graph(
    workflow: JsonValue, added_ids: Sequence[str], matched_ids: frozenset[str]
) -> Graph:
    """Give the legal graph between a removal and an addition: the wanted one without what is new.
    Nobody gets anything new on it; people only miss a step."""
    if isinstance(workflow, list):
        steps = remove_steps(workflow, added_ids)
        graph = None if workflow_problems(steps) else to_graph(steps)
    else:
        graph = _bypass_nodes(to_graph(workflow), added_ids)
    if graph is not None and set(graph.by_id) == matched_ids and not graph_problems(graph):
        return graph
    raise PlanError.of(
        "Steps cannot be exchanged at once",
        "This change removes steps and adds others, and the remote takes the two only one after "
        "the other; what would be in between is no legal workflow. Make it in two: first remove "
        "the steps that go and apply, then add the new ones and apply again.",
    )


def _bypass_nodes(graph: Graph, added_ids: Sequence[str]) -> Graph:
    """Give a graph in which the ways into the added nodes go on to what follows their last way."""
    leaving = graph.outgoing_edges()
    onward = {name: leaving[name][-1].target for name in added_ids if leaving[name]}

    def after(node: str) -> str:
        while node in onward:
            node = onward[node]
        return node

    return Graph(
        tuple(node for node in graph.nodes if node.id not in added_ids),
        tuple(
            Edge(edge.source, after(edge.target), edge.branch)
            for edge in graph.edges
            if edge.source not in added_ids
        ),
    )


def encode_edges(
    graph: Graph, action_ids: Mapping[str, str], entry_action_id: str | None
) -> list[WireEdge]:
    """Give the whole list of edges as the remote wants it, each write replacing all."""
    edges: list[WireEdge] = []
    if entry_action_id is not None:
        edges.append(
            {"from": entry_action_id, "to": action_ids[graph.roots()[0]], "type": "continue"}
        )
    for edge in graph.edges:
        source, target = action_ids[edge.source], action_ids[edge.target]
        if edge.branch is None:
            edges.append({"from": source, "to": target, "type": "continue"})
        else:
            edges.append({"from": source, "to": target, "type": "branch", "index": edge.branch})
    return edges


def _edge_set(edges: Sequence[WireEdge]) -> set[tuple[str, str, object]]:
    return {
        (str(e["from"]), str(e["to"]), e.get("index", 0) if e.get("type") == "branch" else None)
        for e in edges
    }


def _delete_request(base: CurrentCampaign, removed: Sequence[str], edges: JsonValue) -> Request:
    return update_request(
        base.campaign_id,
        "delete_actions",
        {"name": base.name, "edges": edges},
        action_ids=[_to_number(own_id) for own_id in removed],
    )


def _to_number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _step_actions(parts: Mapping[str, str], actions: Sequence[WireAction]) -> StepActions:
    by_id = {str(action["id"]): action for action in actions}
    return StepActions(parts, {name: by_id[own_id] for name, own_id in parts.items()}, by_id)


def _add_nodes(
    base: CurrentCampaign,
    graph: Graph,
    matched: Mapping[str, str],
    added: Sequence[Node],
    messages: Messages,
    names: Names,
) -> Conversation[StepActions]:
    """Add nodes. Of N new ones the first is `-N` in the edges and the last `-1`; which id each got
    is read afterwards and checked (journeys facts, section 4, Actions)."""
    placeholders = {node.id: str(i - len(added)) for i, node in enumerate(added)}
    context = CodecContext(names, _known_action_ids(graph, base.parts, matched, placeholders))
    actions = [
        cast(
            WireAction,
            {
                "id": int(placeholders[node.id]),
                **encode_action(form, context, sending_of(form, messages)),
            },
        )
        for node, form in ((node, initial_node(node)) for node in added)
    ]
    edges = encode_edges(graph, {**matched, **placeholders}, base.entry_action_id)
    look = campaign_request(base.campaign_id, _assumed_response(base, added, actions))
    request = update_request(base.campaign_id, "add_actions", {"edges": edges}, actions=actions)
    try:
        yield from ask(request)
    except OutcomeUnknownError as doubt:
        # It may answer 500 and be done all the same (journeys facts, section 9, 1).
        answer = yield from ask(look)
        if len(_new_actions(base, answer["actions"])) < len(added):
            raise doubt from None
    else:
        answer = yield from ask(look)
    found = _match_added_nodes(added, actions, _new_actions(base, answer["actions"]))
    return _step_actions({**matched, **found}, answer["actions"])


def _assumed_response(
    base: CurrentCampaign, added: Sequence[Node], actions: Sequence[WireAction]
) -> dict[str, JsonValue]:
    made = [
        {**action, "id": f"(id of {node.id})"}
        | ({"template_id": f"(template of {node.id})"} if _has_template(node) else {})
        for node, action in zip(added, actions, strict=True)
    ]
    return {"campaign": {}, "actions": [*base.actions, *made]}


def _has_template(node: Node) -> bool:
    return initial_node(node).keyword in MESSAGE_TYPES or "template" in node.fields


def _new_actions(base: CurrentCampaign, actions: Sequence[WireAction]) -> list[WireAction]:
    before = {str(action["id"]) for action in base.actions}
    new = [action for action in actions if str(action["id"]) not in before]
    if all(str(action["id"]).isdecimal() for action in new):
        new.sort(key=lambda action: int(action["id"]))
    return new


def _match_added_nodes(
    added: Sequence[Node],
    sent: Sequence[WireAction],
    created: Sequence[WireAction],
) -> dict[str, str]:
    """Give the action id of each added node: by place, which names and types must confirm, else
    by a name that only one has."""
    if [action_key(action) for action in sent] == [action_key(action) for action in created]:
        return {node.id: str(action["id"]) for node, action in zip(added, created, strict=True)}
    by_mark = {action_key(action): str(action["id"]) for action in created}
    marks = [action_key(action) for action in sent]
    if len(by_mark) == len(created) == len(sent) and set(marks) == set(by_mark):
        return {node.id: by_mark[mark] for node, mark in zip(added, marks, strict=True)}
    raise RemoteError.of(
        "Added steps not recognised",
        "The remote added steps, and what it shows now are not the steps that were sent: their "
        "names or types differ. Look at the campaign in Customer.io, then plan again.",
    )
