"""The requests that list, write and delete segments in both APIs."""

from typing import Final, NotRequired

from typing_extensions import TypedDict

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.kinds.segment.model import Segment
from cioform.kinds.segment.raw_conditions import reject_unknown_conditions
from cioform.language.conditions import compile_segment
from cioform.model.objects.live_object import LiveObject
from cioform.model.remote_access.conversation import Api, Conversation
from cioform.model.remote_access.response_schema import WireId
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.rest import RestCollection

_DATA_DRIVEN: Final = "dynamic"
_MANUAL: Final = "static"
"""A manual segment in the Journeys API; `manual` in the App API (app facts 5.1)."""
_IS_MANUAL: Final = {_DATA_DRIVEN: False, _MANUAL: True, "manual": True}
"""By type. People are never added to a segment, or its conditions left out, by a guess."""


class WireSegment(TypedDict):
    """A segment as read. The App API has no conditions."""

    id: WireId
    name: str
    description: NotRequired[str | None]
    type: str
    conditions: NotRequired[JsonValue]


class _WireAppFields(TypedDict):
    name: str
    description: str


class _WireJourneysFields(_WireAppFields):
    type: str
    conditions: NotRequired[JsonValue]


def _encode_app(wanted: Segment, _context: WriteContext) -> _WireAppFields:
    return {"name": wanted.name, "description": wanted.description}


def _encode_journeys(wanted: Segment, context: WriteContext) -> _WireJourneysFields:
    fields: _WireJourneysFields = {
        "name": wanted.name,
        # Sent even when empty: it is not known whether an omitted one is kept (journeys facts 3).
        "description": wanted.description,
        "type": _MANUAL if wanted.manual else _DATA_DRIVEN,
    }
    if wanted.conditions is not None:
        fields["conditions"] = compile_segment(wanted.conditions, context.names)
    return fields


APP: Final = RestCollection[Segment](
    Api.APP, "/v1/segments", items="segments", item="segment", encode=_encode_app, row=WireSegment
)
# Without `size` the list is complete (journeys facts 2).
JOURNEYS: Final = RestCollection[Segment](
    Api.JOURNEYS,
    "~/segments",
    items="segments",
    item="segment",
    encode=_encode_journeys,
    row=WireSegment,
)


def create_journeys(wanted: Segment, context: WriteContext) -> Conversation[WriteResult]:
    """Create a segment. Raises PlanError for conditions that Customer.io refuses."""
    reject_unknown_conditions(_encode_journeys(wanted, context).get("conditions"))
    return (yield from JOURNEYS.create(wanted, context))


def update_journeys(
    live: LiveObject, wanted: Segment, context: WriteContext
) -> Conversation[WriteResult]:
    """Write a segment.

    Raises PlanError if its type would change, or for conditions that Customer.io refuses.
    """
    if is_manual(live.found.wire_as(WireSegment)) != wanted.manual:
        raise PlanError.of(
            "Segment type cannot change",
            f"The segment {quoted(wanted.name)} is {_type_name(not wanted.manual)} in the "
            f"workspace and {_type_name(wanted.manual)} in the file, and Customer.io cannot turn "
            "one into the other. Give the file another `name` to create a new segment beside it, "
            "change the references to the new one, and delete the old one afterwards.",
        )
    reject_unknown_conditions(
        _encode_journeys(wanted, context).get("conditions"), live.found.wire.get("conditions")
    )
    # Every write needs name, type and conditions.
    return (yield from JOURNEYS.update(live, wanted, context))


def delete_app(live: LiveObject) -> Conversation[None]:
    """Delete a manual segment by the App API. Raises PlanError for any other."""
    if not is_manual(live.found.wire_as(WireSegment)):
        raise PlanError.of(
            "Segment cannot be deleted with this credential",
            f"The segment {quoted(live.found.identity)} is data-driven, and the App API deletes "
            "only manual segments (its documentation does not cover others). Add a service "
            "account token (`service_account_token`) under `credentials` in `workspace.yaml`.",
        )
    yield from APP.delete(live)


def is_manual(wire: WireSegment) -> bool:
    """Return whether people are added by hand. Raises KeyError for an unknown type."""
    return _IS_MANUAL[wire["type"]]


def _type_name(manual: bool) -> str:
    return "manual" if manual else "data-driven"
