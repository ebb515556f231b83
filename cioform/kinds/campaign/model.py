"""The fields of a campaign in a file."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from cioform.core.address import NONE
from cioform.core.data.json_value import JsonValue
from cioform.core.suggest import closest
from cioform.kinds.campaign.settings.exit_and_goal import Exit, Goal
from cioform.kinds.campaign.settings.field_types import Problem, flow_mapping, raise_problems
from cioform.kinds.campaign.settings.reentry import ONCE, Reentry, parse_reentry, reentry_schema
from cioform.kinds.campaign.trigger.encoding import parse_trigger, supports_reentry
from cioform.kinds.campaign.trigger.trigger_schema import TRIGGER
from cioform.kinds.campaign.trigger.trigger_types import TRIGGER_TYPES
from cioform.kinds.campaign.validation.validate import parse_workflow, workflow_schema
from cioform.kinds.campaign.validation.validate_graph import GRAPH_SCHEMA, parse_graph
from cioform.language.messages.defaults import Defaults, all_defaults
from cioform.model.fields.model_fields import ParsedAs
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.fields.upgrading import outdated_syntax_message
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import (
    DocumentedSchemaGenerator,
    LazySchema,
    shared_definition,
)
from cioform.model.values.text_pattern import NonBlank, TrimmedLine
from cioform.model.values.value_errors import repeated_error


def _goal_schema() -> dict[str, Any]:
    goal = Goal.model_json_schema(schema_generator=DocumentedSchemaGenerator)
    return {"anyOf": [{"const": NONE}, goal]}


def _each_once(tags: list[str] | None) -> list[str] | None:
    return None if tags is None else list(dict.fromkeys(tags))


_EXIT_HINT: Final = "Use `exit`, as in `exit: {when: {segment: done}, stops_matching: true}`."
_STATUS_HINT: Final = (
    "Remove it: a new campaign is a draft, and only a person starts or stops it, in Customer.io. "
    "The `sending` of a message decides whether it is sent."
)


class Campaign(ResourceModel):
    """A campaign.

    A new campaign is a draft. Only a person can start it, in Customer.io, so its state is not a
    field.
    """

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("frequency", "every_match", "at_least_after", "cooldown"), "reentry"),
        **dict.fromkeys(("steps", "actions", "journey", "flow"), "workflow"),
        **dict.fromkeys(("exit_conditions", "exit_when", "stops_matching"), _EXIT_HINT),
        **dict.fromkeys(("status", "state", "active", "enabled", "published"), _STATUS_HINT),
        **dict.fromkeys(("conversion", "conversion_goal", "conversion_criteria"), "goal"),
        **dict.fromkeys(("starts", "start", "on", "when", "entry"), "trigger"),
        **dict.fromkeys(("time_zone", "timezone", "zone"), "defaults.time_zone"),
        "subscription_topic": "topic",
    }

    name: NonBlank
    """The name of the campaign; also how it is found on the first run."""
    description: str = ""
    """What the campaign is for."""
    tags: Annotated[
        list[Annotated[TrimmedLine, Field(min_length=1)]] | None, AfterValidator(_each_once)
    ] = None
    """Its tags by name; missing ones are created."""
    topic: str | None = None
    """Its subscription topic by its name, or `topic#5`; `none` for no topic."""
    trigger: Annotated[
        dict[str, Any] | None,
        PlainValidator(parse_trigger),
        ParsedAs(tuple(TRIGGER_TYPES.values())),
        WithJsonSchema(shared_definition(TRIGGER)),
    ] = None
    """Who enters the campaign: a condition on segments and attributes, or `event:`, `date:`,
    `form:`, `object:`, `relationship:`, `webhook:` or `api:` with its own fields, or `raw:` for any
    other type, with Customer.io's `type` and fields. The type cannot change once it is set."""
    reentry: Annotated[
        str | dict[str, Any],
        PlainValidator(parse_reentry),
        ParsedAs((Reentry,)),
        LazySchema(reentry_schema),
    ] = ONCE
    """Whether people may enter again: `once`, `every_match`, or a mapping with a `cooldown`."""
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
    defaults: Annotated[Defaults, OnFirstUse(all_defaults)] | None = None
    """Values for fields that its messages and windows leave out; they take precedence over the
    defaults of the workspace."""
    workflow: Annotated[
        list[Any] | None, PlainValidator(parse_workflow), LazySchema(workflow_schema)
    ] = None
    """The steps of the campaign."""
    graph: Annotated[
        dict[str, Any] | None, PlainValidator(parse_graph), WithJsonSchema(GRAPH_SCHEMA)
    ] = None
    """The workflow as nodes and edges, if steps cannot express it."""

    @model_validator(mode="wrap")
    @classmethod
    def _check_whole(cls, value: JsonValue, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Report what is wrong with the whole together with what is wrong with its fields."""
        problems = list(_whole_problems(value)) if isinstance(value, Mapping) else []
        try:
            campaign = validate(_without_raw_trigger(value))
        except ValidationError as error:
            found = error.errors(include_url=False)
            raise_problems(problems, [repeated_error(each) for each in found])
            raise
        raise_problems(problems)
        return campaign

    @model_validator(mode="after")
    def _check_reentry(self) -> Self:
        if (
            self.trigger is not None
            and "reentry" in self.model_fields_set
            and not supports_reentry(self.trigger)
        ):
            keyword = next(iter(self.trigger))
            text = (
                f"People enter through `{keyword}` every time, so it has no re-entry. "
                "Remove the line."
            )
            raise_problems([(("reentry",), text)])
        return self


def _whole_problems(value: Mapping[str, JsonValue]) -> Iterator[Problem]:
    """Yield which of its two main fields a campaign lacks, has twice, or has under an old name."""
    raw = value.get("raw_trigger")
    if isinstance(raw, Mapping):
        text = outdated_syntax_message(
            "`raw_trigger` is `raw` in `trigger` now.",
            f"trigger: {flow_mapping({'raw': dict(raw)})}",
        )
        yield ("raw_trigger",), text
    elif value.get("trigger") is None and not _has_other_name(value, "trigger"):
        yield (), "The campaign needs a trigger:\n\n    trigger: {event: signed_up}"
    forms = [name for name in ("workflow", "graph") if value.get(name) is not None]
    if not forms and not _has_other_name(value, "workflow"):
        text = "The campaign needs a `workflow`, or a `graph` if its branches cross:"
        yield (), f"{text}\n\n    workflow:\n      - {{id: pause, wait: 2d}}"
    if len(forms) == 2:
        yield (), "The campaign has both `workflow` and `graph`. Remove one of them."


def _has_other_name(value: Mapping[str, JsonValue], field: str) -> bool:
    """Return whether a document has a field under a wrong name, which is reported by itself."""
    unknown = [str(name) for name in value if name not in Campaign.model_fields]
    return closest(field, unknown) is not None or any(
        Campaign.other_names.get(name) == field for name in unknown
    )


def _without_raw_trigger(value: JsonValue) -> JsonValue:
    if not isinstance(value, Mapping) or not isinstance(value.get("raw_trigger"), Mapping):
        return value
    return {name: value[name] for name in value if name != "raw_trigger"}
