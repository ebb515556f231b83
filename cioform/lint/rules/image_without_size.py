"""Image without a width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm


class ImageWithoutSize(TextRule):
    """Outlook shows an image at its original size unless it has a `width`."""

    id = "EM215"
    name = "Image without a width"
    group = Group.EMAIL
    bad = '<img src="https://acme.example/logo.png" alt="Acme">'
    good = '<img src="https://acme.example/logo.png" alt="Acme" width="96">'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the images."""
        for tag in subject.html(text.value).start_tags("img"):
            style = tag.attributes.get("style")
            is_sized = "width" in tag.attributes or (style is not None and "width" in style.value)
            if not is_sized and not tag.has_liquid and tag.attributes.get("src") is not None:
                yield Hit('This image has no width. Write `width="..."`, in pixels.', tag.offset)


RULE: Final = ImageWithoutSize()
