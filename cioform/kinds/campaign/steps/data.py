"""Steps that write: attributes, events, segments, what a collection holds."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, model_validator

from cioform.core.json_value import Plain
from cioform.kinds.campaign.steps.step_type import Action, Context, Fields, Members, Word, extras
from cioform.language.conditions.values import text_of, value_of
from cioform.model.resource import ResourceModel

Scalar = str | int | float | bool


class Rest(ResourceModel):
    """A step whose action may hold more than we have words for."""

    raw: dict[str, Any] | None = None
    """Other members of the action, as Customer.io holds them."""


def _one(attributes: dict[str, Scalar]) -> dict[str, Scalar]:
    if len(attributes) > 1:
        first, second, *_ = attributes
        raise ValueError(
            "one step sets one attribute, as far as is known of Customer.io; make two steps:\n\n"
            f"    - set_attributes: {{{first}: ...}}\n    - set_attributes: {{{second}: ...}}"
        )
    return attributes


class AttributesStep(Rest):
    """Set an attribute of the person."""

    set_attributes: Annotated[dict[str, Scalar], Field(min_length=1), AfterValidator(_one)]


class EventStep(Rest):
    """Make an event of the person, which may start campaigns: this one again, too."""

    create_event: Annotated[str, Field(min_length=1)]


class SegmentChange(ResourceModel):
    """Putting people into a manual segment, or taking them out."""

    add: str | None = None
    """The segment to put them into: `segment.vip`."""
    remove: str | None = None
    """The segment to take them out of."""

    @model_validator(mode="after")
    def _either(self) -> SegmentChange:
        if (self.add is None) == (self.remove is None):
            raise ValueError("say `add` or `remove`, with a segment: `add: segment.vip`")
        return self


class SegmentStep(Rest):
    """Change a manual segment."""

    update_segment: SegmentChange


class CollectionStep(ResourceModel):
    """Look things up in a collection, for the messages that follow."""

    query_collection: Annotated[dict[str, Any], Field(min_length=1)]
    """The members of the action, as Customer.io holds them: no source records them."""


class BatchStep(ResourceModel):
    """Change many things at once."""

    batch_update: Annotated[dict[str, Any], Field(min_length=1)]
    """The members of the action, as Customer.io holds them: no source records them."""


def _encode_attributes(fields: Fields, context: Context) -> Members:
    del context
    [(name, value)] = fields["set_attributes"].items()
    return {"attribute_name": name, "attribute_value": text_of(value)}


def _decode_attributes(action: Action, context: Context) -> Fields | None:
    del context
    name, value = action.get("attribute_name"), action.get("attribute_value")
    if not isinstance(name, str) or not name or not isinstance(value, Scalar):
        return None
    return {"set_attributes": {name: value_of(value)}}


def _normal_attributes(fields: Fields) -> Fields:
    attributes = {name: text_of(value) for name, value in fields["set_attributes"].items()}
    return {**fields, "set_attributes": attributes}


def _encode_event(fields: Fields, context: Context) -> Members:
    del context
    return {"event_name": fields["create_event"]}


def _decode_event(action: Action, context: Context) -> Fields | None:
    del context
    name = action.get("event_name")
    return {"create_event": name} if isinstance(name, str) and name else None


def _encode_segment(fields: Fields, context: Context) -> Members:
    [(way, segment)] = fields["update_segment"].items()
    members: Members = {"segment_id": context.names.id_of("segment", segment)}
    # No source records the body. What was read tells the spelling, if there is one.
    if isinstance(context.there.get("remove"), bool):
        return members | {"remove": way == "remove"}
    return members | {"operation": way}


def _decode_segment(action: Action, context: Context) -> Fields | None:
    segment = action.get("segment_id")
    way = action.get("operation")
    if way is None and isinstance(action.get("remove"), bool):
        way = "remove" if action["remove"] else "add"
    if type(segment) is not int or way not in ("add", "remove"):
        return None
    return {"update_segment": {way: context.names.name_of("segment", segment)}}


def _verbatim(
    word: str, action: str, model: type[ResourceModel], also: frozenset[str] = frozenset()
) -> Word:
    def encode(fields: Fields, context: Context) -> Members:
        del context
        return dict(fields[word])

    def decode(wire: Action, context: Context) -> Fields | None:
        del context
        said: Plain = extras(wire, also)
        return {word: said} if said else None

    return Word(action, model, encode, decode)


DATA: Final[dict[str, Word]] = {
    "set_attributes": Word(
        "attribute_update_action",
        AttributesStep,
        _encode_attributes,
        _decode_attributes,
        frozenset({"attribute_name", "attribute_value"}),
        _normal_attributes,
        has_raw=True,
    ),
    "create_event": Word(
        "create_event_action",
        EventStep,
        _encode_event,
        _decode_event,
        frozenset({"event_name"}),
        has_raw=True,
    ),
    "update_segment": Word(
        "static_seg_update_action",
        SegmentStep,
        _encode_segment,
        _decode_segment,
        frozenset({"segment_id", "operation", "remove"}),
        has_raw=True,
    ),
    "query_collection": _verbatim("query_collection", "collection_query_action", CollectionStep),
    "batch_update": _verbatim("batch_update", "batch_update_action", BatchStep),
}
