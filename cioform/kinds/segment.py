"""Segment: a group of people, defined by conditions or filled by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import replace
from typing import Annotated, Final, NotRequired, Self

from pydantic import Field, field_validator, model_validator
from typing_extensions import TypedDict, override

from cioform.core.errors import PlanError
from cioform.core.json_value import UNKNOWN, Attributes, Json, JsonValue
from cioform.language.conditions import (
    Condition,
    ConditionContext,
    compile_segment,
    decompile_segment,
    normalize_condition,
    problems,
    references,
    upgrade_condition,
    validation_error,
)
from cioform.model.kind import Kind
from cioform.model.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.names import Names, Reference, Requirement
from cioform.model.operations import ObjectId, WriteContext, WriteResult
from cioform.model.reach import PeopleCount, Reach
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask
from cioform.model.remote_access.response_form import WireId
from cioform.model.resource import ResourceModel
from cioform.model.rest import RestCollection
from cioform.model.routes import (
    CountRoute,
    CreateRoute,
    DeleteRoute,
    EstimateRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
    UsageRoute,
)

_DATA_DRIVEN: Final = "dynamic"
_MANUAL: Final = "static"
_IS_MANUAL: Final = {_DATA_DRIVEN: False, _MANUAL: True, "manual": True}
"""By type. People are never added to a segment, or its conditions left out, by a guess."""
"""A manual segment in the Journeys API; `manual` in the App API (app facts 5.1)."""


class Segment(ResourceModel):
    """A segment. Its members either meet its conditions or are added by hand."""

    name: Annotated[str, Field(min_length=1)]
    """The name in Customer.io."""
    description: str = ""
    """The purpose, for the people who work with it."""
    conditions: Condition | None = None
    """Its members: `all`, `any`, `not` of attributes, events and other segments."""
    manual: bool = False
    """Whether people are added by hand, by an import or through an API, without conditions."""

    @field_validator("conditions")
    @classmethod
    def _check_conditions(
        cls, conditions: dict[str, JsonValue] | None
    ) -> dict[str, JsonValue] | None:
        if conditions is not None and (found := problems(conditions, ConditionContext.SEGMENT)):
            raise validation_error(found)
        return conditions

    @model_validator(mode="after")
    def _check_membership(self) -> Self:
        if self.manual and self.conditions is not None:
            raise ValueError("a manual segment has no conditions; remove `conditions` or `manual`")
        if not self.manual and self.conditions is None:
            raise ValueError(
                "the segment needs `conditions`, or `manual: true` when people are added by hand"
            )
        return self


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


class _WireCount(TypedDict, total=False):
    count: Json


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


_APP: Final = RestCollection[Segment](
    Api.APP, "/v1/segments", items="segments", item="segment", encode=_encode_app, row=WireSegment
)
# Without `size` the list is complete (journeys facts 2).
_JOURNEYS: Final = RestCollection[Segment](
    Api.JOURNEYS,
    "~/segments",
    items="segments",
    item="segment",
    encode=_encode_journeys,
    row=WireSegment,
)


def _update_journeys(
    live: LiveObject, wanted: Segment, context: WriteContext
) -> Conversation[WriteResult]:
    if _is_manual(live.found.wire) != wanted.manual:
        raise PlanError.of(
            "Segment type cannot change",
            f"The segment {wanted.name!r} is {_type_name(not wanted.manual)} in the workspace and "
            f"{_type_name(wanted.manual)} in the file, and Customer.io cannot turn one into the "
            "other. Give the file another `name` to create a new segment beside it, change the "
            "references to the new one, and delete the old one afterwards.",
        )
    # Every write needs name, type and conditions.
    return (yield from _JOURNEYS.update(live, wanted, context))


def _delete_app(live: LiveObject) -> Conversation[None]:
    if not _is_manual(live.found.wire):
        raise PlanError.of(
            "Segment cannot be deleted with this credential",
            f"The segment {live.found.identity!r} is data-driven, and the App API deletes only "
            "manual segments (its documentation does not cover others). Add a service account "
            "token (`service_account_token`) under `credentials` in `workspace.yaml`.",
        )
    yield from _APP.delete(live)


def _count_app(live: LiveObject) -> Conversation[PeopleCount | None]:
    return (yield from _count(Api.APP, f"{_APP.object_path(live.found)}/customer_count"))


def _count_journeys(live: LiveObject) -> Conversation[PeopleCount | None]:
    return (yield from _count(Api.JOURNEYS, f"{_JOURNEYS.object_path(live.found)}/count"))


def _count(api: Api, path: str) -> Conversation[PeopleCount | None]:
    # No source shows the response of the Journeys API; anything but a number is unknown.
    body: _WireCount = yield from ask(Request(api, "GET", path, dry_run_response={}))
    count = body.get("count") if isinstance(body, dict) else None
    return PeopleCount(count) if isinstance(count, int) else None


def _used_by_app(live: LiveObject) -> Conversation[list[ObjectId] | None]:
    path = f"{_APP.object_path(live.found)}/used_by"
    body = yield from ask(Request(Api.APP, "GET", path, dry_run_response={}))
    used_by = body.get("used_by") if isinstance(body, dict) else None
    return list(_users_in(used_by)) if isinstance(used_by, dict) else None


def _usage_journeys(live: LiveObject) -> Conversation[list[ObjectId] | None]:
    # An object of lists; their members are not recorded (journeys facts, sections 3 and 10.7).
    path = f"{_JOURNEYS.object_path(live.found)}/usage"
    body = yield from ask(Request(Api.JOURNEYS, "GET", path, dry_run_response={}))
    return list(_users_in(body)) if isinstance(body, dict) else None


def _users_in(used_by: JsonValue) -> Iterator[ObjectId]:
    """Yield the users in lists of ids or of objects with an id."""
    for kind in ("campaign", "segment"):
        rows = used_by.get(f"{kind}s") if isinstance(used_by, dict) else None
        for row in rows if isinstance(rows, list) else ():
            remote_id = row.get("id") if isinstance(row, dict) else row
            if isinstance(remote_id, int | str) and not isinstance(remote_id, bool):
                yield ObjectId(kind, str(remote_id))


_ESTIMATES: Final = ("count", "estimate", "total", "people", "customers")


def _estimate(wanted: Segment, context: WriteContext) -> Conversation[int | None]:
    """Count who meets conditions that no segment has yet.

    Neither the body nor the response is recorded (journeys facts, sections 3 and 10.7): the
    conditions are sent as a segment has them, and the number is looked for under several names.
    """
    if wanted.conditions is None:
        return None
    body = {"conditions": compile_segment(wanted.conditions, context.names)}
    found = yield from ask(
        Request(Api.JOURNEYS, "POST", "~/estimate_conditions", body, only_asks=True)
    )
    return next(_numbers_in(found), None)


def _numbers_in(response: JsonValue) -> Iterator[int]:
    if not isinstance(response, dict):
        return
    for name in _ESTIMATES:
        value = response.get(name)
        if isinstance(value, dict):
            yield from _numbers_in(value)
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            yield value


def _is_manual(wire: WireSegment) -> bool:
    return _IS_MANUAL[wire["type"]]


def _type_name(manual: bool) -> str:
    return "manual" if manual else "data-driven"


def _names_no_segment(attributes: Attributes) -> bool:
    conditions = attributes.get("conditions")
    return not isinstance(conditions, dict) or not any(
        each.kind == "segment" for each in references(conditions)
    )


# The nesting depth is at most 1 (journeys facts, section 3).
_NAMES_NO_SEGMENT: Final = Requirement(
    _names_no_segment,
    "Segments nested too deeply",
    "Its conditions name a segment themselves, and Customer.io takes segments in segments one "
    "level deep. Write its conditions here in place of its name.",
)

_MANUAL_FIELDS: Final = frozenset({"name", "description", "manual"})


class SegmentKind(Kind[Segment]):
    """Segments (journeys facts 3, app facts 5.1).

    The App API never returns conditions, and creates and deletes only manual segments.
    """

    name = "segment"
    folder = "segments"
    model = Segment
    summary = "A group of people, defined by conditions on attributes and events or filled by hand."
    audit_type = "segment"
    is_gated_when_live = True
    example = """\
