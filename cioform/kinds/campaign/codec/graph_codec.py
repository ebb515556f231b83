"""The workflow of a campaign in canonical form, as steps or as `{"graph": ...}`, and its graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.json_value import UNKNOWN, JsonValue
from cioform.kinds.campaign.steps import normalize_step
from cioform.language.workflow import (
    MAIN_EXIT_ID,
    NEVER,
    Edge,
    Graph,
    Node,
    Step,
    compile_steps,
    decompile,
    find_main_exit,
    graph_problems,
    keyword_of,
    map_steps,
    rename_steps,
    walk,
)

RAW_NODE_KEYS: Final = frozenset({"id", "name", "action", "raw", "template"})
"""The fields of a node that none of our words can say."""


def to_graph(workflow: JsonValue) -> Graph:
    """Give the graph of a workflow. A node outside our words has its action type for a word."""
    if isinstance(workflow, list):
        return compile_steps(workflow)
    form = workflow["graph"]
    return Graph(
        tuple(_to_node(node) for node in form["nodes"]),
        tuple(Edge(edge["from"], edge["to"], edge.get("branch")) for edge in form["edges"]),
    )


def _to_node(node: Mapping[str, JsonValue]) -> Node:
    fields = {key: value for key, value in node.items() if key != "id"}
    return Node(node["id"], node["action"] if "action" in node else keyword_of(node), fields)


def from_graph(graph: Graph) -> dict[str, JsonValue]:
    """Give the canonical `{"graph": ...}` of a graph."""
    return {
        "graph": {
            "nodes": [{"id": node.id, **node.fields} for node in graph.nodes],
            "edges": [
                {"from": edge.source, "to": edge.target}
                | ({} if edge.branch is None else {"branch": edge.branch})
                for edge in graph.edges
            ],
        }
    }


def decompile_with_main_exit(graph: Graph) -> tuple[list[Step], str] | None:
    """Give the tree of a graph whose trunk may end in an exit of any name, and that name; None if
    it has no tree that a file may hold: steps after a time that never comes are none."""
    if graph_problems(graph):
        return None
    end = find_main_exit(graph)
    names = {end: MAIN_EXIT_ID} | ({MAIN_EXIT_ID: end} if end != MAIN_EXIT_ID else {})
    steps = decompile(rename_nodes(graph, names))
    if steps is None or any(
        step.get("timeout") == NEVER and step.get("on_timeout") for _, step in walk(steps)
    ):
        return None
    return steps, end


def rename_nodes(graph: Graph, names: Mapping[str, str]) -> Graph:
    """Give a graph with other ids."""

    def name(node: str) -> str:
        return names.get(node, node)

    return Graph(
        tuple(Node(name(node.id), node.keyword, node.fields) for node in graph.nodes),
        tuple(Edge(name(edge.source), name(edge.target), edge.branch) for edge in graph.edges),
    )


def normalize_workflow(workflow: JsonValue) -> JsonValue:
    """Give a form in which workflows of one meaning are equal: steps or graph, where a branch
    goes on, what exits are called, how conditions are put."""
    if workflow is UNKNOWN or not workflow:
        return workflow
    graph = to_graph(workflow)
    if (trunk := decompile_with_main_exit(graph)) is not None:
        steps = trunk[0]
        return map_steps(
            rename_steps(steps, _exit_names(steps)), lambda _, step: normalize_step(step)
        )
    form = from_graph(graph)["graph"]
    nodes = [normalize_step(node) for node in form["nodes"]]
    return {
        "graph": {
            "nodes": sorted(nodes, key=lambda node: str(node["id"])),
            "edges": sorted(form["edges"], key=lambda e: (e["from"], e.get("branch", -1), e["to"])),
        }
    }


def _exit_names(steps: list[Step]) -> dict[str, str]:
    exits = [step["id"] for _, step in walk(steps) if keyword_of(step) == "exit"]
    return {old: f"(exit {i})" for i, old in enumerate(exits, 1)}


def project_workflow_onto(workflow: JsonValue, wanted: JsonValue) -> JsonValue:
    """Give a live workflow without the members of actions that the steps of `wanted` leave alone:
    what stands under `raw`, and what a step that is kept as the remote holds it does not name."""
    if UNKNOWN in (workflow, wanted) or not workflow or not wanted:
        return workflow
    said = {node.id: node.fields for node in to_graph(wanted).nodes}

    def told(step: Step) -> Step:
        fields = said.get(step["id"], {})
        step = {k: v for k, v in step.items() if k != "raw" or k in fields or "action" in step}
        for word in _VERBATIM_KEYWORDS:
            if word in step and isinstance(fields.get(word), dict):
                step[word] = {k: v for k, v in step[word].items() if k in fields[word]}
        return step

    if isinstance(workflow, list):
        return map_steps(workflow, lambda _, step: told(step))
    form = workflow["graph"]
    return {"graph": {**form, "nodes": [told(node) for node in form["nodes"]]}}


_VERBATIM_KEYWORDS: Final = ("query_collection", "batch_update")
