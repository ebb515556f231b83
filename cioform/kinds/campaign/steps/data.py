"""Steps that change data: attributes, events, segments, collections."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, Field, PlainValidator
from typing_extensions import override

from cioform.core.address import slugify
from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.kinds.campaign.settings.field_types import flow_mapping
from cioform.kinds.campaign.steps.only_if import ConditionalStepModel
from cioform.kinds.campaign.steps.step_model import (
    CodecContext,
    StepFields,
    StepModelWithRaw,
    check_members,
    extra_wire_fields,
    named_members,
    significant_members,
)
from cioform.kinds.campaign.wire.wire_types import WireFields, WireMembers
from cioform.language.conditions.values import from_wire_text, to_wire_text
from cioform.model.fields.model_fields import ParsedAs
from cioform.model.references.names import Reference, Requirement
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import DocumentedSchemaGenerator, LazySchema
from cioform.model.values.text_pattern import NonBlank
from cioform.model.values.value_errors import format_value, raise_problems, type_error

Scalar = str | int | float | bool


def _check_single_attribute(attributes: dict[str, Scalar]) -> dict[str, Scalar]:
    if any(not name.strip() for name in attributes):
        raise ValueError("needs the name of an attribute, as in `set_attributes: {plan: pro}`")
    if len(attributes) > 1:
        lines = "\n".join(
            f"    - {{id: set_{slugify(name)}, set_attributes: {flow_mapping({name: value})}}}"
            for name, value in attributes.items()
        )
        raise ValueError(
            "cannot set several attributes, because cioform does not know how the API writes them. "
            f"Use a step for each:\n\n{lines}"
        )
    return attributes


class SetAttributesStep(ConditionalStepModel, StepModelWithRaw):
    """Set an attribute of the person."""

    keyword = "set_attributes"
    wire_fields = frozenset({"attribute_name", "attribute_value"})

    set_attributes: Annotated[
        dict[str, Scalar], Field(min_length=1), AfterValidator(_check_single_attribute)
    ]

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        [(name, value)] = fields["set_attributes"].items()
        return {"attribute_name": name, "attribute_value": to_wire_text(value)}

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        name, value = action.get("attribute_name"), action.get("attribute_value")
        if not isinstance(name, str) or not name.strip() or not isinstance(value, Scalar):
            return None
        return {"set_attributes": {name: from_wire_text(value)}}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        attributes = {name: to_wire_text(value) for name, value in fields["set_attributes"].items()}
        return {**fields, "set_attributes": attributes}


def _check_data(data: dict[str, Any]) -> dict[str, Any]:
    text = "`event_name` repeats `name`. Remove it."
    raise_problems([(("event_name",), text)] if "event_name" in data else [])
    return data


class EventWithData(ResourceModel):
    """An event with further members of its action."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("properties", "attributes", "payload"), "data"),
        "event": "name",
    }

    name: NonBlank
    """The name of the event."""
    data: Annotated[
        dict[str, Any],
        Field(min_length=1),
        AfterValidator(check_members),
        AfterValidator(_check_data),
    ]
    """The data of the event, as members of the action that Customer.io returns: no source records
    their names. Import an event that was built in Customer.io to see them. Unmanaged if omitted."""


def _check_event(value: JsonValue) -> JsonValue:
    is_only_name = isinstance(value, dict) and set(value) == {"name"}
    name = value["name"] if is_only_name else value
    if isinstance(name, str) and not name.strip():
        raise ValueError("needs the name of an event, such as `send_event: onboarding_finished`")
    if isinstance(value, str):
        return value
    if is_only_name and isinstance(name, str):
        line = flow_mapping({"send_event": name})[1:-1]
        raise ValueError(f"an event without `data` is written as its name:\n\n    {line}")
    if not isinstance(value, dict):
        raise type_error(
            "must be the name of an event, such as `send_event: onboarding_finished`, not "
            f"{format_value(value)}. With data: `send_event: {{name: ..., data: {{...}}}}`."
        )
    return EventWithData.model_validate(value).model_dump(mode="json")


