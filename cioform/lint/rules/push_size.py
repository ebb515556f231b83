"""Push notification that is too large."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource

_MAX_BYTES: Final = 3_800
"""The limit, less what Customer.io adds to it."""


class PushSize(ContentRule):
    """Apple and Google reject a notification above 4,096 bytes. Long titles and texts are cut."""

    id = "CH302"
    name = "Push notification that is too large"
    group = Group.CHANNEL
    bad = 'push: {title: Hello, body: "... 5,000 characters ..."}'
    good = "push: {title: Hello, body: Your order is on its way.}"

    def check_content(
        self, content: Content, _resource: Resource, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield a notification above the limit."""
        if content.channel != "push":
            return
        size = sum(len(text.value.encode(errors="replace")) for text in content.texts)
        if size > _MAX_BYTES:
            yield Hit(
                f"The notification has {size:,} bytes before it is rendered; Apple and Google "
                "reject more than 4,096. Shorten it."
            )


RULE: Final = PushSize()
