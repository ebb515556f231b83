"""A campaign as it is compared: structure in `workflow`, what messages say in `messages`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cioform.base.value import UNKNOWN, Attributes, Plain
from cioform.kinds.campaign.graph_form import normal_workflow
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.trigger import normal_raw, normal_trigger
from cioform.language import conditions
from cioform.language.message import CONTENT, content_references, tidy
from cioform.language.workflow import Step, lists_of, rebuilt, walk, with_ids, word_of
from cioform.model.names import Reference
from cioform.model.resource import Path

_GOES_WITHOUT_SAYING: Final = re.compile(r"(wait|exit)_\d+")


def attributes_of(campaign: Campaign) -> Attributes:
    """Give the canonical form of a model."""
    fields: Attributes = {"name": campaign.name, "description": campaign.description}
    if campaign.trigger is not None:
        fields["trigger"] = campaign.trigger
    if campaign.raw_trigger is not None:
        fields["raw_trigger"] = campaign.raw_trigger
    fields["reentry"] = campaign.reentry.model_dump(mode="json", exclude_none=True)
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
    """Give every step or node of a workflow with its path in a document."""
    if isinstance(workflow, list):
        yield from walk(workflow, (*at, "workflow"))
    elif isinstance(workflow, dict):
        for i, node in enumerate(workflow["graph"]["nodes"]):
            yield (*at, "graph", "nodes", i), node


def _each_step(workflow: Plain, change: object) -> Plain:
    assert callable(change)
    if isinstance(workflow, list):
        return rebuilt(workflow, lambda _, step: change(step))
    form = workflow["graph"]
    return {"graph": {"nodes": [change(n) for n in form["nodes"]], "edges": form["edges"]}}


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
        if "if" in step:
            yield from conditions.references(step["if"], (*path, "if"))
        elif says_something(step) and messages is not UNKNOWN and step["id"] in messages:
            yield from content_references(messages[step["id"]], (*path, word_of(step)))


def _trigger_references(trigger: Mapping[str, Plain]) -> Iterable[Reference]:
    if "event" not in trigger:
        yield from conditions.references(trigger, ("trigger",))
    elif "audience" in trigger:
        yield from conditions.references(trigger["audience"], ("trigger", "audience"))


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
    for name, unsaid in (("reentry", ("every_match", False)), ("exit", _NOT_ON_UNMATCHED)):
        if name in document:
            document[name] = {k: v for k, v in document[name].items() if (k, v) != unsaid}
    if "workflow" in document:
        document["workflow"] = _tidy_steps(document["workflow"])
    elif "graph" in document:
        nodes = [_tidy_step(node) for node in document["graph"]["nodes"]]
        document["graph"] = {**document["graph"], "nodes": nodes}
    return document


_NOT_ON_UNMATCHED: Final = ("on_trigger_unmatched", False)


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
            if not below and way == ("else",):
                del step["else"]
    return tidied


def _tidy_step(step: Step) -> Step:
    if not says_something(step):
        return step
    word = word_of(step)
    return {**step, word: tidy({"type": word, **step[word]})}


def body_files_of(document: Mapping[str, Plain]) -> Iterator[tuple[Path, str]]:
    """Give the bodies of e-mails, which belong in files of their own."""
    workflow = document.get("workflow", {"graph": document.get("graph", {"nodes": []})})
    for path, step in steps_of(workflow):
        if "email" in step and "body" in step["email"]:
            yield (*path, "email", "body"), f".{step['id']}.html"
