"""Layout: the HTML frame around the content of e-mails."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final, NotRequired

from typing_extensions import TypedDict, override

from cioform.core.data.json_value import Json, JsonValue, KindFields
from cioform.core.data.paths import FieldPath
from cioform.language.messages.template.template_values import normalize_html
from cioform.model.contents import Content, ContentRole, ContentText, HasContents, TextForm
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.reach import SHARED
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask, ask_all
from cioform.model.remote_access.response_schema import WireId, is_wire_id
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import ObjectId, Usage, WriteContext, WriteResult
from cioform.model.routing.rest import RestCollection
from cioform.model.routing.routes import (
    CreateRoute,
    DeleteRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
    UsageRoute,
)
from cioform.model.values.text_pattern import NonBlank, TextPattern

_ARCHIVED: Final = "archived"
_CONTENT: Final = TextPattern(
    r"\{\{-?\s*content\b",
    "contain `{{ content }}`, which stands for the body of each message",
    show_value=False,
)


class Layout(ResourceModel):
    """A layout. A change reaches every e-mail that uses it."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("html", "content", "template", "code"), "body"),
    }

    name: NonBlank
    """The name in Customer.io; each layout needs a different one."""
    body: Annotated[str, _CONTENT]
    """The HTML, with `{{ content }}` where the body of a message goes. The unsubscribe link is the
    tag `{% unsubscribe_url %}`; the form with double braces fails when a message is sent."""
    archived: bool | None = None
    """Whether the layout is archived, which hides it in Customer.io."""


class WireLayout(TypedDict):
    """A row of the list, which may leave the body out or blank."""

    id: WireId
    name: str
    body: NotRequired[str | None]
    archived: NotRequired[bool | None]


def _encode(wanted: Layout, _context: WriteContext) -> Mapping[str, object]:
    return {"name": wanted.name, "body": wanted.body}


_LAYOUTS: Final = RestCollection[Layout](
    Api.JOURNEYS, "~/layouts", items="layouts", item="layout", encode=_encode, row=WireLayout
)


def _read(found: RemoteObject) -> Conversation[RemoteObject]:
    # It is an open fact whether the list contains bodies. If it does, no request is needed.
    # A body is never blank, because it must contain `{{ content }}`.
    wire = found.wire_as(WireLayout)
    if wire.get("body"):
        return found
    return (yield from _LAYOUTS.read(found))


_USERS: Final = {
    "actions": ("campaign", "campaign_id"),
    "transactional_messages": ("transactional", "id"),
    "newsletters": ("newsletter", "id"),
}
"""The lists of users of a layout: the kind of the users, and the member that has their ID."""


def _find_users(live: LiveObject) -> Conversation[Usage | None]:
    # The rows are not recorded (journeys facts 7). An action is that of a campaign, and only a row
    # that names its campaign tells whose.
    path = _LAYOUTS.object_path(live.found)
    requests = [Request(Api.JOURNEYS, "GET", f"{path}/{name}") for name in _USERS]
    bodies: JsonValue = yield from ask_all(requests)
    found: list[ObjectId] = []
    for body, (name, (kind, member)) in zip(bodies, _USERS.items(), strict=True):
        rows = body.get(name) if isinstance(body, dict) else None
        if not isinstance(rows, list):
            return None
        ids = [row.get(member) if isinstance(row, dict) else None for row in rows]
        if not all(map(is_wire_id, ids)):
            return None
        found += [ObjectId(kind, remote_id) for remote_id in dict.fromkeys(map(str, ids))]
    return Usage(found)


def _create(wanted: Layout, context: WriteContext) -> Conversation[WriteResult]:
    created = yield from _LAYOUTS.create(wanted, context)
    if wanted.archived:
        yield from _toggle_archived(created.remote_id)
    return created


def _update(live: LiveObject, wanted: Layout, context: WriteContext) -> Conversation[WriteResult]:
    changed = {path[0] for path in context.paths}
    if changed != {_ARCHIVED}:
        yield from _LAYOUTS.update(live, wanted, context)
    if _ARCHIVED in changed:
        yield from _toggle_archived(live.remote_id)
    return WriteResult(live.remote_id)


def _toggle_archived(remote_id: str) -> Conversation[None]:
    # It archives a layout, and restores an archived one (journeys facts 7).
    yield from ask(Request(Api.JOURNEYS, "POST", f"~/layouts/{remote_id}/archived"))


class LayoutKind(Kind[Layout], HasContents):
    """Layouts, which only the Journeys API has (journeys facts 7)."""

    name = "layout"
    folder = "layouts"
    model = Layout
    summary = "The HTML frame around the content of e-mails, which replaces `{{ content }}`."
    audit_type = "layout"
    wire_members = frozenset({"name", "body", "archived"})
    unique_field = "name"
    example = """\
name: Plain
body: |
  <html><body>
  {{ content }}
  <p><a href="{% unsubscribe_url %}">Unsubscribe</a></p>
  </body></html>
"""
    routes = (
        ListRoute(Api.JOURNEYS, _LAYOUTS.list_all),
        ReadRoute(Api.JOURNEYS, _read),
        CreateRoute(Api.JOURNEYS, _create),
        UpdateRoute(Api.JOURNEYS, _update),
        DeleteRoute(Api.JOURNEYS, _LAYOUTS.delete),
        UsageRoute(Api.JOURNEYS, _find_users),
    )

    @override
    def normalize(self, attributes: KindFields) -> KindFields:
        body = attributes.get("body")
        if not isinstance(body, str):
            return attributes
        return {**attributes, "body": normalize_html(body)}

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire = found.wire_as(WireLayout)
        attributes: KindFields = {
            "name": wire["name"],
            "body": wire["body"],
            _ARCHIVED: bool(wire.get("archived")),
        }
        return Decoded(attributes, reach=SHARED)

    @override
    def default_value(self, path: FieldPath, live: KindFields) -> Json:
        return False if path == (_ARCHIVED,) else None

    @override
    def to_document(self, attributes: KindFields) -> dict[str, JsonValue]:
        document = super().to_document(attributes)
        return {name: value for name, value in document.items() if value is not False}

    @override
    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "body" in document:
            yield ("body",), ".html"

    @override
    def contents(self, attributes: KindFields) -> Iterable[Content]:
        text = ContentText("body", ("body",), attributes["body"], TextForm.HTML)
        yield Content("layout", (), (text,), attributes, role=ContentRole.FRAME)


KIND = LayoutKind()
