"""Segment: a group of people, defined by conditions or filled by hand."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import replace
from typing import Final

from typing_extensions import override

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.kinds.segment.audience import (
    count_app,
    count_journeys,
    estimate,
    usage_journeys,
    used_by_app,
)
from cioform.kinds.segment.model import Segment
from cioform.kinds.segment.requests import (
    APP,
    JOURNEYS,
    WireSegment,
    create_journeys,
    delete_app,
    is_manual,
    update_journeys,
)
from cioform.language.conditions import (
    decompile_segment,
    normalize_condition,
    references,
    upgrade_condition,
)
from cioform.language.conditions.notation import rewrite_condition_like
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.reach import SHARED
from cioform.model.references.names import Names, Reference, Requirement
from cioform.model.remote_access.capabilities import HasMembers
from cioform.model.remote_access.conversation import Api
from cioform.model.routing.routes import (
    CountRoute,
    CreateRoute,
    DeleteRoute,
    EstimateRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
    UsageRoute,
)


def _names_no_segment(attributes: KindFields) -> bool:
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


class SegmentKind(Kind[Segment], HasMembers):
    """Segments (journeys facts 3, app facts 5.1).

    The App API never returns conditions, and creates and deletes only manual segments.
    """

    name = "segment"
    has_description_stamp = True
    folder = "segments"
    model = Segment
    summary = "A group of people, defined by conditions on attributes and events or filled by hand."
    audit_type = "segment"
    wire_members = frozenset({"name", "description", "type", "conditions", "state", "progress"})
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
        ListRoute(Api.APP, APP.list_all, fields=_MANUAL_FIELDS),
        ReadRoute(Api.APP, APP.read, fields=_MANUAL_FIELDS),
        CreateRoute(Api.APP, APP.create, fields=_MANUAL_FIELDS),
        CountRoute(Api.APP, count_app),
        ListRoute(Api.JOURNEYS, JOURNEYS.list_all),
        ReadRoute(Api.JOURNEYS, JOURNEYS.read),
        CreateRoute(Api.JOURNEYS, create_journeys),
        UpdateRoute(Api.JOURNEYS, update_journeys),
        # Before the documented one, which deletes only manual segments.
        DeleteRoute(Api.JOURNEYS, JOURNEYS.delete),
        DeleteRoute(Api.APP, delete_app),
        CountRoute(Api.JOURNEYS, count_journeys),
        EstimateRoute(Api.JOURNEYS, estimate, fields=frozenset({"conditions"})),
        # Both are asked: the response of the first is recorded (app facts 5.1; corrections, row 8),
        # and only that of the second has segments.
        UsageRoute(Api.APP, used_by_app),
        UsageRoute(Api.JOURNEYS, usage_journeys),
    )

    @override
    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        wire = found.wire_as(WireSegment)
        manual = is_manual(wire)
        attributes: KindFields = {
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
        return Decoded(attributes, reach=SHARED)

    @override
    def normalize(self, attributes: KindFields) -> KindFields:
        conditions = attributes.get("conditions")
        if conditions is None or conditions is UNKNOWN:
            return attributes
        if not isinstance(conditions, dict):
            raise TypeError(conditions)  # Only a state that somebody edited has it.
        return {**attributes, "conditions": normalize_condition(conditions)}

    @override
    def rewrite_like(self, attributes: KindFields, like: KindFields) -> KindFields:
        conditions, other = attributes.get("conditions"), like.get("conditions")
        if not isinstance(conditions, dict) or not isinstance(other, dict):
            return attributes
        return {**attributes, "conditions": rewrite_condition_like(conditions, other)}

    @override
    def upgrade(self, document: MutableMapping[str, JsonValue], /) -> None:
        super().upgrade(document)
        upgrade_condition(document.get("conditions"))

    @override
    def references(self, attributes: KindFields) -> Iterable[Reference]:
        conditions = attributes.get("conditions")
        found = references(conditions, ("conditions",)) if isinstance(conditions, dict) else ()
        return (
            replace(each, requirement=_NAMES_NO_SEGMENT) if each.kind == "segment" else each
            for each in found
        )


KIND = SegmentKind()
