"""Change the steps of a live campaign with as few requests as possible.

Steps that stay keep their action IDs, because Customer.io stores the people at a step by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cioform.core.data.json_value import JsonValue
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError, RemoteError
from cioform.core.text.word_lists import join_names
from cioform.kinds.campaign.codec.actions import variant_action_ids
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.content import Messages, sync_actions
from cioform.kinds.campaign.sync.requests import update_request
from cioform.kinds.campaign.sync.steps.add_steps import add_steps
from cioform.kinds.campaign.sync.steps.edges import edges_differ, encode_edges
from cioform.kinds.campaign.sync.steps.match_actions import match_actions
from cioform.kinds.campaign.sync.steps.series import graph_in_series, old_node_id
from cioform.kinds.campaign.sync.steps.step_actions import (
    CurrentCampaign,
    StepActions,
    known_action_ids,
)
from cioform.kinds.campaign.wire.wire_types import WireAction, WireEdge
from cioform.language.workflow import Graph
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Conversation, Request, ask
from cioform.model.remote_access.remote_ids import id_value


def add_new_steps(
    base: CurrentCampaign, workflow: JsonValue, messages: Messages, names: Names
) -> Conversation[StepActions]:
    """Add the steps of `workflow` that do not exist, in series after those that it replaces.

    Steps that it does not have stay in the campaign until `remove_old_steps`. A new message is not
    sent where people are, because its content is written later.
    """
    graph = to_graph(workflow)
    matched = match_actions(base.actions, base.parts, graph, base.bound)
    base = yield from _update_branch_counts(base, graph, matched, messages, names)
    if all(node.id in matched for node in graph.nodes):
        return StepActions.of(matched, base.actions)
    removed = _removed_actions(base, matched)
    old = {old_node_id(str(action["id"])): str(action["id"]) for action in removed}
    series = graph_in_series(graph, matched, removed, base.edges) if removed else graph
    if series is None:
        raise _no_series_error(graph, matched)
    added = yield from add_steps(base, series, {**matched, **old}, messages, names)
    parts = {name: own_id for name, own_id in added.parts.items() if name not in old}
    return StepActions(parts, {name: added.actions[name] for name in parts}, added.all_actions)


def _no_series_error(graph: Graph, matched: Mapping[str, str]) -> PlanError:
    added = {node.id: node for node in graph.nodes if node.id not in matched}
    steps = [node.id for node in added.values() if node.keyword != "exit"]
    before_exits = [
        edge.source
        for edge in graph.edges
        if edge.target in added and edge.target not in steps and edge.source in matched
    ]
    new = " and ".join(
        f"new {what} ({position}{join_names(names)})"
        for what, position, names in (("steps", "", steps), ("exits", "after ", before_exits))
        if names
    )
    return PlanError.of(
        "Steps cannot be added and removed at once",
        "This change removes steps and adds others, and no single workflow can have both so that "
        "everybody passes all of the old steps or all of the new ones. Make two changes: take the "
        f"{new} out of the file and apply, then put them back and apply again. A `then` may be "
        "left empty. Between the two applies, people pass without these steps.",
    )


def remove_old_steps(
    base: CurrentCampaign, workflow: JsonValue, step_actions: StepActions
) -> Conversation[None]:
    """Delete the steps that `workflow` does not have, and connect the others as in `workflow`.

    `base` is the campaign before `step_actions` were added. Raises RemoteError with the workflow
    that is left if that fails.
    """
    graph = to_graph(workflow)
    matched = match_actions(base.actions, base.parts, graph, base.bound)
    edges = encode_edges(graph, step_actions.parts, base.entry_action_id)
    added = [node.id for node in graph.nodes if node.id not in matched]
    if removed := _removed_actions(base, matched):
        try:
            yield from ask(_delete_request(base, removed, edges))
        except RemoteError as error:
            raise _with_state_of_workflow(error, base, removed, added) from None
    elif not added and edges_differ(edges, base.edges):
        yield from ask(update_request(base.campaign_id, "edges", {"edges": edges}))


def keeps_edges(base: CurrentCampaign, graph: Graph) -> bool:
    """Return whether a campaign has exactly the steps and edges of a graph."""
    matched = match_actions(base.actions, base.parts, graph, base.bound)
    if _removed_actions(base, matched) or any(node.id not in matched for node in graph.nodes):
        return False
    return not edges_differ(encode_edges(graph, matched, base.entry_action_id), base.edges)


def _with_state_of_workflow(
    error: RemoteError, base: CurrentCampaign, removed: Sequence[WireAction], added: Sequence[str]
) -> RemoteError:
    """Return an error of a deletion that also says what the campaign looks like now."""
    if not added:
        return error
    names = {own_id: name for name, own_id in base.parts.items()}
    old = [names.get(str(action["id"]), str(action["name"])) for action in removed]
    unsent = " New messages are not sent yet." if base.has_people else ""
    state = Diagnostic(
        "Old and new steps are in the workflow",
        f"The campaign now has the new steps ({join_names(added)}) after the old ones "
        f"({join_names(old)}), which may have been deleted.{unsent} Plan and apply again: the next "
        "apply continues from there.",
    )
    return type(error)((*error.diagnostics, state), error.status)


def _removed_actions(base: CurrentCampaign, matched: Mapping[str, str]) -> list[WireAction]:
    actions = {str(action["id"]): action for action in base.actions}
    # The variants of an A/B test are created and deleted with it.
    remaining = {*matched.values(), *variant_action_ids(actions), base.entry_action_id}
    return [action for action_id, action in actions.items() if action_id not in remaining]


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
        and max(len(outgoing[node.id]), current_counts[matched[node.id]]) > 1
        and len(outgoing[node.id]) != current_counts[matched[node.id]]
    ]
    if not nodes:
        return base
    actions_by_id = {str(action["id"]): action for action in base.actions}
    actions = {node.id: actions_by_id[matched[node.id]] for node in nodes}
    context = CodecContext(names, known_action_ids(graph, base.parts, matched))
    replaced = yield from sync_actions(nodes, messages, actions, context)
    return replace(base, actions=[replaced.get(str(a["id"]), a) for a in base.actions])


def _delete_request(
    base: CurrentCampaign, removed: Sequence[WireAction], edges: Sequence[WireEdge]
) -> Request:
    return update_request(
        base.campaign_id,
        "delete_actions",
        {"name": base.name, "edges": edges},
        action_ids=[id_value(str(action["id"])) for action in removed],
    )
