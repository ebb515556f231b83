"""Reading a workflow as a file has it, steps or graph, into canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from cioform.core.json_value import JsonValue
from cioform.core.suggest import did_you_mean
from cioform.kinds.campaign.codec.graph_codec import RAW_NODE_KEYS, to_graph
from cioform.kinds.campaign.encoded_fields import (
    encoded_filters,
    invalid_encoding_message,
    is_decodable,
)
from cioform.kinds.campaign.field_types import Problem, raise_problems
from cioform.kinds.campaign.steps import (
    KEYWORD_BY_ACTION_TYPE,
    STEP_TYPES,
    SUPPORTED_KEYWORDS,
    CodecContext,
    parse_fields,
    step_schema,
)
from cioform.language import conditions
from cioform.language.workflow import (
    BRANCH_KEYS,
    STEP_KEYWORDS,
    Step,
    assign_ids,
    graph_problems,
    keyword_of,
    map_steps,
    variants_of,
    walk,
    without_branches,
    workflow_problems,
)
from cioform.model.names import Names
from cioform.model.value_errors import describe_errors


def parse_workflow(value: Any) -> list[Step]:
    """Give the canonical steps of a workflow, all with ids. Raises ValidationError with all that
    is wrong, in the steps and inside of them."""
    found = workflow_problems(value, SUPPORTED_KEYWORDS)
    steps = list(walk(value)) if isinstance(value, list) else []
    wrong = {path for path, _ in found}
    for path, step in steps:
        if not any(
            at[: len(path)] == path and at[len(path) :] not in _NON_BLOCKING_PATHS for at in wrong
        ):
            found += _inner_problems(path, step)
    found += _reference_problems(steps)
    raise_problems(_deduplicate(found))
    tree = map_steps(assign_ids(value), lambda _, step: parse_step(step))
    if tree and keyword_of(tree[-1]) == "exit":
        del tree[-1]  # The trunk ends in an exit anyhow.
    return tree


_NON_BLOCKING_PATHS: Final = {("id",)}


def _deduplicate(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _inner_problems(path: tuple[str | int, ...], step: Any) -> list[Problem]:
    if not isinstance(step, dict) or len([key for key in step if key in STEP_KEYWORDS]) != 1:
        return []
    return list(step_problems(path, without_branches(step)))


def step_problems(path: tuple[str | int, ...], step: Step) -> Iterator[Problem]:
    """Find what is wrong inside the word of one bare step."""
    word = keyword_of(step)
    if not isinstance(step.get("name", ""), str):
        yield (*path, "name"), "The name of a step is text."
    try:
        parse_fields(word, _own_fields(step))
    except ValidationError as error:
        for found in error.errors(include_url=False):
            at = tuple(found["loc"])
            yield (*path, *at), _error_message(word, at, found)


def _own_fields(step: Step) -> dict[str, JsonValue]:
    return {key: value for key, value in step.items() if key not in ("id", "name")}


def _error_message(keyword: str, path: tuple[str | int, ...], error: Any) -> str:
    name = path[-1] if path else keyword
    if error["type"] == "extra_forbidden" and len(path) == 1:
        return f"`{name}` does not belong to a step with `{keyword}`. Take it out."
    if error["type"] == "extra_forbidden":
        known = ", ".join(_known_fields(keyword, path))
        return f"`{name}` is not a field of `{keyword}`" + (
            f", which has {known}." if known else "."
        )
    if error["type"] == "missing":
        return f"`{name}` is missing, and every {keyword} needs it. Add it{_example_text(keyword, path)}"
    if keyword == "exit" and error["type"] == "too_long":
        return "`exit` takes nothing:\n\n    - exit: {}"
    return describe_errors([error], error["input"])


def _known_fields(keyword: str, path: tuple[str | int, ...]) -> list[str]:
    schema: Any = STEP_TYPES[keyword].model.model_json_schema(by_alias=True)
    defined = schema.get("$defs", {})
    for part in path[:-1]:
        schema = schema.get("items", schema) if isinstance(part, int) else schema
        if isinstance(part, str):
            schema = schema.get("properties", {}).get(part, {})
        if "$ref" in schema:
            schema = defined[schema["$ref"].rpartition("/")[2]]
        if isinstance(part, str) and "$ref" in schema.get("items", {}):
            schema = {"items": defined[schema["items"]["$ref"].rpartition("/")[2]]}
    return list(schema.get("properties", {}))


_FIELD_EXAMPLES: Final[Mapping[str, str]] = {
    "timeout": "timeout: 3d",
    "from": 'from: "09:00"',
    "to": 'to: "21:00"',
    "zone": "zone: Europe/London",
    "min": "min: 1h",
    "max": "max: 2d",
    "when": "when: {segment: segment.vip}",
    "percent": "percent: 50",
    "title": "title: Hello",
    "subject": "subject: Hello",
    "url": "url: https://example.com/hook",
}


def _example_text(keyword: str, path: tuple[str | int, ...]) -> str:
    example = _FIELD_EXAMPLES.get(str(path[-1])) if path else None
    if example is None:
        return "."
    if keyword == "wait_until":
        example += "  # or never"
    return f":\n\n    {example}"


def _reference_problems(steps: Iterable[tuple[tuple[str | int, ...], Any]]) -> list[Problem]:
    """Find the steps that waits ask for and that are no e-mails of this workflow."""
    known: list[str] = []
    asked: list[Problem] = []
    for path, step in steps:
        known += [
            str(named["id"])
            for named in (step, *(variant for _, variant in variants_of(step)))
            if isinstance(named, dict) and "email" in named and "id" in named
        ]
        asked += [] if not isinstance(step, dict) else _step_references(path, step)
    return [
        (path, _unknown_email_message(name, known)) for path, name in asked if name not in known
    ]


def _step_references(path: tuple[str | int, ...], step: Mapping[str, Any]) -> list[Problem]:
    if "wait_until" not in step:
        return []
    try:
        condition = conditions.parse(step["wait_until"])
        return list(conditions.step_references(condition, (*path, "wait_until")))
    except (ValueError, AttributeError):
        return []  # Told where the condition is read.


def _unknown_email_message(name: str, email_ids: list[str]) -> str:
    hint = did_you_mean(name, email_ids)
    there = (
        f" There are: {', '.join(f'`{each}`' for each in email_ids)}."
        if email_ids and not hint
        else ""
    )
    return f"No e-mail of this workflow has the id `{name}`.{hint}{there}" + (
        "" if email_ids else " Give the e-mail it means an id:\n\n    - id: " + name
    )


def parse_step(step: Step) -> Step:
    """Give a bare step with what its word says in canonical form."""
    word = keyword_of(step)
    kept: Step = {key: step[key] for key in ("id", "name") if key in step}
    return {**kept, **parse_fields(word, _own_fields(step))}


def parse_graph(value: Any) -> dict[str, JsonValue]:
    """Give the canonical graph form. Raises ValidationError with all that is wrong."""
    if not isinstance(value, Mapping) or set(value) != {"nodes", "edges"}:
        raise ValueError("a graph has `nodes` and `edges`, both lists")
    if not all(isinstance(value[name], list) for name in ("nodes", "edges")):
        raise ValueError("a graph has `nodes` and `edges`, both lists")
    found = list(_graph_form_problems(value))
    nodes = [(("nodes", i), node) for i, node in enumerate(value["nodes"])]
    if not found:
        found += [c for at, node in nodes for c in _node_problems(at, node)]
        found += [*graph_problems(to_graph({"graph": value})), *_reference_problems(nodes)]
    raise_problems(_deduplicate(found))
    return {
        "nodes": [parse_step(n) if "action" not in n else dict(n) for n in value["nodes"]],
        "edges": [dict(edge) for edge in value["edges"]],
    }


def _graph_form_problems(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what is no node and no edge at all."""
    for i, node in enumerate(value["nodes"]):
        at = ("nodes", i)
        if not isinstance(node, dict) or not isinstance(node.get("id"), str):
            yield at, "A node is a mapping with an `id`."
        elif (
            "action" not in node and len([word for word in SUPPORTED_KEYWORDS if word in node]) != 1
        ):
            yield at, f"A node says one of {', '.join(SUPPORTED_KEYWORDS)}, or `action` with `raw`."
        elif isinstance(node.get("action", ""), str) and _has_branches(node):
            yield at, "A node has no steps below it; say the ways on as `edges`."
    for i, edge in enumerate(value["edges"]):
        fine = isinstance(edge, dict) and {"from", "to"} <= set(edge) <= {"from", "to", "branch"}
        if not fine or type(edge.get("branch", 0)) is not int:
            text = "An edge has `from`, `to` and, after a choice, `branch`: 0, 1, and so on:"
            yield ("edges", i), text + "\n\n    - {from: choose, to: hello, branch: 0}"


