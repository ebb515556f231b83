"""People on the App API: looked up, searched, and what is known of each (app facts, 5.7)."""

from typing import Any

from cioform.emulator.apis.app import activities as app_activities
from cioform.emulator.apis.app import messages as app_messages
from cioform.emulator.domain.audience import Audience
from cioform.emulator.domain.operators import text_of
from cioform.emulator.protocol.pagination import cursor_of
from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import OPEN, app
from cioform.emulator.store.people import identifiers_of, key_of
from cioform.emulator.store.profile import PREFERENCES, attributes_of, is_unsubscribed
from cioform.emulator.store.record_types import SEGMENT, TOPIC, Record
from cioform.emulator.wire.errors import Refusal, not_found

MOST_IDS = 100
PAGE = 50
MOST_FOUND = 1000
ID_TYPES = ("id", "email", "cio_id")


def by_email(call: Call) -> Reply:
    """Who has that address; nobody is an empty list."""
    address = call.query.get("email", "")
    if not address:
        raise Refusal(400, "email is required")
    person = call.space.people.find("email", address)
    return Reply({"results": [identifiers_of(person)] if person else []})


def search(call: Call) -> Reply:
    """Who fits a filter, in pieces."""
    if "filter" not in call.body:
        raise Refusal(400, "filter is required")
    found = sorted(Audience(call).fitting(call.body["filter"]))
    piece, following = cursor_of(call, found, PAGE, MOST_FOUND)
    people = [identifiers_of(each) for each in call.space.people.all(piece)]
    ids = [each["id"] for each in people if each["id"] is not None]
    return Reply({"identifiers": people, "ids": ids, "next": following})


def many(call: Call) -> Reply:
    """The attributes of up to a hundred people, by id; who is not there is left out."""
    ids = call.body.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_IDS:
        raise Refusal(400, f"ids must be a list of 1 to {MOST_IDS}")
    found = (call.space.people.find("id", str(each)) for each in dict.fromkeys(map(str, ids)))
    return Reply({"customers": [_shown(call, each) for each in found if each]})


def attributes(call: Call) -> Reply:
    """All that is known of a person."""
    return Reply({"customer": _shown(call, person_of(call))})


def activities(call: Call) -> Reply:
    """What a person did, the newest first."""
    return app_activities.listed_activities(call, person_of(call))


def messages(call: Call) -> Reply:
    """What a person was sent."""
    return app_messages.of_person(call, person_of(call))


def segments(call: Call) -> Reply:
    """The segments a person is in. What is shown of each is an open fact: id and name."""
    person = person_of(call)
    number, audience = person["number"], Audience(call, [person["number"]])
    manual = set(call.space.members.segments(key_of(person)))
    inside = [
        each
        for each in call.space.all(SEGMENT)
        if (
            each["id"] in manual
            if each["type"] == "manual"
            else number in audience.segment(each["id"])
        )
    ]
    return Reply({"segments": [{"id": each["id"], "name": each["name"]} for each in inside]})


def relationships(call: Call) -> Reply:
    """The objects a person has to do with."""
    piece, following = cursor_of(call, person_of(call)["relationships"], 100)
    return Reply({"cio_relationships": piece, "next": following})


def preferences(call: Call) -> Reply:
    """The topics, and which of them a person wants."""
    person = person_of(call)
    given = person["attributes"].get(PREFERENCES)
    chosen = (given.get("topics") or {}) if isinstance(given, dict) else {}
    topics = []
    for topic in call.space.all(TOPIC):
        key, default = f"topic_{topic['id']}", bool(topic.get("opt_in")) is False
        wanted = bool(chosen.get(key, default))
        told = {"id": topic["id"], "identifier": key, "name": topic["name"]}
        topics.append({**told, "description": topic["description"], "subscribed": wanted})
    shown = {
        "id": person["id"] or "",
        "identifiers": identifiers_of(person),
        "unsubscribed": is_unsubscribed(person),
        "topics": topics,
    }
    return Reply({"customer": shown})


def person_of(call: Call) -> Record:
    """The person in the path; `id_type` says what it is. The wrong type finds nobody."""
    kind = call.query.get("id_type") or "id"
    if kind not in ID_TYPES:
        raise Refusal(400, f"id_type must be one of {', '.join(ID_TYPES)}")
    value = call.args["customer"]
    person = call.space.people.find(kind, value.removeprefix("cio_") if kind == "cio_id" else value)
    if person is None:
        raise not_found("customer")
    return person


def _shown(call: Call, person: Record) -> Record:
    told: dict[str, Any] = {**attributes_of(person), "cio_id": person["cio_id"]}
    if call.rules.attributes_as_text:
        told = {key: text_of(value) for key, value in told.items()}
    return {
        "id": person["id"] or "",
        "identifiers": identifiers_of(person),
        "attributes": told,
        "timestamps": person["timestamps"],
        "unsubscribed": is_unsubscribed(person),
        "devices": person["devices"],
    }


BY_TYPE = ("id_type",)
ONE = "/customers/<path:customer>"
ROUTES = (
    app("GET", "/customers", by_email, query=("email",)),
    app("POST", "/customers", search, OPEN, query=("start", "limit")),
    app("POST", "/customers/attributes", many, OPEN),
    app("GET", ONE + "/attributes", attributes, query=BY_TYPE),
    app("GET", ONE + "/activities", activities, query=(*BY_TYPE, "start", "limit", "type", "name")),
    app(
        "GET",
        ONE + "/messages",
        messages,
        query=(*BY_TYPE, "start", "limit", "start_ts", "end_ts"),
    ),
    app("GET", ONE + "/segments", segments, query=BY_TYPE),
    app("GET", ONE + "/relationships", relationships, query=(*BY_TYPE, "start", "limit")),
    app("GET", ONE + "/subscription_preferences", preferences, query=BY_TYPE),
)
