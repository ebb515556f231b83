"""Value in a link that is not encoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import Role
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_DATA: Final = frozenset({"customer", "event", "trigger", "journey"})
_ENCODING: Final = frozenset(
    {"url_encode", "cgi_escape", "uri_escape", "base64", "md5", "sha1", "sha256"}
)
_SAFE: Final = frozenset({"id", "cio_id", "token", "code", "number", "slug"})
"""What a service makes itself, without characters that have a meaning in links."""


class UnencodedUrlParameter(TextRule):
    """A space or an `&` in a value breaks the link. `escape` does not encode it in "latest"."""

    id = "EM203"
    name = "Value in a link that is not encoded"
    group = Group.EMAIL
    bad = '<a href="https://acme.example/?name={{ event.name }}">x</a>'
    good = '<a href="https://acme.example/?name={{ event.name | url_encode }}">x</a>'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the outputs in the query of a link."""
        for tag in subject.html(text.value).start_tags("a"):
            link = tag.attributes.get("href")
            if link is None or "?" not in mask_liquid(link.value, " "):
                continue
            begin = mask_liquid(link.value, " ").index("?")
            for use in parse_liquid(link.value[begin:]).uses:
                is_text = use.role is Role.OUTPUT and use.root in _DATA
                if is_text and not _ENCODING & set(use.filters) and use.path[-1] not in _SAFE:
                    yield Hit(
                        f"`{show_path(use.path)}` is not encoded, so a space or an `&` breaks "
                        "the link. Add `| url_encode`.",
                        link.offset + begin + use.offset,
                    )


RULE: Final = UnencodedUrlParameter()
