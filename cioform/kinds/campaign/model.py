"""The fields of a campaign in a file."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from cioform.kinds.campaign.encoded_fields import (
    encoded_filters,
    invalid_encoding_message,
    is_decodable,
)
from cioform.kinds.campaign.exit_and_goal import parse_exit
from cioform.kinds.campaign.field_types import DurationText, flow_mapping, raise_problems
from cioform.kinds.campaign.trigger import parse_trigger
from cioform.kinds.campaign.trigger_types import TRIGGER_TYPES, decode_typed_trigger
from cioform.kinds.campaign.validate import parse_workflow, workflow_schema
from cioform.kinds.campaign.validate_graph import GRAPH_SCHEMA, parse_graph
from cioform.language.messages.message import NONE
from cioform.model.model_fields import ParsedAs
from cioform.model.names import Names
from cioform.model.resource import ResourceModel
from cioform.model.schema_docs import DocumentedSchemaGenerator, LazySchema


class Reentry(ResourceModel):
    """Whether people may enter again."""

    every_match: bool = False
    """Whether a person enters again on each new match; otherwise each person enters once."""
    at_least_after: DurationText | None = None
    """The minimum time since the person last entered."""
    frequency_cap: str | None = None
    """The frequency cap of its messages, as Customer.io calls it."""
    mode: str | None = None
    """Customer.io's own value for a mode that the fields above cannot express."""


class Exit(ResourceModel):
    """When people leave before the end."""

    when: Annotated[
        dict[str, Any] | None,
        PlainValidator(parse_exit),
        WithJsonSchema({"type": ["object", "array"]}),
    ] = None
    """A condition of segments; whoever meets it leaves at once."""
    on_trigger_unmatched: bool = False
    """Whether people leave when they no longer match the trigger or its filters."""


class Goal(ResourceModel):
    """The goal of the campaign."""

    event: Annotated[str | None, Field(min_length=1)] = None
    """The event that counts as a conversion."""
    raw: dict[str, Any] | None = None
    """A goal of another type, as Customer.io holds it: `conversion_type` and `conversion`."""
    within: DurationText | None = None
    """How long after a message the event counts."""
    counted_from: Annotated[str, Field(min_length=1)] = "receiving"
    """The action from which `within` is counted, as Customer.io calls it."""

    @model_validator(mode="after")
    def _check_one_goal(self) -> Goal:
        if (self.event is None) == (self.raw is None):
            raise ValueError("a goal has either `event` or `raw`:\n\n    event: purchased")
        return self


def _goal_schema() -> dict[str, Any]:
    goal = Goal.model_json_schema(schema_generator=DocumentedSchemaGenerator)
    return {"anyOf": [{"const": NONE}, goal]}


def _check_raw_trigger(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value.get("type"), str):
        raise ValueError("a `raw_trigger` needs `type`, Customer.io's name of the trigger type")
    raise_problems(
        (path, invalid_encoding_message(text))
        for path, text in encoded_filters(value)
        if not is_decodable(text)
    )
    if (trigger := decode_typed_trigger(value, Names())) is not None:
        raise ValueError(
            f"there is a keyword for a trigger of type `{value['type']}`; use it:\n\n"
            f"    trigger: {flow_mapping(trigger)}"
        )
    return value


def _sort_tags(value: list[str] | None) -> list[str] | None:
    return None if value is None else sorted(set(value))


class Campaign(ResourceModel):
    """A campaign.

    It is created as a draft and never started by cioform: only a person can start it, in
    Customer.io. So `state` is not a field, and never a difference.
    """

    name: Annotated[str, Field(min_length=1)]
    """The name of the campaign; also how it is found on the first run."""
    description: str = ""
    """What the campaign is for."""
    tags: Annotated[
        list[Annotated[str, Field(min_length=1)]] | None, AfterValidator(_sort_tags)
    ] = None
    """Its tags by name; missing ones are created."""
    topic: str | None = None
    """Its subscription topic, `topic#5`; `none` for no topic."""
    trigger: Annotated[
        dict[str, Any] | None,
        PlainValidator(parse_trigger),
        ParsedAs(tuple(TRIGGER_TYPES.values())),
        WithJsonSchema({"type": ["object", "array"]}),
    ] = None
    """What starts the campaign for a person: a condition of segments and attributes, or `event:`,
    `date:`, `form:`, `object:`, `relationship:`, `webhook:` or `api:` with its own fields. Its type
    cannot change once it is set."""
    raw_trigger: Annotated[dict[str, Any] | None, AfterValidator(_check_raw_trigger)] = None
    """A trigger of another type, as Customer.io holds it: `type` and its fields."""
    reentry: Reentry = Reentry()
    """Whether people may enter again."""
    goal: Annotated[
        Goal | str | None,
        PlainValidator(lambda v: v if v in (None, NONE) else Goal.model_validate(v)),
        LazySchema(_goal_schema),
    ] = None
    """The goal of the campaign; `none` for no goal."""
    exit: Exit = Exit()
    """When people leave before the end."""
    message_limits: bool = True
    """Whether its messages count towards the workspace's message limits."""
    send_to_unsubscribed: bool = False
    """Whether unsubscribed people receive its messages too."""
    workflow: Annotated[
        list[Any] | None, PlainValidator(parse_workflow), LazySchema(workflow_schema)
    ] = None
    """The steps of the campaign."""
    graph: Annotated[
        dict[str, Any] | None, PlainValidator(parse_graph), WithJsonSchema(GRAPH_SCHEMA)
    ] = None
    """The workflow as nodes and edges, where steps cannot express it."""

    @model_validator(mode="after")
    def _check_trigger_and_workflow(self) -> Campaign:
        if self.trigger is None and self.raw_trigger is None:
            raise ValueError("the campaign needs a trigger:\n\n    trigger: {event: signed_up}")
        if self.workflow is None and self.graph is None:
            raise ValueError("the campaign needs a workflow:\n\n    workflow:\n      - wait: 2d")
        for name, raw_name in (("trigger", "raw_trigger"), ("workflow", "graph")):
            if getattr(self, name) is not None and getattr(self, raw_name) is not None:
                raise ValueError(
                    f"the campaign has both `{name}` and `{raw_name}`; remove one of them"
                )
        return self
