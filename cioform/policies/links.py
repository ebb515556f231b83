"""The domains that links and images of a text have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.subject import Subject
from cioform.model.contents import ContentText, TextForm

_HOST: Final = lazy_pattern(r"(?:https?:)?[/\\]{2}(?P<host>[^/\\\s\"'<>?#]+)", re.IGNORECASE)
_WITH_SCHEME: Final = lazy_pattern(
    r"https?:[/\\]{2}(?P<host>(?:\{\{.*?\}\}|[^/\\\s\"'<>?#{])+)", re.IGNORECASE
)
_LINKING: Final = (
    "a", "area", "img", "link", "form", "iframe", "source", "video", "audio", "base", "body",
    "table", "td", "th", "amp-img", "amp-form", "v:roundrect", "v:rect", "v:fill", "v:image",
)  # fmt: skip
_ATTRIBUTES: Final = ("href", "src", "action", "action-xhr", "background")


def hosts_in(text: ContentText, subject: Subject) -> Iterator[tuple[str, int]]:
    """Yield the host of each link with its place. A host may contain Liquid."""
    if text.form is not TextForm.HTML:
        for found in _WITH_SCHEME.finditer(text.value):
            yield _host(found["host"]), found.start()
        return
    for tag in subject.html(text.value).start_tags(*_LINKING):
        for name in _ATTRIBUTES:
            attribute = tag.attributes.get(name)
            if attribute and (link := _HOST.match(attribute.value.strip())):
                yield _host(link["host"]), attribute.offset


def _host(authority: str) -> str:
    """Return the host of what stands between `//` and the path."""
    return authority.rpartition("@")[2].partition(":")[0].lower().rstrip(".,;)")


def is_allowed(host: str, domains: list[str]) -> bool:
    """Return whether a host is one of the domains, or below one."""
    return any(host == each or host.endswith(f".{each}") for each in map(str.lower, domains))
