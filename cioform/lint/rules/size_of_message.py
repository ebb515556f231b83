"""E-mail that Gmail cuts off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.lint.whole_message import whole_message
from cioform.model.contents import Content
from cioform.model.resource import Resource

_WARNED: Final = 80 * 1024
_CUT: Final = 102 * 1024


class SizeOfMessage(ContentRule):
    """Gmail shows the first 102 KB, and hides what follows, the unsubscribe link first.

    The size is that of the body, the layout and their snippets as the files have them. Rendering
    and tracked links add to it.
    """

    id = "EM205"
    name = "E-mail that Gmail cuts off"
    group = Group.EMAIL
    bad = "<p>... 110 KB of HTML ...</p>"
    good = "<p>... 60 KB of HTML ...</p>"

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield an e-mail above 80 KB."""
        if content.channel != "email" or content.text("body") is None:
            return
        texts = whole_message(content, resource, subject)
        size = sum(len(text.encode(errors="replace")) for text in texts)
        if size > _WARNED:
            cut = "Gmail cuts it off at 102 KB" if size <= _CUT else "Gmail cuts it off"
            yield Hit(
                f"With its layout and snippets the e-mail has {size / 1024:.0f} KB, and {cut}. "
                "Split it, or move styles and images out of it."
            )


RULE: Final = SizeOfMessage()
