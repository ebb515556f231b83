"""Snippets on the App API: by name, list only (app facts, 5.2)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import TEXT, app, closed
from cioform.emulator.store.record_types import SNIPPET, Record
from cioform.emulator.validation.snippet_rules import checked_name, checked_value, users
from cioform.emulator.wire.errors import Refusal, not_found

SHAPE = closed(name=TEXT, value=TEXT)


def shown(record: Record) -> Record:
    """A snippet as this API answers it: without an id."""
    return {key: record[key] for key in ("name", "value", "updated_at")}


def list_all(call: Call) -> Reply:
    """All of them at once."""
    return Reply({"snippets": [shown(each) for each in call.space.all(SNIPPET)]})


def create(call: Call) -> Reply:
    """A new snippet; 422 when the name is taken."""
    value = checked_value(call.body.get("value"))
    name = checked_name(call, call.body.get("name"))
    return Reply({"snippet": shown(audit.create(call, SNIPPET, {"name": name, "value": value}))})


def upsert(call: Call) -> Reply:
    """Write by name, new or not."""
    name = call.body.get("name")
    found = call.space.find(SNIPPET, name.strip()) if isinstance(name, str) else None
    if found is None:
        return create(call)
    value = checked_value(call.body.get("value"))
    return Reply({"snippet": shown(audit.update(call, SNIPPET, found, {"value": value}))})


def delete(call: Call) -> Reply:
    """204; 400 while some content uses it."""
    found = call.space.find(SNIPPET, call.args["name"])
    if found is None:
        raise not_found("snippet")
    if users(call, found["name"]):
        raise Refusal(400, "unable to delete snippet in use")
    audit.delete(call, SNIPPET, found)
    return DONE


ROUTES = (
    app("GET", "/snippets", list_all),
    app("POST", "/snippets", create, SHAPE),
    app("PUT", "/snippets", upsert, SHAPE),
    app("DELETE", "/snippets/<path:name>", delete),
)
