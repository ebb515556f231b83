"""A small kind that only the tests use, with every type of field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from cioform.core.data.json_value import Attributes, JsonValue
from cioform.core.data.paths import FieldPath
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.references.names import Names, Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api, Conversation
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute
from tests.support.known import known


class Part(ResourceModel):
    """A piece of a note."""

    id: str
    body: str
    weight: float | None = None


class Note(ResourceModel):
    """A note."""

    name: Annotated[str, Field(min_length=1)]
    text: str = ""
    count: Annotated[int, Field(ge=0)] | None = None
    pinned: bool = False
    size: Literal["small", "large"] = "small"
    after: str | None = None
    """A note that must be created before this one."""
    parts: Annotated[list[Part], Field(default_factory=list)]
    data: Annotated[dict[str, str | int], Field(default_factory=dict)]


def _create(wanted: Note, _context: WriteContext) -> Conversation[WriteResult]:
    yield from ()
    return WriteResult(wanted.name)


class NoteKind(Kind[Note]):
    """Notes."""

    name = "note"
    folder = "notes"
    model = Note
    summary = "A note."
    audit_type = "note"
    example = "name: a\n"

    routes = (CreateRoute(Api.APP, _create),)

    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        return Decoded(known(found.wire))

    def references(self, attributes: Attributes) -> Iterable[Reference]:
        if "after" in attributes:
            yield Reference("note", str(attributes["after"]), ("after",))

    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "\n" in document.get("text", ""):
            yield ("text",), ".html"
        for at, part in enumerate(document.get("parts", [])):
            if "\n" in part["body"]:
                yield ("parts", at, "body"), f"{part['id']}.html"


REGISTRY = Registry([NoteKind()])
