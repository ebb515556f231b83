"""Templates: the content of every message, one for each language (journeys facts, 5)."""

from cioform.emulator.domain import audit
from cioform.emulator.domain.live_data_gate import check_template_not_live
from cioform.emulator.protocol.pagination import paginate
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import closed_object, journeys_route
from cioform.emulator.store.record_types import LAYOUT, TEMPLATE
from cioform.emulator.validation.template_rules import FIELD_SHAPES, fields_after_update
from cioform.emulator.wire.errors import unprocessable

SHAPE = closed_object(template=closed_object(**FIELD_SHAPES))


def list_all(request: Request) -> Response:
    """The list; in pages when `page_size` is given; `channel` and `editor` pick."""
    channel, editor = request.query.get("channel"), request.query.get("editor")
    records = [
        each
        for each in request.workspace_data.all(TEMPLATE)
        if channel in (None, each["template_type"]) and editor in (None, each["editor"])
    ]
    records, meta = paginate(request, records, "page_size")
    return Response({"templates": records, "meta": meta})


def read(request: Request) -> Response:
    """One template, and its layout beside it."""
    record = request.get(TEMPLATE)
    layout = (
        request.workspace_data.get(LAYOUT, record["layout_id"]) if record["layout_id"] else None
    )
    keys = ("id", "name", "body", "archived")
    layouts = [{key: layout[key] for key in keys}] if layout else []
    return Response({"template": record, "layouts": layouts})


def update(request: Request) -> Response:
    """Write content; members not sent are reset (open fact: `Behavior.template_put`)."""
    record = request.get(TEMPLATE)
    check_template_not_live(request, record)
    if not isinstance(request.body.get("template"), dict):
        raise unprocessable("template cannot be nil", "/template")
    fields = fields_after_update(request, record, request.body_object("template"))
    audit.update_record(request, TEMPLATE, record, fields)
    return read(request)


def delete(request: Request) -> Response:
    """Remove a translation; the default language stays as long as its message does."""
    record = request.get(TEMPLATE)
    check_template_not_live(request, record)
    if not record["language"]:
        raise unprocessable("the default template cannot be deleted")
    audit.delete_record(request, TEMPLATE, record)
    return NO_CONTENT


ROUTES = (
    journeys_route("GET", "/templates", list_all, query=("page", "page_size", "channel", "editor")),
    journeys_route("GET", "/templates/<int:id>", read),
    journeys_route("PUT", "/templates/<int:id>", update, SHAPE),
    journeys_route("DELETE", "/templates/<int:id>", delete),
)
