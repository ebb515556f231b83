"""Tags of a campaign, by name in files and by ID in Customer.io (journeys facts, 4 and 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from cioform.core.dataclasses import replace
from cioform.kinds.campaign.sync.requests import journeys_request, send_all
from cioform.kinds.campaign.wire import response_schemas as schemas
from cioform.kinds.campaign.wire.wire_types import WireTag
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Conversation, ask, ask_all_as, ask_as
from cioform.model.remote_access.response_schema import WithId


class _WireTags(TypedDict):
    tags: list[WireTag]


class _WireNewTag(TypedDict):
    tag: WithId


def sync_tags(
    campaign_id: str,
    wanted: Sequence[str],
    current_tags: Sequence[WireTag],
    existing: Mapping[str, str],
    names: Names,
) -> Conversation[None]:
    """Attach the missing tags and detach the others.

    Tags that the workspace lacks are created first. In a plan, `existing` are the tags that the
    workspace has, or will have because of their files, with their IDs. A tag of this campaign may
    have another name by then.
    """
    new_names = {tag_id: name for name, tag_id in existing.items()}
    current = {
        names.known_name("tag", tag["id"], new_names.get(str(tag["id"]), str(tag["name"]))): tag
        for tag in current_tags
    }
    missing = [name for name in wanted if name not in current]
    attached: set[str] = set()
    if missing:
        tags = yield from _find_or_create_tags(missing, existing)
        attached = {str(tag["id"]) for tag in tags}
        yield from ask(journeys_request("POST", f"~/campaigns/{campaign_id}/tags", {"tags": tags}))
    yield from send_all(
        journeys_request("DELETE", f"~/campaigns/{campaign_id}/tags/{tag['id']}")
        for name, tag in current.items()
        # It may be attached under another of its names.
        if name not in wanted and str(tag["id"]) not in attached
    )


def _find_or_create_tags(
    names: Sequence[str], existing: Mapping[str, str]
) -> Conversation[list[WireTag]]:
    expected = {"tags": [{"id": tag_id, "name": name} for name, tag_id in existing.items()]}
    body = yield from ask_as(
        journeys_request("GET", "~/tags", None, expected, schemas.TAGS), _WireTags
    )
    known = {tag["name"]: tag["id"] for tag in body["tags"]}
    new = [name for name in names if name not in known]
    bodies = yield from ask_all_as(
        [
            replace(
                journeys_request(
                    "POST",
                    "~/tags",
                    {"tag": {"name": name}},
                    {"tag": {"id": f"(id of tag {name})", "name": name}},
                    schemas.CREATED_TAG,
                ),
                creates=f"tag {name}",
            )
            for name in new
        ],
        _WireNewTag,
    )
    known |= {name: body["tag"]["id"] for name, body in zip(new, bodies, strict=True)}
    return [{"id": known[name], "name": name} for name in names]
