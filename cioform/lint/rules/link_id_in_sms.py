"""`cio_link_id` outside of e-mails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.language.liquid.parsed import ParsedText
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentRole


class LinkIdInSms(LiquidRule):
    """`cio_link_id` works in e-mails only. In a text message it breaks the link."""

    id = "CH305"
    name = "`cio_link_id` outside of e-mails"
    group = Group.CHANNEL
    severity = Severity.ERROR
    bad = "https://acme.example/?link_id={% cio_link_id %}"
    good = "{% cio_link url:https://acme.example/ %}"

    def check_liquid(
        self, parsed: ParsedText, content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the tags."""
        if content.medium == "email" or content.role is ContentRole.FRAGMENT:
            return
        for tag in parsed.tags:
            if tag.name == "cio_link_id":
                yield Hit("`cio_link_id` works in e-mails only. Use `cio_link`.", tag.offset)


RULE: Final = LinkIdInSms()