class SendEventStep(ConditionalStepModel):
    """Send an event for the person. It may start campaigns, including this one."""

    keyword = "send_event"
    wire_fields = frozenset({"event_name"})

    send_event: Annotated[
        Any,
        PlainValidator(_check_event),
        ParsedAs((EventWithData,)),
        LazySchema(
            lambda: {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    EventWithData.model_json_schema(schema_generator=DocumentedSchemaGenerator),
                ]
            }
        ),
    ]

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        event = fields["send_event"]
        if isinstance(event, str):
            return {"event_name": event}
        return {**event["data"], "event_name": event["name"]}

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        name = action.get("event_name")
        if not isinstance(name, str) or not name.strip():
            return None
        data = extra_wire_fields(action, cls.wire_fields)
        return {"send_event": {"name": name, "data": data} if data else name}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        event = fields["send_event"]
        if isinstance(event, str):
            return {**fields}
        data = significant_members(event["data"])
        return {**fields, "send_event": {**event, "data": data} if data else event["name"]}

    @override
    @classmethod
    def project(cls, live: StepFields, wanted: Mapping[str, JsonValue], /) -> StepFields:
        event, named = live["send_event"], wanted.get("send_event")
        if isinstance(named, str) and isinstance(event, dict):
            return {**live, "send_event": event["name"]}
        if isinstance(named, dict) and isinstance(event, dict):
            data = named_members(event["data"], named["data"])
            return {**live, "send_event": {**event, "data": data}}
        return live


_MANUAL: Final = Requirement(
    lambda attributes: attributes.get("manual", UNKNOWN) in (True, UNKNOWN),
    "Segment is not manual",
    "A step can only change the members of a manual segment (`manual: true`). The members of any "
    "other segment follow from its conditions. Name a manual segment, or set an attribute that "
    "the conditions test.",
)


class _SegmentStep(ConditionalStepModel, StepModelWithRaw):
    """A step that changes a manual segment: one action type with two operations."""

    wire_fields = frozenset({"segment_id", "operation", "remove"})
    operation: ClassVar[str]

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        segment, current = fields[cls.keyword], context.current_action
        members: WireFields = {"segment_id": context.names.id_of("segment", segment)}
        # No source records the body. Every spelling that was read is kept.
        has_flag = isinstance(current.get("remove"), bool)
        if current.get("operation") is not None or not has_flag:
            members["operation"] = cls.operation
        if has_flag:
            members["remove"] = cls.operation == "remove"
        return members

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        segment, operation = action.get("segment_id"), action.get("operation")
        if operation is None and isinstance(action.get("remove"), bool):
            operation = "remove" if action["remove"] else "add"
        if type(segment) is not int or operation != cls.operation:
            return None
        return {cls.keyword: context.names.name_of("segment", segment)}

    @override
    @classmethod
    def references(cls, fields: StepFields, /) -> Iterator[Reference]:
        yield Reference("segment", fields[cls.keyword], (cls.keyword,), _MANUAL)


class AddToSegmentStep(_SegmentStep):
    """Add the person to a manual segment."""

    keyword = "add_to_segment"
    operation = "add"

    add_to_segment: Annotated[str, Field(min_length=1)]


class RemoveFromSegmentStep(_SegmentStep):
    """Remove the person from a manual segment."""

    keyword = "remove_from_segment"
    operation = "remove"

    remove_from_segment: Annotated[str, Field(min_length=1)]


def _check_not_empty(members: dict[str, Any]) -> dict[str, Any]:
    if not significant_members(members):
        raise ValueError(
            "all of its members are empty. Write them as Customer.io returns them, or import a "
            "step that was built there"
        )
    return members


VerbatimMembers = Annotated[
    dict[str, Any], AfterValidator(_check_not_empty), AfterValidator(check_members)
]


class _VerbatimStep(ConditionalStepModel):
    """A step whose value holds the members of its action themselves: no source records them."""

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        return dict(fields[cls.keyword])

    @override
    @classmethod
    def project(cls, live: StepFields, wanted: Mapping[str, JsonValue], /) -> StepFields:
        named = wanted.get(cls.keyword)
        if not isinstance(named, dict):
            return live
        return {**live, cls.keyword: named_members(live[cls.keyword], named)}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        return {**fields, cls.keyword: significant_members(fields[cls.keyword])}

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        members = extra_wire_fields(action, frozenset())
        return {cls.keyword: members} if members else None


class QueryCollectionStep(_VerbatimStep):
    """Look up entries of a collection for the messages that follow."""

    keyword = "query_collection"

    query_collection: VerbatimMembers
    """The members of the action, as Customer.io returns them; they are not documented."""


class BatchUpdateStep(_VerbatimStep):
    """Change many attributes or objects at once."""

    keyword = "batch_update"

    batch_update: VerbatimMembers
    """The members of the action, as Customer.io returns them; they are not documented."""
