"""Colors that fail in dark mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.markup.html import Html
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.lint.whole_message import whole_message
from cioform.model.contents import Content, ContentRole, ContentText, TextForm
from cioform.model.resource import Resource

_MEDIA: Final = lazy_pattern(r"@media[^{;]{0,200}prefers-color-scheme\s*:\s*dark")
_SCHEME: Final = lazy_pattern(r"(?<![\w-])(?:supported-)?color-schemes?(?![\w-])")
_DARK: Final = lazy_pattern(r"black|#[0-3]{3}|#(?:[0-3][0-9a-f]){3}")


class DarkMode(ContentRule):
    """Without `color-scheme`, Apple Mail does not use the colors for `prefers-color-scheme`.

    With it, Apple Mail keeps the colors as they are: dark text without a background of its own
    disappears on the dark window.
    """

    id = "EM218"
    name = "Colors that fail in dark mode"
    group = Group.EMAIL
    bad = "<style>@media (prefers-color-scheme: dark) { p { color: #eee } }</style>"
    good = '<meta name="color-scheme" content="light dark"> before the styles'

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the styles that are not used, and the text that vanishes."""
        if content.medium != "email":
            return
        texts = [text for text in content.texts if text.form is TextForm.HTML]
        if not any("color" in text.value for text in texts):
            return
        message_texts = [text.value for text in texts]
        if content.role is ContentRole.MESSAGE:
            message_texts += whole_message(content, resource, subject)
        if not any("color-scheme" in text for text in message_texts):
            return
        has_scheme = any(map(_SCHEME.search, message_texts))
        has_media = any(map(_MEDIA.search, message_texts))
        for text in texts:
            if not has_scheme and (media := _MEDIA.search(text.value)) is not None:
                yield Hit(
                    "Apple Mail does not use these colors, because nothing says that there are "
                    'any. Write `<meta name="color-scheme" content="light dark">` into the `head`.',
                    media.start(),
                    text=text,
                )
            elif has_scheme and not has_media:
                yield from _vanishing(text, subject.html(text.value))


def _vanishing(text: ContentText, html: Html) -> Iterator[Hit]:
    """Yield the first dark text of a message that has no background."""
    if "bgcolor" in text.value or any(d.name.startswith("background") for d in html.declarations):
        return
    for declaration in html.declarations:
        if declaration.name == "color" and _DARK.match(declaration.value):
            yield Hit(
                f"`{declaration.value}` vanishes in front of a dark window, and the message says "
                "that it has colors for dark mode. Set a background, or colors in "
                "`@media (prefers-color-scheme: dark)`.",
                declaration.offset,
                text=text,
            )
            return


RULE: Final = DarkMode()
