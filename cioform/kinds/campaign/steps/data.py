"""Steps that change data: attributes, events, segments, collections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator
from typing_extensions import override

from cioform.kinds.campaign.field_types import flow_mapping
from cioform.kinds.campaign.steps.step_model import (
    CodecContext,
    StepFields,
    StepModel,
    StepModelWithRaw,
    extra_wire_fields,
)
from cioform.kinds.campaign.wire_types import WireFields, WireMembers
from cioform.language.conditions.values import from_wire_text, to_wire_text
from cioform.model.names import Reference
from cioform.model.resource import ResourceModel

Scalar = str | int | float | bool


def _check_single_attribute(attributes: dict[str, Scalar]) -> dict[str, Scalar]:
    if len(attributes) > 1:
        lines = "\n".join(
            f"    - set_attributes: {flow_mapping({name: value})}"
            for name, value in attributes.items()
        )
        raise ValueError(
            "a step sets one attribute, as far as is known of Customer.io; use a step for each:"
            f"\n\n{lines}"
        )
    return attributes


class SetAttributesStep(StepModelWithRaw):
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
        if not isinstance(name, str) or not name or not isinstance(value, Scalar):
            return None
        return {"set_attributes": {name: from_wire_text(value)}}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        attributes = {name: to_wire_text(value) for name, value in fields["set_attributes"].items()}
        return {**fields, "set_attributes": attributes}


class CreateEventStep(StepModelWithRaw):
    """Create an event for the person. It may start campaigns, including this one."""

    keyword = "create_event"
    wire_fields = frozenset({"event_name"})

    create_event: Annotated[str, Field(min_length=1)]

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        return {"event_name": fields["create_event"]}

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        name = action.get("event_name")
        return {"create_event": name} if isinstance(name, str) and name else None


class SegmentChange(ResourceModel):
    """Adding the person to a manual segment, or removing them from it."""

    add: str | None = None
    """The segment to add the person to: `vip`."""
    remove: str | None = None
    """The segment to remove the person from."""

    @model_validator(mode="after")
    def _check_add_or_remove(self) -> SegmentChange:
        if (self.add is None) == (self.remove is None):
            raise ValueError("use either `add` or `remove`, with a segment: `add: vip`")
        return self


class UpdateSegmentStep(StepModelWithRaw):
    """Add the person to a manual segment, or remove them from it."""

    keyword = "update_segment"
    wire_fields = frozenset({"segment_id", "operation", "remove"})

    update_segment: SegmentChange

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        [(operation, segment)] = fields["update_segment"].items()
        members: WireFields = {"segment_id": context.names.id_of("segment", segment)}
        # No source records the body. The spelling that was read is kept, if there is one.
        if isinstance(context.current_action.get("remove"), bool):
            return members | {"remove": operation == "remove"}
        return members | {"operation": operation}

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        segment, operation = action.get("segment_id"), action.get("operation")
        if operation is None and isinstance(action.get("remove"), bool):
            operation = "remove" if action["remove"] else "add"
        if type(segment) is not int or operation not in ("add", "remove"):
            return None
        return {"update_segment": {operation: context.names.name_of("segment", segment)}}

    @override
    @classmethod
    def references(cls, fields: StepFields, /) -> Iterator[Reference]:
        for operation, segment in fields["update_segment"].items():
            yield Reference("segment", segment, ("update_segment", operation))


class _VerbatimStep(StepModel):
    """A step whose value holds the members of its action themselves: no source records them."""

    is_verbatim = True

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        return dict(fields[cls.keyword])

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        members = extra_wire_fields(action, frozenset())
        return {cls.keyword: members} if members else None


class QueryCollectionStep(_VerbatimStep):
    """Look up entries of a collection for the messages that follow."""

    keyword = "query_collection"

    query_collection: Annotated[dict[str, Any], Field(min_length=1)]
    """The members of the action, as Customer.io holds them: no source records them."""


class BatchUpdateStep(_VerbatimStep):
    """Change many attributes or objects at once."""

    keyword = "batch_update"

    batch_update: Annotated[dict[str, Any], Field(min_length=1)]
    """The members of the action, as Customer.io holds them: no source records them."""
