"""HTML document without a language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm


class DocumentLanguage(TextRule):
    """Screen readers choose the voice by `lang`."""

    id = "EM209"
    name = "HTML document without a language"
    group = Group.EMAIL
    bad = "<html><body>Hello</body></html>"
    good = '<html lang="en"><body>Hello</body></html>'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the documents."""
        for tag in subject.html(text.value).start_tags("html"):
            if not tag.is_in_comment and "lang" not in tag.attributes and not tag.has_liquid:
                yield Hit(
                    'This document does not say its language. Write `<html lang="en">`.', tag.offset
                )


RULE: Final = DocumentLanguage()
