"""Steps that write: attributes, events, segments, what a collection holds."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, model_validator

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.steps.step_type import (
    CodecContext,
    StepFields,
    StepType,
    WireAction,
    WireFields,
    extra_wire_fields,
)
from cioform.language.conditions.values import from_wire_text, to_wire_text
from cioform.model.resource import ResourceModel

Scalar = str | int | float | bool


class StepWithRaw(ResourceModel):
    """A step whose action may hold more than we have words for."""

    raw: dict[str, Any] | None = None
    """Other members of the action, as Customer.io holds them."""


def _check_single_attribute(attributes: dict[str, Scalar]) -> dict[str, Scalar]:
    if len(attributes) > 1:
        first, second, *_ = attributes
        raise ValueError(
            "one step sets one attribute, as far as is known of Customer.io; make two steps:\n\n"
            f"    - set_attributes: {{{first}: ...}}\n    - set_attributes: {{{second}: ...}}"
        )
    return attributes


class SetAttributesStep(StepWithRaw):
    """Set an attribute of the person."""

    set_attributes: Annotated[
        dict[str, Scalar], Field(min_length=1), AfterValidator(_check_single_attribute)
    ]


class CreateEventStep(StepWithRaw):
    """Make an event of the person, which may start campaigns: this one again, too."""

    create_event: Annotated[str, Field(min_length=1)]


class SegmentChange(ResourceModel):
    """Putting people into a manual segment, or taking them out."""

    add: str | None = None
    """The segment to put them into: `segment.vip`."""
    remove: str | None = None
    """The segment to take them out of."""

    @model_validator(mode="after")
    def _check_add_or_remove(self) -> SegmentChange:
        if (self.add is None) == (self.remove is None):
            raise ValueError("say `add` or `remove`, with a segment: `add: segment.vip`")
        return self


class UpdateSegmentStep(StepWithRaw):
    """Change a manual segment."""

    update_segment: SegmentChange


class QueryCollectionStep(ResourceModel):
    """Look things up in a collection, for the messages that follow."""

    query_collection: Annotated[dict[str, Any], Field(min_length=1)]
    """The members of the action, as Customer.io holds them: no source records them."""


class BatchUpdateStep(ResourceModel):
    """Change many things at once."""

    batch_update: Annotated[dict[str, Any], Field(min_length=1)]
    """The members of the action, as Customer.io holds them: no source records them."""


def _encode_attributes(fields: StepFields, context: CodecContext) -> WireFields:
    del context
    [(name, value)] = fields["set_attributes"].items()
    return {"attribute_name": name, "attribute_value": to_wire_text(value)}


def _decode_attributes(action: WireAction, context: CodecContext) -> StepFields | None:
    del context
    name, value = action.get("attribute_name"), action.get("attribute_value")
    if not isinstance(name, str) or not name or not isinstance(value, Scalar):
        return None
    return {"set_attributes": {name: from_wire_text(value)}}


def _normalize_attributes(fields: StepFields) -> StepFields:
    attributes = {name: to_wire_text(value) for name, value in fields["set_attributes"].items()}
    return {**fields, "set_attributes": attributes}


def _encode_event(fields: StepFields, context: CodecContext) -> WireFields:
    del context
    return {"event_name": fields["create_event"]}


def _decode_event(action: WireAction, context: CodecContext) -> StepFields | None:
    del context
    name = action.get("event_name")
    return {"create_event": name} if isinstance(name, str) and name else None


def _encode_segment(fields: StepFields, context: CodecContext) -> WireFields:
    [(way, segment)] = fields["update_segment"].items()
    members: WireFields = {"segment_id": context.names.id_of("segment", segment)}
    # No source records the body. What was read tells the spelling, if there is one.
    if isinstance(context.current_action.get("remove"), bool):
        return members | {"remove": way == "remove"}
    return members | {"operation": way}


def _decode_segment(action: WireAction, context: CodecContext) -> StepFields | None:
    segment = action.get("segment_id")
    way = action.get("operation")
    if way is None and isinstance(action.get("remove"), bool):
        way = "remove" if action["remove"] else "add"
    if type(segment) is not int or way not in ("add", "remove"):
        return None
    return {"update_segment": {way: context.names.name_of("segment", segment)}}


def _verbatim_step_type(
    keyword: str,
    action_type: str,
    model: type[ResourceModel],
    excluded_fields: frozenset[str] = frozenset(),
) -> StepType:
    def encode(fields: StepFields, context: CodecContext) -> WireFields:
        del context
        return dict(fields[keyword])

    def decode(wire: WireAction, context: CodecContext) -> StepFields | None:
        del context
        said: JsonValue = extra_wire_fields(wire, excluded_fields)
        return {keyword: said} if said else None

    return StepType(action_type, model, encode, decode)


DATA_STEP_TYPES: Final[dict[str, StepType]] = {
    "set_attributes": StepType(
        "attribute_update_action",
        SetAttributesStep,
        _encode_attributes,
        _decode_attributes,
        frozenset({"attribute_name", "attribute_value"}),
        _normalize_attributes,
        has_raw=True,
    ),
    "create_event": StepType(
        "create_event_action",
        CreateEventStep,
        _encode_event,
        _decode_event,
        frozenset({"event_name"}),
        has_raw=True,
    ),
    "update_segment": StepType(
        "static_seg_update_action",
        UpdateSegmentStep,
        _encode_segment,
        _decode_segment,
        frozenset({"segment_id", "operation", "remove"}),
        has_raw=True,
    ),
    "query_collection": _verbatim_step_type(
        "query_collection", "collection_query_action", QueryCollectionStep
    ),
    "batch_update": _verbatim_step_type("batch_update", "batch_update_action", BatchUpdateStep),
}
