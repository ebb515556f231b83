"""Snippet: a piece of text or HTML that messages share as `{{ snippets.name }}`."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final, NotRequired

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict, override

from cioform.core.data.json_value import JsonValue, KindFields
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.core.text.quoted import quoted
from cioform.kinds.snippet.usage import find_usage
from cioform.language.liquid.references import ANY_NAME, names_in_text
from cioform.model.contents import Content, ContentRole, ContentText, HasContents, TextForm
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.reach import SHARED
from cioform.model.references.names import Names
from cioform.model.remote_access.capabilities import HasStarterFile, HasTextIds, NamedInLiquid
from cioform.model.remote_access.conversation import Api, Conversation, Paging, Request, ask
from cioform.model.remote_access.response_schema import WireId
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import Usage, WriteContext, WriteResult
from cioform.model.routing.rest import RestCollection
from cioform.model.routing.routes import (
    CreateRoute,
    DeleteRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
    UsageRoute,
)
from cioform.model.values.text_pattern import TextPattern, TrimmedLine

_VALUE: Final = TextPattern(r"\S", "contain more than white space", show_value=False)


def _uses_no_snippet(value: str) -> str:
    # The App API returns 422 (app facts, section 5.2).
    found = list(names_in_text(value, "snippets"))
    used = [f"uses `{each.name}`" for each in found if each.is_certain]
    used += ["uses one whose name it computes" for each in found if each.name == ANY_NAME]
    if used:
        raise ValueError(
            f"a snippet cannot use another one, and this {used[0]}. Write its text here, or use "
            "both in the message"
        )
    return value


class Snippet(ResourceModel):
    """A snippet. A change reaches every message that uses it, including scheduled ones."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("content", "body", "text", "html", "code"), "value"),
    }

    name: Annotated[TrimmedLine, Field(max_length=150)]
    """The name that messages use, without blanks around it, which Customer.io removes. A snippet
    cannot be renamed, only replaced."""
    value: Annotated[
        str, Field(min_length=1, max_length=16_000), _VALUE, AfterValidator(_uses_no_snippet)
    ]
    """The text, which may contain Liquid; a snippet cannot use another snippet."""


class WireSnippet(TypedDict):
    """A snippet as read. The Journeys API adds a numeric `id`, which its paths end with."""

    name: str
    value: str
    id: NotRequired[WireId]


class _WireJourneysSnippet(TypedDict):
    """A row of the list of the Journeys API, which may leave the value out or blank."""

    name: str
    value: NotRequired[str | None]
    id: WireId


# The App API has no other ID than the name, so the name is the remote ID on both APIs.
_APP: Final = RestCollection[Snippet](
    Api.APP, "/v1/snippets", items="snippets", id_field="name", row=WireSnippet
)
_JOURNEYS: Final = RestCollection[Snippet](
    Api.JOURNEYS,
    "~/snippets",
    items="snippets",
    item="snippet",
    id_field="name",
    path_field="id",
    paging=Paging.PAGE_NUMBER,
    row=_WireJourneysSnippet,
)


def _read_journeys(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read a snippet, unless the list contains its value, which is never blank.

    Its path ends with a number that only the list has.
    """
    if "name" not in found.wire:
        listed = yield from _JOURNEYS.list_all()
        row = next((each for each in listed if each.remote_id == found.remote_id), None)
        if row is None:
            detail = f"The workspace has no snippet {quoted(found.remote_id)}."
            raise RemoteError([Diagnostic("Not found in the workspace", detail)], status=404)
        found = row
    if found.wire.get("value"):
        return found
    return (yield from _JOURNEYS.read(found))


def _find_users(live: LiveObject) -> Conversation[Usage | None]:
    # The App API has no number for the path.
    found = live.found
    if "id" not in found.wire:
        listed = yield from _JOURNEYS.list_all()
        found = next((each for each in listed if each.remote_id == live.remote_id), found)
    if "id" not in found.wire:
        return None
    return (yield from find_usage(_JOURNEYS.object_path(found)))


def _update_app(
    live: LiveObject, wanted: Snippet, context: WriteContext
) -> Conversation[WriteResult]:
    # The path is that of the collection. A new snippet is not written like this: POST does not
    # overwrite one that was created after the plan, and this PUT would.
    yield from ask(Request(Api.APP, "PUT", _APP.path, _APP.encode(wanted, context)))
    return WriteResult(live.remote_id)


class SnippetKind(Kind[Snippet], HasTextIds, HasStarterFile, NamedInLiquid, HasContents):
    """Snippets, which both APIs can read and write (app facts 5.2, journeys facts 7)."""

    name = "snippet"
    folder = "snippets"
    model = Snippet
    summary = "A piece of text or HTML that messages share as `{{ snippets.name }}`."
    audit_type = "snippet"
    wire_members = frozenset({"name", "value"})
    unique_field = "name"
    starter_file = "footer.yaml"
    liquid_collection = "snippets"
    example = """\
name: footer
value: |
  <p>Acme Inc, 1 Main Street. <a href="{% unsubscribe_url %}">Unsubscribe</a></p>
"""
    routes = (
        ListRoute(Api.APP, _APP.list_all),
        CreateRoute(Api.APP, _APP.create),
        UpdateRoute(Api.APP, _update_app, fields=frozenset({"value"})),
        DeleteRoute(Api.APP, _APP.delete),
        ListRoute(Api.JOURNEYS, _JOURNEYS.list_all),
        ReadRoute(Api.JOURNEYS, _read_journeys),
        CreateRoute(Api.JOURNEYS, _JOURNEYS.create),
        UpdateRoute(Api.JOURNEYS, _JOURNEYS.update, fields=frozenset({"value"})),
        DeleteRoute(Api.JOURNEYS, _JOURNEYS.delete),
        UsageRoute(Api.JOURNEYS, _find_users),
    )

    @override
    def normalize(self, attributes: KindFields) -> KindFields:
        # Customer.io trims both (app facts, section 5.2).
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in attributes.items()
        }

    @override
    def rewrite_like(self, attributes: KindFields, like: KindFields) -> KindFields:
        rewritten = super().rewrite_like(attributes, like)
        value, other = rewritten.get("value"), like.get("value")
        if not (isinstance(value, str) and isinstance(other, str)):
            return rewritten
        # A text in a file ends with a line end, which Customer.io has trimmed.
        line_ends = other[len(other.rstrip("\r\n")) :]
        return {**rewritten, "value": value.rstrip("\r\n") + line_ends}

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire = found.wire_as(WireSnippet)
        # An edit reaches every later send, including scheduled ones (journeys facts 7).
        return Decoded({"name": wire["name"], "value": wire["value"]}, reach=SHARED)

    @override
    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "\n" in document["value"]:
            yield ("value",), ".html"

    @override
    def contents(self, attributes: KindFields) -> Iterable[Content]:
        value = attributes["value"]
        text = ContentText("value", ("value",), value, TextForm.HTML, may_be_secret=True)
        yield Content("snippet", (), (text,), attributes, role=ContentRole.FRAGMENT)


KIND = SnippetKind()
