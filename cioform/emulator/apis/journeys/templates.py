"""Templates: the content of every message, one for each language (journeys facts, 5)."""

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.live_data_gate import check_template_not_live, forbidden
from cioform.emulator.domain.campaigns.translations import create_translation
from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.pagination import paginate
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import INTEGER, STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import ACTION, LAYOUT, TEMPLATE
from cioform.emulator.validation.template_rules import FIELD_SHAPES, fields_after_update
from cioform.emulator.wire.errors import unprocessable

CREATE_SHAPE = closed_object(template=closed_object(action_id=INTEGER, language=STRING))
SHAPE = closed_object(template=closed_object(**FIELD_SHAPES))
LAYOUT_FIELDS = ("id", "name", "body", "archived")


def list_all(request: Request) -> Response:
    """Return all templates, or one page if `page_size` is sent; `channel` and `editor` filter."""
    channel, editor = request.query.get("channel"), request.query.get("editor")
    templates = [
        each
        for each in request.workspace_data.all(TEMPLATE)
        if channel in (None, each["template_type"]) and editor in (None, each["editor"])
    ]
    page, meta = paginate(request, templates, "page_size")
    return Response({"templates": page, "meta": meta})


def create(request: Request) -> Response:
    """Add a language to a message of a campaign, copied from its default language.

    Only a person can: the body of this request is not recorded, so no program may rely on it
    (journeys facts, 5, Languages).
    """
    if request.caller.auth_method is not AuthMethod.PERSON:
        raise forbidden(request, "add a language")
    body = request.body_object("template")
    action = request.workspace_data.get(ACTION, body.get("action_id") or 0)
    if action is None or not action.get("template_id"):
        raise unprocessable("action_id is not a message", "/template/action_id")
    return Response({"template": create_translation(request, "action_id", action["id"], body)})


def read(request: Request) -> Response:
    """Return one template, with its layout beside it."""
    record = request.get(TEMPLATE)
    layout_id = record["layout_id"]
    layout = request.workspace_data.get(LAYOUT, layout_id) if layout_id else None
    layouts = [{key: layout[key] for key in LAYOUT_FIELDS}] if layout else []
    return Response({"template": record, "layouts": layouts})


def update(request: Request) -> Response:
    """Update a template; members not sent are reset (open fact: `Behavior.template_put`)."""
    record = request.get(TEMPLATE)
    check_template_not_live(request, record)
    if not isinstance(request.body.get("template"), dict):
        raise unprocessable("template cannot be nil", "/template")
    fields = fields_after_update(request, record, request.body_object("template"))
    audit.update_record(request, TEMPLATE, record, fields)
    return read(request)


def delete(request: Request) -> Response:
    """Delete a translation; the default language is deleted only with its message."""
    record = request.get(TEMPLATE)
    check_template_not_live(request, record)
    if not record["language"]:
        raise unprocessable("the default template cannot be deleted")
    audit.delete_record(request, TEMPLATE, record)
    return NO_CONTENT


ROUTES = (
    journeys_route("GET", "/templates", list_all, query=("page", "page_size", "channel", "editor")),
    journeys_route("POST", "/templates", create, CREATE_SHAPE),
    journeys_route("GET", "/templates/<int:id>", read),
    journeys_route("PUT", "/templates/<int:id>", update, SHAPE),
    journeys_route("DELETE", "/templates/<int:id>", delete),
)
