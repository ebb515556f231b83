"""Triggering a broadcast: who it goes to, and what each of them is sent (app facts, 4.3)."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from cioform.emulator.domain import workflow
from cioform.emulator.domain.audience import AudienceEvaluator
from cioform.emulator.domain.mailer import Mailer
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import TRIGGER, Record
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.emulator.wire.errors import ApiError, unprocessable
from cioform.emulator.wire.filter_encoding import decode_filter
from cioform.emulator.wire.json_input import parse_json

AUDIENCE_FIELDS = ("recipients", "ids", "emails", "per_user_data", "data_file_url")
MAX_RECIPIENTS = 10_000
Recipient = tuple[Record, Mapping[str, Any]]
"""A person, and the data that only they get."""


@dataclass
class ResolvedAudience:
    """The people of an audience, and what is wrong with it."""

    people: list[Recipient] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def trigger_broadcast(request: Request, broadcast: Record) -> Record:
    """Send a broadcast to the audience of the request, and give the trigger.

    422 while another trigger of it is at work, and for an audience with people who do not exist:
    then nobody gets anything, and the trigger keeps the errors.
    """
    _check_request(request, broadcast)
    addressed = _resolve_audience(request, broadcast)
    failed = bool(addressed.errors) and (
        request.behavior.missing_recipients == "fail" or not addressed.people
    )
    ends = request.now if failed else request.now + int(request.behavior.trigger_duration_seconds)
    made: Record = {
        "broadcast_id": broadcast["id"],
        "created_at": request.now,
        "processed_at": ends,
        "errors": addressed.errors,
        "failed": failed,
    }
    kept = request.workspace_data.add(TRIGGER, made)
    if failed:
        detail = f"broadcast trigger {kept['id']} has errors in its audience"
        raise ApiError(422, detail, meta={"trigger_id": kept["id"]}, keep_changes=True)
    _send_messages(request, broadcast, kept, addressed.people)
    return kept


def _check_request(request: Request, broadcast: Record) -> None:
    given = [form for form in AUDIENCE_FIELDS if request.body.get(form) is not None]
    if len(given) > 1:
        raise unprocessable(f"only one of {', '.join(AUDIENCE_FIELDS)} may be given")
    if not isinstance(request.body.get("data") or {}, dict):
        raise unprocessable("data must be an object", "/data")
    if broadcast["state"] != "running":
        raise unprocessable(f"broadcast {broadcast['id']} is not running")
    for each in request.workspace_data.find_by_owner(TRIGGER, "broadcast_id", broadcast["id"]):
        if each["processed_at"] > request.now:
            raise unprocessable(f"broadcast trigger {each['id']} is still being processed")


def _resolve_audience(request: Request, broadcast: Record) -> ResolvedAudience:
    body = request.body
    if body.get("recipients") is not None:
        return _recipients_by_number(
            request, AudienceEvaluator(request).evaluate_filter(body["recipients"])
        )
    for form, kind in (("ids", "id"), ("emails", "email")):
        if body.get(form) is not None:
            return _recipients_by_identifier(
                request, [{kind: each} for each in _required_list(body, form)]
            )
    if body.get("per_user_data") is not None:
        return _recipients_by_identifier(request, _required_list(body, "per_user_data"))
    if body.get("data_file_url") is not None:
        return _recipients_from_data_url(request, str(body["data_file_url"]))
    return _recipients_by_number(request, _default_audience(request, broadcast))


def _recipients_by_number(request: Request, numbers: set[int]) -> ResolvedAudience:
    return ResolvedAudience([(person, {}) for person in request.workspace_data.people.all(numbers)])


def _default_audience(request: Request, broadcast: Record) -> set[int]:
    """The audience set in the browser; everybody where none is set."""
    audience = AudienceEvaluator(request)
    if broadcast.get("recipients"):
        return audience.evaluate_filter(broadcast["recipients"])
    elements = decode_filter(broadcast["filters"]) if broadcast.get("filters") else []
    return audience.evaluate_campaign_filter(elements)


def _required_list(body: Mapping[str, Any], form: str) -> list[Any]:
    given = body[form]
    if not isinstance(given, list) or not given:
        raise unprocessable(f"{form} must be a list that is not empty", f"/{form}")
    if len(given) > MAX_RECIPIENTS and form == "per_user_data":
        raise unprocessable(f"{form} is too long (maximum is {MAX_RECIPIENTS})", f"/{form}")
    return given


def _recipients_by_identifier(request: Request, rows: list[Any]) -> ResolvedAudience:
    """People named one by one, once each; who is not there is an error unless told to ignore."""
    found = ResolvedAudience()
    seen: set[int] = set()
    for row in rows:
        kind = next((k for k in ("id", "email") if isinstance(row, dict) and row.get(k)), None)
        if kind is None:
            found.errors.append(f"a recipient must have an id or an email: {json.dumps(row)}")
            continue
        if not isinstance(row.get("data"), dict | None):
            found.errors.append(f"the data of {kind} {row[kind]!r} must be an object")
            continue
        person = request.workspace_data.people.find(kind, str(row[kind]))
        if person is None:
            if not request.body.get(f"{kind}_ignore_missing"):
                found.errors.append(f"{kind} {row[kind]!r} does not belong to a person")
        elif person["number"] not in seen:
            seen.add(person["number"])
            found.people.append((person, row.get("data") or {}))
    return found


def _recipients_from_data_url(request: Request, url: str) -> ResolvedAudience:
    """A file of JSON lines. The sandbox fetches nothing: only `data:` URLs hold one."""
    if not url.startswith("data:"):
        told = "failed to download data file: the sandbox fetches nothing; a data: URL works"
        return ResolvedAudience(errors=[told])
    head, _, text = url.partition(",")
    try:
        raw = base64.b64decode(text) if head.endswith(";base64") else unquote_to_bytes(text)
    except ValueError:
        return ResolvedAudience(errors=["the data file is not base64"])
    rows: list[Any] = []
    for place, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        try:
            rows += [parse_json(line)] if line.strip() else []
        except ValueError:
            return ResolvedAudience(errors=[f"line {place} of the data file is not JSON"])
    return _recipients_by_identifier(request, rows)


def _send_messages(
    request: Request, broadcast: Record, trigger_record: Record, people: list[Recipient]
) -> None:
    post = Mailer(request)
    shared = request.body.get("data") or {}
    steps = list(_active_messages(request, broadcast))
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
                    "channel": MESSAGE_CHANNELS[step["type"]],
                    "broadcast_id": broadcast["id"],
                    "action_id": step["id"],
                    "trigger_id": trigger_record["id"],
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
                        "type": MESSAGE_CHANNELS[step["type"]],
                        "journey_id": "",
                    },
                },
                draft=step["sending_state"] == "draft",
                send_to_unsubscribed=wanted,
            )


def _active_messages(request: Request, broadcast: Record) -> Iterator[tuple[Record, list[Record]]]:
    """The messages that are not turned off, each with its languages."""
    for step in workflow.actions_of(request, broadcast):
        if step["type"] in MESSAGE_CHANNELS and step["sending_state"] != "off":
            yield step, templates_of(request, "action_id", step["id"])
