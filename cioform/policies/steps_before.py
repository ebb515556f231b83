"""The steps of a workflow, each with what comes directly before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from cioform.core.data.json_value import Attributes, Json, JsonValue
from cioform.core.data.paths import FieldPath
from cioform.language.workflow import ACTION, keyword_of, variants_of, walk

StepFields: TypeAlias = dict[str, Json]

StepsBefore: TypeAlias = tuple[FieldPath, StepFields, list[StepFields | None]]
"""A step with its path, and the steps before it; None stands for the beginning of a list."""


def steps_with_those_before(document: Attributes) -> Iterator[StepsBefore]:
    """Yield the steps of a document, which writes its workflow as steps or as a graph."""
    workflow, graph = document.get("workflow"), document.get("graph")
    if isinstance(workflow, list):
        steps = dict(walk(workflow, ("workflow",)))
        for path, step in steps.items():
            yield path, step, [steps.get((*path[:-1], int(path[-1]) - 1))]
    elif isinstance(graph, Mapping):
        yield from _nodes(graph)


def _nodes(valid: Mapping[str, Json]) -> Iterator[StepsBefore]:
    graph: Mapping[str, JsonValue] = valid
    nodes = {node["id"]: node for node in graph["nodes"]}
    for at, node in enumerate(graph["nodes"]):
        before = [nodes[edge["from"]] for edge in graph["edges"] if edge["to"] == node["id"]]
        yield ("graph", "nodes", at), node, before or [None]


def channels_of(step: StepFields) -> list[str]:
    """Return the keywords of a step, those of the messages in the case of an A/B test."""
    if ACTION in step:
        return []
    messages = [variant for _, variant in variants_of(step)]
    return [keyword_of(each) for each in messages or [step]]
