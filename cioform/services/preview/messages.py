"""Find the messages of a resource, with the texts around and inside of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import as_mapping
from cioform.core.dataclasses import dataclass
from cioform.emulator.liquid.message import MessageTexts
from cioform.language.messages.template.template_members import default_member
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentRole, TextForm
from cioform.model.resource import Resource

_MAIN_FIELDS = frozenset({"subject", "title", "preheader", "body", "to", "from", "channel"})
_HIDDEN_FIELDS = frozenset({"reply_to", "cc", "bcc", "amp", "plain", "headers"})
"""What nobody sees who reads a message."""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message before it is rendered."""

    title: str
    content: Content
    texts: MessageTexts
    snippets: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def is_html(self) -> bool:
        """Return whether its body is HTML."""
        body = self.content.text("body")
        return body is not None and body.form is TextForm.HTML

    @property
    def preprocessor(self) -> str:
        """The program that writes styles into the elements before sending; "" if that is off."""
        raw = as_mapping(self.content.fields.get("raw"))
        return str(raw.get("preprocessor", default_member("email", "preprocessor")))


def find_messages(subject: Subject, address: Address) -> Iterator[FoundMessage]:
    """Yield the messages of a resource in each language."""
    resource = subject.resources[address]
    snippets = _snippets(subject)
    for content in subject.contents_of(address):
        if content.role is ContentRole.MESSAGE:
            yield _found(subject, resource, content, snippets)


def _found(
    subject: Subject, resource: Resource, content: Content, snippets: Mapping[str, str]
) -> FoundMessage:
    layout = subject.used_by(resource, content, "layout")
    notes: list[str] = []
    layout_name = str(content.fields.get("layout") or "none")
    if layout is None and layout_name != "none":
        notes.append(f"No file describes the layout {layout_name}, so it is shown without it.")
    body = content.text("body")
    pieces = list(subject.contents_of(layout.address)) if layout is not None else []
    texts = MessageTexts(
        subject=_text(content, "subject") or _text(content, "title"),
        preheader=_text(content, "preheader"),
        body=body.value if body is not None else "",
        to=_text(content, "to") or _text(content, "channel"),
        sender=_sender(subject, resource, content),
        layout="".join(text.value for piece in pieces for text in piece.texts),
        layout_name=layout.address.name if layout is not None else "",
        more={
            ".".join(map(str, each.path[len(content.path) :])): each.value
            for each in content.texts
            if each.field not in _MAIN_FIELDS | _HIDDEN_FIELDS
        },
    )
    return FoundMessage(_title(subject, resource, content), content, texts, snippets, tuple(notes))


def _title(subject: Subject, resource: Resource, content: Content) -> str:
    """Return the name of a message: its step, or the address of its resource; its language."""
    path = content.path[:-2] if content.language else content.path
    step = subject.shown_path(resource.address, path[:-1]) if path[:-1] else ""
    language = f" ({content.language})" if content.language else ""
    return f"{step or resource.address}{language}"


def _text(content: Content, name: str) -> str:
    found = content.text(name)
    return found.value if found is not None else ""


def _sender(subject: Subject, resource: Resource, content: Content) -> str:
    sender = subject.used_by(resource, content, "from")
    address = str(content.fields.get("from") or "")
    name = str(sender.attributes.get("name") or "") if sender is not None else ""
    return f"{name} <{address}>" if name else address


def _snippets(subject: Subject) -> dict[str, str]:
    """Return the texts that others name in Liquid, by their names there."""
    return {
        name: text.value
        for named in subject.named_in_liquid.values()
        for name, address in named.items()
        for piece in subject.contents_of(address)
        for text in piece.texts
    }
