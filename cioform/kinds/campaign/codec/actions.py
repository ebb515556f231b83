"""The steps of a workflow as actions, both ways (journeys facts, section 4, Actions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.codec.delivery import encode_delivery, encode_delivery_update
from cioform.kinds.campaign.steps import (
    ONLY_IF,
    READ_ONLY_FIELDS,
    REQUIRED_DEFAULTS,
    STEP_MODELS,
    WIRE_FIELD,
    CodecContext,
    ConditionalStepModel,
    StepFields,
    decode_condition,
    encode_condition,
    extra_wire_fields,
    is_significant,
    normalize_step,
)
from cioform.kinds.campaign.wire.wire_types import (
    WireAction,
    WireFields,
    WireMembers,
    WireTemplate,
)
from cioform.language import conditions
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.messages.template.template_members import READ_ONLY_MEMBERS
from cioform.language.workflow import (
    ACTION,
    KEYWORDS_BY_ACTION_TYPE,
    MAIN_EXIT_ID,
    STEP_TYPES,
    Node,
    is_same_name,
    keyword_of,
    variants_of,
)

ENTRY_ACTION_TYPES: Final = ("filter_match_delay_action", "trigger")
"""What Customer.io itself puts before the first step; never changed, never deleted."""

AB_TEST_ACTION_TYPE: Final = STEP_TYPES["ab_test"].action_type

NO_CONTENT: Final[Mapping[str, JsonValue]] = {}
"""The content of a step that is no message."""

_READ_ONLY_TEMPLATE_FIELDS: Final = READ_ONLY_MEMBERS | {"name", "newsletter_id", "template_type"}


def action_name(node: Node) -> str:
    """Return the name that a node should have in Customer.io."""
    return str(node.fields.get("name", node.id))


def encode_action(
    node: Node, context: CodecContext, content: Mapping[str, JsonValue] = NO_CONTENT
) -> WireFields:
    """Return the members of a new action that a node decides; `content` is that of a message."""
    members: WireFields = {"type": node.action_type, "name": action_name(node)}
    if ACTION in node.fields:
        return {**node.fields.get("raw", {}), **members}
    fields = dict(node.fields)
    model = STEP_MODELS[node.keyword]
    members |= {**fields.get("raw", {}), **model.encode(fields, context)}
    members |= encode_condition(model, fields, context)
    return members | encode_delivery(content)


def decode_action(action: WireAction, context: CodecContext) -> Node:
    """Return the node of an action, with its ID and without the content of its message.

    The node has a keyword if a keyword can express the whole action.
    """
    own_id, name = str(action["id"]), str(action.get("name") or "")
    keyword, fields = _decode_fields(action, context)
    has_name = name and keyword != "exit"
    return Node(own_id, keyword, {"name": name, **fields} if has_name else fields)


def _decode_fields(action: WireAction, context: CodecContext) -> tuple[str, StepFields]:
    """Return the keyword of an action, or its type if no keyword expresses it, with its fields."""
    for keyword in KEYWORDS_BY_ACTION_TYPE.get(action["type"], ()):
        fields = decode_fields(keyword, action, context)
        if fields is not None:
            return keyword, fields | extra_fields(keyword, action)
    template = context.templates.get(str(action.get("template_id")), {})
    return action["type"], _raw_fields(action, template)


def decode_fields(keyword: str, action: WireMembers, context: CodecContext) -> StepFields | None:
    """Return the fields of an action by a keyword, or None if they cannot express all of it.

    They do not have the content of a message, nor members under `raw`.
    """
    model = STEP_MODELS[keyword]
    fields = model.decode(action, context)
    condition = decode_condition(action, context.names)
    if fields is None or condition is None:
        return fields
    if not issubclass(model, ConditionalStepModel) or not isinstance(condition, Mapping):
        return None
    return {ONLY_IF: dict(condition), **fields}


def extra_fields(keyword: str, action: WireMembers) -> StepFields:
    """Return `raw` with the members of an action that its keyword does not describe, if any."""
    model = STEP_MODELS[keyword]
    described = model.wire_fields | model.copied_fields
    extra = extra_wire_fields(action, described) if model.has_raw else {}
    return {"raw": extra} if extra else {}


def _raw_fields(action: WireAction, template: WireTemplate) -> StepFields:
    raw = {
        name: value
        for name, value in action.items()
        if name not in READ_ONLY_FIELDS
        and name not in ("type", "name")
        and is_significant(name, value)
    }
    fields: StepFields = {ACTION: action["type"]} | ({"raw": raw} if raw else {})
    content = {
        name: value
        for name, value in template.items()
        if name not in _READ_ONLY_TEMPLATE_FIELDS and value not in (None, "")
    }
    return fields | ({"template": content} if content else {})


def expand_variants(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield every node, and after an A/B test its messages as nodes of their own."""
    for node in nodes:
        yield node
        for _, variant in variants_of(node.fields):
            fields = {k: v for k, v in variant.items() if k not in ("id", "percent")}
            yield Node(variant["id"], keyword_of(variant), fields)


