"""Writing what steps are and what messages say, on actions that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from cioform.core.errors import PlanError
from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.codec.actions import differs, encode_action_update, replacement_body
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.requests import (
    journeys_request,
    read_templates,
    send_all,
    template_update_request,
)
from cioform.kinds.campaign.wire_types import WireAction, WireTemplate
from cioform.language.messages.template_message import encode_template
from cioform.language.workflow import Node
from cioform.model.conversation import Conversation
from cioform.model.names import Names

Messages = Mapping[str, Mapping[str, JsonValue]]
WireActions = Mapping[str, WireAction]
"""Actions as read, by our names or their ids."""


def sending_of(node: Node, messages: Messages) -> str | None:
    """Give whether a node's message sends; None when it is no message, or the file does not say."""
    return messages.get(node.id, {}).get("sending")


def sync_actions(
    nodes: Iterable[Node], messages: Messages, actions: WireActions, context: CodecContext
) -> Conversation[WireActions]:
    """Replace each action that means something else than its node wants. Gives those replaced by
    id, as they should be now."""
    wanted = [
        (action := actions[n.id], encode_action_update(n, action, context, sending_of(n, messages)))
        for n in nodes
    ]
    changed = [(action, members) for action, members in wanted if differs(action, members)]
    yield from send_all(
        journeys_request(
            "PUT", f"~/actions/{action['id']}", {"action": replacement_body(action, members)}
        )
        for action, members in changed
    )
    return {
        str(action["id"]): cast(WireAction, {**action, **members}) for action, members in changed
    }


def sync_templates(
    nodes: Sequence[Node],
    messages: Messages,
    actions: WireActions,
    templates: Mapping[str, WireTemplate],
    names: Names,
) -> Conversation[None]:
    """Write what each message shall say. `templates` are those read before, by id; the others
    are read first."""
    ids = {
        node.id: actions[node.id].get("template_id")
        for node in nodes
        if node.id in messages or "template" in node.fields
    }
    unread = [one for one in ids.values() if one is not None and str(one) not in templates]
    current = {**templates, **(yield from read_templates(unread))}
    requests = []
    for node in nodes:
        if (template_id := ids.get(node.id)) is None:
            continue
        there = current[str(template_id)]
        said = node.fields.get("template")
        if node.id in messages:
            said = encode_template(messages[node.id], names, there)
            _reject_other_editors(node, there, said)
        requests.append(template_update_request(template_id, there, said))
    yield from send_all(requests)


def _reject_other_editors(
    node: Node, current: Mapping[str, JsonValue], new_fields: Mapping[str, JsonValue]
) -> None:
    editor = current.get("editor") or "html"
    if editor != "html" and "body" in new_fields and new_fields["body"] != current.get("body"):
        raise PlanError.of(
            "Body made in another editor",
            f"The body of step `{node.id}` was made in the editor {editor!r} of Customer.io, and "
            "no API writes such a body. Make the message anew in Customer.io with the code "
            "editor, or take `body` as it is there:\n\n"
            "    cioform import WORKSPACE --target ADDRESS --force",
        )
