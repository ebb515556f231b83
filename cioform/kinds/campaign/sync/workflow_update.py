"""Bringing the steps of a live campaign into the wanted order with the fewest calls.

Steps that stay keep their action ids: people on their way are held by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cioform.core.errors import InDoubt, PlanRefused, RemoteRefused
from cioform.core.json_value import Plain
from cioform.kinds.campaign.codec.actions import GATES, encode_action, variant_ids, with_variants
from cioform.kinds.campaign.codec.graph_codec import graph_of
from cioform.kinds.campaign.steps import Context
from cioform.kinds.campaign.sync.content import Messages, sending_of, settle_actions
from cioform.kinds.campaign.sync.match_actions import first_form, kept_actions, mark
from cioform.kinds.campaign.sync.requests import get_campaign, update
from cioform.language.messages.message import CONTENT
from cioform.language.workflow import Edge, Graph, Node, graph_problems, problems, without
from cioform.model.conversation import Conversation, Request, ask
from cioform.model.names import Names


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the wanted nodes are after the writes: their action ids, and the actions as read."""

    parts: Mapping[str, str]
    actions: Mapping[str, Mapping[str, Plain]]
    every: Mapping[str, Mapping[str, Plain]]
    """All actions of the campaign by id, those that A/B tests choose from among them."""


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
    kept = kept_actions(base.actions, base.parts, graph)
    added = [node for node in graph.nodes if node.id not in kept]
    removed = _removed(base, kept)
    base = yield from _other_ways(base, graph, kept, messages, names)
    if added and removed:
        bridge = _bridge(workflow, [node.id for node in added], frozenset(kept))
        yield from ask(_delete(base, removed, wire_edges(bridge, kept, base.gate)))
        base = replace(base, actions=[a for a in base.actions if str(a["id"]) not in removed])
    if added:
        return (yield from _add(base, graph, kept, added, messages, names))
    edges = wire_edges(graph, kept, base.gate)
    if removed:
        yield from ask(_delete(base, removed, edges))
    elif _edge_set(edges) != _edge_set(base.edges):
        yield from ask(update(base.campaign_id, "edges", {"edges": edges}))
    return _placed(kept, base.actions)


def _removed(base: Base, kept: Mapping[str, str]) -> list[str]:
    actions = {str(action["id"]): action for action in base.actions}
    # The messages of an A/B test come and go with it.
    staying = {*kept.values(), *variant_ids(actions), base.gate}
    return [own_id for own_id in actions if own_id not in staying]


def _other_ways(
    base: Base, graph: Graph, kept: Mapping[str, str], messages: Messages, names: Names
) -> Conversation[Base]:
    """Give steps that stay as many ways out as they shall have, before edges are drawn for them:
    the remote counts those by what the step holds."""
    ways = graph.outgoing()
    now: dict[str, int] = {}
    for edge in base.edges:
        now[str(edge["from"])] = now.get(str(edge["from"]), 0) + 1
    nodes = [
        node
        for node in graph.nodes
        if node.id in kept
        and len(ways[node.id]) > 1
        and len(ways[node.id]) != now.get(kept[node.id])
    ]
    if not nodes:
        return base
    actions = {str(action["id"]): action for action in base.actions}
    held = {node.id: actions[kept[node.id]] for node in nodes}
    context = Context(names, _steps(graph, base.parts, kept))
    settled = yield from settle_actions(nodes, messages, held, context)
    return replace(base, actions=[settled.get(str(a["id"]), a) for a in base.actions])


def _steps(graph: Graph, *known: Mapping[str, str]) -> dict[str, str]:
    """Give the action id of every step that has one. No action has the number 0: a wait that asks
    for a step yet to be made asks for it afterwards once more."""
    steps = {node.id: "0" for node in with_variants(graph.nodes)}
    for each in known:
        steps |= {name: own_id for name, own_id in each.items() if name in steps}
    return steps


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


def _placed(parts: Mapping[str, str], actions: Sequence[Mapping[str, Plain]]) -> Placed:
    by_id = {str(action["id"]): action for action in actions}
    return Placed(parts, {name: by_id[own_id] for name, own_id in parts.items()}, by_id)


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
    context = Context(names, _steps(graph, base.parts, kept, placeholders))
    actions = [
        {
            "id": int(placeholders[node.id]),
            **encode_action(form, context, sending_of(form, messages)),
        }
        for node, form in ((node, first_form(node)) for node in added)
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
    return first_form(node).word in CONTENT or "template" in node.fields


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
    if [mark(action) for action in sent] == [mark(action) for action in made]:
        return {node.id: str(action["id"]) for node, action in zip(added, made, strict=True)}
    by_mark = {mark(action): str(action["id"]) for action in made}
    marks = [mark(action) for action in sent]
    if len(by_mark) == len(made) == len(sent) and set(marks) == set(by_mark):
        return {node.id: by_mark[mark] for node, mark in zip(added, marks, strict=True)}
    raise RemoteRefused.of(
        "Added steps not recognised",
        "The remote added steps, and what it shows now are not the steps that were sent: their "
        "names or types differ. Look at the campaign in Customer.io, then plan again.",
    )
