"""People on the App API: looked up, searched, and what is known of each (app facts, 5.7)."""

from typing import Any

from cioform.emulator.apis.app import activities as app_activities
from cioform.emulator.apis.app import messages as app_messages
from cioform.emulator.domain.audience import AudienceEvaluator
from cioform.emulator.domain.operators import to_text
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, app_route
from cioform.emulator.store.people import app_api_identifiers, member_key
from cioform.emulator.store.profile import PREFERENCES_ATTRIBUTE, all_attributes, is_unsubscribed
from cioform.emulator.store.record_types import SEGMENT, TOPIC, Record
from cioform.emulator.wire.errors import ApiError, not_found

MAX_IDS = 100
DEFAULT_LIMIT = 50
MAX_RESULTS = 1000
ID_TYPES = ("id", "email", "cio_id")


def find_by_email(request: Request) -> Response:
    """Who has that address; nobody is an empty list."""
    address = request.query.get("email", "")
    if not address:
        raise ApiError(400, "email is required")
    person = request.workspace_data.people.find("email", address)
    return Response({"results": [app_api_identifiers(person)] if person else []})


def search(request: Request) -> Response:
    """Who fits a filter, in pieces."""
    if "filter" not in request.body:
        raise ApiError(400, "filter is required")
    found = sorted(AudienceEvaluator(request).evaluate_filter(request.body["filter"]))
    piece, following = paginate_by_cursor(request, found, DEFAULT_LIMIT, MAX_RESULTS)
    people = [app_api_identifiers(each) for each in request.workspace_data.people.all(piece)]
    ids = [each["id"] for each in people if each["id"] is not None]
    return Response({"identifiers": people, "ids": ids, "next": following})


def read_many_attributes(request: Request) -> Response:
    """The attributes of up to a hundred people, by id; who is not there is left out."""
    ids = request.body.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_IDS:
        raise ApiError(400, f"ids must be a list of 1 to {MAX_IDS}")
    found = (
        request.workspace_data.people.find("id", str(each)) for each in dict.fromkeys(map(str, ids))
    )
    return Response({"customers": [_serialize_person(request, each) for each in found if each]})


def read_attributes(request: Request) -> Response:
    """All that is known of a person."""
    return Response({"customer": _serialize_person(request, get_person(request))})


def activities(request: Request) -> Response:
    """What a person did, the newest first."""
    return app_activities.activities_page(request, get_person(request))


def messages(request: Request) -> Response:
    """What a person was sent."""
    return app_messages.list_for_person(request, get_person(request))


def list_segments(request: Request) -> Response:
    """The segments a person is in. What is shown of each is an open fact: id and name."""
    person = get_person(request)
    number, audience = person["number"], AudienceEvaluator(request, [person["number"]])
    manual = set(request.workspace_data.members.segments(member_key(person)))
    inside = [
        each
        for each in request.workspace_data.all(SEGMENT)
        if (
            each["id"] in manual
            if each["type"] == "manual"
            else number in audience.segment_members(each["id"])
        )
    ]
    return Response({"segments": [{"id": each["id"], "name": each["name"]} for each in inside]})


def list_relationships(request: Request) -> Response:
    """The objects a person has to do with."""
    piece, following = paginate_by_cursor(request, get_person(request)["relationships"], 100)
    return Response({"cio_relationships": piece, "next": following})


def read_preferences(request: Request) -> Response:
    """The topics, and which of them a person wants."""
    person = get_person(request)
    given = person["attributes"].get(PREFERENCES_ATTRIBUTE)
    chosen = (given.get("topics") or {}) if isinstance(given, dict) else {}
    topics = []
    for topic in request.workspace_data.all(TOPIC):
        key, default = f"topic_{topic['id']}", bool(topic.get("opt_in")) is False
        wanted = bool(chosen.get(key, default))
        told = {"id": topic["id"], "identifier": key, "name": topic["name"]}
        topics.append({**told, "description": topic["description"], "subscribed": wanted})
    shown = {
        "id": person["id"] or "",
        "identifiers": app_api_identifiers(person),
        "unsubscribed": is_unsubscribed(person),
        "topics": topics,
    }
    return Response({"customer": shown})


def get_person(request: Request) -> Record:
    """The person in the path; `id_type` says what it is. The wrong type finds nobody."""
    kind = request.query.get("id_type") or "id"
    if kind not in ID_TYPES:
        raise ApiError(400, f"id_type must be one of {', '.join(ID_TYPES)}")
    value = request.path_params["customer"]
    person = request.workspace_data.people.find(
        kind, value.removeprefix("cio_") if kind == "cio_id" else value
    )
    if person is None:
        raise not_found("customer")
    return person


def _serialize_person(request: Request, person: Record) -> Record:
    told: dict[str, Any] = {**all_attributes(person), "cio_id": person["cio_id"]}
    if request.behavior.attributes_as_text:
        told = {key: to_text(value) for key, value in told.items()}
    return {
        "id": person["id"] or "",
        "identifiers": app_api_identifiers(person),
        "attributes": told,
        "timestamps": person["timestamps"],
        "unsubscribed": is_unsubscribed(person),
        "devices": person["devices"],
    }


ID_TYPE_PARAMETER = ("id_type",)
CUSTOMER_PATH = "/customers/<path:customer>"
ROUTES = (
    app_route("GET", "/customers", find_by_email, query=("email",)),
    app_route("POST", "/customers", search, OPEN_OBJECT, query=("start", "limit")),
    app_route("POST", "/customers/attributes", read_many_attributes, OPEN_OBJECT),
    app_route("GET", CUSTOMER_PATH + "/attributes", read_attributes, query=ID_TYPE_PARAMETER),
    app_route(
        "GET",
        CUSTOMER_PATH + "/activities",
        activities,
        query=(*ID_TYPE_PARAMETER, "start", "limit", "type", "name"),
    ),
    app_route(
        "GET",
        CUSTOMER_PATH + "/messages",
        messages,
        query=(*ID_TYPE_PARAMETER, "start", "limit", "start_ts", "end_ts"),
    ),
    app_route("GET", CUSTOMER_PATH + "/segments", list_segments, query=ID_TYPE_PARAMETER),
    app_route(
        "GET",
        CUSTOMER_PATH + "/relationships",
        list_relationships,
        query=(*ID_TYPE_PARAMETER, "start", "limit"),
    ),
    app_route(
        "GET",
        CUSTOMER_PATH + "/subscription_preferences",
        read_preferences,
        query=ID_TYPE_PARAMETER,
    ),
)
