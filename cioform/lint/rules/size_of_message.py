"""E-mail that Gmail cuts off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quantities import pluralize
from cioform.core.text.word_lists import join_words
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.lint.whole_message import whole_message
from cioform.model.contents import Content
from cioform.model.resource import Resource

_WARNED: Final = 80 * 1024
_CUT: Final = 102 * 1024
_LINK: Final = lazy_pattern(r"href\s*=\s*[\"']?https?:", re.IGNORECASE)
_LINK_GROWTH: Final = 200
"""Bytes by which a tracked link is longer than its address. No document says how long they are."""
_WORTH_COUNTING: Final = 40 * 1024
"""Below this size, links cannot make an e-mail too large."""


class SizeOfMessage(ContentRule):
    """Gmail shows the first 102 KB and hides the rest, including the unsubscribe link.

    The size is that of the body, the layout and their snippets as the files have them, and about
    200 bytes for each tracked link, which Customer.io replaces. A preview shows the rendered size.
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
        texts = list(whole_message(content, resource, subject))
        size = sum(len(text.encode(errors="replace")) for text in texts)
        if size < _WORTH_COUNTING:
            return
        links = _tracked_links(content, texts)
        size += links * _LINK_GROWTH
        if size > _WARNED:
            cut = "Gmail cuts it off at 102 KB" if size <= _CUT else "Gmail cuts it off"
            tracked = [pluralize(links, "tracked link", "tracked links")] if links else []
            parts = join_words(["layout", "snippets", *tracked])
            yield Hit(
                f"With its {parts} the e-mail has {size / 1024:.0f} KB, and {cut}. Split it, "
                "or move styles and images out of it."
            )


def _tracked_links(content: Content, texts: Iterable[str]) -> int:
    tracking = content.fields.get("track")
    if isinstance(tracking, Mapping) and tracking.get("links") is False:
        return 0
    return sum(len(_LINK.findall(text)) for text in texts)


RULE: Final = SizeOfMessage()
