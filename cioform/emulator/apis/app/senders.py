"""Sender identities on the App API, read-only (app facts, 5.6)."""

from cioform.emulator.domain.rendering import sender_address
from cioform.emulator.domain.usage import templates_with_sender
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import IDENTITY, Record

DEFAULT_LIMIT = 100
RESPONSE_FIELDS = ("id", "name", "email", "phone", "template_type", "auto_generated", "hidden")


def list_all(request: Request) -> Response:
    """Return one page of senders, or only of those that are hidden or not."""
    records = request.workspace_data.all(IDENTITY)
    hidden = request.query.get("hidden")
    if hidden in ("true", "false"):
        records = [each for each in records if each["hidden"] is (hidden == "true")]
    if request.query.get("sort") == "desc":
        records.reverse()
    page, next_cursor = paginate_by_cursor(request, records, DEFAULT_LIMIT)
    return Response(
        {"sender_identities": [_serialize_sender(each) for each in page], "next": next_cursor}
    )


def read(request: Request) -> Response:
    """Return one sender."""
    return Response({"sender_identity": _serialize_sender(request.get(IDENTITY))})


def used_by(request: Request) -> Response:
    """Return the ids of what uses a sender, unwrapped."""
    templates = templates_with_sender(request, request.get(IDENTITY)["id"])
    campaigns = sorted({each["campaign_id"] for each in templates if each["campaign_id"]})
    return Response({"campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": []})


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
