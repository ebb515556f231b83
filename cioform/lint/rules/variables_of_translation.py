"""Translation with different variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.word_lists import join_names
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource


class VariablesOfTranslation(ContentRule):
    """A translation that lacks a variable says less; one with a different variable may fail."""

    id = "LC402"
    name = "Translation with different variables"
    group = Group.LANGUAGE
    bad = 'subject: "Hi {{ customer.name }}", es: "Hola"'
    good = 'subject: "Hi {{ customer.name }}", es: "Hola {{ customer.name }}"'

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the translations whose variables differ."""
        for _, text, original in subject.translated_texts(resource, content):
            if not original.value.strip() or not text.value.strip():
                continue
            used, used_by_original = _paths(text.value), _paths(original.value)
            if missing := sorted(used_by_original - used):
                yield Hit(
                    f"The default language also has {join_names(missing[:3])}. Add it.",
                    0,
                    text=text,
                )
            elif more := sorted(used - used_by_original):
                yield Hit(
                    f"The default language lacks {join_names(more[:3])}. Compare both.",
                    0,
                    text=text,
                )


def _paths(text: str) -> set[str]:
    return {show_path(use.path) for use in parse_liquid(text).uses if use.root not in ("snippets",)}


RULE: Final = VariablesOfTranslation()
