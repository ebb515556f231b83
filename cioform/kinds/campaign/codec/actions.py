"""The steps of a workflow as the remote's actions, both ways (journeys facts, 4, Actions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.steps import (
    KEYWORD_BY_ACTION_TYPE,
    READ_ONLY_FIELDS,
    REQUIRED_DEFAULTS,
    STEP_TYPES,
    CodecContext,
    WireAction,
    WireFields,
    extra_wire_fields,
)
from cioform.language import conditions
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.workflow import MAIN_EXIT_ID, Node, keyword_of, variants_of

ENTRY_ACTION_TYPES: Final = ("filter_match_delay_action", "trigger")
"""What the remote puts before the first step itself; never changed, never deleted."""

AB_TEST_ACTION_TYPE: Final = "split_randomized_action"

_READ_ONLY_TEMPLATE_FIELDS: Final = frozenset(
    {"id", "name", "action_id", "campaign_id", "transactional_message_id", "newsletter_id"}
    | {"created", "updated", "template_type", "links"}
)


def action_type(node: Node) -> str:
    """Give the remote's type for a node."""
    word = STEP_TYPES.get(node.keyword)
    return word.action_type if word is not None and "action" not in node.fields else node.keyword


def action_name(node: Node) -> str:
    """Give what the remote shall call a node."""
    return str(node.fields.get("name", node.id))


def encode_action(node: Node, context: CodecContext, sending: str | None = None) -> WireFields:
    """Give the members of an action that a node decides; `sending` is a message's."""
    members: WireFields = {"type": action_type(node), "name": action_name(node)}
    if "action" in node.fields:
        return {**node.fields["raw"], **members}
    fields = dict(node.fields)
    said = {**fields.get("raw", {}), **STEP_TYPES[node.keyword].encode(fields, context)}
    return {**members, **said} | ({"sending_state": sending} if sending is not None else {})


def decode_action(action: WireAction, context: CodecContext) -> Node:
    """Give the node of an action under its action id, in our words if they can say it. What a
    message says is not part of it."""
    own_id, name = str(action["id"]), str(action.get("name") or "")
    word = KEYWORD_BY_ACTION_TYPE.get(action["type"])
    fields = STEP_TYPES[word].decode(action, context) if word else None
    if word is None or fields is None:
        template = context.templates.get(str(action.get("template_id")), {})
        fields, word = _raw_fields(action, template), action["type"]
    elif STEP_TYPES[word].has_raw and (
        rest := extra_wire_fields(action, STEP_TYPES[word].wire_fields)
    ):
        fields = {**fields, "raw": rest}
    named = {"name": name} if name and word != "exit" else {}
    return Node(own_id, str(word), {**named, **fields})


def _raw_fields(action: WireAction, template: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    raw = {
        name: value
        for name, value in action.items()
        if name not in READ_ONLY_FIELDS and name not in ("type", "name") and value not in (None, "")
    }
    fields: dict[str, JsonValue] = {"action": action["type"], "raw": raw}
    said = {
        k: v
        for k, v in template.items()
        if k not in _READ_ONLY_TEMPLATE_FIELDS and v not in (None, "")
    }
    return fields | ({"template": said} if said else {})


def expand_variants(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Give every node, and after an A/B test the messages it chooses from as nodes of their own."""
    for node in nodes:
        yield node
        for _, variant in variants_of(node.fields):
            fields = {k: v for k, v in variant.items() if k not in ("id", "percent")}
            yield Node(variant["id"], keyword_of(variant), fields)


def variant_action_ids(actions: Mapping[str, WireAction]) -> frozenset[str]:
    """Give the ids of the actions that A/B tests choose from, given all by id."""
    return frozenset(
        str(own_id) for action in actions.values() for own_id in action.get("action_ids") or ()
    )


def replacement_body(action: WireAction, members: Mapping[str, JsonValue]) -> WireFields:
    """Give the whole body of an action's PUT, a full replace: as it was read, with `members`."""
    read = {name: value for name, value in action.items() if name not in READ_ONLY_FIELDS}
    missing = {name: value for name, value in REQUIRED_DEFAULTS.items() if read.get(name) is None}
    return {**read, **missing, **members}


def encode_action_update(
    node: Node, action: WireAction, context: CodecContext, sending: str | None = None
) -> WireFields:
    """Give the members that a node wants of an action that is there, each as it was read where
    that means the same: two spellings of one condition are no change."""
    over = replace(context, current_action=action)
    members = encode_action(node, over, sending)
    if _is_unnamed(node, action):
        del members["name"]
    word = None if "action" in node.fields else STEP_TYPES[node.keyword]
    if word is None:
        return {
            k: action.get(k) if _is_equivalent(action.get(k), v) else v for k, v in members.items()
        }
    there = word.decode(action, over)
    if there is not None and word.normalize(there) == word.normalize(_keyword_fields(node.fields)):
        members |= {name: action.get(name) for name in members if name in word.wire_fields}
    return members


def _keyword_fields(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {k: v for k, v in fields.items() if k not in ("name", "raw", "on_timeout")}


def _is_equivalent(current: JsonValue, wanted: JsonValue) -> bool:
    """Tell whether two members of one name hold the same, encoded or not."""
    if isinstance(current, list) and isinstance(wanted, list) and len(current) == len(wanted):
        return all(map(_is_equivalent, current, wanted))
    if current == wanted or not (isinstance(current, str) and isinstance(wanted, str)):
        return bool(current == wanted)
    try:
        return bool(conditions.decode_filter(current) == conditions.decode_filter(wanted))
    except ValueError:
        return False


def differs(action: WireAction, members: Mapping[str, JsonValue]) -> bool:
    """Tell whether an action means something else than the members its node wants."""
    return any(
        action.get(name) != value and not (not action.get(name) and not value)
        for name, value in members.items()
    )


def _is_unnamed(node: Node, action: WireAction) -> bool:
    unsaid = "name" not in node.fields and not action.get("name")
    return unsaid or node.keyword == "exit" or node.id == MAIN_EXIT_ID


def is_message_node(node: Node) -> bool:
    """Tell whether a node is a message whose content we know."""
    return node.keyword in MESSAGE_TYPES and "action" not in node.fields
