"""Layout: the HTML frame around the content of e-mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, NotRequired

from pydantic import Field
from typing_extensions import TypedDict, override

from cioform.core.json_value import Attributes, JsonValue
from cioform.model.contents import Content, ContentText, HasContents, TextForm
from cioform.model.kind import Kind
from cioform.model.live_object import Decoded, RemoteObject
from cioform.model.names import Names
from cioform.model.reach import Reach
from cioform.model.remote_access.conversation import Api, Conversation
from cioform.model.remote_access.response_form import WireId
from cioform.model.resource import FieldPath, ResourceModel
from cioform.model.rest import RestCollection
from cioform.model.routes import ReadRoute
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
    routes = (*_LAYOUTS.routes(), ReadRoute(Api.JOURNEYS, _read))

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
