"""Sender identities on the App API, read-only (app facts, 5.6)."""

import base64

from cioform.emulator.domain.campaigns.usage import templates_with_sender
from cioform.emulator.domain.sending.rendering import sender_address
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import IDENTITY, Record
from cioform.emulator.wire.json_input import parse_integer

DEFAULT_LIMIT = 100
RESPONSE_FIELDS = ("id", "name", "email", "phone", "template_type", "auto_generated", "hidden")


def list_all(request: Request) -> Response:
    """Return one page of senders, or only of those that are hidden or not.

    `hidden=true` omits the visible senders, other than documented (corrections 2026-11, row 9).
    """
    records = request.workspace_data.all(IDENTITY)
    hidden = request.query.get("hidden")
    if hidden in ("true", "false"):
        records = [each for each in records if each["hidden"] is (hidden == "true")]
    if request.query.get("sort") == "desc":
        records.reverse()
    page = _page_after_cursor(request, records)
    # The last sender has a cursor too: one empty page follows it (corrections 2026-11, row 9).
    next_cursor = _encode_cursor(page[-1]["id"]) if page else ""
    return Response(
        {"sender_identities": [_serialize_sender(each) for each in page], "next": next_cursor}
    )


def read(request: Request) -> Response:
    """Return one sender."""
    return Response({"sender_identity": _serialize_sender(request.get(IDENTITY))})


def used_by(request: Request) -> Response:
    """Return the IDs of what uses a sender, unwrapped."""
    templates = templates_with_sender(request, request.get(IDENTITY)["id"])
    campaigns = sorted({each["campaign_id"] for each in templates if each["campaign_id"]})
    return Response({"campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": []})


def _page_after_cursor(request: Request, records: list[Record]) -> list[Record]:
    """Return the senders that follow the one that `start` names."""
    limit = max(1, request.query_int("limit", DEFAULT_LIMIT))
    last_id = _decode_cursor(request.query.get("start", ""))
    ids = [each["id"] for each in records]
    first = ids.index(last_id) + 1 if last_id in ids else 0
    return records[first : first + limit]


def _encode_cursor(sender_id: int) -> str:
    """Return the cursor after a sender: its ID in base64, as recorded live."""
    return base64.b64encode(str(sender_id).encode()).decode()


def _decode_cursor(cursor: str) -> int | None:
    try:
        return parse_integer(base64.b64decode(cursor).decode())
    except ValueError:  # neither base64 nor UTF-8
        return None


def _serialize_sender(record: Record) -> Record:
    return {
        **{key: record[key] for key in RESPONSE_FIELDS},
        "deduplicate_id": f"{record['id']}:{record['updated_at']}",
        "address": sender_address(record),
    }


ROUTES = (
    app_route("GET", "/sender_identities", list_all, query=("start", "limit", "sort", "hidden")),
    app_route("GET", "/sender_identities/<int:id>", read),
    app_route("GET", "/sender_identities/<int:id>/used_by", used_by),
)
