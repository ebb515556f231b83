"""Tags of a campaign: by name in files, by id in the workspace (journeys facts, sections 4, 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.json_value import Plain
from cioform.kinds.campaign.sync.requests import all_of, journeys
from cioform.model.conversation import Conversation, ask, ask_all


def settle_tags(
    campaign_id: str, wanted: Sequence[str], there: Sequence[Mapping[str, Plain]]
) -> Conversation[None]:
    """Put on the tags that are missing, made first where the workspace has none of that name, and
    take off those that are too many."""
    names = {str(tag["name"]) for tag in there}
    missing = [name for name in wanted if name not in names]
    if missing:
        tags = yield from _found_or_made(missing)
        yield from ask(journeys("POST", f"~/campaigns/{campaign_id}/tags", {"tags": tags}))
    yield from all_of(
        journeys("DELETE", f"~/campaigns/{campaign_id}/tags/{tag['id']}")
        for tag in there
        if tag["name"] not in wanted
    )


def _found_or_made(names: Sequence[str]) -> Conversation[list[dict[str, Plain]]]:
    answer = yield from ask(journeys("GET", "~/tags", rehearsal={"tags": []}))
    known = {tag["name"]: tag["id"] for tag in answer["tags"]}
    new = [name for name in names if name not in known]
    answers = yield from ask_all(
        [
            journeys(
                "POST",
                "~/tags",
                {"tag": {"name": name}},
                {"tag": {"id": f"(id of tag {name})", "name": name}},
            )
            for name in new
        ]
    )
    known |= {name: made["tag"]["id"] for name, made in zip(new, answers, strict=True)}
    return [{"id": known[name], "name": name} for name in names]
