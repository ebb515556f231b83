"""Push notification that phones cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource


class PushLength(ContentRule):
    """Phones show about 65 characters of a title and 240 of a text."""

    id = "CH306"
    name = "Push notification that phones cut"
    group = Group.CHANNEL
    bad = 'push: {title: "... 90 characters ...", body: Hi}'
    good = "push: {title: Your order is here, body: Hi}"

    def check_content(
        self, content: Content, _resource: Resource, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the long texts."""
        if content.channel != "push":
            return
        for name, limit in (("title", 65), ("body", 240)):
            text = content.text(name)
            if text is not None and (size := len(mask_liquid(text.value, "").strip())) > limit:
                yield Hit(
                    f"The {name} has {size} characters besides Liquid; phones show about {limit}. "
                    "Shorten it.",
                    0,
                    text=text,
                )


RULE: Final = PushLength()
