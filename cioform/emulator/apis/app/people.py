"""People on the App API: find, search, and read what is known of each (app facts, 5.7)."""

from typing import Any

from cioform.emulator.apis.app.activities import activities_page
from cioform.emulator.apis.app.messages import list_for_person
from cioform.emulator.domain.people.audience import AudienceEvaluator
from cioform.emulator.domain.people.operators import to_text
from cioform.emulator.domain.people.people_lookup import get_person
from cioform.emulator.protocol.list_rows import id_and_name
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, app_route
from cioform.emulator.store.people import app_api_identifiers, ids_or_blank, member_key
from cioform.emulator.store.profile import PREFERENCES_ATTRIBUTE, all_attributes, is_unsubscribed
from cioform.emulator.store.record_types import SEGMENT, TOPIC, Record
from cioform.emulator.wire.errors import ApiError

MAX_IDS = 100
DEFAULT_LIMIT = 50
MAX_RESULTS = 1000
RELATIONSHIPS_PAGE_SIZE = 100


def find_by_email(request: Request) -> Response:
    """Return the people with an email address; an empty list if there is nobody."""
    address = request.query.get("email", "")
    if not address:
        raise ApiError(400, "email is required")
    person = request.workspace_data.people.find("email", address)
    return Response({"results": [app_api_identifiers(person)] if person else []})


def search(request: Request) -> Response:
    """Return one page of the people who match a filter."""
    if "filter" not in request.body:
        raise ApiError(400, "filter is required")
    numbers = sorted(AudienceEvaluator(request).evaluate_filter(request.body["filter"]))
    page, next_cursor = paginate_by_cursor(request, numbers, DEFAULT_LIMIT, MAX_RESULTS)
    people = [app_api_identifiers(each) for each in request.workspace_data.people.all(page)]
    return Response({"identifiers": people, "ids": ids_or_blank(people), "next": next_cursor})


def read_many_attributes(request: Request) -> Response:
    """Return the attributes of up to 100 people by ID; unknown IDs are skipped."""
    ids = request.body.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_IDS:
        raise ApiError(400, f"ids must be a list of 1 to {MAX_IDS}")
    unique_ids = dict.fromkeys(map(str, ids))
    people = (request.workspace_data.people.find("id", each) for each in unique_ids)
    return Response({"customers": [_serialize_person(request, each) for each in people if each]})


def read_attributes(request: Request) -> Response:
    """Return the attributes of a person."""
    return Response({"customer": _serialize_person(request, _person_in_path(request))})


def list_activities(request: Request) -> Response:
    """Return one page of the activities of a person, newest first."""
    return activities_page(request, _person_in_path(request))


def list_messages(request: Request) -> Response:
    """Return one page of the deliveries of a person, newest first."""
    return list_for_person(request, _person_in_path(request))


def list_segments(request: Request) -> Response:
    """Return the segments of a person. Open fact: which members of a segment are shown."""
    person = _person_in_path(request)
    number = person["number"]
    evaluator = AudienceEvaluator(request, [number])
    manual_ids = set(request.workspace_data.members.segments(member_key(person)))
    segments = [
        each
        for each in request.workspace_data.all(SEGMENT)
        if (
            each["id"] in manual_ids
            if each["type"] == "manual"
            else number in evaluator.segment_members(each["id"])
        )
    ]
    return Response({"segments": [id_and_name(each) for each in segments]})


def list_relationships(request: Request) -> Response:
    """Return one page of the relationships of a person."""
    relationships = _person_in_path(request)["relationships"]
    page, next_cursor = paginate_by_cursor(request, relationships, RELATIONSHIPS_PAGE_SIZE)
    return Response({"cio_relationships": page, "next": next_cursor})


def read_preferences(request: Request) -> Response:
    """Return all topics, each with whether a person is subscribed to it."""
    person = _person_in_path(request)
    preferences = person["attributes"].get(PREFERENCES_ATTRIBUTE)
    choices = (preferences.get("topics") or {}) if isinstance(preferences, dict) else {}
    customer = {
        "id": person["id"] or "",
        "identifiers": app_api_identifiers(person),
        "unsubscribed": is_unsubscribed(person),
        "topics": [_serialize_topic(topic, choices) for topic in request.workspace_data.all(TOPIC)],
    }
    return Response({"customer": customer})


def _person_in_path(request: Request) -> Record:
    return get_person(request, request.path_params["customer"])


def _serialize_topic(topic: Record, choices: dict[str, Any]) -> Record:
    """Return a topic; without a choice of the person, it is subscribed unless it is opt-in."""
    key = f"topic_{topic['id']}"
    return {
        "id": topic["id"],
        "identifier": key,
        "name": topic["name"],
        "description": topic["description"],
        "subscribed": bool(choices.get(key, not topic.get("opt_in"))),
    }


def _serialize_person(request: Request, person: Record) -> Record:
    attributes: dict[str, Any] = {**all_attributes(person), "cio_id": person["cio_id"]}
    if request.behavior.attributes_as_text:
        attributes = {key: to_text(value) for key, value in attributes.items()}
    return {
        "id": person["id"] or "",
        "identifiers": app_api_identifiers(person),
        "attributes": attributes,
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
        list_activities,
        query=(*ID_TYPE_PARAMETER, "start", "limit", "type", "name"),
    ),
    app_route(
        "GET",
        CUSTOMER_PATH + "/messages",
        list_messages,
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
