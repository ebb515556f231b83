"""Placeholder that was left in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_PLACEHOLDER: Final = lazy_pattern(
    r"\b[Ll]orem ipsum\b|\b(?:TODO|FIXME|TBD|XXX+)\b"
    r"|\[(?:Your|INSERT|Insert|First ?Name|NAME)[^\]\n]{0,30}\]"
)
_PARTS: Final = ("orem ", "TODO", "FIXME", "TBD", "XXX", "[Your", "[I", "[First", "[NAME")
"""What every placeholder contains one of: most texts have none, which is found soon."""


class PlaceholderText(TextRule):
    """Texts such as "Lorem ipsum" and "TODO" are for drafts."""

    id = "EM210"
    name = "Placeholder that was left in"
    group = Group.EMAIL
    bad = "<p>Lorem ipsum dolor sit amet</p>"
    good = "<p>Your order is on its way.</p>"

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the placeholders."""
        if not any(part in text.value for part in _PARTS):
            return
        shown = subject.html(text.value).visible if text.form is TextForm.HTML else text.value
        for match in _PLACEHOLDER.finditer(shown):
            yield Hit(f"`{match[0]}` looks like a placeholder. Replace it.", match.start())


RULE: Final = PlaceholderText()
