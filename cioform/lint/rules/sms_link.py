"""Link in a text message that is not tracked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_LINK: Final = lazy_pattern(r"https?://[^\s\x00]+")


class SmsLink(TextRule):
    """In text messages, only a link in `cio_link` is tracked and gets parameters."""

    id = "CH304"
    name = "Link in a text message that is not tracked"
    group = Group.CHANNEL
    bad = "Offers: https://acme.example/offers"
    good = "Offers: {% cio_link url:https://acme.example/offers %}"
    media = frozenset({"sms"})

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield the bare links."""
        if text.field != "body":
            return
        for match in _LINK.finditer(mask_liquid(text.value)):
            yield Hit(
                f"`{match[0][:60]}` is not tracked. Write `{{% cio_link url:{match[0][:60]} %}}`.",
                match.start(),
            )


RULE: Final = SmsLink()
