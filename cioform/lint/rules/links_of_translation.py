"""Translation with a different number of links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content, TextForm
from cioform.model.resource import Resource


class LinksOfTranslation(ContentRule):
    """A translation with fewer links has lost one."""

    id = "LC403"
    name = "Translation with a different number of links"
    group = Group.LANGUAGE
    bad = "default: two links, es: one link"
    good = "both with two links"

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the translations."""
        for translation in subject.translations_of(resource, content):
            body, original = translation.text("body"), content.text("body")
            if body is None or original is None or body.form is not TextForm.HTML or not body.value:
                continue
            links, of_original = (
                sum(
                    1
                    for tag in subject.html(each.value).start_tags("a")
                    if "href" in tag.attributes
                )
                for each in (body, original)
            )
            if links != of_original:
                yield Hit(
                    f"This translation has {links} links, the default language has {of_original}. "
                    "Compare both.",
                    0,
                    text=body,
                )


RULE: Final = LinksOfTranslation()
