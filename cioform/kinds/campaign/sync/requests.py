"""The requests about campaigns, with the answers a plan assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.language.messages.writable_template import writable_fields
from cioform.model.conversation import Api, Conversation, Paging, Request, ask, ask_all
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.reach import PeopleCount


def journeys_request(
    method: str, path: str, body: JsonValue = None, dry_run_response: JsonValue = None
) -> Request:
    """Give a request to the Journeys API."""
    return Request(Api.JOURNEYS, method, path, body, dry_run_response=dry_run_response)


def list_campaigns() -> Conversation[list[RemoteObject]]:
    """List every campaign, without its steps."""
    answer = yield from ask(
        Request(Api.JOURNEYS, "GET", "~/campaigns", paging=Paging.PAGE_NUMBER, items="campaigns")
    )
    return [_remote_object({"campaign": campaign}) for campaign in answer["campaigns"]]


def read_campaign(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read a campaign with its steps and with what each message says."""
    answer = yield from ask(campaign_request(found.remote_id))
    ids = [a["template_id"] for a in answer["actions"] if a.get("template_id")]
    templates = yield from read_templates(ids)
    wire = {"campaign": answer["campaign"], "actions": answer["actions"], "templates": templates}
    # Beside the campaign where it is read, and not in the list (journeys facts, section 2).
    return _remote_object({**wire, "tags": answer.get("tags") or []})


def campaign_request(campaign_id: str, dry_run_response: JsonValue = None) -> Request:
    """Give the request that reads a campaign with its actions."""
    return journeys_request("GET", f"~/campaigns/{campaign_id}", dry_run_response=dry_run_response)


def _remote_object(wire: Mapping[str, JsonValue]) -> RemoteObject:
    campaign = wire["campaign"]
    return RemoteObject(str(campaign["id"]), campaign["name"], Api.JOURNEYS, wire)


def read_templates(ids: Sequence[object]) -> Conversation[dict[str, JsonValue]]:
    """Read templates side by side; by id, as text since the outcome is kept as JSON."""
    answers = yield from ask_all(
        [
            journeys_request("GET", f"~/templates/{one}", dry_run_response={"template": {}})
            for one in ids
        ]
    )
    return {str(one): answer["template"] for one, answer in zip(ids, answers, strict=True)}


def count_people(live: LiveObject) -> Conversation[PeopleCount | None]:
    """Count who is in a campaign, and at which step. A draft has nobody. The shape of the answer
    is not recorded (journeys facts, section 4, Endpoints): what we do not know counts nothing."""
    if live.decoded.reach.state == "draft":
        return None
    answer = yield from ask(
        journeys_request("GET", f"~/campaigns/{live.remote_id}/action_status", dry_run_response={})
    )
    counts = dict(_parse_counts(answer.get("action_status") if isinstance(answer, dict) else None))
    if not counts:
        return None
    called = {own_id: name for name, own_id in live.decoded.parts.items()}
    at = {called.get(own_id, own_id): count for own_id, count in counts.items()}
    return PeopleCount(sum(at.values()), at)


_COUNT_KEYS: Final = ("count", "waiting", "people", "current", "total")
_ID_KEYS: Final = ("action_id", "id")


def _parse_counts(status: JsonValue) -> Iterator[tuple[str, int]]:
    """Give action ids and how many people are there, from a list of rows or a mapping by id."""
    if isinstance(status, dict):
        rows: list[tuple[JsonValue, JsonValue]] = list(status.items())
    else:
        listed = status if isinstance(status, list) else []
        dicts = [row for row in listed if isinstance(row, dict)]
        rows = [(next((row[name] for name in _ID_KEYS if name in row), None), row) for row in dicts]
    for own_id, row in rows:
        found = row if isinstance(row, int) else None
        if isinstance(row, dict):
            found = next(
                (row[name] for name in _COUNT_KEYS if isinstance(row.get(name), int)), None
            )
        if own_id is not None and found is not None:
            yield str(own_id), found


def delete_campaign(live: LiveObject) -> Conversation[None]:
    """Delete a campaign."""
    yield from ask(journeys_request("DELETE", f"~/campaigns/{live.remote_id}"))


def update_request(
    campaign_id: str,
    update_type: str,
    fields: Mapping[str, JsonValue],
    **extra_fields: JsonValue,
) -> Request:
    """Give an update of a campaign. The update type stands in the query too: projects disagree on
    where it is read (journeys facts, section 4, Update)."""
    return Request(
        Api.JOURNEYS,
        "PUT",
        f"~/campaigns/{campaign_id}",
        {"campaign": {"update_type": update_type, **fields}, **extra_fields},
        query={"update_type": update_type},
    )


def template_update_request(
    template_id: object, current: Mapping[str, JsonValue], fields: JsonValue
) -> Request | None:
    """Give the write of a template, None when it says all that already. Whether members left out
    are reset is open, so everything read is sent back (journeys facts, section 5)."""
    kept = writable_fields(current)
    merged = {**kept, **fields}
    if current and merged == kept:
        return None
    return journeys_request("PUT", f"~/templates/{template_id}", {"template": merged})


def send_all(requests: Iterable[Request | None]) -> Conversation[None]:
    """Send what there is to send, side by side."""
    yield from ask_all([request for request in requests if request is not None])
