"""A campaign as it is compared: structure in `workflow`, what messages say in `messages`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.campaign.codec.graph_codec import normalize_workflow
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import step_references
from cioform.kinds.campaign.trigger import (
    normalize_raw_trigger,
    normalize_reentry,
    normalize_trigger,
)
from cioform.kinds.campaign.trigger_types import trigger_type_of
from cioform.language import conditions
from cioform.language.messages.message import (
    MESSAGE_TYPES,
    NONE,
    content_references,
    without_defaults,
)
from cioform.language.workflow import (
    NEVER,
    STEP_TYPES,
    Step,
    assign_ids,
    branches_of,
    keyword_of,
    map_steps,
    variants_of,
    walk,
)
from cioform.model.names import Reference
from cioform.model.resource import FieldPath

_GENERATED_ID: Final = re.compile(
    f"({'|'.join(k for k, row in STEP_TYPES.items() if row.needs_no_id)})_\\d+"
)


def to_canonical(campaign: Campaign) -> Attributes:
    """Give the canonical form of a model."""
    fields: Attributes = {"name": campaign.name, "description": campaign.description}
    for name in ("tags", "topic"):
        if (value := getattr(campaign, name)) is not None:
            fields[name] = value
    if campaign.trigger is not None:
        fields["trigger"] = campaign.trigger
    if campaign.raw_trigger is not None:
        fields["raw_trigger"] = campaign.raw_trigger
    fields["reentry"] = campaign.reentry.model_dump(mode="json", exclude_none=True)
    if campaign.goal is not None:
        goal = campaign.goal
        said = goal if isinstance(goal, str) else goal.model_dump(mode="json", exclude_none=True)
        fields["goal"] = said
    fields["exit"] = campaign.exit.model_dump(mode="json", exclude_none=True)
    fields["message_limits"] = campaign.message_limits
    fields["send_to_unsubscribed"] = campaign.send_to_unsubscribed
    inline = campaign.workflow if campaign.graph is None else {"graph": campaign.graph}
    fields["workflow"] = _map_workflow(inline, _without_content)
    fields["messages"] = {
        step["id"]: {"type": keyword_of(step), **step[keyword_of(step)]}
        for _, step in walk_workflow(inline)
        if is_message_step(step)
    }
    return fields


def with_inline_messages(attributes: Attributes) -> Attributes:
    """Give canonical attributes with what messages say back inside their steps, under `workflow`
    or `graph`: the fields of the model."""
    fields = {k: v for k, v in attributes.items() if k not in ("workflow", "messages")}
    workflow = attributes.get("workflow", UNKNOWN)
    if workflow is UNKNOWN:
        return fields
    messages = attributes.get("messages", {})
    messages = {} if messages is UNKNOWN else messages
    inline = _map_workflow(workflow, lambda step: _with_content(step, messages))
    return {**fields, **(inline if isinstance(inline, dict) else {"workflow": inline})}


def _with_content(step: Step, messages: Mapping[str, JsonValue]) -> Step:
    if not is_message_step(step):
        return step
    content = messages.get(step["id"], {})
    said = {k: v for k, v in content.items() if k != "type" and v is not UNKNOWN}
    return {**step, keyword_of(step): said}


def _without_content(step: Step) -> Step:
    return {**step, keyword_of(step): {}} if is_message_step(step) else step


def is_message_step(step: Mapping[str, JsonValue]) -> bool:
    """Tell whether a step is a message whose content we know."""
    return "action" not in step and keyword_of(step) in MESSAGE_TYPES


def walk_workflow(workflow: JsonValue, prefix: FieldPath = ()) -> Iterator[tuple[FieldPath, Step]]:
    """Give every step or node of a workflow with its path in a document, the messages of an A/B
    test among them."""
    if isinstance(workflow, list):
        found = walk(workflow, (*prefix, "workflow"))
    elif isinstance(workflow, dict):
        nodes = enumerate(workflow["graph"]["nodes"])
        found = (((*prefix, "graph", "nodes", i), node) for i, node in nodes)
    else:
        return
    for path, step in found:
        yield path, step
        for way, variant in variants_of(step):
            yield (*path, *way), variant


def _map_workflow(workflow: JsonValue, change: Callable[[Step], Step]) -> JsonValue:
    def changed(step: Step) -> Step:
        step = change(step)
        if "ab_test" in step:
            return {**step, "ab_test": [change(variant) for variant in step["ab_test"]]}
        return step

    if isinstance(workflow, list):
        return map_steps(workflow, lambda _, step: changed(step))
    form = workflow["graph"]
    return {"graph": {"nodes": [changed(n) for n in form["nodes"]], "edges": form["edges"]}}


def references_of(attributes: Attributes) -> Iterable[Reference]:
    """Give the segments, senders and layouts a campaign names, by their paths in the document."""
    trigger = attributes.get("trigger", UNKNOWN)
    if trigger is not UNKNOWN:
        yield from _trigger_references(trigger)
    leaving = attributes.get("exit", UNKNOWN)
    if leaving is not UNKNOWN and "when" in leaving:
        yield from conditions.references(leaving["when"], ("exit", "when"))
    messages = attributes.get("messages", UNKNOWN)
    for path, step in walk_workflow(attributes.get("workflow", UNKNOWN)):
        for reference in step_references(step):
            yield replace(reference, path=(*path, *reference.path))
        if is_message_step(step) and messages is not UNKNOWN and step["id"] in messages:
            yield from content_references(messages[step["id"]], (*path, keyword_of(step)))


def _trigger_references(trigger: Mapping[str, JsonValue]) -> Iterable[Reference]:
    if trigger_type_of(dict(trigger)) is None:
        yield from conditions.references(trigger, ("trigger",))
    for name in ("audience", "behavioral"):
        if isinstance(trigger.get(name), dict) and trigger_type_of(dict(trigger)) is not None:
            yield from conditions.references(trigger[name], ("trigger", name))


def normalize_attributes(attributes: Attributes) -> Attributes:
    """Give a form in which campaigns of one meaning are equal. Takes some of the fields too."""
    normal = dict(attributes)
    for name, change in (
        ("trigger", normalize_trigger),
        ("raw_trigger", normalize_raw_trigger),
        ("exit", _normalize_exit),
        ("workflow", normalize_workflow),
    ):
        if normal.get(name, UNKNOWN) is not UNKNOWN:
            normal[name] = change(normal[name])
    if normal.get("reentry", UNKNOWN) is not UNKNOWN:
        normal["reentry"] = normalize_reentry(normal["reentry"], attributes.get("trigger"))
    return normal


def _normalize_exit(exit_settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: conditions.normalize_condition(value) if name == "when" else value
        for name, value in exit_settings.items()
    }


def canonical_to_document(attributes: Attributes) -> dict[str, JsonValue]:
    """Give the document a person would have written."""
    known = {name: value for name, value in attributes.items() if value is not UNKNOWN}
    plain: Attributes = {
        "description": "",
        "tags": [],
        "topic": NONE,
        "goal": NONE,
        "reentry": {"every_match": False},
        "exit": {"on_trigger_unmatched": False},
        "message_limits": True,
        "send_to_unsubscribed": False,
    }
    fields = with_inline_messages(known)
    document = {
        name: fields[name]
        for name in Campaign.model_fields
        if name in fields and plain.get(name, UNKNOWN) != fields[name]
    }
    for name, unsaid in _NESTED_DEFAULTS:
        if isinstance(document.get(name), dict):
            document[name] = {k: v for k, v in document[name].items() if (k, v) not in unsaid}
    if "workflow" in document:
        document["workflow"] = _steps_without_defaults(document["workflow"])
    elif "graph" in document:
        nodes = [_step_without_defaults(node) for node in document["graph"]["nodes"]]
        document["graph"] = {**document["graph"], "nodes": nodes}
    return document


_NESTED_DEFAULTS: Final = (
    ("trigger", (("repeats", "once"), ("at", "09:00"))),
    ("reentry", (("every_match", False),)),
    ("goal", (("counted_from", "receiving"),)),
    ("exit", (("on_trigger_unmatched", False),)),
)
"""What goes without saying inside of a field. The two of a trigger are those of a date."""


def _steps_without_defaults(steps: list[Step]) -> list[Step]:
    """Leave out ids that would be given anyhow, defaults, and empty branches."""
    unnamed = map_steps(
        steps,
        lambda _, step: {
            key: value
            for key, value in step.items()
            if key != "id" or not _GENERATED_ID.fullmatch(value)
        },
    )
    again = [step["id"] for _, step in walk(assign_ids(unnamed))]
    same = again == [step["id"] for _, step in walk(steps)]
    tidied = map_steps(unnamed if same else steps, lambda _, step: _step_without_defaults(step))
    for _, step in walk(tidied):
        for way, below in branches_of(step):
            if not below and not _is_meaningful_when_empty(step, way):
                holder = step
                for part in way[:-1]:
                    holder = holder[part]
                del holder[way[-1]]
    return tidied


def _is_meaningful_when_empty(step: Step, way: FieldPath) -> bool:
    """Tell whether an empty list of steps is said: what happens when an `if` holds, and the way
    that nobody takes out of a wait that time does not end."""
    return (way == ("then",) and "if" in step) or (
        step.get("timeout") == NEVER and way != ("then",)
    )


def _step_without_defaults(step: Step) -> Step:
    if "ab_test" in step:
        return {**step, "ab_test": [_step_without_defaults(variant) for variant in step["ab_test"]]}
    if not is_message_step(step):
        return step
    word = keyword_of(step)
    return {**step, word: without_defaults({"type": word, **step[word]})}


def body_files_of(document: Mapping[str, JsonValue]) -> Iterator[tuple[FieldPath, str]]:
    """Give the bodies of e-mails, which belong in files of their own."""
    workflow = document.get("workflow", {"graph": document.get("graph", {"nodes": []})})
    for path, step in walk_workflow(workflow):
        if "email" in step and "body" in step["email"]:
            yield (*path, "email", "body"), f"{step['id']}.html"
