"""Plain text with HTML in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource

_TAG: Final = lazy_pattern(r"</?(?:p|div|table|a|br|h[1-6]|strong|span)\b[^>]*>", re.IGNORECASE)


class IdenticalPlainText(ContentRule):
    """The plain text is shown as it is, with its tags."""

    id = "EM216"
    name = "Plain text with HTML in it"
    group = Group.EMAIL
    bad = 'plain: "<p>Hello</p>"'
    good = "plain: Hello"

    def check_content(
        self, content: Content, _resource: Resource, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield a plain text with tags."""
        text = content.text("plain")
        if text is not None and (match := _TAG.search(text.value)) is not None:
            yield Hit("The plain text shows its HTML tags. Remove them.", match.start(), text=text)


RULE: Final = IdenticalPlainText()