def variant_action_ids(actions: Mapping[str, WireAction]) -> frozenset[str]:
    """Return the IDs of the actions that are variants of A/B tests; `actions` has all by ID."""
    return frozenset(
        str(own_id) for action in actions.values() for own_id in action.get("action_ids") or ()
    )


def replacement_body(action: WireAction, members: Mapping[str, JsonValue]) -> WireFields:
    """Return the whole body of an action's PUT, a full replace: as read, with `members`."""
    current: WireFields = {n: v for n, v in action.items() if n not in READ_ONLY_FIELDS}
    missing = {
        name: value for name, value in REQUIRED_DEFAULTS.items() if current.get(name) is None
    }
    return {**current, **missing, **members}


def encode_action_update(
    node: Node,
    action: WireAction,
    context: CodecContext,
    content: Mapping[str, JsonValue] = NO_CONTENT,
) -> WireFields:
    """Return the members that a node wants of an existing action: none if its type is unknown.

    A member is as it was read where that means the same: another notation of the same condition
    is not a change.
    """
    if ACTION in node.fields:
        return {}
    update_context = replace(context, current_action=action)
    members = encode_action(node, update_context)
    if _is_unnamed(node, action):
        del members["name"]
    current: Mapping[str, JsonValue] = {**action}
    model = STEP_MODELS[node.keyword]
    fields = decode_fields(node.keyword, action, update_context)
    if fields is not None and normalize_step(fields) == normalize_step(_own_fields(node)):
        own_members = {*model.wire_fields, WIRE_FIELD}
        members |= {name: current.get(name) for name in members if name in own_members}
    return members | encode_delivery_update(node.id, content, action)


def has_content_of(node: Node, action: WireAction, templates: Mapping[str, WireTemplate]) -> bool:
    """Return whether an action and its template are as a node of an unknown type says.

    `templates` are those of the campaign by ID.
    """
    template = templates.get(str(action.get("template_id")), {})
    live, wanted = (
        normalize_step(each) for each in (_raw_fields(action, template), {**node.fields})
    )
    is_named = _is_unnamed(node, action) or action_name(node) == str(action.get("name") or "")
    return is_named and all(
        _is_equivalent(live.get(name, {}), wanted.get(name, {})) for name in ("raw", "template")
    )


def _own_fields(node: Node) -> StepFields:
    return {k: v for k, v in node.fields.items() if k not in ("name", "raw", "on_timeout")}


def _is_equivalent(current: JsonValue, wanted: JsonValue) -> bool:
    """Return whether two values of the same member mean the same, encoded or not."""
    if isinstance(current, list) and isinstance(wanted, list) and len(current) == len(wanted):
        return all(map(_is_equivalent, current, wanted))
    if isinstance(current, dict) and isinstance(wanted, dict):
        return all(_is_equivalent(current.get(k), wanted.get(k)) for k in {**current, **wanted})
    if current == wanted or not (isinstance(current, str) and isinstance(wanted, str)):
        return bool(current == wanted)
    try:
        return bool(conditions.decode_filter(current) == conditions.decode_filter(wanted))
    except ValueError:
        return False


def differs(action: WireAction, members: Mapping[str, JsonValue]) -> bool:
    """Return whether an action differs from the members that its node wants."""
    current: Mapping[str, JsonValue] = {**action}
    return any(
        current.get(name) != value and not (not current.get(name) and not value)
        for name, value in members.items()
    )


def _is_unnamed(node: Node, action: WireAction) -> bool:
    name = str(action.get("name") or "")
    is_default = "name" not in node.fields and (not name or is_same_name(name, node.id))
    return is_default or node.keyword == "exit" or node.id == MAIN_EXIT_ID


def is_message_node(node: Node) -> bool:
    """Return whether a node is a message whose content cioform models."""
    return node.keyword in MESSAGE_TYPES and ACTION not in node.fields
