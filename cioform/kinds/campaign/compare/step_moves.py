"""Steps whose ID has changed: `was` in a file, and the attributes last applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.kinds.campaign.canonical import map_workflow, walk_workflow
from cioform.kinds.campaign.codec.graph_codec import from_graph, rename_nodes, to_graph
from cioform.language import conditions
from cioform.language.workflow import Step, is_same_name, map_steps, rename_steps


def former_ids(steps: Iterable[JsonValue]) -> dict[str, str]:
    """Return the IDs that steps had before, each with the one that the step has now."""
    return {
        str(old): str(step["id"])
        for step in steps
        if isinstance(step, Mapping) and "was" in step and "id" in step
        for old in (step["was"] if isinstance(step["was"], list) else [step["was"]])
    }


def rename_steps_of(attributes: KindFields, names: Mapping[str, str]) -> KindFields:
    """Return the canonical form of a campaign with other IDs of its steps.

    In Customer.io a step without a name is named after its ID, so a step whose ID changes keeps the
    former ID as its name.
    """
    renamed = dict(attributes)
    workflow = attributes.get("workflow", UNKNOWN)
    if workflow is not UNKNOWN:
        renamed["workflow"] = _rename_in_workflow(workflow, names)
    messages = attributes.get("messages", UNKNOWN)
    if isinstance(messages, Mapping):
        renamed["messages"] = {names.get(name, name): message for name, message in messages.items()}
    return renamed


def use_live_former_names(
    attributes: KindFields, live: KindFields, names: Mapping[str, str]
) -> KindFields:
    """Return what `rename_steps_of` returned, with former names as they are in the live steps.

    A step without a name is named after its ID, with underscores or blanks; no state says which. If
    somebody has named it since, no file contradicts that, so there is no former name.
    """
    workflow = attributes.get("workflow", UNKNOWN)
    if UNKNOWN in (workflow, live.get("workflow", UNKNOWN)):
        return attributes
    former = {new: old for old, new in names.items()}
    live_names = {step["id"]: step.get("name", "") for _, step in walk_workflow(live["workflow"])}

    def rename(step: Step) -> Step:
        old, live_name = former.get(step["id"], ""), live_names.get(step["id"])
        if not old or live_name is None or step.get("name") != old:
            return step
        if is_same_name(live_name, old):
            return {**step, "name": live_name}
        return {key: value for key, value in step.items() if key != "name"}

    return {**attributes, "workflow": map_workflow(workflow, rename)}


def _rename_in_workflow(workflow: JsonValue, names: Mapping[str, str]) -> JsonValue:
    former = {new: old for old, new in names.items()}

    def rename_references(step: Step) -> Step:
        fields = _with_former_name(step, former)
        if "wait_until" in step:
            fields["wait_until"] = conditions.rename_steps(step["wait_until"], names)
        if "ab_test" in step:
            variants = step["ab_test"]
            renamed = ({**v, "id": names.get(v["id"], v["id"])} for v in variants)
            fields["ab_test"] = [_with_former_name(each, former) for each in renamed]
        return fields

    if isinstance(workflow, list):
        return map_steps(rename_steps(workflow, names), lambda _, step: rename_references(step))
    graph = from_graph(rename_nodes(to_graph(workflow), names))["graph"]
    return {"graph": {**graph, "nodes": [rename_references(node) for node in graph["nodes"]]}}


def _with_former_name(step: Step, former: Mapping[str, str]) -> Step:
    """Return a step with the name that it had until it got another ID."""
    if step["id"] not in former or "exit" in step:
        return dict(step)
    name = str(step.get("name", former[step["id"]]))
    if is_same_name(name, step["id"]):
        return {key: value for key, value in step.items() if key != "name"}
    return {**step, "name": name}
