"""Add steps to a live campaign, and find out which actions they became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.kinds.campaign.codec.actions import NO_CONTENT, encode_action
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.content import Messages
from cioform.kinds.campaign.sync.requests import campaign_request, update_request
from cioform.kinds.campaign.sync.steps.edges import encode_edges
from cioform.kinds.campaign.sync.steps.match_actions import action_key
from cioform.kinds.campaign.sync.steps.step_actions import (
    CurrentCampaign,
    StepActions,
    known_action_ids,
)
from cioform.kinds.campaign.wire.wire_types import WireAction, WireDetail
from cioform.language.messages.delivery import encode_sending
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.workflow import STEP_TYPES, Graph, Node, initial_node
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Conversation, ask, ask_as

_MESSAGE_ACTION_TYPES: Final = frozenset(
    STEP_TYPES[keyword].action_type for keyword in MESSAGE_TYPES
)


def add_steps(
    base: CurrentCampaign,
    graph: Graph,
    matched: Mapping[str, str],
    messages: Messages,
    names: Names,
) -> Conversation[StepActions]:
    """Add the nodes of a graph that are not in `matched`.

    `matched` may also contain nodes that the workflow will not keep.

    In the edges, the first of N new nodes is `-N` and the last is `-1`. Their new IDs are read
    afterwards and checked (journeys facts, section 4, Actions).
    """
    added = [node for node in graph.nodes if node.id not in matched]
    placeholders = {node.id: str(i - len(added)) for i, node in enumerate(added)}
    context = CodecContext(names, known_action_ids(graph, base.parts, matched, placeholders))
    actions = [
        _new_action(initial_node(node), placeholders[node.id], messages, context) for node in added
    ]
    if base.has_people:
        actions = [_unsent(action) for action in actions]
    edges = encode_edges(graph, {**matched, **placeholders}, base.entry_action_id)
    read_request = campaign_request(base.campaign_id, _assumed_response(base, added, actions))
    try:
        yield from ask(
            update_request(base.campaign_id, "add_actions", {"edges": edges}, actions=actions)
        )
    except OutcomeUnknownError as error:
        # The API may return 500 although the steps were added (journeys facts, section 9, 1).
        body = yield from ask_as(read_request, WireDetail)
        if len(_new_actions(base, body["actions"])) < len(added):
            raise error from None
    else:
        body = yield from ask_as(read_request, WireDetail)
    found = _match_added_nodes(added, actions, _new_actions(base, body["actions"]))
    return StepActions.of({**matched, **found}, body["actions"])


def _new_action(
    node: Node, placeholder: str, messages: Messages, context: CodecContext
) -> WireAction:
    members = encode_action(node, context, messages.get(node.id, NO_CONTENT))
    return cast(WireAction, {"id": int(placeholder), **members})


def _unsent(action: WireAction) -> WireAction:
    """Return a new action that sends nothing if it is a message, whose content is empty as yet."""
    if action["type"] not in _MESSAGE_ACTION_TYPES:
        return action
    return {**action, "sending_state": encode_sending("never")}


def _assumed_response(
    base: CurrentCampaign, added: Sequence[Node], actions: Sequence[WireAction]
) -> dict[str, JsonValue]:
    created = [
        {**action, "id": f"(id of {node.id})"}
        | (
            {"template_id": f"(template of {node.id})", "tracked": True}
            if _has_template(node)
            else {}
        )
        for node, action in zip(added, actions, strict=True)
    ]
    return {"campaign": {}, "actions": [*base.actions, *created]}


def _has_template(node: Node) -> bool:
    return initial_node(node).keyword in MESSAGE_TYPES


def _new_actions(base: CurrentCampaign, actions: Sequence[WireAction]) -> list[WireAction]:
    before = {str(action["id"]) for action in base.actions}
    new = [action for action in actions if str(action["id"]) not in before]
    if all(str(action["id"]).isdecimal() for action in new):
        new.sort(key=lambda action: int(action["id"]))
    return new


def _match_added_nodes(
    added: Sequence[Node], sent: Sequence[WireAction], created: Sequence[WireAction]
) -> dict[str, str]:
    """Return the action ID of each added node.

    Nodes match by position if names and types confirm it, else by type and name if each pair occurs
    once.
    """
    sent_keys = [action_key(action) for action in sent]
    if sent_keys == [action_key(action) for action in created]:
        return {node.id: str(action["id"]) for node, action in zip(added, created, strict=True)}
    ids_by_key = {action_key(action): str(action["id"]) for action in created}
    if len(ids_by_key) == len(created) == len(sent) and set(sent_keys) == set(ids_by_key):
        return {node.id: ids_by_key[key] for node, key in zip(added, sent_keys, strict=True)}
    raise RemoteError.of(
        "Added steps not recognized",
        "Customer.io added steps, but their names or types differ from those that were sent. Look "
        "at the campaign in Customer.io, then plan again.",
    )
