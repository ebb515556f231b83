"""Layout: the HTML frame around the content of e-mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, NotRequired

from pydantic import Field
from typing_extensions import TypedDict, override

from cioform.core.json_value import Attributes, JsonValue
from cioform.model.contents import Content, ContentText, HasContents, TextForm
from cioform.model.kind import Kind
from cioform.model.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.names import Names
from cioform.model.operations import ObjectId
from cioform.model.reach import Reach
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask_all
from cioform.model.remote_access.response_form import WireId, is_wire_id
from cioform.model.resource import FieldPath, ResourceModel
from cioform.model.rest import RestCollection
from cioform.model.routes import ReadRoute, UsageRoute
from cioform.model.values.text_pattern import TextPattern

_CONTENT: Final = TextPattern(
    r"\{\{-?\s*content\b",
    "contain `{{ content }}`, which stands for the body of each message",
    show_value=False,
)


class Layout(ResourceModel):
    """A layout. A change reaches every e-mail that uses it."""

    name: Annotated[str, Field(min_length=1)]
    """The name in Customer.io; no two layouts share one."""
    body: Annotated[str, _CONTENT]
    """The HTML, with `{{ content }}` where the body of a message goes. The unsubscribe link is the
    tag `{% unsubscribe_url %}`; the form with double braces fails when a message is sent."""


class WireLayout(TypedDict):
    """A row of the list, which may leave the body out or blank."""

    id: WireId
    name: str
    body: NotRequired[str | None]


_LAYOUTS: Final = RestCollection[Layout](
    Api.JOURNEYS, "~/layouts", items="layouts", item="layout", row=WireLayout
)


def _read(found: RemoteObject) -> Conversation[RemoteObject]:
    # It is an open fact whether the list contains bodies. If it does, no request is needed.
    # A body is never blank, because it must contain `{{ content }}`.
    wire: WireLayout = found.wire
    if wire.get("body"):
        return found
    return (yield from _LAYOUTS.read(found))


_USERS: Final = {
    "actions": ("campaign", "campaign_id"),
    "transactional_messages": ("transactional", "id"),
    "newsletters": ("newsletter", "id"),
}
"""The lists of what uses a layout: the kind of the users, and the member that has their id."""


def _find_users(live: LiveObject) -> Conversation[list[ObjectId] | None]:
    # The rows are not recorded (journeys facts 7). An action is that of a campaign, and only a row
    # that names its campaign tells whose.
    path = _LAYOUTS.object_path(live.found)
    requests = [Request(Api.JOURNEYS, "GET", f"{path}/{name}") for name in _USERS]
    bodies = yield from ask_all(requests)
    found: list[ObjectId] = []
    for body, (name, (kind, member)) in zip(bodies, _USERS.items(), strict=True):
        rows = body.get(name) if isinstance(body, dict) else None
        if not isinstance(rows, list):
            return None
        ids = [row.get(member) if isinstance(row, dict) else None for row in rows]
        if not all(map(is_wire_id, ids)):
            return None
        found += [ObjectId(kind, remote_id) for remote_id in dict.fromkeys(map(str, ids))]
    return found


class LayoutKind(Kind[Layout], HasContents):
    """Layouts, which only the Journeys API has (journeys facts 7)."""

    name = "layout"
    folder = "layouts"
    model = Layout
    summary = "The HTML frame around the content of e-mails, which replaces `{{ content }}`."
    audit_type = "layout"
    has_unique_names = True
    example = """\
name: Plain
body: |
  <html><body>
  {{ content }}
  <p><a href="{% unsubscribe_url %}">Unsubscribe</a></p>
  </body></html>
"""
    routes = (
        *_LAYOUTS.routes(),
        ReadRoute(Api.JOURNEYS, _read),
        UsageRoute(Api.JOURNEYS, _find_users),
    )

    @override
    def normalize(self, attributes: Attributes) -> Attributes:
        body = attributes.get("body")
        return {**attributes, "body": body.strip()} if isinstance(body, str) else attributes

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire: WireLayout = found.wire
        return Decoded({"name": wire["name"], "body": wire["body"]}, reach=Reach("shared"))

    @override
    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "body" in document:
            yield ("body",), ".html"

    @override
    def contents(self, attributes: Attributes) -> Iterable[Content]:
        text = ContentText("body", ("body",), attributes["body"], TextForm.HTML)
        yield Content("layout", (), (text,), attributes)


KIND = LayoutKind()
