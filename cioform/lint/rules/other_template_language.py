"""Placeholder of another template language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.syntax.notation import find_other_languages
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText


class OtherTemplateLanguage(TextRule):
    """Handlebars, ERB, Mailchimp, AMPscript, PHP and Jinja are not rendered.

    They fail the delivery, or people see the placeholder.
    """

    id = "LQ007"
    name = "Placeholder of another template language"
    group = Group.LIQUID
    severity = Severity.ERROR
    bad = "{{#if plan}}Hello{{/if}} <%= name %>"
    good = "{% if customer.plan %}Hello{% endif %} {{ customer.name | default: 'you' }}"

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield the placeholders of other languages."""
        for error in (*parse_liquid(text.value).errors, *find_other_languages(text.value)):
            if error.rule == self.id:
                yield Hit(error.message, error.offset)


RULE: Final = OtherTemplateLanguage()
