"""E-mail tag in another channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_EMAIL_TAGS: Final = frozenset({"view_in_browser_url", "unsubscribe"})


class EmailTagsElsewhere(TextRule):
    """`view_in_browser_url` exists for e-mails only, and the unsubscribe link is HTML."""

    id = "CH307"
    name = "E-mail tag in another channel"
    group = Group.CHANNEL
    bad = 'sms: {body: "{% view_in_browser_url %}"}'
    good = 'sms: {body: "{% cio_link url:https://acme.example %}"}'
    media = frozenset({"sms", "push", "whatsapp", "slack", "webhook"})

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield the tags."""
        for tag in parse_liquid(text.value).tags:
            if tag.name in _EMAIL_TAGS:
                yield Hit(f"`{tag.name}` is for e-mails. Link to a page of your own.", tag.offset)


RULE: Final = EmailTagsElsewhere()
