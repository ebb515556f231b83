"""Find the users of a snippet. Only the Journeys API returns them; its response is not recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cioform.core.data.json_value import Json
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask, ask_all
from cioform.model.remote_access.response_schema import is_wire_id
from cioform.model.routing.operations import ObjectId, Usage
from cioform.model.routing.usage_lists import ids_in_rows

_MAX_PAGES: Final = 100
"""More pages than that are taken for a list without an end."""
_TEMPLATE: Final = "template"
_OWNERS: Final = {
    "campaign_id": "campaign",
    "transactional_message_id": "transactional",
    "newsletter_id": "newsletter",
}
"""The kinds of the owner of a template, by the member that has the ID of the owner."""


def find_usage(path: str) -> Conversation[Usage | None]:
    """Return what uses the snippet at a path; None if the response does not tell.

    A response has the IDs of layouts and of templates, and perhaps a link to the next page
    (journeys facts, section 7). A template is the content of a message, so its owner is the user.
    """
    layouts: list[str] = []
    templates: list[str] = []
    page = ""
    for _ in range(_MAX_PAGES):
        body: Json = yield from ask(Request(Api.JOURNEYS, "GET", f"{path}/usage{page}"))
        usage = body.get("usage") if isinstance(body, dict) else None
        if not isinstance(usage, dict) or not usage.keys() <= {"layouts", "templates"}:
            return None
        for found, rows in ((layouts, usage.get("layouts")), (templates, usage.get("templates"))):
            ids = ids_in_rows(rows or [])
            if ids is None:
                return None
            found += ids
        page = _next_page(body, page)
        if not page:
            break
    else:
        return None
    owners, misses = yield from _find_owners(templates)
    users = (*(ObjectId("layout", each) for each in layouts), *owners)
    return Usage(tuple(dict.fromkeys(users)), misses)


def _next_page(body: Json, last: str) -> str:
    """Return the end of the path of the next page, empty after the last one."""
    meta = body.get("meta") if isinstance(body, dict) else None
    continuation = meta.get("continuation") if isinstance(meta, dict) else None
    page = f"/{continuation}" if continuation else ""
    return "" if page == last else page


def _find_owners(
    templates: Iterable[str],
) -> Conversation[tuple[list[ObjectId], frozenset[str]]]:
    """Return what templates belong to, and the kinds of users that it does not have."""
    bodies: list[Json] = yield from ask_all(
        [Request(Api.JOURNEYS, "GET", f"~/templates/{each}") for each in dict.fromkeys(templates)]
    )
    owners = [_owner(body) for body in bodies]
    is_known = None not in owners
    return [each for each in owners if each], frozenset(() if is_known else {_TEMPLATE})


def _owner(body: Json) -> ObjectId | None:
    template = body.get(_TEMPLATE) if isinstance(body, dict) else None
    if isinstance(template, dict):
        for member, kind in _OWNERS.items():
            if is_wire_id(template.get(member)) and template[member]:
                return ObjectId(kind, str(template[member]))
    return None
