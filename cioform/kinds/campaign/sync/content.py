"""Writing what steps are and what messages say, on actions that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cioform.core.errors import PlanRefused
from cioform.core.json_value import Plain
from cioform.kinds.campaign.codec.actions import differs, members_over, replacement
from cioform.kinds.campaign.steps import Context
from cioform.kinds.campaign.sync.requests import all_of, journeys, put_template, read_templates
from cioform.language.messages.template_message import template_fields
from cioform.language.workflow import Node
from cioform.model.conversation import Conversation
from cioform.model.names import Names

Messages = Mapping[str, Mapping[str, Plain]]
Actions = Mapping[str, Mapping[str, Plain]]
"""Actions as read, by our names or their ids."""


def sending_of(node: Node, messages: Messages) -> str | None:
    """Give whether a node's message sends; None when it is no message, or the file does not say."""
    return messages.get(node.id, {}).get("sending")


def settle_actions(
    nodes: Iterable[Node], messages: Messages, actions: Actions, context: Context
) -> Conversation[Actions]:
    """Replace each action that means something else than its node wants. Gives those replaced by
    id, as they should be now."""
    wanted = [
        (action := actions[n.id], members_over(n, action, context, sending_of(n, messages)))
        for n in nodes
    ]
    changed = [(action, members) for action, members in wanted if differs(action, members)]
    yield from all_of(
        journeys("PUT", f"~/actions/{action['id']}", {"action": replacement(action, members)})
        for action, members in changed
    )
    return {str(action["id"]): {**action, **members} for action, members in changed}


def settle_templates(
    nodes: Sequence[Node],
    messages: Messages,
    actions: Actions,
    templates: Mapping[str, Mapping[str, Plain]],
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
            said = template_fields(messages[node.id], names, there)
            _refuse_other_editors(node, there, said)
        requests.append(put_template(template_id, there, said))
    yield from all_of(requests)


def _refuse_other_editors(
    node: Node, there: Mapping[str, Plain], said: Mapping[str, Plain]
) -> None:
    editor = there.get("editor") or "html"
    if editor != "html" and "body" in said and said["body"] != there.get("body"):
        raise PlanRefused.of(
            "Body made in another editor",
            f"The body of step `{node.id}` was made in the editor {editor!r} of Customer.io, and "
            "no API writes such a body. Make the message anew in Customer.io with the code "
            "editor, or take `body` as it is there:\n\n"
            "    cioform import WORKSPACE --target ADDRESS --force",
        )
