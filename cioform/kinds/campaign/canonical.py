"""A campaign as it is compared: structure in `workflow`, what messages say in `messages`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from cioform.core.json_value import UNKNOWN, Attributes, Plain
from cioform.kinds.campaign.codec.graph_codec import normal_workflow
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.trigger import normal_raw, normal_reentry, normal_trigger
from cioform.kinds.campaign.trigger_types import sort_of
from cioform.language import conditions
from cioform.language.messages.message import CONTENT, NONE, content_references, tidy
from cioform.language.workflow import (
    NEVER,
    Step,
    lists_of,
    rebuilt,
    variants_of,
    walk,
    with_ids,
    word_of,
)
from cioform.model.names import Reference
from cioform.model.resource import Path

_GOES_WITHOUT_SAYING: Final = re.compile(
    r"(wait|wait_window|wait_random|exit|set_attributes|create_event|update_segment)_\d+"
)


def attributes_of(campaign: Campaign) -> Attributes:
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
    fields["workflow"] = _each_step(inline, _hollow)
    fields["messages"] = {
        step["id"]: {"type": word_of(step), **step[word_of(step)]}
        for _, step in steps_of(inline)
        if says_something(step)
    }
    return fields


def document_fields(attributes: Attributes) -> Attributes:
    """Give canonical attributes with what messages say back inside their steps, under `workflow`
    or `graph`: the fields of the model."""
    fields = {k: v for k, v in attributes.items() if k not in ("workflow", "messages")}
    workflow = attributes.get("workflow", UNKNOWN)
    if workflow is UNKNOWN:
        return fields
    messages = attributes.get("messages", {})
    messages = {} if messages is UNKNOWN else messages
    inline = _each_step(workflow, lambda step: _filled(step, messages))
    return {**fields, **(inline if isinstance(inline, dict) else {"workflow": inline})}


def _filled(step: Step, messages: Mapping[str, Plain]) -> Step:
    if not says_something(step):
        return step
    content = messages.get(step["id"], {})
    said = {k: v for k, v in content.items() if k != "type" and v is not UNKNOWN}
    return {**step, word_of(step): said}


def _hollow(step: Step) -> Step:
    return {**step, word_of(step): {}} if says_something(step) else step


def says_something(step: Mapping[str, Plain]) -> bool:
    """Tell whether a step is a message whose content we know."""
    return "action" not in step and word_of(step) in CONTENT


def steps_of(workflow: Plain, at: Path = ()) -> Iterator[tuple[Path, Step]]:
    """Give every step or node of a workflow with its path in a document, the messages of an A/B
    test among them."""
    if isinstance(workflow, list):
        found = walk(workflow, (*at, "workflow"))
    elif isinstance(workflow, dict):
        nodes = enumerate(workflow["graph"]["nodes"])
        found = (((*at, "graph", "nodes", i), node) for i, node in nodes)
    else:
        return
    for path, step in found:
        yield path, step
        for way, variant in variants_of(step):
            yield (*path, *way), variant


def _each_step(workflow: Plain, change: Callable[[Step], Step]) -> Plain:
    def changed(step: Step) -> Step:
        step = change(step)
        if "ab_test" in step:
            return {**step, "ab_test": [change(variant) for variant in step["ab_test"]]}
        return step

    if isinstance(workflow, list):
        return rebuilt(workflow, lambda _, step: changed(step))
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
    for path, step in steps_of(attributes.get("workflow", UNKNOWN)):
        if "action" in step:
            continue
        for at, condition in conditions_of(step):
            yield from conditions.references(condition, (*path, *at))
        if "update_segment" in step:
            for way, segment in step["update_segment"].items():
                yield Reference("segment", segment, (*path, "update_segment", way))
        if says_something(step) and messages is not UNKNOWN and step["id"] in messages:
            yield from content_references(messages[step["id"]], (*path, word_of(step)))


def conditions_of(step: Step) -> Iterator[tuple[Path, dict[str, Plain]]]:
    """Give the conditions of a step, each with its path in the step."""
    for word in ("if", "wait_until"):
        if word in step:
            yield (word,), step[word]
    for i, case in enumerate(step.get("branches", ())):
        yield ("branches", i, "when"), case["when"]


def _trigger_references(trigger: Mapping[str, Plain]) -> Iterable[Reference]:
    if sort_of(dict(trigger)) is None:
        yield from conditions.references(trigger, ("trigger",))
    for name in ("audience", "behavioral"):
        if isinstance(trigger.get(name), dict) and sort_of(dict(trigger)) is not None:
            yield from conditions.references(trigger[name], ("trigger", name))


def normal_attributes(attributes: Attributes) -> Attributes:
    """Give a form in which campaigns of one meaning are equal. Takes some of the fields too."""
    normal = dict(attributes)
    for name, change in (
        ("trigger", normal_trigger),
        ("raw_trigger", normal_raw),
        ("exit", _normal_exit),
        ("workflow", normal_workflow),
    ):
        if normal.get(name, UNKNOWN) is not UNKNOWN:
            normal[name] = change(normal[name])
    if normal.get("reentry", UNKNOWN) is not UNKNOWN:
        normal["reentry"] = normal_reentry(normal["reentry"], attributes.get("trigger"))
    return normal


def _normal_exit(leaving: Mapping[str, Plain]) -> dict[str, Plain]:
    return {
        name: conditions.normal(value) if name == "when" else value
        for name, value in leaving.items()
    }


def document_of(attributes: Attributes) -> dict[str, Plain]:
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
    fields = document_fields(known)
    document = {
        name: fields[name]
        for name in Campaign.model_fields
        if name in fields and plain.get(name, UNKNOWN) != fields[name]
    }
    for name, unsaid in _UNSAID:
        if isinstance(document.get(name), dict):
            document[name] = {k: v for k, v in document[name].items() if (k, v) not in unsaid}
    if "workflow" in document:
        document["workflow"] = _tidy_steps(document["workflow"])
    elif "graph" in document:
        nodes = [_tidy_step(node) for node in document["graph"]["nodes"]]
        document["graph"] = {**document["graph"], "nodes": nodes}
    return document


_UNSAID: Final = (
    ("trigger", (("repeats", "once"), ("at", "09:00"))),
    ("reentry", (("every_match", False),)),
    ("goal", (("counted_from", "receiving"),)),
    ("exit", (("on_trigger_unmatched", False),)),
)
"""What goes without saying inside of a field. The two of a trigger are those of a date."""


def _tidy_steps(steps: list[Step]) -> list[Step]:
    """Leave out ids that would be given anyhow, defaults, and empty branches."""
    unnamed = rebuilt(
        steps,
        lambda _, step: {
            key: value
            for key, value in step.items()
            if key != "id" or not _GOES_WITHOUT_SAYING.fullmatch(value)
        },
    )
    again = [step["id"] for _, step in walk(with_ids(unnamed))]
    same = again == [step["id"] for _, step in walk(steps)]
    tidied = rebuilt(unnamed if same else steps, lambda _, step: _tidy_step(step))
    for _, step in walk(tidied):
        for way, below in lists_of(step):
            if not below and not _says_so_itself(step, way):
                holder = step
                for part in way[:-1]:
                    holder = holder[part]
                del holder[way[-1]]
    return tidied


def _says_so_itself(step: Step, way: Path) -> bool:
    """Tell whether an empty list of steps is said: what happens when an `if` holds, and the way
    that nobody takes out of a wait that time does not end."""
    return (way == ("then",) and "if" in step) or (
        step.get("timeout") == NEVER and way != ("then",)
    )


def _tidy_step(step: Step) -> Step:
    if "ab_test" in step:
        return {**step, "ab_test": [_tidy_step(variant) for variant in step["ab_test"]]}
    if not says_something(step):
        return step
    word = word_of(step)
    return {**step, word: tidy({"type": word, **step[word]})}


def body_files_of(document: Mapping[str, Plain]) -> Iterator[tuple[Path, str]]:
    """Give the bodies of e-mails, which belong in files of their own."""
    workflow = document.get("workflow", {"graph": document.get("graph", {"nodes": []})})
    for path, step in steps_of(workflow):
        if "email" in step and "body" in step["email"]:
            yield (*path, "email", "body"), f"{step['id']}.html"
