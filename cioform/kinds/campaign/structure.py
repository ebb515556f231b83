"""Bringing the steps of a live campaign into the wanted order with the fewest calls.

Steps that stay keep their action ids: people on their way are held by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cioform.base.errors import InDoubt, PlanRefused, RemoteRefused
from cioform.base.value import Plain
from cioform.kinds.campaign.actions import GATES, action_type, wire_name
from cioform.kinds.campaign.content import Messages, members_of
from cioform.kinds.campaign.graph_form import graph_of
from cioform.kinds.campaign.talk import get_campaign, update
from cioform.language.workflow import FINAL, Edge, Graph, Node, graph_problems, problems, without
from cioform.model.conversation import Conversation, Request, ask
from cioform.model.names import Names


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the wanted nodes are after the writes: their action ids, and the actions as read."""

    parts: Mapping[str, str]
    actions: Mapping[str, Mapping[str, Plain]]


@dataclass(frozen=True, slots=True)
class Base:
    """A campaign as it is before its steps change."""

    campaign_id: str
    name: str
    actions: Sequence[Mapping[str, Plain]]
    edges: Sequence[Mapping[str, Plain]]
    parts: Mapping[str, str]
    """Our names of its steps and their action ids; none for a new campaign."""

    @property
    def gate(self) -> str | None:
        """The action that the remote puts before the first step."""
        return next((str(a["id"]) for a in self.actions if a["type"] in GATES), None)


def restructure(
    base: Base, workflow: Plain, messages: Messages, names: Names
) -> Conversation[Placed]:
    """Add, remove and join steps until the graph is the one of `workflow`."""
    graph = graph_of(workflow)
    kept = _kept(base, graph)
    added = [node for node in graph.nodes if node.id not in kept]
    removed = [
        str(action["id"])
        for action in base.actions
        if str(action["id"]) not in (*kept.values(), base.gate)
    ]
    if added and removed:
        bridge = _bridge(workflow, [node.id for node in added], frozenset(kept))
        yield from ask(_delete(base, removed, wire_edges(bridge, kept, base.gate)))
        base = _without_actions(base, removed)
    if added:
        return (yield from _add(base, graph, kept, added, messages, names))
    edges = wire_edges(graph, kept, base.gate)
    if removed:
        yield from ask(_delete(base, removed, edges))
    elif _edge_set(edges) != _edge_set(base.edges):
        yield from ask(update(base.campaign_id, "edges", {"edges": edges}))
    return _placed(kept, base.actions)


def _kept(base: Base, graph: Graph) -> dict[str, str]:
    """Give the action that each wanted node already has. Exits say nothing, so any may serve, and
    the one that the remote made itself always stays."""
    types = {str(action["id"]): action["type"] for action in base.actions}
    kept = {
        node.id: own_id
        for node in graph.nodes
        if (own_id := base.parts.get(node.id)) and types.get(own_id) == action_type(node)
    }
    kept |= _recognised(base, graph, kept)
    exits = sorted((i for i, kind in types.items() if kind == "exit_action"), key=_number_first)
    wanted = [node.id for node in graph.nodes if node.word == "exit"]
    if exits and wanted and exits[0] not in kept.values():
        kept[FINAL if FINAL in wanted else wanted[-1]] = exits[0]
    free = [own_id for own_id in exits if own_id not in kept.values()]
    unplaced = [name for name in wanted if name not in kept]
    return {**kept, **dict(zip(unplaced, free, strict=False))}


def _recognised(base: Base, graph: Graph, kept: Mapping[str, str]) -> dict[str, str]:
    """Give the actions of wanted nodes that no binding knows, by a type and name that only one
    node and one action have: a campaign adopted, or made by a run that was cut."""
    nodes = [n for n in graph.nodes if n.id not in kept and n.word != "exit"]
    actions = [a for a in base.actions if str(a["id"]) not in kept.values()]
    wanted = Counter((action_type(node), wire_name(node)) for node in nodes)
    there = Counter(_mark(action) for action in actions)
    by_mark = {_mark(action): str(action["id"]) for action in actions}
    return {
        node.id: by_mark[mark]
        for node in nodes
        if wanted[mark := (action_type(node), wire_name(node))] == there[mark] == 1
    }


def _bridge(workflow: Plain, added: Sequence[str], kept: frozenset[str]) -> Graph:
    """Give the legal graph between a removal and an addition: the wanted one without what is new.
    Nobody gets anything new on it; people only miss a step."""
    if isinstance(workflow, list):
        steps = without(workflow, added)
        graph = None if problems(steps) else graph_of(steps)
    else:
        graph = _bypassed(graph_of(workflow), added)
    if graph is not None and set(graph.by_id) == kept and not graph_problems(graph):
        return graph
    raise PlanRefused.of(
        "Steps cannot be exchanged at once",
        "This change removes steps and adds others, and the remote takes the two only one after "
        "the other; what would be in between is no legal workflow. Make it in two: first remove "
        "the steps that go and apply, then add the new ones and apply again.",
    )


