"""What a file says of a campaign, and what it may not say."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from cioform.kinds.campaign.encoded_fields import (
    encoded_filters,
    invalid_encoding_message,
    is_decodable,
)
from cioform.kinds.campaign.exit_and_goal import parse_exit
from cioform.kinds.campaign.field_types import DurationText, raise_problems
from cioform.kinds.campaign.trigger import parse_trigger
from cioform.kinds.campaign.trigger_types import TRIGGER_TYPES, decode_typed_trigger
from cioform.kinds.campaign.validate import (
    GRAPH_SCHEMA,
    parse_graph,
    parse_workflow,
    workflow_schema,
)
from cioform.language.messages.message import NONE
from cioform.model.model_fields import ParsedAs
from cioform.model.names import Names
from cioform.model.resource import ResourceModel
from cioform.model.schema_docs import DocumentedSchemaGenerator, LazySchema


class Reentry(ResourceModel):
    """Whether people come in again."""

    every_match: bool = False
    """Whether each new match brings a person in again; otherwise everybody comes in once."""
    at_least_after: DurationText | None = None
    """How long after the last time at the earliest."""
    frequency_cap: str | None = None
    """The cap that its messages obey, in the remote's word."""
    mode: str | None = None
    """The remote's own word for a way we have no words for."""


class Exit(ResourceModel):
    """When people leave before the end."""

    when: Annotated[
        dict[str, Any] | None,
        PlainValidator(parse_exit),
        WithJsonSchema({"type": ["object", "array"]}),
    ] = None
    """Whoever meets this leaves at once."""
    on_trigger_unmatched: bool = False
    """Whether people leave when they no longer meet the trigger or its filters."""


class Goal(ResourceModel):
    """What counts as success."""

    event: Annotated[str | None, Field(min_length=1)] = None
    """The event that people should make."""
    raw: dict[str, Any] | None = None
    """A goal of another sort, as Customer.io holds it: `conversion_type` and `conversion`."""
    within: DurationText | None = None
    """How long after a message it counts."""
    counted_from: Annotated[str, Field(min_length=1)] = "receiving"
    """From what on the time counts, in the remote's word."""

    @model_validator(mode="after")
    def _check_one_goal(self) -> Goal:
        if (self.event is None) == (self.raw is None):
            raise ValueError("a goal is an `event`, or `raw`:\n\n    event: purchased")
        return self


def _goal_schema() -> dict[str, Any]:
    goal = Goal.model_json_schema(schema_generator=DocumentedSchemaGenerator)
    return {"anyOf": [{"const": NONE}, goal]}


def _check_raw_trigger(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value.get("type"), str):
        raise ValueError("a `raw_trigger` says its `type`, as the remote calls it")
    raise_problems(
        (path, invalid_encoding_message(text))
        for path, text in encoded_filters(value)
        if not is_decodable(text)
    )
    if (said := decode_typed_trigger(value, Names())) is not None:
        head = next(iter(said))
        text = said[head] if isinstance(said[head], str) else "..."
        raise ValueError(
            f"a trigger of type `{value['type']}` can be said in words:\n\n"
            f"    trigger: {{{head}: {text}}}"
        )
    return value


def _sort_tags(value: list[str] | None) -> list[str] | None:
    return None if value is None else sorted(set(value))


class Campaign(ResourceModel):
    """A campaign. It is made as a draft and never started from here: starting is for a person in
    Customer.io, so `state` is not a field and never a difference."""

    name: Annotated[str, Field(min_length=1)]
    """What people call it; also how it is found on the first run."""
    description: str = ""
    """What it is for."""
    tags: Annotated[
        list[Annotated[str, Field(min_length=1)]] | None, AfterValidator(_sort_tags)
    ] = None
    """Its tags, by name; those that are not there yet are made."""
    topic: str | None = None
    """The subscription topic it belongs to, `topic#5`; `none` for none."""
    trigger: Annotated[
        dict[str, Any] | None,
        PlainValidator(parse_trigger),
        ParsedAs(tuple(trigger_type.model for trigger_type in TRIGGER_TYPES.values())),
        WithJsonSchema({"type": ["object", "array"]}),
    ] = None
    """What brings people in: a condition of segments and attributes, or `event:`, `date:`,
    `form:`, `object:`, `relationship:`, `webhook:` or `api:` with what belongs to it. Its sort
    cannot change once it is set."""
    raw_trigger: Annotated[dict[str, Any] | None, AfterValidator(_check_raw_trigger)] = None
    """A trigger of another sort, as the remote has it: `type` and its fields."""
    reentry: Reentry = Reentry()
    """Whether people come in again."""
    goal: Annotated[
        Goal | str | None,
        PlainValidator(lambda v: v if v in (None, NONE) else Goal.model_validate(v)),
        LazySchema(_goal_schema),
    ] = None
    """What counts as success; `none` for nothing."""
    exit: Exit = Exit()
    """When people leave before the end."""
    message_limits: bool = True
    """Whether its messages count against the workspace's limits."""
    send_to_unsubscribed: bool = False
    """Whether people who unsubscribed get its messages too."""
    workflow: Annotated[
        list[Any] | None, PlainValidator(parse_workflow), LazySchema(workflow_schema)
    ] = None
    """What happens, step by step."""
    graph: Annotated[
        dict[str, Any] | None, PlainValidator(parse_graph), WithJsonSchema(GRAPH_SCHEMA)
    ] = None
    """The same as nodes and edges, for what cannot be said as steps."""

    @model_validator(mode="after")
    def _check_trigger_and_workflow(self) -> Campaign:
        if (self.trigger is None) == (self.raw_trigger is None):
            raise ValueError("a campaign has a `trigger`, or a `raw_trigger`, and not both")
        if (self.workflow is None) == (self.graph is None):
            raise ValueError("a campaign has a `workflow`, or a `graph`, and not both")
        return self