name: Trial users
description: On trial, active, and not one of us.
conditions:
  all:
    - {attribute: plan, is: trial}
    - {event: logged_in, at_least: 3, within_last: 14d}
    - {attribute: created_at, before: 3d ago}
    - {not: {attribute: email, contains: "@acme.com"}}
"""
    routes = (
        ListRoute(Api.APP, _APP.list_all, fields=_MANUAL_FIELDS),
        ReadRoute(Api.APP, _APP.read, fields=_MANUAL_FIELDS),
        CreateRoute(Api.APP, _APP.create, fields=_MANUAL_FIELDS),
        CountRoute(Api.APP, _count_app),
        ListRoute(Api.JOURNEYS, _JOURNEYS.list_all),
        ReadRoute(Api.JOURNEYS, _JOURNEYS.read),
        CreateRoute(Api.JOURNEYS, _JOURNEYS.create),
        UpdateRoute(Api.JOURNEYS, _update_journeys),
        # Before the documented one, which deletes only manual segments.
        DeleteRoute(Api.JOURNEYS, _JOURNEYS.delete),
        DeleteRoute(Api.APP, _delete_app),
        CountRoute(Api.JOURNEYS, _count_journeys),
        EstimateRoute(Api.JOURNEYS, _estimate, fields=frozenset({"conditions"})),
        # Before the other, because its answer is recorded (app facts 5.1; corrections, row 8).
        UsageRoute(Api.APP, _used_by_app),
        UsageRoute(Api.JOURNEYS, _usage_journeys),
    )

    @override
    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        wire: WireSegment = found.wire
        manual = _is_manual(wire)
        attributes: Attributes = {
            "name": wire["name"],
            "description": wire.get("description") or "",
            "manual": manual,
        }
        if not manual:
            readable = found.api is Api.JOURNEYS and "conditions" in wire
            attributes["conditions"] = (
                decompile_segment(wire["conditions"], names) if readable else UNKNOWN
            )
        # Every campaign and segment that refers to it changes with it.
        return Decoded(attributes, reach=Reach("shared"))

    @override
    def normalize(self, attributes: Attributes) -> Attributes:
        conditions = attributes.get("conditions")
        if conditions is None or conditions is UNKNOWN:
            return attributes
        if not isinstance(conditions, dict):
            raise TypeError(conditions)  # Only a state that somebody edited has it.
        return {**attributes, "conditions": normalize_condition(conditions)}

    @override
    def upgrade(self, document: MutableMapping[str, JsonValue], /) -> None:
        super().upgrade(document)
        upgrade_condition(document.get("conditions"))

    @override
    def references(self, attributes: Attributes) -> Iterable[Reference]:
        conditions = attributes.get("conditions")
        found = references(conditions, ("conditions",)) if isinstance(conditions, dict) else ()
        return (
            replace(each, requirement=_NAMES_NO_SEGMENT) if each.kind == "segment" else each
            for each in found
        )


KIND = SegmentKind()
