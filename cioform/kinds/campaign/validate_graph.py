"""Reading a workflow that a file has as nodes and edges into canonical form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic_core import InitErrorDetails

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.codec.graph_codec import RAW_NODE_KEYS, to_graph
from cioform.kinds.campaign.encoded_fields import (
    encoded_filters,
    invalid_encoding_message,
    is_decodable,
)
from cioform.kinds.campaign.field_types import Problem, flow_mapping, raise_problems
from cioform.kinds.campaign.step_errors import step_errors
from cioform.kinds.campaign.steps import STEP_MODELS, CodecContext
from cioform.kinds.campaign.validate import parse_step, reference_problems, unique
from cioform.language.workflow import (
    BRANCH_KEYS,
    KEYWORD_BY_ACTION_TYPE,
    STEP_TYPES,
    graph_problems,
)
from cioform.model.names import Names
from cioform.model.resource import FieldPath


def parse_graph(value: Any) -> dict[str, JsonValue]:
    """Return the graph in canonical form.

    Raise ValidationError with everything that is wrong.
    """
    if not isinstance(value, Mapping) or set(value) != {"nodes", "edges"}:
        raise ValueError("a graph has two fields, `nodes` and `edges`, both lists")
    if not all(isinstance(value[name], list) for name in ("nodes", "edges")):
        raise ValueError("`nodes` and `edges` of a graph are lists")
    problems = list(_shape_problems(value))
    errors: list[InitErrorDetails] = []
    if not problems:
        nodes = [(("nodes", i), node) for i, node in enumerate(value["nodes"])]
        for path, node in nodes:
            if "action" in node:
                problems += _raw_node_problems(path, node)
            else:
                errors += step_errors(path, dict(node))
        problems += graph_problems(to_graph({"graph": value}))
        problems += reference_problems(nodes)
    raise_problems(unique(problems), errors)
    return {
        "nodes": [dict(n) if "action" in n else parse_step(n) for n in value["nodes"]],
        "edges": [dict(edge) for edge in value["edges"]],
    }


def _shape_problems(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the entries that are not nodes or edges at all."""
    for i, node in enumerate(value["nodes"]):
        if text := _node_shape_problem(node):
            yield ("nodes", i), text
    for i, edge in enumerate(value["edges"]):
        valid = isinstance(edge, dict) and {"from", "to"} <= set(edge) <= {"from", "to", "branch"}
        if not valid or type(edge.get("branch", 0)) is not int:
            text = (
                "An edge has `from`, `to` and, if it leaves a node with branches, `branch`: 0, 1, "
                "and so on:\n\n    - {from: choose, to: hello, branch: 0}"
            )
            yield ("edges", i), text


def _node_shape_problem(node: Any) -> str | None:
    if not isinstance(node, dict) or not isinstance(node.get("id"), str):
        return "A node is a mapping with an `id`."
    if "action" not in node and len([key for key in STEP_TYPES if key in node]) != 1:
        return (
            f"A node has one of {', '.join(f'`{keyword}`' for keyword in STEP_TYPES)}, or "
            "`action` with `raw`."
        )
    if isinstance(node.get("action", ""), str) and any(node.get(key) for key in BRANCH_KEYS):
        return "A node has no steps of its own. List the ways out of it as `edges`."
    return None


def _raw_node_problems(path: FieldPath, node: Mapping[str, Any]) -> Iterator[Problem]:
    raw = node.get("raw")
    if set(node) - RAW_NODE_KEYS or not isinstance(raw, dict):
        yield path, "A node with `action` has its fields in `raw`, and no others."
        return
    if (example := _equivalent_step(node)) is not None:
        text = f"There is a keyword for a node of type `{node['action']}`. Use it:\n\n    {example}"
        yield (*path, "action"), text
    for way, encoded in encoded_filters(raw):
        if not is_decodable(encoded):
            yield (*path, "raw", *way), invalid_encoding_message(encoded)


def _equivalent_step(node: Mapping[str, Any]) -> str | None:
    """Return the step that expresses all of a raw node, as an import would write it.

    The content of a message is that of an example. Return None if no keyword expresses the node.
    """
    keyword = KEYWORD_BY_ACTION_TYPE.get(node["action"])
    if keyword is None:
        return None
    action: Any = {"id": node["id"], "template_id": 1, **node["raw"], "type": node["action"]}
    context = CodecContext(Names(), templates={"1": node.get("template", {})})
    fields = STEP_MODELS[keyword].decode(action, context)
    if fields is None or STEP_TYPES[keyword].is_message:
        return None if fields is None else STEP_TYPES[keyword].example
    return f"- {flow_mapping({'id': node['id'], **fields})}"


GRAPH_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "nodes": {"type": "array", "items": {"type": "object", "required": ["id"]}},
        "edges": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "from": {"type": "string"},
                    "to": {"type": "string"},
                    "branch": {"type": "integer"},
                },
                "required": ["from", "to"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["nodes", "edges"],
    "additionalProperties": False,
}
