"""E-mail without an unsubscribe link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.lint.whole_message import has_layout_of_unknown_text, whole_message
from cioform.model.contents import Content
from cioform.model.resource import Resource

_LINK: Final = lazy_pattern(
    r"\{%-?\s*(?:unsubscribe|unsubscribe_url|manage_subscription_preferences_url)\b"
)


class MissingUnsubscribeLink(ContentRule):
    """The law requires a way to unsubscribe from marketing e-mails.

    The link may be in the body, in the layout or in a snippet of either. Transactional messages,
    and campaigns that also reach unsubscribed people, do not need one.
    """

    id = "EM201"
    name = "E-mail without an unsubscribe link"
    group = Group.EMAIL
    bad = "<p>Our offers of the week</p>"
    good = '<p>Our offers of the week</p> <a href="{% unsubscribe_url %}">Unsubscribe</a>'

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield an e-mail without a link."""
        if content.channel != "email" or content.is_requested or content.language:
            return
        if resource.attributes.get("send_to_unsubscribed") is True:
            return
        if "layout" not in content.fields or has_layout_of_unknown_text(content, resource, subject):
            return  # The layout of the workspace may have the link.
        if not any(_LINK.search(text) for text in whole_message(content, resource, subject)):
            yield Hit(
                "Neither the body nor the layout nor their snippets have a link to unsubscribe. "
                'Add `<a href="{% unsubscribe_url %}">Unsubscribe</a>`, or a layout that has it.'
            )


RULE: Final = MissingUnsubscribeLink()
