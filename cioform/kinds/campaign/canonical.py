"""The canonical form of a campaign: its structure in `workflow`, message content in `messages`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.address import NONE
from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.codec.graph_codec import normalize_workflow
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.settings.exit_and_goal import Goal, normalize_goal
from cioform.kinds.campaign.settings.reentry import normalize_reentry
from cioform.kinds.campaign.steps import step_references
from cioform.kinds.campaign.trigger.encoding import (
    normalize_trigger,
    stops_matching_by_default,
    supports_reentry,
)
from cioform.kinds.campaign.trigger.trigger_types import is_raw_trigger, trigger_type_of
from cioform.language import conditions
from cioform.language.messages.message import (
    MESSAGE_TYPES,
    normalize_message,
)
from cioform.language.messages.message_references import REFERENCES, content_references
from cioform.language.workflow import Step, keyword_of, map_steps, variants_of, walk
from cioform.model.references.names import Reference

NAMING_FIELDS: Final[Mapping[str, str]] = {
    **REFERENCES,
    **conditions.REFERENCES,
    "topic": "topic",
    "tags": "tag",
}
"""The fields that name an object, at any depth, with the kind of the object."""


def to_canonical(campaign: Campaign) -> KindFields:
    """Return the canonical form of a model."""
    workflow = campaign.workflow if campaign.graph is None else {"graph": campaign.graph}
    goal = campaign.goal
    optional_fields: KindFields = {
        "tags": campaign.tags,
        "topic": campaign.topic,
        "trigger": campaign.trigger,
        "goal": goal.model_dump(mode="json", exclude_none=True) if isinstance(goal, Goal) else goal,
    }
    return {
        "name": campaign.name,
        "description": campaign.description,
        **{name: value for name, value in optional_fields.items() if value is not None},
        **({"reentry": campaign.reentry} if supports_reentry(campaign.trigger) else {}),
        "exit": _exit_with_default(campaign),
        "message_limits": campaign.message_limits,
        "send_to_unsubscribed": campaign.send_to_unsubscribed,
        "workflow": map_workflow(workflow, _without_content),
        "messages": {
            step["id"]: {"type": keyword_of(step), **step[keyword_of(step)]}
            for _, step in walk_workflow(workflow)
            if is_message_step(step)
        },
    }


def _exit_with_default(campaign: Campaign) -> dict[str, JsonValue]:
    """Return `exit` with `stops_matching`, whose default depends on the trigger.

    A campaign that was read in part may have no trigger. Then `exit` is not known either.
    """
    default = campaign.trigger is not None and stops_matching_by_default(campaign.trigger)
    return {"stops_matching": default, **campaign.exit.model_dump(mode="json", exclude_none=True)}


def from_canonical(attributes: KindFields) -> Campaign:
    """Return the model of a canonical form, which may be known in part."""
    trigger = attributes.get("trigger")
    if isinstance(trigger, dict) and UNKNOWN in trigger.values():
        # It is known in part, over the App API, and no model can hold that.
        attributes = {name: v for name, v in attributes.items() if name != "trigger"}
    return Campaign.model_validate(with_inline_messages(attributes))


def with_inline_messages(attributes: KindFields) -> KindFields:
    """Return the fields of the model, with the content of messages inside their steps again."""
    fields = {k: v for k, v in attributes.items() if k not in ("workflow", "messages")}
    workflow = attributes.get("workflow", UNKNOWN)
    if workflow is UNKNOWN:
        return fields
    messages = attributes.get("messages", {})
    messages = {} if messages is UNKNOWN else messages
    inline = map_workflow(workflow, lambda step: _with_content(step, messages))
    return {**fields, **(inline if isinstance(inline, dict) else {"workflow": inline})}


def _with_content(step: Step, messages: Mapping[str, JsonValue]) -> Step:
    if not is_message_step(step):
        return step
    content = {
        name: value
        for name, value in messages.get(step["id"], {}).items()
        if name != "type" and value is not UNKNOWN
    }
    return {**step, keyword_of(step): content}


def _without_content(step: Step) -> Step:
    return {**step, keyword_of(step): {}} if is_message_step(step) else step


def is_message_step(step: Mapping[str, JsonValue]) -> bool:
    """Return whether a step is a message with content of its own."""
    return "action" not in step and keyword_of(step) in MESSAGE_TYPES


def walk_workflow(workflow: JsonValue, prefix: FieldPath = ()) -> Iterator[tuple[FieldPath, Step]]:
    """Yield every step or node of a workflow with its path in a document.

    The messages of A/B tests are included.
    """
    if isinstance(workflow, list):
        steps = walk(workflow, (*prefix, "workflow"))
    elif isinstance(workflow, dict):
        nodes = enumerate(workflow["graph"]["nodes"])
        steps = (((*prefix, "graph", "nodes", i), node) for i, node in nodes)
    else:
        return
    for path, step in steps:
        yield path, step
        for variant_path, variant in variants_of(step):
            yield (*path, *variant_path), variant


def map_workflow(workflow: JsonValue, change: Callable[[Step], Step]) -> JsonValue:
    """Return a workflow with every step, and every message of an A/B test, changed."""

    def change_with_variants(step: Step) -> Step:
        step = change(step)
        if "ab_test" in step:
            return {**step, "ab_test": [change(variant) for variant in step["ab_test"]]}
        return step

    if isinstance(workflow, list):
        return map_steps(workflow, lambda _, step: change_with_variants(step))
    graph = workflow["graph"]
    nodes = [change_with_variants(node) for node in graph["nodes"]]
    return {"graph": {"nodes": nodes, "edges": graph["edges"]}}


def references_of(attributes: KindFields) -> Iterable[Reference]:
    """Yield the segments, senders, layouts and the topic that a campaign refers to."""
    topic = attributes.get("topic", UNKNOWN)
    if topic not in (UNKNOWN, None, NONE):
        yield Reference("topic", topic, ("topic",))
    trigger = attributes.get("trigger", UNKNOWN)
    if trigger is not UNKNOWN:
        yield from _trigger_references(trigger)
    exit_settings = attributes.get("exit", UNKNOWN)
    if exit_settings is not UNKNOWN and "when" in exit_settings:
        yield from conditions.references(exit_settings["when"], ("exit", "when"))
    messages = attributes.get("messages", UNKNOWN)
    for path, step in walk_workflow(attributes.get("workflow", UNKNOWN)):
        for reference in step_references(step):
            yield replace(reference, path=(*path, *reference.path))
        if is_message_step(step) and messages is not UNKNOWN and step["id"] in messages:
            yield from content_references(messages[step["id"]], (*path, keyword_of(step)))


def _trigger_references(trigger: Mapping[str, JsonValue]) -> Iterable[Reference]:
    if is_raw_trigger(trigger):
        yield from conditions.raw_references(trigger["raw"], ("trigger", "raw"))
        return
    if trigger_type_of(dict(trigger)) is None:
        yield from conditions.references(trigger, ("trigger",))
        return
    for name in ("audience", "behavioral"):
        if isinstance(trigger.get(name), dict):
            yield from conditions.references(trigger[name], ("trigger", name))


def normalize_attributes(attributes: KindFields, like: KindFields | None = None) -> KindFields:
    """Return a form in which campaigns of the same meaning are equal. Fields may be missing.

    Its steps are arranged as those of `like`.
    """
    normal = dict(attributes)
    for name, normalize in _NORMALIZERS.items():
        if normal.get(name, UNKNOWN) is not UNKNOWN:
            normal[name] = normalize(normal[name])
    if normal.get("workflow", UNKNOWN) is not UNKNOWN:
        normal["workflow"] = normalize_workflow(normal["workflow"], (like or {}).get("workflow"))
    messages = normal.get("messages", UNKNOWN)
    if isinstance(messages, dict):
        normal["messages"] = {step: normalize_message(each) for step, each in messages.items()}
    return normal


def _normalize_exit(exit_settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: conditions.normalize_condition(value) if name == "when" else value
        for name, value in exit_settings.items()
    }


_NORMALIZERS: Final[Mapping[str, Callable[[JsonValue], JsonValue]]] = {
    "tags": sorted,
    "trigger": normalize_trigger,
    "reentry": normalize_reentry,
    "goal": normalize_goal,
    "exit": _normalize_exit,
}
