"""Segment: a group of people, by conditions or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final, Self

from pydantic import Field, field_validator, model_validator

from cioform.core.errors import PlanError
from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.language.conditions import (
    Condition,
    ConditionContext,
    compile_segment,
    decompile_segment,
    normalize_condition,
    problems,
    references,
    validation_error,
)
from cioform.model.conversation import Api, Conversation, Request, ask
from cioform.model.kind import (
    Decoded,
    Kind,
    LiveObject,
    Reach,
    RemoteObject,
    Route,
    Verb,
    WriteResult,
)
from cioform.model.names import Names, Reference
from cioform.model.resource import FieldPath, ResourceModel

_DATA_DRIVEN: Final = "dynamic"
_MANUAL: Final = "static"
"""What Journeys calls a manual segment; the App API says `manual` (app facts 5.1)."""


class Segment(ResourceModel):
    """A segment. Either its conditions say who is in it, or people are put in by hand."""

    name: Annotated[str, Field(min_length=1)]
    """What people see in Customer.io."""
    description: str = ""
    """What it is for."""
    conditions: Condition | None = None
    """Who belongs to it: `all`, `any`, `not` of attributes, events and other segments."""
    manual: bool = False
    """Whether people are put in by hand, by import or over an API, with no conditions."""

    @field_validator("conditions")
    @classmethod
    def _check_conditions(
        cls, conditions: dict[str, JsonValue] | None
    ) -> dict[str, JsonValue] | None:
        if conditions is not None and (wrong := problems(conditions, ConditionContext.SEGMENT)):
            raise validation_error(wrong)
        return conditions

    @model_validator(mode="after")
    def _check_membership(self) -> Self:
        if self.manual and self.conditions is not None:
            raise ValueError(
                "a manual segment has no conditions; take out `conditions` or `manual`"
            )
        if not self.manual and self.conditions is None:
            raise ValueError(
                "nothing says who belongs to it; write `conditions`, or `manual: true` for people "
                "put in by hand"
            )
        return self


class SegmentKind(Kind):
    """Segments (journeys facts 3, app facts 5.1). The App API never returns conditions, and makes
    and deletes only manual segments."""

    name = "segment"
    folder = "segments"
    model = Segment
    summary = "A group of people: by conditions on what they are and did, or put in by hand."
    audit_type = "segment"
    example = """\
name: Trial users
description: On trial, active, and not one of us.
conditions:
  all:
    - attribute: plan
      is: trial
    - event: logged_in
      at_least: 3
      within: 14d
    - attribute: created_at
      older_than: 3d
    - not:
        attribute: email
        contains: "@acme.com"
