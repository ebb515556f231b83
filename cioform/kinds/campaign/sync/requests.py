"""The requests for campaigns over the Journeys API, with the responses that a plan assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.wire import response_schemas as schemas
from cioform.kinds.campaign.wire.wire_types import (
    WireCampaigns,
    WireDetail,
    WireLanguages,
    WireReply,
    WireTemplate,
    WireTemplateReply,
)
from cioform.language.messages.template.template_members import writable_fields
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.reach import PeopleCount, ReachState
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Paging,
    Request,
    ask,
    ask_all,
    ask_all_as,
    ask_as,
)
from cioform.model.remote_access.response_schema import ResponseSchema


def journeys_request(
    method: str,
    path: str,
    body: JsonValue = None,
    dry_run_response: JsonValue = None,
    schema: ResponseSchema | None = None,
) -> Request:
    """Return a request to the Journeys API."""
    return Request(
        Api.JOURNEYS, method, path, body, dry_run_response=dry_run_response, schema=schema
    )


def list_campaigns() -> Conversation[list[RemoteObject]]:
    """List every campaign, without its steps."""
    body = yield from ask_as(
        Request(
            Api.JOURNEYS,
            "GET",
            "~/campaigns",
            paging=Paging.PAGE_NUMBER,
            items="campaigns",
            schema=schemas.CAMPAIGN_LIST,
        ),
        WireCampaigns,
    )
    return [_remote_object({"campaign": campaign}) for campaign in body["campaigns"]]


def read_campaign(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read a campaign with its steps and the content of its messages."""
    body = yield from ask_as(campaign_request(found.remote_id), WireDetail)
    ids = [a["template_id"] for a in body["actions"] if a.get("template_id")]
    templates = yield from read_templates(ids)
    return _remote_object(
        {
            "campaign": body["campaign"],
            "actions": body["actions"],
            "templates": templates,
            # Tags are beside the campaign when it is read, not in the list (journeys facts, 2).
            "tags": body.get("tags") or [],
            "languages": _languages_of(body),
        }
    )


def _languages_of(body: WireDetail) -> WireLanguages | None:
    """Return the templates of other languages by action ID and language; None if unknown.

    It is an open fact where the API returns them. A transactional message has them next to it, so
    they are looked for next to a campaign, too (journeys facts, sections 5 and 6).
    """
    templates = body.get("templates")
    if templates is None:
        return None
    languages: dict[str, dict[str, WireTemplate]] = {}
    for template in templates:
        if (language := template.get("language")) and template.get("action_id"):
            of_action = languages.setdefault(str(template["action_id"]), {})
            of_action[language] = template
    return languages


def campaign_request(campaign_id: str, dry_run_response: JsonValue = None) -> Request:
    """Return the request that reads a campaign with its actions."""
    path = f"~/campaigns/{campaign_id}"
    return journeys_request("GET", path, None, dry_run_response, schemas.CAMPAIGN)


def _remote_object(wire: WireReply) -> RemoteObject:
    campaign = wire["campaign"]
    return RemoteObject(str(campaign["id"]), campaign["name"], Api.JOURNEYS, wire)


def read_templates(ids: Sequence[object]) -> Conversation[dict[str, WireTemplate]]:
    """Read templates in parallel. Return them by ID as text, because the mapping becomes JSON."""
    bodies = yield from ask_all_as(
        [
            journeys_request("GET", f"~/templates/{one}", None, {"template": {}}, schemas.TEMPLATE)
            for one in ids
        ],
        WireTemplateReply,
    )
    return {str(one): body["template"] for one, body in zip(ids, bodies, strict=True)}


def count_people(live: LiveObject) -> Conversation[PeopleCount | None]:
    """Count the people in a campaign and at each step; a draft has nobody.

    The shape of the response is not recorded (journeys facts, section 4, Endpoints), so unknown
    members are ignored.
    """
    if live.decoded.reach.state is ReachState.DRAFT:
        return None
    body: JsonValue = yield from ask(
        journeys_request("GET", f"~/campaigns/{live.remote_id}/action_status", dry_run_response={})
    )
    counts = dict(_parse_counts(body.get("action_status") if isinstance(body, dict) else None))
    if not counts:
        return None
    names = {action_id: name for name, action_id in live.decoded.parts.items()}
    by_part = {names.get(action_id, action_id): count for action_id, count in counts.items()}
    return PeopleCount(sum(by_part.values()), by_part)


_COUNT_KEYS: Final = ("count", "waiting", "people", "current", "total")
_ID_KEYS: Final = ("action_id", "id")


def _parse_counts(status: JsonValue) -> Iterator[tuple[str, int]]:
    """Yield action IDs and the number of people there, from a list of rows or a mapping by ID."""
    if isinstance(status, dict):
        rows: list[tuple[JsonValue, JsonValue]] = list(status.items())
    else:
        listed = status if isinstance(status, list) else []
        dicts = [row for row in listed if isinstance(row, dict)]
        rows = [(next((row[key] for key in _ID_KEYS if key in row), None), row) for row in dicts]
    for action_id, row in rows:
        count = row if isinstance(row, int) else None
        if isinstance(row, dict):
            count = next((row[key] for key in _COUNT_KEYS if isinstance(row.get(key), int)), None)
        if action_id is not None and count is not None:
            yield str(action_id), count


def delete_campaign(live: LiveObject) -> Conversation[None]:
    """Delete a campaign."""
    yield from ask(journeys_request("DELETE", f"~/campaigns/{live.remote_id}"))


def update_request(
    campaign_id: str,
    update_type: str,
    fields: Mapping[str, JsonValue],
    **extra_fields: JsonValue,
) -> Request:
    """Return an update of a campaign.

    The update type is in the query too, because sources disagree on where it is read (journeys
    facts, section 4, Update).
    """
    return Request(
        Api.JOURNEYS,
        "PUT",
        f"~/campaigns/{campaign_id}",
        {"campaign": {**fields, "update_type": update_type}, **extra_fields},
        query={"update_type": update_type},
    )


def template_update_request(
    template_id: object, current: Mapping[str, JsonValue], fields: JsonValue
) -> Request | None:
    """Return the write of a template, or None when nothing changes.

    Everything that was read is sent back, because it is an open fact whether omitted members are
    reset (journeys facts, 5).
    """
    unchanged = writable_fields(current)
    merged = writable_fields({**current, **fields})
    if current and merged == unchanged:
        return None
    return journeys_request("PUT", f"~/templates/{template_id}", {"template": merged})


def send_all(requests: Iterable[Request | None]) -> Conversation[None]:
    """Send the requests that are not None in parallel."""
    yield from ask_all([request for request in requests if request is not None])