def _bypassed(graph: Graph, added: Sequence[str]) -> Graph:
    """Give a graph in which the ways into the added nodes go on to what follows their last way."""
    leaving = graph.outgoing()
    onward = {name: leaving[name][-1].target for name in added if leaving[name]}

    def after(node: str) -> str:
        while node in onward:
            node = onward[node]
        return node

    return Graph(
        tuple(node for node in graph.nodes if node.id not in added),
        tuple(
            Edge(edge.source, after(edge.target), edge.branch)
            for edge in graph.edges
            if edge.source not in added
        ),
    )


def wire_edges(graph: Graph, ids: Mapping[str, str], gate: str | None) -> list[dict[str, Plain]]:
    """Give the whole list of edges as the remote wants it, each write replacing all."""
    edges: list[dict[str, Plain]] = []
    if gate is not None:
        edges.append({"from": gate, "to": ids[graph.roots()[0]], "type": "continue"})
    for edge in graph.edges:
        ends = {"from": ids[edge.source], "to": ids[edge.target]}
        way = {"type": "continue"} if edge.branch is None else _branch(edge.branch)
        edges.append({**ends, **way})
    return edges


def _branch(index: int) -> dict[str, Plain]:
    return {"type": "branch", "index": index}


def _edge_set(edges: Sequence[Mapping[str, Plain]]) -> set[tuple[str, str, object]]:
    return {
        (str(e["from"]), str(e["to"]), e.get("index", 0) if e.get("type") == "branch" else None)
        for e in edges
    }


def _delete(base: Base, removed: Sequence[str], edges: Plain) -> Request:
    return update(
        base.campaign_id,
        "delete_actions",
        {"name": base.name, "edges": edges},
        action_ids=[_number(own_id) for own_id in removed],
    )


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _number_first(text: str) -> tuple[int, str]:
    return (int(text) if text.isdecimal() else 0, text)


def _without_actions(base: Base, removed: Sequence[str]) -> Base:
    actions = [a for a in base.actions if str(a["id"]) not in removed]
    return Base(base.campaign_id, base.name, actions, base.edges, base.parts)


def _placed(parts: Mapping[str, str], actions: Sequence[Mapping[str, Plain]]) -> Placed:
    by_id = {str(action["id"]): action for action in actions}
    return Placed(parts, {name: by_id[own_id] for name, own_id in parts.items()})


def _add(
    base: Base,
    graph: Graph,
    kept: Mapping[str, str],
    added: Sequence[Node],
    messages: Messages,
    names: Names,
) -> Conversation[Placed]:
    """Add nodes. Of N new ones the first is `-N` in the edges and the last `-1`; which id each got
    is read afterwards and checked (journeys facts, section 4, Actions)."""
    placeholders = {node.id: str(i - len(added)) for i, node in enumerate(added)}
    actions = [
        {"id": int(placeholders[node.id]), **members_of(node, messages, names)} for node in added
    ]
    edges = wire_edges(graph, {**kept, **placeholders}, base.gate)
    look = get_campaign(base.campaign_id, _expected(base, added, actions))
    request = update(base.campaign_id, "add_actions", {"edges": edges}, actions=actions)
    try:
        yield from ask(request)
    except InDoubt as doubt:
        # It may answer 500 and be done all the same (journeys facts, section 9, 1).
        answer = yield from ask(look)
        if len(_new(base, answer["actions"])) < len(added):
            raise doubt from None
    else:
        answer = yield from ask(look)
    found = _pair(added, actions, _new(base, answer["actions"]))
    return _placed({**kept, **found}, answer["actions"])


def _expected(
    base: Base, added: Sequence[Node], actions: Sequence[Mapping[str, Plain]]
) -> dict[str, Plain]:
    made = [
        {**action, "id": f"(id of {node.id})"}
        | ({"template_id": f"(template of {node.id})"} if _has_template(node) else {})
        for node, action in zip(added, actions, strict=True)
    ]
    return {"campaign": {}, "actions": [*base.actions, *made]}


def _has_template(node: Node) -> bool:
    return node.word in ("email", "push", "sms", "webhook") or "template" in node.fields


def _new(base: Base, actions: Sequence[Mapping[str, Plain]]) -> list[Mapping[str, Plain]]:
    before = {str(action["id"]) for action in base.actions}
    new = [action for action in actions if str(action["id"]) not in before]
    if all(str(action["id"]).isdecimal() for action in new):
        new.sort(key=lambda action: int(action["id"]))
    return new


def _pair(
    added: Sequence[Node],
    sent: Sequence[Mapping[str, Plain]],
    made: Sequence[Mapping[str, Plain]],
) -> dict[str, str]:
    """Give the action id of each added node: by place, which names and types must confirm, else
    by a name that only one has."""
    if [_mark(action) for action in sent] == [_mark(action) for action in made]:
        return {node.id: str(action["id"]) for node, action in zip(added, made, strict=True)}
    by_mark = {_mark(action): str(action["id"]) for action in made}
    marks = [_mark(action) for action in sent]
    if len(by_mark) == len(made) == len(sent) and set(marks) == set(by_mark):
        return {node.id: by_mark[mark] for node, mark in zip(added, marks, strict=True)}
    raise RemoteRefused.of(
        "Added steps not recognised",
        "The remote added steps, and what it shows now are not the steps that were sent: their "
        "names or types differ. Look at the campaign in Customer.io, then plan again.",
    )


def _mark(action: Mapping[str, Plain]) -> tuple[str, str]:
    return str(action["type"]), str(action.get("name") or "")
