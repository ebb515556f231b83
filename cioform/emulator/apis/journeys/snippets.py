"""Snippets on the Journeys API: by numeric id (journeys facts, 7)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.pagination import page_of
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import TEXT, closed, journeys
from cioform.emulator.store.record_types import SNIPPET
from cioform.emulator.validation.snippet_rules import checked_name, checked_value, users
from cioform.emulator.wire.errors import Refusal

SHAPE = closed(snippet=closed(name=TEXT, value=TEXT))


def list_all(call: Call) -> Reply:
    """The list; in pages when `page` or `limit` is given."""
    records, meta = page_of(call, call.space.all(SNIPPET), "limit")
    return Reply({"snippets": records, "meta": meta})


def create(call: Call) -> Reply:
    """A new snippet; 422 for a blank value or a name that is taken."""
    given = call.inner("snippet")
    value = checked_value(given.get("value"))
    name = checked_name(call, given.get("name"))
    return Reply({"snippet": audit.create(call, SNIPPET, {"name": name, "value": value})})


def read(call: Call) -> Reply:
    """One snippet."""
    return Reply({"snippet": call.get(SNIPPET)})


def update(call: Call) -> Reply:
    """Change name, value or both."""
    record = call.get(SNIPPET)
    given = call.inner("snippet")
    fields = {
        "name": checked_name(call, given.get("name", record["name"]), record["id"]),
        "value": checked_value(given.get("value", record["value"])),
    }
    return Reply({"snippet": audit.update(call, SNIPPET, record, fields)})


def delete(call: Call) -> Reply:
    """204; 409 while some content uses it (open fact, safe reading)."""
    record = call.get(SNIPPET)
    if users(call, record["name"]):
        raise Refusal(409, "unable to delete snippet in use")
    audit.delete(call, SNIPPET, record)
    return DONE


def usage(call: Call) -> Reply:
    """What names the snippet: {collection: [ids]}; all on the first page (open fact)."""
    answer: dict[str, list[int]] = {"layouts": [], "templates": []}
    for collection, record in users(call, call.get(SNIPPET)["name"]):
        answer[collection].append(record["id"])
    return Reply({"usage": answer, "meta": {"continuation": None}})


ROUTES = (
    journeys("GET", "/snippets", list_all, query=("page", "limit", "asc")),
    journeys("POST", "/snippets", create, SHAPE),
    journeys("GET", "/snippets/<int:id>", read),
    journeys("PUT", "/snippets/<int:id>", update, SHAPE),
    journeys("DELETE", "/snippets/<int:id>", delete),
    journeys("GET", "/snippets/<int:id>/usage", usage),
    journeys("GET", "/snippets/<int:id>/usage/<continuation>", usage),
)
