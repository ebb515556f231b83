"""What a file says of a campaign, and what it may not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from cioform.base.value import Duration, Plain
from cioform.kinds.campaign.graph_form import NODE_KEYS, graph_of
from cioform.language import conditions
from cioform.language.conditions import Place
from cioform.language.conditions.grammar import leaves
from cioform.language.message import CONTENT, canonical
from cioform.language.workflow import (
    Step,
    graph_problems,
    problems,
    rebuilt,
    walk,
    with_ids,
    word_of,
)
from cioform.model.resource import Path, ResourceModel

OFFERED: Final = (*CONTENT, "wait", "if", "exit")
"""The words a campaign's workflow may use today; anything else is written as `graph:`."""

Complaint = tuple[Path, str]


def _duration(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write a duration such as 30s, 15m, 2h, 3d or 1w2d")
    return str(Duration.parse(value))


Period = Annotated[
    str, BeforeValidator(_duration), WithJsonSchema({"type": "string", "examples": ["2d", "90m"]})
]


class Reentry(ResourceModel):
    """Whether people come in again."""

    every_match: bool = False
    """Whether each new match brings a person in again; otherwise everybody comes in once."""
    at_least_after: Period | None = None
    """How long after the last time at the earliest."""
    mode: str | None = None
    """The remote's own word for a way we have no words for."""


def _exit_when(value: Any) -> dict[str, Plain]:
    condition = conditions.parse(value)
    found = conditions.problems(condition, Place.EXIT)
    # What is no segment is kept as null without a word (journeys facts, section 4, Exit).
    found += [
        (path, "the remote lets people leave by segments only; make this one a segment")
        for path, leaf in leaves(condition)
        if "attribute" in leaf
    ]
    _refuse(found)
    return condition


class Exit(ResourceModel):
    """When people leave before the end."""

    when: Annotated[
        dict[str, Any] | None,
        PlainValidator(_exit_when),
        WithJsonSchema({"type": ["object", "array"]}),
    ] = None
    """Whoever meets this leaves at once."""
    on_trigger_unmatched: bool = False
    """Whether people leave when they no longer meet the trigger or its filters."""


def _trigger(value: Any) -> dict[str, Plain]:
    if not (isinstance(value, Mapping) and "event" in value):
        condition = conditions.parse(value)
        _refuse(conditions.problems(condition, Place.TRIGGER))
        return condition
    unknown = set(value) - {"event", "where", "audience"}
    if unknown:
        raise ValueError(f"beside `event` there may be `where` and `audience`, not {unknown.pop()}")
    if not isinstance(value["event"], str) or not value["event"]:
        raise ValueError("`event` is the name of the event that starts the campaign")
    trigger: dict[str, Plain] = {"event": value["event"]}
    for name, place in (("where", Place.ATTRIBUTE_FILTERS), ("audience", Place.BRANCH)):
        if value.get(name) is not None:
            trigger[name] = conditions.parse(value[name])
            _refuse([((name, *at), s) for at, s in conditions.problems(trigger[name], place)])
    return trigger


def _steps(value: Any) -> list[Step]:
    _refuse(problems(value, OFFERED))
    known = with_ids(value)
    # Paths are those of the file: ids are filled in, nothing moves.
    complaints = [c for path, step in walk(known) for c in _step_complaints(path, step)]
    _refuse(complaints)
    steps = rebuilt(known, lambda _, step: read_step(step))
    if steps and word_of(steps[-1]) == "exit":
        del steps[-1]  # The trunk ends in an exit anyhow.
    return steps


def _graph(value: Any) -> dict[str, Plain]:
    if not isinstance(value, Mapping) or set(value) != {"nodes", "edges"}:
        raise ValueError("a graph has `nodes` and `edges`, both lists")
    _refuse(list(_graph_form_complaints(value)))
    nodes = [read_step(node) if "action" not in node else dict(node) for node in value["nodes"]]
    form = {"nodes": nodes, "edges": [dict(edge) for edge in value["edges"]]}
    _refuse(graph_problems(graph_of({"graph": form})))
    return form


def _graph_form_complaints(value: Mapping[str, Any]) -> Iterator[Complaint]:
    for i, node in enumerate(value["nodes"]):
        at = ("nodes", i)
        if not isinstance(node, dict) or not isinstance(node.get("id"), str):
            yield at, "A node is a mapping with an `id`."
        elif "action" in node:
            if set(node) - NODE_KEYS or not isinstance(node.get("raw"), dict):
                yield at, "A node with `action` has its fields in `raw`, and no others."
        elif {"then", "else"} & set(node):
            yield at, "A node has no steps below it; say the ways on as `edges`."
        elif len([word for word in OFFERED if word in node]) != 1:
            yield at, f"A node says one of {', '.join(OFFERED)}, or `action` with `raw`."
        else:
            yield from _step_complaints(at, node)
    for i, edge in enumerate(value["edges"]):
        fine = isinstance(edge, dict) and {"from", "to"} <= set(edge) <= {"from", "to", "branch"}
        if not fine or not isinstance(edge.get("branch", 0), int):
            yield ("edges", i), "An edge has `from`, `to` and, after a choice, `branch`: 0, 1, ..."


def _step_complaints(path: Path, step: Step) -> Iterator[Complaint]:
    """Find what is wrong inside the word of one step."""
    word = word_of(step)
    at = (*path, word)
    for key in step:
        if key not in ("id", "name", word, "then", "else"):
            yield (*path, key), f"`{key}` does not belong to a step with `{word}`. Take it out."
    if not isinstance(step.get("name", ""), str):
        yield (*path, "name"), "The name of a step is text."
    try:
        read_word(word, step[word])
    except ValidationError as error:
        for found in error.errors(include_url=False):
            yield (*at, *found["loc"]), _said(word, found)
    except ValueError as error:
        yield at, str(error)


def _said(word: str, found: Any) -> str:
    if found["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in CONTENT[word].model_fields.items()]
        return f"`{found['loc'][-1]}` is not a field of `{word}`, which has {', '.join(known)}."
    if found["type"] == "missing":
        return f"`{found['loc'][-1]}` is missing, and every {word} needs it. Add it."
    return str(found["msg"])


def read_step(step: Step) -> Step:
    """Give a bare step with what its word says in canonical form."""
    word = word_of(step)
    return {**step, word: read_word(word, step[word])}


def read_word(word: str, value: Any) -> Plain:
    """Give the canonical value of a word. Raises ValueError, or pydantic's own kind of it."""
    if word in CONTENT:
        content = canonical(word, CONTENT[word].model_validate(value))
        del content["type"]
        return content
    if word == "wait":
        return _duration(value)
    if word == "if":
        condition = conditions.parse(value)
        if found := conditions.problems(condition, Place.BRANCH):
            raise ValueError("; ".join(text for _, text in found))
        return condition
    if value not in ({}, None):
        raise ValueError("`exit` takes nothing; write `exit: {}`")
    return {}


def _refuse(complaints: list[Complaint]) -> None:
    """Raise all complaints at once, each at its own place in the file."""
    if complaints:
        raise ValidationError.from_exception_data(
            "campaign",
            [
                InitErrorDetails(
                    type=PydanticCustomError("campaign", "{text}", {"text": text}),
                    loc=path,
                    input=None,
                )
                for path, text in complaints
            ],
        )


_LIST_OF_STEPS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string"},
            **{
                word: model.model_json_schema(ref_template="#/$defs/{model}")
                for word, model in CONTENT.items()
            },
            "wait": {"type": "string", "examples": ["2d", "90m"]},
            "if": {"type": ["object", "array"]},
            "then": {"type": "array", "items": {"type": "object"}},
            "else": {"type": "array", "items": {"type": "object"}},
            "exit": {"type": "object", "maxProperties": 0},
        },
        "additionalProperties": False,
    },
}
_GRAPH_FORM: Final = {
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


class Campaign(ResourceModel):
    """A campaign. It is made as a draft and never started from here: starting is for a person in
    Customer.io, so `state` is not a field and never a difference."""

    name: Annotated[str, Field(min_length=1)]
    """What people call it; also how it is found on the first run."""
    description: str = ""
    """What it is for."""
    trigger: Annotated[
        dict[str, Any] | None,
        PlainValidator(_trigger),
        WithJsonSchema({"type": ["object", "array"]}),
    ] = None
    """What brings people in: `event:` with `where:` and `audience:`, or a condition of segments
    and attributes."""
    raw_trigger: dict[str, Any] | None = None
    """A trigger of another sort, as the remote has it: `type` and its fields."""
    reentry: Reentry = Reentry()
    """Whether people come in again."""
    exit: Exit = Exit()
    """When people leave before the end."""
    message_limits: bool = True
    """Whether its messages count against the workspace's limits."""
    send_to_unsubscribed: bool = False
    """Whether people who unsubscribed get its messages too."""
    workflow: Annotated[
        list[Any] | None, PlainValidator(_steps), WithJsonSchema(_LIST_OF_STEPS)
    ] = None
    """What happens, step by step."""
    graph: Annotated[dict[str, Any] | None, PlainValidator(_graph), WithJsonSchema(_GRAPH_FORM)] = (
        None
    )
    """The same as nodes and edges, for what cannot be said as steps."""

    @model_validator(mode="after")
    def _one_of_each(self) -> Campaign:
        if (self.trigger is None) == (self.raw_trigger is None):
            raise ValueError("a campaign has a `trigger`, or a `raw_trigger`, and not both")
        if self.raw_trigger is not None and not isinstance(self.raw_trigger.get("type"), str):
            raise ValueError("a `raw_trigger` says its `type`, as the remote calls it")
        if (self.workflow is None) == (self.graph is None):
            raise ValueError("a campaign has a `workflow`, or a `graph`, and not both")
        return self
