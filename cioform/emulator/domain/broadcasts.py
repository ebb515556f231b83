"""Triggering a broadcast: who it goes to, and what each of them is sent (app facts, 4.3)."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from cioform.emulator.domain import workflow
from cioform.emulator.domain.audience import Audience
from cioform.emulator.domain.mailer import Post
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import TRIGGER, Record
from cioform.emulator.validation.action_rules import MESSAGES
from cioform.emulator.wire.errors import Refusal, invalid
from cioform.emulator.wire.filter_encoding import decoded
from cioform.emulator.wire.json_input import json_of

FORMS = ("recipients", "ids", "emails", "per_user_data", "data_file_url")
MOST_PEOPLE = 10_000
Recipient = tuple[Record, Mapping[str, Any]]
"""A person, and the data that only they get."""


@dataclass
class Addressed:
    """The people of an audience, and what is wrong with it."""

    people: list[Recipient] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def trigger(call: Call, broadcast: Record) -> Record:
    """Send a broadcast to the audience of the request, and give the trigger.

    422 while another trigger of it is at work, and for an audience with people who do not exist:
    then nobody gets anything, and the trigger keeps the errors.
    """
    _check(call, broadcast)
    addressed = _addressed(call, broadcast)
    failed = bool(addressed.errors) and (
        call.rules.broadcast_missing == "fail" or not addressed.people
    )
    ends = call.now if failed else call.now + int(call.rules.trigger_seconds)
    made: Record = {
        "broadcast_id": broadcast["id"],
        "created_at": call.now,
        "processed_at": ends,
        "errors": addressed.errors,
        "failed": failed,
    }
    kept = call.space.add(TRIGGER, made)
    if failed:
        detail = f"broadcast trigger {kept['id']} has errors in its audience"
        raise Refusal(422, detail, meta={"trigger_id": kept["id"]}, keep=True)
    _send(call, broadcast, kept, addressed.people)
    return kept


def _check(call: Call, broadcast: Record) -> None:
    given = [form for form in FORMS if call.body.get(form) is not None]
    if len(given) > 1:
        raise invalid(f"only one of {', '.join(FORMS)} may be given")
    if not isinstance(call.body.get("data") or {}, dict):
        raise invalid("data must be an object", "/data")
    if broadcast["state"] != "running":
        raise invalid(f"broadcast {broadcast['id']} is not running")
    for each in call.space.owned(TRIGGER, "broadcast_id", broadcast["id"]):
        if each["processed_at"] > call.now:
            raise invalid(f"broadcast trigger {each['id']} is still being processed")


def _addressed(call: Call, broadcast: Record) -> Addressed:
    body = call.body
    if body.get("recipients") is not None:
        return _all(call, Audience(call).fitting(body["recipients"]))
    for form, kind in (("ids", "id"), ("emails", "email")):
        if body.get(form) is not None:
            return _named(call, [{kind: each} for each in _listed(body, form)])
    if body.get("per_user_data") is not None:
        return _named(call, _listed(body, "per_user_data"))
    if body.get("data_file_url") is not None:
        return _from_file(call, str(body["data_file_url"]))
    return _all(call, _by_default(call, broadcast))


def _all(call: Call, numbers: set[int]) -> Addressed:
    return Addressed([(person, {}) for person in call.space.people.all(numbers)])


def _by_default(call: Call, broadcast: Record) -> set[int]:
    """The audience set in the browser; everybody where none is set."""
    audience = Audience(call)
    if broadcast.get("recipients"):
        return audience.fitting(broadcast["recipients"])
    elements = decoded(broadcast["filters"]) if broadcast.get("filters") else []
    return audience.flat(elements)


def _listed(body: Mapping[str, Any], form: str) -> list[Any]:
    given = body[form]
    if not isinstance(given, list) or not given:
        raise invalid(f"{form} must be a list that is not empty", f"/{form}")
    if len(given) > MOST_PEOPLE and form == "per_user_data":
        raise invalid(f"{form} is too long (maximum is {MOST_PEOPLE})", f"/{form}")
    return given


def _named(call: Call, rows: list[Any]) -> Addressed:
    """People named one by one, once each; who is not there is an error unless told to ignore."""
    found = Addressed()
    seen: set[int] = set()
    for row in rows:
        kind = next((k for k in ("id", "email") if isinstance(row, dict) and row.get(k)), None)
        if kind is None:
            found.errors.append(f"a recipient must have an id or an email: {json.dumps(row)}")
            continue
        if not isinstance(row.get("data"), dict | None):
            found.errors.append(f"the data of {kind} {row[kind]!r} must be an object")
            continue
        person = call.space.people.find(kind, str(row[kind]))
        if person is None:
            if not call.body.get(f"{kind}_ignore_missing"):
                found.errors.append(f"{kind} {row[kind]!r} does not belong to a person")
        elif person["number"] not in seen:
            seen.add(person["number"])
            found.people.append((person, row.get("data") or {}))
    return found


def _from_file(call: Call, url: str) -> Addressed:
    """A file of JSON lines. The sandbox fetches nothing: only `data:` URLs hold one."""
    if not url.startswith("data:"):
        told = "failed to download data file: the sandbox fetches nothing; a data: URL works"
        return Addressed(errors=[told])
    head, _, text = url.partition(",")
    try:
        raw = base64.b64decode(text) if head.endswith(";base64") else unquote_to_bytes(text)
    except ValueError:
        return Addressed(errors=["the data file is not base64"])
    rows: list[Any] = []
    for place, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        try:
            rows += [json_of(line)] if line.strip() else []
        except ValueError:
            return Addressed(errors=[f"line {place} of the data file is not JSON"])
    return _named(call, rows)


def _send(call: Call, broadcast: Record, made: Record, people: list[Recipient]) -> None:
    post = Post(call)
    shared = call.body.get("data") or {}
    steps = list(_messages(call, broadcast))
    topic = broadcast["subscription_topic_id"]
    campaign = {
        **{key: broadcast[key] for key in ("id", "name", "type")},
        "subscription_topic_ids": [topic] if topic else [],
    }
    for person, own in people:
        for step, templates in steps:
            language = str(person["attributes"].get("language") or "")
            template = next((e for e in templates if e["language"] == language), templates[0])
            wanted = step["send_to_unsubscribed"] or broadcast["send_to_unsubscribed"]
            post.send(
                template,
                person,
                {
                    "channel": MESSAGES[step["type"]],
                    "broadcast_id": broadcast["id"],
                    "action_id": step["id"],
                    "trigger_id": made["id"],
                    "template_id": template["id"],
                    "language": template["language"],
                    "message_data": {**shared, **own},
                },
                scope={
                    "trigger": {**shared, **own},
                    "campaign": campaign,
                    "message": {
                        "id": template["id"],
                        "name": step["name"],
                        "type": MESSAGES[step["type"]],
                        "journey_id": "",
                    },
                },
                draft=step["sending_state"] == "draft",
                to_unsubscribed=wanted,
            )


def _messages(call: Call, broadcast: Record) -> Iterator[tuple[Record, list[Record]]]:
    """The messages that are not turned off, each with its languages."""
    for step in workflow.actions_of(call, broadcast):
        if step["type"] in MESSAGES and step["sending_state"] != "off":
            yield step, templates_of(call, "action_id", step["id"])
