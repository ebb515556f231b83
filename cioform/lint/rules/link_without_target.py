"""Link that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_TEST_HOSTS: Final = lazy_pattern(
    r"^https?://(?:localhost|127\.|0\.0\.0\.0|[\w.-]*\bstaging\b|[\w.-]+\.(?:local|test)\b)"
)
_SCHEME: Final = lazy_pattern(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|\{)")


class LinkWithoutTarget(TextRule):
    """A link without a scheme, such as `example.com`, does not open and is not tracked.

    Links in comments for Outlook are checked too. Liquid inside of a link is not.
    """

    id = "EM202"
    name = "Link that leads nowhere"
    group = Group.EMAIL
    bad = '<a href="example.com/offers">Offers</a> <img src="http://localhost/logo.png" alt="Acme">'
    good = '<a href="https://example.com/offers">Offers</a>'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the links that are empty, relative, insecure or of a test system."""
        for tag in subject.html(text.value).start_tags("a", "area", "img"):
            name = "src" if tag.name == "img" else "href"
            link = tag.attributes.get(name)
            if link is None:
                continue
            problem = _problem(link.value.strip(), is_image=tag.name == "img")
            if problem is not None:
                yield Hit(problem, link.offset)


def _problem(link: str, *, is_image: bool) -> str | None:
    """Return what is wrong with a link, or None."""
    if link in ("", "#"):
        return "This link leads nowhere. Write its address, or remove it."
    if link.startswith("#") and not is_image:
        return None
    if not _SCHEME.match(link):
        return f"`{link[:60]}` has no scheme, so it does not open. Write `https://...`."
    if _TEST_HOSTS.match(link):
        return f"`{link[:60]}` is an address of a test system. Write the public one."
    if link.startswith("http://"):
        return f"`{link[:60]}` is not encrypted. Write `https://`."
    return None


RULE: Final = LinkWithoutTarget()
