"""Write the settings and the content of steps whose actions exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.kinds.campaign.codec.actions import (
    NO_CONTENT,
    differs,
    encode_action_update,
    replacement_body,
)
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.requests import (
    journeys_request,
    read_templates,
    send_all,
    template_update_request,
)
from cioform.kinds.campaign.wire.wire_types import WireAction, WireFields, WireTemplate
from cioform.language.messages.message import reject_empty
from cioform.language.messages.template.unknown_members import fields_to_write
from cioform.language.messages.template_message import decode_template, encode_template
from cioform.language.workflow import Node
from cioform.model.remote_access.conversation import Conversation
from cioform.model.routing.operations import WriteContext

Messages: TypeAlias = Mapping[str, Mapping[str, JsonValue]]
"""The content of messages by step."""
WireActions: TypeAlias = Mapping[str, WireAction]
"""Actions as read, by step or by ID."""


def sync_actions(
    nodes: Iterable[Node], messages: Messages, actions: WireActions, context: CodecContext
) -> Conversation[WireActions]:
    """Replace each action that differs from its node.

    Return the replaced actions by ID, as they are afterwards.
    """
    wanted = [
        (
            action := actions[node.id],
            encode_action_update(node, action, context, messages.get(node.id, NO_CONTENT)),
        )
        for node in nodes
    ]
    changed = [(action, members) for action, members in wanted if differs(action, members)]
    for action, members in changed:
        _reject_other_sub_type(action, members)
    yield from send_all(
        journeys_request(
            "PUT", f"~/actions/{action['id']}", {"action": replacement_body(action, members)}
        )
        for action, members in changed
    )
    return {
        str(action["id"]): cast(WireAction, {**action, **members}) for action, members in changed
    }


def _reject_other_sub_type(action: WireAction, members: WireFields) -> None:
    """Raise PlanError if an action would get another `sub_type` (journeys facts, 4, Actions)."""
    current: Mapping[str, JsonValue] = {**action}
    wanted, live = (str(each.get("sub_type") or "") for each in (members, current))
    if "sub_type" in members and wanted != live:
        raise PlanError.of(
            "Type of a step cannot change",
            f"A step has the `sub_type` {quoted(wanted)} in its `raw`, and {quoted(live)} in "
            "Customer.io, which cannot change it. Remove `sub_type`, or give the step another "
            "`id`, so that it is removed and added again.",
        )


def sync_templates(
    nodes: Sequence[Node],
    messages: Messages,
    actions: WireActions,
    templates: Mapping[str, WireTemplate],
    context: WriteContext,
) -> Conversation[None]:
    """Write the content of each message.

    `templates` are the ones already read, by ID; the others are read first.
    """
    template_ids = {
        node.id: template_id
        for node in nodes
        if node.id in messages and (template_id := actions[node.id].get("template_id")) is not None
    }
    unread = [one for one in template_ids.values() if str(one) not in templates]
    current_templates = {**templates, **(yield from read_templates(unread))}
    requests = []
    for node in nodes:
        if node.id not in template_ids:
            continue
        current = current_templates[str(template_ids[node.id])]
        fields = encode_template(messages[node.id], context.names, current)
        is_new = str(template_ids[node.id]) not in templates
        live = None if is_new else decode_template(node.keyword, current, context.names)
        if not context.may_empty:
            reject_empty(node.id, messages[node.id], live)
        fields = fields_to_write(node.id, fields, {**current})
        requests.append(template_update_request(template_ids[node.id], current, fields))
    yield from send_all(requests)
