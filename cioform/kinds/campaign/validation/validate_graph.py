"""Reading a workflow that a file has as nodes and edges into canonical form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic_core import InitErrorDetails

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.codec.graph_codec import RAW_NODE_KEYS, to_graph
from cioform.kinds.campaign.settings.field_types import Problem, raise_problems
from cioform.kinds.campaign.unknown_steps import unknown_step_problems
from cioform.kinds.campaign.validation.step_errors import parse_step
from cioform.kinds.campaign.validation.validate import canonical_step, reference_problems, unique
from cioform.language.workflow import (
    ACTION,
    BRANCH_KEYS,
    STEP_TYPES,
    WAYS,
    Step,
    exit_text,
    graph_problems,
    missing_keyword_text,
    name_problems,
)


def parse_graph(value: Any) -> dict[str, JsonValue]:
    """Return the graph in canonical form.

    Raises ValidationError with everything that is wrong.
    """
    if not isinstance(value, Mapping) or set(value) != {"nodes", "edges"}:
        raise ValueError("a graph has two fields, `nodes` and `edges`, both lists")
    if not all(isinstance(value[name], list) for name in ("nodes", "edges")):
        raise ValueError("`nodes` and `edges` of a graph must be lists")
    problems = list(_shape_problems(value))
    errors: list[InitErrorDetails] = []
    parsed: dict[FieldPath, Step] = {}
    if not problems:
        nodes = [(("nodes", i), node) for i, node in enumerate(value["nodes"])]
        for path, node in nodes:
            if ACTION in node:
                problems += _raw_node_problems(path, node)
            else:
                parsed[path] = parse_step(path, dict(node), errors)
        problems += name_problems(nodes)
        problems += graph_problems(to_graph({"graph": value}))
        problems += reference_problems(nodes)
    raise_problems(unique(problems), errors)
    return {
        "nodes": [
            canonical_step(dict(node), parsed.get(("nodes", i)))
            for i, node in enumerate(value["nodes"])
        ],
        "edges": [dict(edge) for edge in value["edges"]],
    }


def _shape_problems(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the entries that are not nodes or edges at all."""
    for i, node in enumerate(value["nodes"]):
        if problem := _node_shape_problem(node):
            at, text = problem
            yield ("nodes", i, *at), text
    for i, edge in enumerate(value["edges"]):
        if not _is_edge(edge):
            text = (
                "An edge has `from`, `to` and, if it leaves a node with branches, `branch`: 0, 1, "
                "and so on:\n\n    - {from: choose, to: hello, branch: 0}"
            )
            yield ("edges", i), text


def _is_edge(edge: Any) -> bool:
    if not isinstance(edge, dict) or not {"from", "to"} <= set(edge) <= {"from", "to", "branch"}:
        return False
    # Other values cannot be the ID of a node; a number is reported as an unknown one.
    ends_are_scalars = all(isinstance(edge[end], str | int) for end in ("from", "to"))
    return ends_are_scalars and type(edge.get("branch", 0)) is int


def _node_shape_problem(node: Any) -> Problem | None:
    if not isinstance(node, dict) or not isinstance(node.get("id"), str):
        return (), "A node is a mapping with an `id`."
    keywords = [key for key in STEP_TYPES if key in node]
    if ACTION not in node and not keywords:
        return missing_keyword_text(node)
    if not isinstance(node.get(ACTION, ""), str) or (ACTION not in node and len(keywords) != 1):
        return (), "A node has one keyword like a step, or `action` with `raw`."
    if any(node.get(key) for key in (*BRANCH_KEYS, WAYS)):
        return (), "A node has no steps of its own. List what follows it as `edges`."
    if "exit" in node and node["exit"] is not True:
        return ("exit",), exit_text(node)
    return None


def _raw_node_problems(path: FieldPath, node: Mapping[str, Any]) -> Iterator[Problem]:
    raw = node.get("raw", {})
    if set(node) - RAW_NODE_KEYS or not isinstance(raw, dict):
        yield path, "A node with `action` has its fields in `raw`, and no others."
        return
    yield from unknown_step_problems(path, node)


GRAPH_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "nodes": {
            "type": "array",
            "description": "The steps, in any order, each without nested steps.",
            "items": {"type": "object", "required": ["id"]},
        },
        "edges": {
            "type": "array",
            "description": "The connections between the nodes.",
            "items": {
                "type": "object",
                "properties": {
                    "from": {
                        "type": "string",
                        "description": "The ID of the node where the edge begins.",
                    },
                    "to": {
                        "type": "string",
                        "description": "The ID of the node where the edge ends.",
                    },
                    "branch": {
                        "type": "integer",
                        "description": "The number of the branch, from 0, if there are branches.",
                    },
                },
                "required": ["from", "to"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["nodes", "edges"],
    "additionalProperties": False,
}
