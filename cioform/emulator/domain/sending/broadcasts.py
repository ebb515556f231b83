"""Trigger a broadcast: resolve its audience and send its messages (app facts, 4.3)."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from cioform.core.dataclasses import dataclass, field
from cioform.emulator.domain.campaigns import workflow
from cioform.emulator.domain.campaigns.translations import templates_of
from cioform.emulator.domain.people.audience import AudienceEvaluator
from cioform.emulator.domain.sending.mailer import LiquidScope, Mailer
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import TRIGGER, Record
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.emulator.wire.errors import ApiError, unprocessable
from cioform.emulator.wire.filter_encoding import decode_filter
from cioform.emulator.wire.json_input import parse_json

AUDIENCE_FIELDS = ("recipients", "ids", "emails", "per_user_data", "data_file_url")
MAX_RECIPIENTS = 10_000


@dataclass(frozen=True)
class Recipient:
    """A person of an audience, and the data that only they get."""

    person: Record
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ResolvedAudience:
    """The recipients of an audience, and its errors."""

    recipients: list[Recipient] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def trigger_broadcast(request: Request, broadcast: Record) -> Record:
    """Send a broadcast to the audience in the request, and return the trigger.

    Raises 422 while another trigger of it is being processed, and for an audience with people who
    do not exist, unless the request says to ignore them: then nothing is sent, and the trigger
    keeps the errors (corrections 2026-11, row 17).
    """
    _check_request(request, broadcast)
    audience = _resolve_audience(request, broadcast)
    failed = bool(audience.errors)
    duration = 0 if failed else int(request.behavior.trigger_duration_seconds)
    trigger = request.workspace_data.add(
        TRIGGER,
        {
            "broadcast_id": broadcast["id"],
            "created_at": request.now,
            "processed_at": request.now + duration,
            "errors": audience.errors,
            "failed": failed,
        },
    )
    if failed:
        detail = f"broadcast trigger {trigger['id']} has errors in its audience"
        raise ApiError(422, detail, meta={"trigger_id": trigger["id"]}, keep_changes=True)
    _send_messages(request, broadcast, trigger, audience.recipients)
    return trigger


def _check_request(request: Request, broadcast: Record) -> None:
    audience_fields = [key for key in AUDIENCE_FIELDS if request.body.get(key) is not None]
    if len(audience_fields) > 1:
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
        numbers = AudienceEvaluator(request).evaluate_filter(body["recipients"])
        return _recipients_by_number(request, numbers)
    for key, identifier_type in (("ids", "id"), ("emails", "email")):
        if body.get(key) is not None:
            rows = [{identifier_type: each} for each in _required_list(body, key)]
            return _recipients_by_identifier(request, rows)
    if body.get("per_user_data") is not None:
        return _recipients_by_identifier(request, _required_list(body, "per_user_data"))
    if body.get("data_file_url") is not None:
        return _recipients_from_data_url(request, str(body["data_file_url"]))
    return _recipients_by_number(request, _default_audience(request, broadcast))


def _recipients_by_number(request: Request, numbers: set[int]) -> ResolvedAudience:
    return ResolvedAudience(
        [Recipient(each) for each in request.workspace_data.people.all(numbers)]
    )


def _default_audience(request: Request, broadcast: Record) -> set[int]:
    """Return the audience set in the browser; everybody if none is set."""
    evaluator = AudienceEvaluator(request)
    if broadcast.get("recipients"):
        return evaluator.evaluate_filter(broadcast["recipients"])
    elements = decode_filter(broadcast["filters"]) if broadcast.get("filters") else []
    return evaluator.evaluate_campaign_filter(elements)


def _required_list(body: Mapping[str, Any], key: str) -> list[Any]:
    items = body[key]
    if not isinstance(items, list) or not items:
        raise unprocessable(f"{key} must be a list that is not empty", f"/{key}")
    if len(items) > MAX_RECIPIENTS and key == "per_user_data":
        raise unprocessable(f"{key} is too long (maximum is {MAX_RECIPIENTS})", f"/{key}")
    return items


def _recipients_by_identifier(request: Request, rows: list[Any]) -> ResolvedAudience:
    """Return the people in `rows`, once each; missing people are errors unless ignored."""
    audience = ResolvedAudience()
    seen: set[int] = set()
    for row in rows:
        key = next((k for k in ("id", "email") if isinstance(row, dict) and row.get(k)), None)
        if key is None:
            audience.errors.append(f"a recipient must have an id or an email: {json.dumps(row)}")
            continue
        if not isinstance(row.get("data"), dict | None):
            audience.errors.append(f"the data of {key} {row[key]!r} must be an object")
            continue
        person = request.workspace_data.people.find(key, str(row[key]))
        if person is None:
            if not request.body.get(f"{key}_ignore_missing"):
                audience.errors.append(f"{key} {row[key]!r} does not belong to a person")
        elif person["number"] not in seen:
            seen.add(person["number"])
            audience.recipients.append(Recipient(person, row.get("data") or {}))
    return audience


def _recipients_from_data_url(request: Request, url: str) -> ResolvedAudience:
    """Return the people in a file of JSON lines.

    The sandbox does not download files, so it accepts only `data:` URLs.
    """
    if not url.startswith("data:"):
        error = "failed to download data file: the sandbox downloads nothing; use a data: URL"
        return ResolvedAudience(errors=[error])
    header, _, text = url.partition(",")
    try:
        raw = base64.b64decode(text) if header.endswith(";base64") else unquote_to_bytes(text)
    except ValueError:
        return ResolvedAudience(errors=["the data file is not base64"])
    rows: list[Any] = []
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        try:
            rows += [parse_json(line)] if line.strip() else []
        except ValueError:
            return ResolvedAudience(errors=[f"line {number} of the data file is not JSON"])
    return _recipients_by_identifier(request, rows)


def _send_messages(
    request: Request, broadcast: Record, trigger: Record, recipients: list[Recipient]
) -> None:
    """Send each recipient every message whose condition they meet."""
    mailer = Mailer(request)
    shared_data = request.body.get("data") or {}
    evaluator = AudienceEvaluator(request, (each.person["number"] for each in recipients))
    messages = [
        (action, templates, evaluator.evaluate_action_condition(action["preconditions"]))
        for action, templates in _active_messages(request, broadcast)
    ]
    for recipient in recipients:
        data = {**shared_data, **recipient.data}
        language = str(recipient.person["attributes"].get("language") or "")
        for action, templates, meeting in messages:
            if recipient.person["number"] in meeting:
                template = next((e for e in templates if e["language"] == language), templates[0])
                _send_message(mailer, broadcast, trigger, action, template, recipient.person, data)


def _send_message(
    mailer: Mailer,
    broadcast: Record,
    trigger: Record,
    action: Record,
    template: Record,
    person: Record,
    data: Mapping[str, Any],
) -> None:
    mailer.send(
        template,
        person,
        {
            "channel": MESSAGE_CHANNELS[action["type"]],
            "broadcast_id": broadcast["id"],
            "action_id": action["id"],
            "trigger_id": trigger["id"],
            "template_id": template["id"],
            "language": template["language"],
            "message_data": data,
        },
        scope=_liquid_scope(broadcast, action, template, data),
        draft=action["sending_state"] == "draft",
        send_to_unsubscribed=action["send_to_unsubscribed"] or broadcast["send_to_unsubscribed"],
    )


def _liquid_scope(
    broadcast: Record, action: Record, template: Record, data: Mapping[str, Any]
) -> LiquidScope:
    topic = broadcast["subscription_topic_id"]
    return {
        "trigger": data,
        "campaign": {
            **{key: broadcast[key] for key in ("id", "name", "type")},
            "subscription_topic_ids": [topic] if topic else [],
        },
        "message": {
            "id": template["id"],
            "name": action["name"],
            "type": MESSAGE_CHANNELS[action["type"]],
            "journey_id": "",
        },
    }


def _active_messages(request: Request, broadcast: Record) -> Iterator[tuple[Record, list[Record]]]:
    """Yield the messages that are not turned off, each with its templates."""
    for action in workflow.actions_of(request, broadcast):
        if action["type"] in MESSAGE_CHANNELS and action["sending_state"] != "off":
            yield action, templates_of(request, "action_id", action["id"])