def _node_problems(path: tuple[str | int, ...], node: Mapping[str, Any]) -> Iterator[Problem]:
    if "action" in node:
        yield from _raw_node_problems(path, node)
    else:
        yield from step_problems(path, dict(node))


def _has_branches(node: Mapping[str, Any]) -> bool:
    return any(node.get(key) for keys in BRANCH_KEYS.values() for key in keys)


def _raw_node_problems(at: tuple[str | int, ...], node: Mapping[str, Any]) -> Iterator[Problem]:
    raw = node.get("raw")
    if set(node) - RAW_NODE_KEYS or not isinstance(raw, dict):
        yield at, "A node with `action` has its fields in `raw`, and no others."
        return
    if (word := _expressible_keyword(node)) is not None:
        text = f"A node of type `{node['action']}` can be said in words, and has to be:\n\n    "
        yield (*at, "action"), text + f"- id: {node['id']}\n      {word}: ..."
    for path, text in encoded_filters(raw):
        if not is_decodable(text):
            yield (*at, "raw", *path), invalid_encoding_message(text)


def _expressible_keyword(node: Mapping[str, Any]) -> str | None:
    """Give the word that says all of a raw node; an import would give that."""
    word = KEYWORD_BY_ACTION_TYPE.get(node["action"])
    if word is None:
        return None
    action = {"id": node["id"], "template_id": 1, **node["raw"], "type": node["action"]}
    context = CodecContext(Names(), templates={"1": node.get("template", {})})
    return word if STEP_TYPES[word].decode(action, context) is not None else None


def workflow_schema() -> dict[str, JsonValue]:
    """Give the JSON schema of a workflow."""
    below = {"type": "array", "items": {"type": "object"}}
    return {"type": "array", "items": step_schema(below)}


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
