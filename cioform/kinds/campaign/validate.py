"""Reading a workflow as a file has it, steps or graph, into canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError

from cioform.core.json_value import Plain
from cioform.kinds.campaign.codec.graph_codec import NODE_KEYS, graph_of
from cioform.kinds.campaign.encoded_fields import decodes, encoded_texts, not_encoded
from cioform.kinds.campaign.field_types import Complaint, refuse
from cioform.kinds.campaign.steps import (
    OFFERED,
    VOCABULARY,
    WORD_OF_TYPE,
    Context,
    read_fields,
    step_schema,
)
from cioform.language import conditions
from cioform.language.workflow import (
    WAYS,
    WORDS,
    Step,
    bare,
    graph_problems,
    problems,
    rebuilt,
    variants_of,
    walk,
    with_ids,
    word_of,
)
from cioform.model.names import Names


def read_workflow(value: Any) -> list[Step]:
    """Give the canonical steps of a workflow, all with ids. Raises ValidationError with all that
    is wrong, in the steps and inside of them."""
    found = problems(value, OFFERED)
    steps = list(walk(value)) if isinstance(value, list) else []
    wrong = {path for path, _ in found}
    for path, step in steps:
        if not any(at[: len(path)] == path and at[len(path) :] not in _INSIDE for at in wrong):
            found += _inside(path, step)
    found += _reference_complaints(steps)
    refuse(_once(found))
    tree = rebuilt(with_ids(value), lambda _, step: read_step(step))
    if tree and word_of(tree[-1]) == "exit":
        del tree[-1]  # The trunk ends in an exit anyhow.
    return tree


_INSIDE: Final = {("id",)}


def _once(found: Iterable[Complaint]) -> list[Complaint]:
    return list(dict.fromkeys(found))


def _inside(path: tuple[str | int, ...], step: Any) -> list[Complaint]:
    if not isinstance(step, dict) or len([key for key in step if key in WORDS]) != 1:
        return []
    return list(step_complaints(path, bare(step)))


def step_complaints(path: tuple[str | int, ...], step: Step) -> Iterator[Complaint]:
    """Find what is wrong inside the word of one bare step."""
    word = word_of(step)
    if not isinstance(step.get("name", ""), str):
        yield (*path, "name"), "The name of a step is text."
    try:
        read_fields(word, _fields(step))
    except ValidationError as error:
        for found in error.errors(include_url=False):
            at = tuple(found["loc"])
            yield (*path, *at), _said(word, at, found)


def _fields(step: Step) -> dict[str, Plain]:
    return {key: value for key, value in step.items() if key not in ("id", "name")}


def _said(word: str, at: tuple[str | int, ...], found: Any) -> str:
    name = at[-1] if at else word
    if found["type"] == "extra_forbidden" and len(at) == 1:
        return f"`{name}` does not belong to a step with `{word}`. Take it out."
    if found["type"] == "extra_forbidden":
        known = ", ".join(_known(word, at))
        return f"`{name}` is not a field of `{word}`" + (f", which has {known}." if known else ".")
    if found["type"] == "missing":
        return f"`{name}` is missing, and every {word} needs it. Add it{_example(word, at)}"
    if word == "exit" and found["type"] == "too_long":
        return "`exit` takes nothing:\n\n    - exit: {}"
    return str(found["msg"]).removeprefix("Value error, ")


def _known(word: str, at: tuple[str | int, ...]) -> list[str]:
    schema: Any = VOCABULARY[word].model.model_json_schema(by_alias=True)
    defined = schema.get("$defs", {})
    for part in at[:-1]:
        schema = schema.get("items", schema) if isinstance(part, int) else schema
        if isinstance(part, str):
            schema = schema.get("properties", {}).get(part, {})
        if "$ref" in schema:
            schema = defined[schema["$ref"].rpartition("/")[2]]
        if isinstance(part, str) and "$ref" in schema.get("items", {}):
            schema = {"items": defined[schema["items"]["$ref"].rpartition("/")[2]]}
    return list(schema.get("properties", {}))


_EXAMPLES: Final[Mapping[str, str]] = {
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


def _example(word: str, at: tuple[str | int, ...]) -> str:
    example = _EXAMPLES.get(str(at[-1])) if at else None
    if example is None:
        return "."
    if word == "wait_until":
        example += "  # or never"
    return f":\n\n    {example}"


def _reference_complaints(steps: Iterable[tuple[tuple[str | int, ...], Any]]) -> list[Complaint]:
    """Find the steps that waits ask for and that are no e-mails of this workflow."""
    known: list[str] = []
    asked: list[Complaint] = []
    for path, step in steps:
        known += [
            str(named["id"])
            for named in (step, *(variant for _, variant in variants_of(step)))
            if isinstance(named, dict) and "email" in named and "id" in named
        ]
        asked += [] if not isinstance(step, dict) else _asked(path, step)
    return [(path, _no_such_email(name, known)) for path, name in asked if name not in known]


def _asked(path: tuple[str | int, ...], step: Mapping[str, Any]) -> list[Complaint]:
    if "wait_until" not in step:
        return []
    try:
        condition = conditions.parse(step["wait_until"])
        return list(conditions.step_references(condition, (*path, "wait_until")))
    except (ValueError, AttributeError):
        return []  # Told where the condition is read.


def _no_such_email(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    there = f" There are: {', '.join(f'`{each}`' for each in known)}." if known and not near else ""
    return f"No e-mail of this workflow has the id `{name}`.{hint}{there}" + (
        "" if known else " Give the e-mail it means an id:\n\n    - id: " + name
    )


def read_step(step: Step) -> Step:
    """Give a bare step with what its word says in canonical form."""
    word = word_of(step)
    kept: Step = {key: step[key] for key in ("id", "name") if key in step}
    return {**kept, **read_fields(word, _fields(step))}


def read_graph_form(value: Any) -> dict[str, Plain]:
    """Give the canonical graph form. Raises ValidationError with all that is wrong."""
    if not isinstance(value, Mapping) or set(value) != {"nodes", "edges"}:
        raise ValueError("a graph has `nodes` and `edges`, both lists")
    if not all(isinstance(value[name], list) for name in ("nodes", "edges")):
        raise ValueError("a graph has `nodes` and `edges`, both lists")
    found = list(_form_complaints(value))
    nodes = [(("nodes", i), node) for i, node in enumerate(value["nodes"])]
    if not found:
        found += [c for at, node in nodes for c in _node_complaints(at, node)]
        found += [*graph_problems(graph_of({"graph": value})), *_reference_complaints(nodes)]
    refuse(_once(found))
    return {
        "nodes": [read_step(n) if "action" not in n else dict(n) for n in value["nodes"]],
        "edges": [dict(edge) for edge in value["edges"]],
    }


def _form_complaints(value: Mapping[str, Any]) -> Iterator[Complaint]:
    """Find what is no node and no edge at all."""
    for i, node in enumerate(value["nodes"]):
        at = ("nodes", i)
        if not isinstance(node, dict) or not isinstance(node.get("id"), str):
            yield at, "A node is a mapping with an `id`."
        elif "action" not in node and len([word for word in OFFERED if word in node]) != 1:
            yield at, f"A node says one of {', '.join(OFFERED)}, or `action` with `raw`."
        elif isinstance(node.get("action", ""), str) and _below(node):
            yield at, "A node has no steps below it; say the ways on as `edges`."
    for i, edge in enumerate(value["edges"]):
        fine = isinstance(edge, dict) and {"from", "to"} <= set(edge) <= {"from", "to", "branch"}
        if not fine or type(edge.get("branch", 0)) is not int:
            text = "An edge has `from`, `to` and, after a choice, `branch`: 0, 1, and so on:"
            yield ("edges", i), text + "\n\n    - {from: choose, to: hello, branch: 0}"


def _node_complaints(at: tuple[str | int, ...], node: Mapping[str, Any]) -> Iterator[Complaint]:
    if "action" in node:
        yield from _raw_complaints(at, node)
    else:
        yield from step_complaints(at, dict(node))


def _below(node: Mapping[str, Any]) -> bool:
    return any(node.get(key) for keys in WAYS.values() for key in keys)


def _raw_complaints(at: tuple[str | int, ...], node: Mapping[str, Any]) -> Iterator[Complaint]:
    raw = node.get("raw")
    if set(node) - NODE_KEYS or not isinstance(raw, dict):
        yield at, "A node with `action` has its fields in `raw`, and no others."
        return
    if (word := _sayable(node)) is not None:
        text = f"A node of type `{node['action']}` can be said in words, and has to be:\n\n    "
        yield (*at, "action"), text + f"- id: {node['id']}\n      {word}: ..."
    for path, text in encoded_texts(raw):
        if not decodes(text):
            yield (*at, "raw", *path), not_encoded(text)


def _sayable(node: Mapping[str, Any]) -> str | None:
    """Give the word that says all of a raw node; an import would give that."""
    word = WORD_OF_TYPE.get(node["action"])
    if word is None:
        return None
    action = {"id": node["id"], "template_id": 1, **node["raw"], "type": node["action"]}
    context = Context(Names(), templates={"1": node.get("template", {})})
    return word if VOCABULARY[word].decode(action, context) is not None else None


def steps_schema() -> dict[str, Plain]:
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
