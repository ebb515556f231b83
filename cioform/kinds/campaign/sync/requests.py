"""The requests about campaigns, with the answers a plan assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cioform.core.json_value import Plain
from cioform.language.messages.writable_template import writable
from cioform.model.conversation import Api, Conversation, Paging, Request, ask, ask_all
from cioform.model.kind import Found, Live, People
from cioform.model.names import Names


def journeys(method: str, path: str, body: Plain = None, rehearsal: Plain = None) -> Request:
    """Give a request to the Journeys API."""
    return Request(Api.JOURNEYS, method, path, body, rehearsal=rehearsal)


def list_campaigns() -> Conversation[list[Found]]:
    """List every campaign, without its steps."""
    answer = yield from ask(
        Request(Api.JOURNEYS, "GET", "~/campaigns", paging=Paging.NUMBERED, items="campaigns")
    )
    return [_found({"campaign": campaign}) for campaign in answer["campaigns"]]


def read_campaign(found: Found) -> Conversation[Found]:
    """Read a campaign with its steps and with what each message says."""
    answer = yield from ask(get_campaign(found.remote_id))
    ids = [a["template_id"] for a in answer["actions"] if a.get("template_id")]
    templates = yield from read_templates(ids)
    wire = {"campaign": answer["campaign"], "actions": answer["actions"], "templates": templates}
    # Beside the campaign where it is read, and not in the list (journeys facts, section 2).
    return _found({**wire, "tags": answer.get("tags") or []})


def get_campaign(campaign_id: str, rehearsal: Plain = None) -> Request:
    """Give the request that reads a campaign with its actions."""
    return journeys("GET", f"~/campaigns/{campaign_id}", rehearsal=rehearsal)


def _found(wire: Mapping[str, Plain]) -> Found:
    campaign = wire["campaign"]
    return Found(str(campaign["id"]), campaign["name"], Api.JOURNEYS, wire)


def read_templates(ids: Sequence[object]) -> Conversation[dict[str, Plain]]:
    """Read templates side by side; by id, as text since the outcome is kept as JSON."""
    answers = yield from ask_all(
        [journeys("GET", f"~/templates/{one}", rehearsal={"template": {}}) for one in ids]
    )
    return {str(one): answer["template"] for one, answer in zip(ids, answers, strict=True)}


def count_people(live: Live, names: Names) -> Conversation[People | None]:
    """Count who is in a campaign, and at which step. A draft has nobody. The shape of the answer
    is not recorded (journeys facts, section 4, Endpoints): what we do not know counts nothing."""
    del names
    if live.decoded.reach.state == "draft":
        return None
    answer = yield from ask(
        journeys("GET", f"~/campaigns/{live.remote_id}/action_status", rehearsal={})
    )
    counts = dict(_counts(answer.get("action_status") if isinstance(answer, dict) else None))
    if not counts:
        return None
    called = {own_id: name for name, own_id in live.decoded.parts.items()}
    at = {called.get(own_id, own_id): count for own_id, count in counts.items()}
    return People(sum(at.values()), at)


_NUMBERS: Final = ("count", "waiting", "people", "current", "total")
_IDS: Final = ("action_id", "id")


def _counts(status: Plain) -> Iterator[tuple[str, int]]:
    """Give action ids and how many people are there, from a list of rows or a mapping by id."""
    if isinstance(status, dict):
        rows: list[tuple[Plain, Plain]] = list(status.items())
    else:
        listed = status if isinstance(status, list) else []
        dicts = [row for row in listed if isinstance(row, dict)]
        rows = [(next((row[name] for name in _IDS if name in row), None), row) for row in dicts]
    for own_id, row in rows:
        found = row if isinstance(row, int) else None
        if isinstance(row, dict):
            found = next((row[name] for name in _NUMBERS if isinstance(row.get(name), int)), None)
        if own_id is not None and found is not None:
            yield str(own_id), found


def delete_campaign(live: Live) -> Conversation[None]:
    """Delete a campaign."""
    yield from ask(journeys("DELETE", f"~/campaigns/{live.remote_id}"))


def update(
    campaign_id: str,
    update_type: str,
    fields: Mapping[str, Plain],
    **beside: Plain,
) -> Request:
    """Give an update of a campaign. The update type stands in the query too: projects disagree on
    where it is read (journeys facts, section 4, Update)."""
    return Request(
        Api.JOURNEYS,
        "PUT",
        f"~/campaigns/{campaign_id}",
        {"campaign": {"update_type": update_type, **fields}, **beside},
        query={"update_type": update_type},
    )


def put_template(template_id: object, current: Mapping[str, Plain], said: Plain) -> Request | None:
    """Give the write of a template, None when it says all that already. Whether members left out
    are reset is open, so everything read is sent back (journeys facts, section 5)."""
    kept = writable(current)
    merged = {**kept, **said}
    if current and merged == kept:
        return None
    return journeys("PUT", f"~/templates/{template_id}", {"template": merged})


def all_of(requests: Iterable[Request | None]) -> Conversation[None]:
    """Send what there is to send, side by side."""
    yield from ask_all([request for request in requests if request is not None])
