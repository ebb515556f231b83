"""Steps that have another id than before: `was` in a file, and the attributes last applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.campaign.codec.graph_codec import from_graph, rename_nodes, to_graph
from cioform.language import conditions
from cioform.language.workflow import Step, map_steps, rename_steps


def former_ids(steps: Iterable[JsonValue]) -> dict[str, str]:
    """Return the ids that steps had before, each with the one that the step has now."""
    return {
        str(old): str(step["id"])
        for step in steps
        if isinstance(step, Mapping) and "was" in step and "id" in step
        for old in (step["was"] if isinstance(step["was"], list) else [step["was"]])
    }


def rename_steps_of(attributes: Attributes, names: Mapping[str, str]) -> Attributes:
    """Return the canonical form of a campaign with other ids of its steps.

    A step without a name is called like its id in Customer.io, or the id with blanks. Which of them
    it was is unknown here, and with the new id it is no longer the usual name.
    """
    renamed = dict(attributes)
    workflow = attributes.get("workflow", UNKNOWN)
    if workflow is not UNKNOWN:
        renamed["workflow"] = _rename_in_workflow(workflow, names)
    messages = attributes.get("messages", UNKNOWN)
    if isinstance(messages, Mapping):
        renamed["messages"] = {names.get(name, name): message for name, message in messages.items()}
    return renamed


def _rename_in_workflow(workflow: JsonValue, names: Mapping[str, str]) -> JsonValue:
    new_ids = frozenset(names.values())

    def with_unknown_name(step: Step) -> Step:
        is_unnamed = step["id"] in new_ids and "name" not in step and "exit" not in step
        return {**step, "name": UNKNOWN} if is_unnamed else step

    def rename_references(step: Step) -> Step:
        fields = dict(with_unknown_name(step))
        if "wait_until" in step:
            fields["wait_until"] = conditions.rename_steps(step["wait_until"], names)
        if "ab_test" in step:
            variants = step["ab_test"]
            renamed = ({**v, "id": names.get(v["id"], v["id"])} for v in variants)
            fields["ab_test"] = [*map(with_unknown_name, renamed)]
        return fields

    if isinstance(workflow, list):
        return map_steps(rename_steps(workflow, names), lambda _, step: rename_references(step))
    graph = from_graph(rename_nodes(to_graph(workflow), names))["graph"]
    return {"graph": {**graph, "nodes": [rename_references(node) for node in graph["nodes"]]}}