"""

    @property
    def routes(self) -> Sequence[Route]:
        of_manual = frozenset({"name", "description", "manual"})
        return (
            Route(Verb.LIST, Api.APP, _list_app, of_manual),
            Route(Verb.CREATE, Api.APP, _create_app, of_manual),
            Route(Verb.COUNT, Api.APP, _count_app),
            Route(Verb.LIST, Api.JOURNEYS, _list_journeys),
            Route(Verb.READ, Api.JOURNEYS, _read_journeys),
            Route(Verb.CREATE, Api.JOURNEYS, _create_journeys),
            Route(Verb.UPDATE, Api.JOURNEYS, _update_journeys),
            # Before the documented one, which deletes only manual segments.
            Route(Verb.DELETE, Api.JOURNEYS, _delete_journeys),
            Route(Verb.DELETE, Api.APP, _delete_app),
            Route(Verb.COUNT, Api.JOURNEYS, _count_journeys),
        )

    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        wire = found.wire
        manual = _is_manual(wire)
        attributes: Attributes = {
            "name": wire["name"],
            "description": wire.get("description") or "",
            "manual": manual,
        }
        if not manual:
            seen = found.api is Api.JOURNEYS and "conditions" in wire
            conditions = decompile_segment(wire["conditions"], names) if seen else UNKNOWN
            attributes["conditions"] = conditions
        # Every campaign and segment that names it changes with it.
        return Decoded(attributes, reach=Reach("shared"))

    def normalize(self, attributes: Attributes) -> Attributes:
        conditions = attributes.get("conditions")
        if not isinstance(conditions, dict):
            return attributes
        return {**attributes, "conditions": normalize_condition(conditions)}

    def references(self, attributes: Attributes) -> Iterable[Reference]:
        conditions = attributes.get("conditions")
        return references(conditions, ("conditions",)) if isinstance(conditions, dict) else ()


def _is_manual(wire: Mapping[str, JsonValue]) -> bool:
    return wire["type"] in (_MANUAL, "manual")


def _list_app() -> Conversation[list[RemoteObject]]:
    answer = yield from ask(Request(Api.APP, "GET", "/v1/segments"))
    return [_remote_object(Api.APP, wire) for wire in answer["segments"]]


def _list_journeys() -> Conversation[list[RemoteObject]]:
    # Without `size` the list comes whole (journeys facts 2).
    answer = yield from ask(Request(Api.JOURNEYS, "GET", "~/segments"))
    return [_remote_object(Api.JOURNEYS, wire) for wire in answer["segments"]]


def _read_journeys(found: RemoteObject) -> Conversation[RemoteObject]:
    answer = yield from ask(Request(Api.JOURNEYS, "GET", f"~/segments/{found.remote_id}"))
    return _remote_object(Api.JOURNEYS, answer["segment"])


def _remote_object(api: Api, wire: JsonValue) -> RemoteObject:
    return RemoteObject(remote_id=str(wire["id"]), identity=wire["name"], api=api, wire=wire)


def _create_app(wanted: Segment, names: Names) -> Conversation[WriteResult]:
    del names
    body = {"segment": {"name": wanted.name, "description": wanted.description}}
    return (
        yield from _send_create(
            Request(Api.APP, "POST", "/v1/segments", body, dry_run_response=_DRY_RUN_RESPONSE)
        )
    )


def _create_journeys(wanted: Segment, names: Names) -> Conversation[WriteResult]:
    body = _request_body(wanted, names)
    return (
        yield from _send_create(
            Request(Api.JOURNEYS, "POST", "~/segments", body, dry_run_response=_DRY_RUN_RESPONSE)
        )
    )


_DRY_RUN_RESPONSE: Final = {"segment": {"id": "(id of this segment)"}}


def _send_create(request: Request) -> Conversation[WriteResult]:
    answer = yield from ask(request)
    return WriteResult(str(answer["segment"]["id"]))


def _update_journeys(
    live: LiveObject, wanted: Segment, names: Names, paths: Sequence[FieldPath]
) -> Conversation[WriteResult]:
    del paths  # the remote wants name, type and conditions with every write
    if _is_manual(live.found.wire) != wanted.manual:
        raise PlanError.of(
            "Segment cannot change its sort",
            f"The segment {wanted.name!r} is {_type_name(not wanted.manual)} in the workspace and "
            f"{_type_name(wanted.manual)} in the file, and Customer.io cannot turn one into the other. "
            "Give the file another `name` to make a new segment beside it, point what refers to "
            "the old one at the new one, and delete the old one afterwards.",
        )
    body = _request_body(wanted, names)
    yield from ask(Request(Api.JOURNEYS, "PUT", f"~/segments/{live.remote_id}", body))
    return WriteResult(live.remote_id)


def _type_name(manual: bool) -> str:
    return "manual" if manual else "data-driven"


def _request_body(wanted: Segment, names: Names) -> JsonValue:
    segment: dict[str, JsonValue] = {
        "name": wanted.name,
        # Sent even when empty: whether an omitted one is kept is not known (journeys facts 3).
        "description": wanted.description,
        "type": _MANUAL if wanted.manual else _DATA_DRIVEN,
    }
    if wanted.conditions is not None:
        segment["conditions"] = compile_segment(wanted.conditions, names)
    return {"segment": segment}


def _delete_journeys(live: LiveObject) -> Conversation[None]:
    yield from ask(Request(Api.JOURNEYS, "DELETE", f"~/segments/{live.remote_id}"))


def _delete_app(live: LiveObject) -> Conversation[None]:
    if not _is_manual(live.found.wire):
        raise PlanError.of(
            "Segment cannot be deleted with this credential",
            f"The segment {live.found.identity!r} is data-driven, and the App API deletes only "
            "manual segments (what it does to others is not documented). Add a service account "
            "token (`service_account_token`) under `credentials` in `workspace.yaml`.",
        )
    yield from ask(Request(Api.APP, "DELETE", f"/v1/segments/{live.remote_id}"))


def _count_app(live: LiveObject, names: Names) -> Conversation[int | None]:
    del names
    path = f"/v1/segments/{live.remote_id}/customer_count"
    return (yield from _send_count(Request(Api.APP, "GET", path, dry_run_response={})))


def _count_journeys(live: LiveObject, names: Names) -> Conversation[int | None]:
    del names
    path = f"~/segments/{live.remote_id}/count"
    return (yield from _send_count(Request(Api.JOURNEYS, "GET", path, dry_run_response={})))


def _send_count(request: Request) -> Conversation[int | None]:
    # No source shows the reply of the Journeys API; anything but a number is not known.
    answer = yield from ask(request)
    count = answer.get("count") if isinstance(answer, dict) else None
    return count if isinstance(count, int) else None


KIND = SegmentKind()
