"""Image inside of the HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm


class ImageData(TextRule):
    """Gmail and Outlook show no images in `data:` addresses, which also make the e-mail large."""

    id = "EM207"
    name = "Image inside of the HTML"
    group = Group.EMAIL
    bad = '<img src="data:image/png;base64,iVBORw0KGgo=" alt="Logo">'
    good = '<img src="https://acme.example/logo.png" alt="Logo">'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the images."""
        for tag in subject.html(text.value).start_tags("img"):
            source = tag.attributes.get("src")
            if source is not None and source.value.strip().startswith("data:"):
                yield Hit(
                    "Many mail programs do not show images in `data:`. Put the image on a server "
                    "and write its address.",
                    source.offset,
                )


RULE: Final = ImageData()
