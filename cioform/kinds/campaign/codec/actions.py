"""The steps of a workflow as the remote's actions, both ways (journeys facts, 4, Actions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.json_value import Plain
from cioform.kinds.campaign.steps import (
    NOT_OURS,
    REQUIRED,
    VOCABULARY,
    WORD_OF_TYPE,
    Action,
    Context,
    Members,
    extras,
)
from cioform.language import conditions
from cioform.language.messages.message import CONTENT
from cioform.language.workflow import FINAL, Node, variants_of, word_of

GATES: Final = ("filter_match_delay_action", "trigger")
"""What the remote puts before the first step itself; never changed, never deleted."""

SPLIT: Final = "split_randomized_action"

_OWN_TEMPLATE: Final = frozenset(
    {"id", "name", "action_id", "campaign_id", "transactional_message_id", "newsletter_id"}
    | {"created", "updated", "template_type", "links"}
)


def action_type(node: Node) -> str:
    """Give the remote's type for a node."""
    word = VOCABULARY.get(node.word)
    return word.action if word is not None and "action" not in node.fields else node.word


def wire_name(node: Node) -> str:
    """Give what the remote shall call a node."""
    return str(node.fields.get("name", node.id))


def encode_action(node: Node, context: Context, sending: str | None = None) -> Members:
    """Give the members of an action that a node decides; `sending` is a message's."""
    members: Members = {"type": action_type(node), "name": wire_name(node)}
    if "action" in node.fields:
        return {**node.fields["raw"], **members}
    fields = dict(node.fields)
    said = {**fields.get("raw", {}), **VOCABULARY[node.word].encode(fields, context)}
    return {**members, **said} | ({"sending_state": sending} if sending is not None else {})


def decode_action(action: Action, context: Context) -> Node:
    """Give the node of an action under its action id, in our words if they can say it. What a
    message says is not part of it."""
    own_id, name = str(action["id"]), str(action.get("name") or "")
    word = WORD_OF_TYPE.get(action["type"])
    fields = VOCABULARY[word].decode(action, context) if word else None
    if word is None or fields is None:
        template = context.templates.get(str(action.get("template_id")), {})
        fields, word = _raw_fields(action, template), action["type"]
    elif VOCABULARY[word].has_raw and (rest := extras(action, VOCABULARY[word].members)):
        fields = {**fields, "raw": rest}
    named = {"name": name} if name and word != "exit" else {}
    return Node(own_id, str(word), {**named, **fields})


def _raw_fields(action: Action, template: Mapping[str, Plain]) -> dict[str, Plain]:
    raw = {
        name: value
        for name, value in action.items()
        if name not in NOT_OURS and name not in ("type", "name") and value not in (None, "")
    }
    fields: dict[str, Plain] = {"action": action["type"], "raw": raw}
    said = {k: v for k, v in template.items() if k not in _OWN_TEMPLATE and v not in (None, "")}
    return fields | ({"template": said} if said else {})


def with_variants(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Give every node, and after an A/B test the messages it chooses from as nodes of their own."""
    for node in nodes:
        yield node
        for _, variant in variants_of(node.fields):
            fields = {k: v for k, v in variant.items() if k not in ("id", "percent")}
            yield Node(variant["id"], word_of(variant), fields)


def variant_ids(actions: Mapping[str, Action]) -> frozenset[str]:
    """Give the ids of the actions that A/B tests choose from, given all by id."""
    return frozenset(
        str(own_id) for action in actions.values() for own_id in action.get("action_ids") or ()
    )


def replacement(action: Action, members: Mapping[str, Plain]) -> Members:
    """Give the whole body of an action's PUT, a full replace: as it was read, with `members`."""
    read = {name: value for name, value in action.items() if name not in NOT_OURS}
    missing = {name: value for name, value in REQUIRED.items() if read.get(name) is None}
    return {**read, **missing, **members}


def members_over(
    node: Node, action: Action, context: Context, sending: str | None = None
) -> Members:
    """Give the members that a node wants of an action that is there, each as it was read where
    that means the same: two spellings of one condition are no change."""
    over = replace(context, there=action)
    members = encode_action(node, over, sending)
    if _nameless(node, action):
        del members["name"]
    word = None if "action" in node.fields else VOCABULARY[node.word]
    if word is None:
        return {k: action.get(k) if _alike(action.get(k), v) else v for k, v in members.items()}
    there = word.decode(action, over)
    if there is not None and word.normal(there) == word.normal(_said(node.fields)):
        members |= {name: action.get(name) for name in members if name in word.members}
    return members


def _said(fields: Mapping[str, Plain]) -> dict[str, Plain]:
    return {k: v for k, v in fields.items() if k not in ("name", "raw", "on_timeout")}


def _alike(there: Plain, wanted: Plain) -> bool:
    """Tell whether two members of one name hold the same, encoded or not."""
    if isinstance(there, list) and isinstance(wanted, list) and len(there) == len(wanted):
        return all(map(_alike, there, wanted))
    if there == wanted or not (isinstance(there, str) and isinstance(wanted, str)):
        return bool(there == wanted)
    try:
        return bool(conditions.decode_text(there) == conditions.decode_text(wanted))
    except ValueError:
        return False


def differs(action: Action, members: Mapping[str, Plain]) -> bool:
    """Tell whether an action means something else than the members its node wants."""
    return any(
        action.get(name) != value and not (not action.get(name) and not value)
        for name, value in members.items()
    )


def _nameless(node: Node, action: Action) -> bool:
    unsaid = "name" not in node.fields and not action.get("name")
    return unsaid or node.word == "exit" or node.id == FINAL


def is_message(node: Node) -> bool:
    """Tell whether a node is a message whose content we know."""
    return node.word in CONTENT and "action" not in node.fields
