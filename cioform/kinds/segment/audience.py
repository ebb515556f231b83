"""The size of a segment, an estimate of it, and the users of a segment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from typing_extensions import TypedDict

from cioform.core.data.json_value import Json, JsonValue
from cioform.kinds.segment.model import Segment
from cioform.kinds.segment.requests import APP, JOURNEYS
from cioform.language.conditions import compile_segment
from cioform.model.objects.live_object import LiveObject
from cioform.model.reach import PeopleCount
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask, ask_as
from cioform.model.routing.operations import Usage, WriteContext
from cioform.model.routing.usage_lists import usage_in_lists


class _WireCount(TypedDict, total=False):
    count: Json


def count_app(live: LiveObject) -> Conversation[PeopleCount | None]:
    """Return how many people are in a segment, by the App API."""
    return (yield from _count(Api.APP, f"{APP.object_path(live.found)}/customer_count"))


def count_journeys(live: LiveObject) -> Conversation[PeopleCount | None]:
    """Return how many people are in a segment, by the Journeys API."""
    return (yield from _count(Api.JOURNEYS, f"{JOURNEYS.object_path(live.found)}/count"))


def _count(api: Api, path: str) -> Conversation[PeopleCount | None]:
    # No source shows the response of the Journeys API; anything but a number is unknown.
    request = Request(api, "GET", path, dry_run_response={})
    body = yield from ask_as(request, _WireCount)
    count = body.get("count") if isinstance(body, dict) else None
    return PeopleCount(count) if isinstance(count, int) else None


def used_by_app(live: LiveObject) -> Conversation[Usage | None]:
    """Return what uses a segment, by the App API; None if the response does not say."""
    path = f"{APP.object_path(live.found)}/used_by"
    body: JsonValue = yield from ask(Request(Api.APP, "GET", path, dry_run_response={}))
    used_by = body.get("used_by") if isinstance(body, dict) else None
    # It has no list of segments (app facts, section 5.1).
    return usage_in_lists(used_by, misses={"segment"}) if isinstance(used_by, dict) else None


def usage_journeys(live: LiveObject) -> Conversation[Usage | None]:
    """Return what uses a segment, by the Journeys API; None if the response does not say."""
    # An object of lists; their members are not recorded (journeys facts, sections 3 and 10.7).
    path = f"{JOURNEYS.object_path(live.found)}/usage"
    body: JsonValue = yield from ask(Request(Api.JOURNEYS, "GET", path, dry_run_response={}))
    return usage_in_lists(body) if isinstance(body, dict) else None


_ESTIMATES: Final = ("count", "estimate", "total", "people", "customers")


def estimate(wanted: Segment, context: WriteContext) -> Conversation[int | None]:
    """Count who meets conditions that no segment has yet.

    Neither the body nor the response is recorded (journeys facts, sections 3 and 10.7): the
    conditions are sent as a segment has them, and the number is looked for under several names.
    """
    if wanted.conditions is None:
        return None
    body = {"conditions": compile_segment(wanted.conditions, context.names)}
    found: JsonValue = yield from ask(
        Request(Api.JOURNEYS, "POST", "~/estimate_conditions", body, is_query=True)
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
