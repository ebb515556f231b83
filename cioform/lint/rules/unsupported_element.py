"""Element that mail programs remove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_REMOVED: Final = ("script", "iframe", "form", "object", "embed", "video", "audio")


class UnsupportedElement(TextRule):
    """Mail programs remove scripts, forms, frames, players and linked style sheets."""

    id = "EM212"
    name = "Element that mail programs remove"
    group = Group.EMAIL
    bad = '<script>alert(1)</script> <iframe src="https://a.example"></iframe>'
    good = '<a href="https://acme.example/video">Watch the video</a>'
    forms = frozenset({TextForm.HTML})
    media = frozenset({"email"})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the elements. An AMP body has to contain a script, and may contain forms."""
        if text.field == "amp":
            return
        for tag in subject.html(text.value).start_tags(*_REMOVED, "link"):
            relation = tag.attributes.get("rel")
            if tag.name == "link" and (relation is None or "stylesheet" not in relation.value):
                continue
            yield Hit(
                f"Mail programs remove `<{tag.name}>`. Link to a page that has it instead.",
                tag.offset,
            )


RULE: Final = UnsupportedElement()
