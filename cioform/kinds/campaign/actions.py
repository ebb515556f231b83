"""The steps of a workflow as the remote's actions, both ways (journeys facts, 4, Actions)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cioform.base.value import Duration, Plain
from cioform.language import conditions
from cioform.language.message import CONTENT
from cioform.language.workflow import FINAL, Node
from cioform.model.names import Names

TYPES: Final[Mapping[str, str]] = {
    "email": "email_action",
    "push": "push_action",
    "sms": "twilio_action",
    "webhook": "webhook_action",
    "wait": "delay_seconds_action",
    "if": "conditional_branch_action",
    "exit": "exit_action",
}
"""Our words and the remote's types. A new word is a line here and its case below."""

_WORDS: Final = {kind: word for word, kind in TYPES.items()}

GATES: Final = ("filter_match_delay_action", "trigger")
"""What the remote puts before the first step itself; never changed, never deleted."""

REQUIRED: Final[Mapping[str, Plain]] = {
    "sub_type": "",
    "tracked": True,
    "can_convert": True,
    "send_to_unsubscribed": False,
    "frequency_cap_mode": "no_cap",
}
"""What a replacement of an action must hold; the values stand in only where none was read."""

_NOT_OURS: Final = frozenset(
    {"id", "campaign_id", "template_id", "created", "updated", "subject", "has_content"}
    | {"has_subject", "deduplicate_id", "parent_action_id"}
)
"""What the remote sets itself, or copies from the template."""

_OWN_TEMPLATE: Final = frozenset(
    {"id", "name", "action_id", "campaign_id", "transactional_message_id", "newsletter_id"}
    | {"created", "updated", "template_type", "links"}
)


def action_type(node: Node) -> str:
    """Give the remote's type for a node."""
    return TYPES.get(node.word, node.word)


def wire_name(node: Node) -> str:
    """Give what the remote shall call a node."""
    return str(node.fields.get("name", node.id))


def encode_action(node: Node, names: Names, sending: str | None = None) -> dict[str, Plain]:
    """Give the members of an action that a node decides; `sending` is a message's."""
    members: dict[str, Plain] = {"type": action_type(node), "name": wire_name(node)}
    if "action" in node.fields:
        return {**node.fields["raw"], **members}
    if node.word == "wait":
        members["delay"] = Duration.parse(node.fields["wait"]).seconds
    elif node.word == "if":
        members["conditions"] = conditions.compile_encoded(node.fields["if"], names)
    elif sending is not None:
        members["sending_state"] = sending
    return members


def decode_action(
    action: Mapping[str, Plain], templates: Mapping[str, Plain], names: Names
) -> Node:
    """Give the node of an action under its action id, in our words if they can say it. What a
    message says is not part of it."""
    own_id, name = str(action["id"]), str(action.get("name") or "")
    word = _WORDS.get(action["type"])
    template = templates.get(str(action.get("template_id")), {})
    fields = _decode_word(word, action, template, names) if word else None
    if word is None or fields is None:
        fields = _raw_fields(action, template)
    named = {"name": name} if name and word != "exit" else {}
    return Node(own_id, word if word in fields and word else action["type"], {**named, **fields})


def _decode_word(
    word: str, action: Mapping[str, Plain], template: Mapping[str, Plain], names: Names
) -> dict[str, Plain] | None:
    if word == "wait":
        return {"wait": str(Duration(int(action.get("delay") or 0)))}
    if word == "if":
        return {"if": conditions.decompile_encoded(action.get("conditions") or "", names)}
    # WhatsApp travels over the same action as SMS.
    return None if word == "sms" and template.get("whatsapp") else {word: {}}


def _raw_fields(action: Mapping[str, Plain], template: Mapping[str, Plain]) -> dict[str, Plain]:
    raw = {
        name: value
        for name, value in action.items()
        if name not in _NOT_OURS and name not in ("type", "name") and value not in (None, "")
    }
    fields: dict[str, Plain] = {"action": action["type"], "raw": raw}
    said = {k: v for k, v in template.items() if k not in _OWN_TEMPLATE and v not in (None, "")}
    return fields | ({"template": said} if said else {})


def replacement(action: Mapping[str, Plain], members: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give the whole body of an action's PUT, a full replace: as it was read, with `members`."""
    read = {name: value for name, value in action.items() if name not in _NOT_OURS}
    missing = {name: value for name, value in REQUIRED.items() if read.get(name) is None}
    return {**read, **missing, **members}


def differs(
    node: Node, action: Mapping[str, Plain], members: Mapping[str, Plain], names: Names
) -> bool:
    """Tell whether an action means something else than the members its node wants."""
    return any(
        not _same(member, action.get(member), value, names)
        for member, value in members.items()
        if not (member == "name" and _nameless(node, action))
    )


def _nameless(node: Node, action: Mapping[str, Plain]) -> bool:
    unsaid = "name" not in node.fields and not action.get("name")
    return unsaid or node.word == "exit" or node.id == FINAL


def _same(member: str, there: Any, wanted: Any, names: Names) -> bool:
    if there == wanted or (not there and not wanted):
        return True
    if member != "conditions" or not isinstance(there, str):
        return False
    one, other = (conditions.decompile_encoded(text, names) for text in (there, wanted))
    return conditions.normal(one) == conditions.normal(other)


def is_message(node: Node) -> bool:
    """Tell whether a node is a message whose content we know."""
    return node.word in CONTENT and "action" not in node.fields
