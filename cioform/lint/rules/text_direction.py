"""Right-to-left language without a direction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content, TextForm
from cioform.model.resource import Resource

_LANGUAGES: Final = frozenset({"ar", "he", "fa", "ur"})
_LETTERS: Final = lazy_pattern("[\u0590-\u08ff]{2}")


class TextDirection(ContentRule):
    """Arabic, Hebrew, Persian and Urdu need `dir="rtl"`, or punctuation is on the wrong side."""

    id = "LC405"
    name = "Right-to-left language without a direction"
    group = Group.LANGUAGE
    bad = 'translations: {ar: {body: "<p>مرحبا</p>"}}'
    good = 'translations: {ar: {body: "<p dir=rtl>مرحبا</p>"}}'

    def check_content(
        self, content: Content, _resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the bodies."""
        body = content.text("body")
        if body is None or body.form is not TextForm.HTML or not body.value.strip():
            return
        code = content.language.partition("-")[0]
        if code not in _LANGUAGES and not _has_letters(body.value):
            return
        is_written_so = _has_letters(subject.html(body.value).visible)
        if (code in _LANGUAGES or is_written_so) and "rtl" not in body.value:
            yield Hit(
                'This text is read from right to left. Write `dir="rtl"` around it.', 0, text=body
            )


def _has_letters(text: str) -> bool:
    return not text.isascii() and _LETTERS.search(text) is not None


RULE: Final = TextDirection()
