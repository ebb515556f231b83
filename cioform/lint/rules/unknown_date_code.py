"""Date code that "latest" does not support."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.dialect import Engine
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_FORM: Final = lazy_pattern(r"\|\s*date:\s*(?:\"([^\"]*)\"|'([^']*)')")
_CODE: Final = lazy_pattern(r"%[-_0^#:]*\d*[EO]?(.)")
CODES: Final = frozenset("aAbBcCdehHIjklLmMnNpPqsStuUwWxXyYzZ%")
"""The codes of LiquidJS, which renders "latest"."""
_INSTEAD: Final = {
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "T": "%H:%M:%S",
    "v": "%e-%b-%Y",
}


class UnknownDateCode(TextRule):
    """People receive a code that "latest" does not support unchanged, such as `%F`.

    "legacy" supports more codes, among them `%F`, `%T` and `%V`.
    """

    id = "DT119"
    name = 'Date code that "latest" does not support'
    group = Group.DATA
    bad = "{{ 'now' | date: '%F' }}"
    good = "{{ 'now' | date: '%Y-%m-%d' }}"

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the codes that are printed unchanged."""
        if subject.engine is not Engine.LATEST or "date:" not in text.value:
            return
        for token in subject.tokens(text.value):
            if not token.is_rendered:
                continue
            for form in _FORM.finditer(token.arguments):
                group = 1 if form[1] is not None else 2
                for code in _CODE.finditer(form[group]):
                    if code[1] not in CODES:
                        at = token.arguments_start + form.start(group) + code.start()
                        yield Hit(_message(code[0], code[1]), at)


def _message(code: str, letter: str) -> str:
    instead = _INSTEAD.get(letter)
    hint = f"Write `{instead}`." if instead else "Remove it, or write the date with other codes."
    return f'"latest" does not support the date code `{code}` and prints it unchanged. {hint}'


RULE: Final = UnknownDateCode()
