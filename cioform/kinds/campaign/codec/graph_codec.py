"""The graph of a workflow in canonical form, which is a list of steps or `{"graph": ...}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.steps import STEP_MODELS, StepFields, normalize_step
from cioform.language.workflow import (
    ACTION,
    MAIN_EXIT_ID,
    NEVER,
    WAYS,
    Arrangement,
    Edge,
    Graph,
    Node,
    Step,
    add_ways,
    branches_of,
    can_become,
    compile_steps,
    decompile,
    find_main_exit,
    graph_problems,
    keyword_of,
    map_steps,
    needs_id,
    rename_steps,
    variants_of,
    walk,
)

RAW_NODE_KEYS: Final = frozenset({"id", "name", "was", "action", "raw", "template"})
"""The fields of a node that no keyword expresses."""


def to_graph(workflow: JsonValue) -> Graph:
    """Return the graph of a workflow.

    A node that no keyword expresses has its action type in the place of a keyword.
    """
    if isinstance(workflow, list):
        return compile_steps(workflow)
    form = workflow["graph"]
    return add_ways(
        Graph(
            tuple(_to_node(node) for node in form["nodes"]),
            tuple(Edge(edge["from"], edge["to"], edge.get("branch")) for edge in form["edges"]),
        )
    )


def _to_node(node: Mapping[str, JsonValue]) -> Node:
    fields = {key: value for key, value in node.items() if key != "id"}
    return Node(node["id"], keyword_of(node), fields)


def from_graph(graph: Graph) -> dict[str, JsonValue]:
    """Return the canonical `{"graph": ...}` of a graph."""
    return {
        "graph": {
            "nodes": [{"id": node.id, **_without_ways(node)} for node in graph.nodes],
            "edges": [
                {"from": edge.source, "to": edge.target}
                | ({} if edge.branch is None else {"branch": edge.branch})
                for edge in graph.edges
            ],
        }
    }


def _without_ways(node: Node) -> StepFields:
    return {name: value for name, value in node.fields.items() if name != WAYS}


def decompile_with_main_exit(
    graph: Graph, like: Arrangement | None = None, known_end: str | None = None
) -> tuple[list[Step], str] | None:
    """Return the tree of a graph whose main exit may have any ID, and that ID.

    `known_end` is the main exit as it was last applied, and stays it if the graph allows that.
    The tree ends in that exit only if the exit has members of its own. Return None if the graph
    has no tree that a file may contain. Steps after a time limit that never passes are not allowed
    in a file.
    """
    if graph_problems(graph):
        return None
    found = find_main_exit(graph, like)
    for end in dict.fromkeys((known_end or found, found)):
        if end in graph.by_id and (tree := _decompile_to(end, graph, like)) is not None:
            return tree, end
    return None


def _decompile_to(end: str, graph: Graph, like: Arrangement | None) -> list[Step] | None:
    names = {end: MAIN_EXIT_ID} | ({MAIN_EXIT_ID: end} if end != MAIN_EXIT_ID else {})
    steps = decompile(rename_nodes(graph, names), like)
    if steps is None or any(
        step.get("timeout") == NEVER and step.get("on_timeout") for _, step in walk(steps)
    ):
        return None
    return rename_steps(steps, {old: new for new, old in names.items()})


def rename_nodes(graph: Graph, names: Mapping[str, str]) -> Graph:
    """Return a graph with other IDs; a node that `names` does not list keeps its own."""

    def rename(node_id: str) -> str:
        return names.get(node_id, node_id)

    return Graph(
        tuple(Node(rename(node.id), node.keyword, node.fields) for node in graph.nodes),
        tuple(Edge(rename(edge.source), rename(edge.target), edge.branch) for edge in graph.edges),
    )


def normalize_workflow(workflow: JsonValue, like: JsonValue = None) -> JsonValue:
    """Return a form in which workflows of the same meaning are equal.

    They may differ in their form (steps or graph), in where a branch continues, in the IDs of exits
    without members, and in the notation of conditions. A branch continues where it does in the
    workflow `like`.
    """
    arranged = _arrange(workflow, like)
    if isinstance(arranged, list):
        return map_steps(arranged, lambda _, step: normalize_step(step))
    if not isinstance(arranged, dict):
        return arranged
    form = arranged["graph"]
    nodes = [normalize_step(node) for node in form["nodes"]]
    return {
        "graph": {
            "nodes": sorted(nodes, key=lambda node: str(node["id"])),
            "edges": sorted(form["edges"], key=lambda e: (e["from"], e.get("branch", -1), e["to"])),
        }
    }


def arrange_workflow(workflow: JsonValue, like: JsonValue) -> JsonValue:
    """Return a workflow arranged as `like`, as steps if it can be, with IDs for all exits.

    Generated IDs of exits are in parentheses. The steps keep their notation, and nodes and edges
    keep their order. If the workflow is `like` itself, it also keeps its exits but the last.
    """
    if workflow == like and isinstance(workflow, list):
        return rename_steps(_without_main_exit(workflow), _exit_names(workflow))
    return _arrange(workflow, like)


def _arrange(workflow: JsonValue, like: JsonValue) -> JsonValue:
    if workflow is UNKNOWN or not workflow:
        return workflow
    graph = _with_significant_members(to_graph(workflow))
    arrangement = Arrangement(like) if isinstance(like, list) else None
    if (tree := decompile_with_main_exit(graph, arrangement)) is not None:
        steps = tree[0]
        return rename_steps(steps, _exit_names(steps))
    return from_graph(graph)


def _with_significant_members(graph: Graph) -> Graph:
    """Return a graph whose exits have only significant members."""
    if not any(node.keyword == "exit" and "raw" in node.fields for node in graph.nodes):
        return graph
    nodes = [
        Node(node.id, node.keyword, normalize_step({**node.fields}))
        if node.keyword == "exit"
        else node
        for node in graph.nodes
    ]
    return Graph(tuple(nodes), graph.edges)


def _exit_names(steps: list[Step]) -> dict[str, str]:
    """Return new IDs for exits without an ID of their own, named after the branch that they end.

    An exit with members differs from other exits and therefore keeps its ID.
    """
    names = {steps[-1]["id"]: "(exit)"} if steps and not needs_id(steps[-1]) else {}
    for _, step in walk(steps):
        for way, (_, below) in enumerate(branches_of(step)):
            if below and not needs_id(below[-1]):
                names[below[-1]["id"]] = f"(exit {step['id']} {way})"
    return names


def project_workflow_onto(workflow: JsonValue, wanted: JsonValue) -> JsonValue:
    """Return a live workflow without the members of actions that `wanted` leaves unmanaged.

    Those are `raw` where a step of `wanted` has none, and the members of a verbatim value that the
    step does not name. Nothing of a removed step stays, so all of it is managed.
    """
    if UNKNOWN in (workflow, wanted) or not workflow or wanted is None:
        return workflow
    own = counterparts(workflow, to_graph(wanted).by_id)

    def project(step: Step) -> Step:
        return step if step["id"] not in own else project_step(step, own[step["id"]])

    if isinstance(workflow, list):
        steps = map_steps(workflow, lambda _, step: project(step))
        return _without_main_exit(steps)
    form = workflow["graph"]
    return {"graph": {**form, "nodes": [project(node) for node in form["nodes"]]}}


def _without_main_exit(steps: list[Step]) -> list[Step]:
    """Return steps without the exit behind the last one, unless the exit has members."""
    return steps if not steps or needs_id(steps[-1]) else steps[:-1]


def counterparts(
    workflow: JsonValue, nodes: Mapping[str, Node]
) -> dict[str, Mapping[str, JsonValue]]:
    """Return the fields of the wanted step that each live step becomes; none for a removed step.

    An exit becomes an exit, because the main exit may have another ID, or none in a file. An exit
    on a branch of a removed step does not.
    """
    found: dict[str, Mapping[str, JsonValue]] = {}
    gone: list[FieldPath] = []
    for path, step in _with_places(workflow):
        node = nodes.get(step["id"])
        if node is not None and can_become(_to_node(step).action_type, node):
            found[step["id"]] = node.fields
        elif keyword_of(step) != "exit":
            gone.append(path)
        elif not any(path[: len(each)] == each for each in gone):
            found[step["id"]] = {"exit": None}
    return found


def _with_places(workflow: JsonValue) -> Iterator[tuple[FieldPath, Step]]:
    """Yield every step, and the messages of A/B tests, each with its place."""
    is_tree = isinstance(workflow, list)
    nodes = () if is_tree else workflow["graph"]["nodes"]
    for path, step in walk(workflow) if is_tree else (((i,), each) for i, each in enumerate(nodes)):
        yield path, step
        for place, variant in variants_of(step):
            yield (*path, *place), variant


def project_step(step: Step, wanted: Mapping[str, JsonValue]) -> StepFields:
    """Return a live step without what a step of a file leaves unmanaged."""
    keyword = keyword_of(step)
    return step if ACTION in step else STEP_MODELS[keyword].project(step, wanted)
