"""Translation that is not translated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content, TextForm
from cioform.model.resource import Resource

_WORD: Final = lazy_pattern(r"[^\W\d_]{2,}")
_MIN_WORDS: Final = 3


class CopiedTranslation(ContentRule):
    """A text that is the same in two languages was probably copied and never translated."""

    id = "LC404"
    name = "Translation that is not translated"
    group = Group.LANGUAGE
    bad = "subject: Welcome to your account, es: Welcome to your account"
    good = "es: Te damos la bienvenida"

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the texts."""
        for language, text, original in subject.translated_texts(resource, content):
            is_prose = text.form in (TextForm.HTML, TextForm.TEXT, TextForm.LINE)
            if not is_prose or text.value != original.value:
                continue
            words = _WORD.findall(mask_liquid(subject.html(text.value).visible, " "))
            if len(words) >= _MIN_WORDS and text.field != "headers":
                yield Hit(
                    f"The `{text.field}` in `{language}` is that of the default language. "
                    "Translate it.",
                    0,
                    text=text,
                )


RULE: Final = CopiedTranslation()
