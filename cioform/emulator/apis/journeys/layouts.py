"""Layouts (journeys facts, 7)."""

import re
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.usage import templates_with
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import TEXT, closed, journeys
from cioform.emulator.store.record_types import LAYOUT, Record
from cioform.emulator.wire.errors import Refusal, invalid

SHAPE = closed(layout=closed(name=TEXT, body=TEXT))
CONTENT = re.compile(r"{{-?\s*content\b")


def list_all(call: Call) -> Reply:
    """All of them; `archived=true|false` picks."""
    wanted = call.query.get("archived")
    records = call.space.all(LAYOUT)
    if wanted in ("true", "false"):
        records = [each for each in records if each["archived"] is (wanted == "true")]
    if not call.rules.layout_list_has_body:
        records = [{key: value for key, value in each.items() if key != "body"} for each in records]
    return Reply({"layouts": records})


def create(call: Call) -> Reply:
    """A new layout."""
    fields = _fields(call, call.inner("layout"), {"id": None, "name": None, "body": ""})
    return Reply({"layout": audit.create(call, LAYOUT, fields)})


def read(call: Call) -> Reply:
    """One layout."""
    return Reply({"layout": call.get(LAYOUT)})


def update(call: Call) -> Reply:
    """Change name, body or both."""
    record = call.get(LAYOUT)
    fields = _fields(call, call.inner("layout"), record)
    return Reply({"layout": audit.update(call, LAYOUT, record, fields)})


def delete(call: Call) -> Reply:
    """204; 409 while a template stands in it (open fact, safe reading)."""
    record = call.get(LAYOUT)
    if templates_with(call, ("layout_id",), record["id"]):
        raise Refusal(409, "unable to delete a layout in use")
    audit.delete(call, LAYOUT, record)
    return DONE


def toggle_archived(call: Call) -> Reply:
    """Put it away, or take it out again."""
    record = call.get(LAYOUT)
    fields = {"archived": not record["archived"]}
    return Reply({"layout": audit.update(call, LAYOUT, record, fields)})


def used_by_actions(call: Call) -> Reply:
    """Campaign actions whose content stands in it."""
    return Reply({"actions": _users(call, "action_id")})


def used_by_transactional(call: Call) -> Reply:
    """Transactional messages whose content stands in it."""
    return Reply({"transactional_messages": _users(call, "transactional_message_id")})


def used_by_newsletters(call: Call) -> Reply:
    """Newsletters are not kept here."""
    call.get(LAYOUT)
    return Reply({"newsletters": []})


def _users(call: Call, key: str) -> list[dict[str, Any]]:
    templates = templates_with(call, ("layout_id",), call.get(LAYOUT)["id"])
    ids = sorted({each[key] for each in templates if each.get(key)})
    return [{"id": each} for each in ids]


def _fields(call: Call, given: dict[str, Any], before: Record) -> Record:
    name = given.get("name") or before["name"]
    body = given.get("body") or before["body"]
    if not name:
        raise invalid("name cannot be nil", "/layout/name")
    taken = call.space.find(LAYOUT, name)
    if taken and taken["id"] != before["id"]:
        raise invalid("name has already been taken", "/layout/name")
    if not CONTENT.search(body):
        raise invalid("body must contain {{ content }}", "/layout/body")
    return {"name": name, "body": body}


ROUTES = (
    journeys("GET", "/layouts", list_all, query=("archived", "starters")),
    journeys("POST", "/layouts", create, SHAPE),
    journeys("GET", "/layouts/<int:id>", read),
    journeys("PUT", "/layouts/<int:id>", update, SHAPE),
    journeys("DELETE", "/layouts/<int:id>", delete),
    journeys("POST", "/layouts/<int:id>/archived", toggle_archived),
    journeys("GET", "/layouts/<int:id>/actions", used_by_actions),
    journeys("GET", "/layouts/<int:id>/newsletters", used_by_newsletters),
    journeys("GET", "/layouts/<int:id>/transactional_messages", used_by_transactional),
)
