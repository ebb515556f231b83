"""Templates: the content of every message, one for each language (journeys facts, 5)."""

from cioform.emulator.domain import audit
from cioform.emulator.domain.live_data_gate import refuse_live_template
from cioform.emulator.protocol.pagination import page_of
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import closed, journeys
from cioform.emulator.store.record_types import LAYOUT, TEMPLATE
from cioform.emulator.validation.template_rules import MEMBERS, fields_after
from cioform.emulator.wire.errors import invalid

SHAPE = closed(template=closed(**MEMBERS))


def list_all(call: Call) -> Reply:
    """The list; in pages when `page_size` is given; `channel` and `editor` pick."""
    channel, editor = call.query.get("channel"), call.query.get("editor")
    records = [
        each
        for each in call.space.all(TEMPLATE)
        if channel in (None, each["template_type"]) and editor in (None, each["editor"])
    ]
    records, meta = page_of(call, records, "page_size")
    return Reply({"templates": records, "meta": meta})


def read(call: Call) -> Reply:
    """One template, and its layout beside it."""
    record = call.get(TEMPLATE)
    layout = call.space.get(LAYOUT, record["layout_id"]) if record["layout_id"] else None
    keys = ("id", "name", "body", "archived")
    layouts = [{key: layout[key] for key in keys}] if layout else []
    return Reply({"template": record, "layouts": layouts})


def update(call: Call) -> Reply:
    """Write content; members not sent are reset (open fact: `Rules.template_put`)."""
    record = call.get(TEMPLATE)
    refuse_live_template(call, record)
    if not isinstance(call.body.get("template"), dict):
        raise invalid("template cannot be nil", "/template")
    fields = fields_after(call, record, call.inner("template"))
    audit.update(call, TEMPLATE, record, fields)
    return read(call)


def delete(call: Call) -> Reply:
    """Remove a translation; the default language stays as long as its message does."""
    record = call.get(TEMPLATE)
    refuse_live_template(call, record)
    if not record["language"]:
        raise invalid("the default template cannot be deleted")
    audit.delete(call, TEMPLATE, record)
    return DONE


ROUTES = (
    journeys("GET", "/templates", list_all, query=("page", "page_size", "channel", "editor")),
    journeys("GET", "/templates/<int:id>", read),
    journeys("PUT", "/templates/<int:id>", update, SHAPE),
    journeys("DELETE", "/templates/<int:id>", delete),
)
