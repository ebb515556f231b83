"""Link without the UTM parameters of its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_ADDRESS: Final = lazy_pattern(r"https?://(?P<host>[^/?#{]+)(?:/[^?#]*)?(?:\?(?P<query>[^#]*))?")
_PARAMETER: Final = lazy_pattern(r"(?:^|&)(utm_\w+)=([^&]*)")
_COMPARED: Final = ("utm_source", "utm_medium", "utm_campaign")


@dataclass(frozen=True, slots=True)
class _Link:
    host: str
    parameters: Mapping[str, str]
    """The UTM parameters."""
    offset: int


class LinkParameters(TextRule):
    """A link without UTM parameters, or with different ones, is missing from the campaign's report.

    Links to one site are compared if most of them have parameters. Values from Liquid are not
    compared.
    """

    id = "EM220"
    name = "Link without the UTM parameters of the others"
    group = Group.EMAIL
    bad = (
        '<a href="https://acme.example/a?utm_source=mail">A</a> '
        '<a href="https://acme.example/b?utm_source=mail">B</a> '
        '<a href="https://acme.example/c">C</a>'
    )
    good = '<a href="https://acme.example/c?utm_source=mail">C</a>'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the links that differ from most of the others."""
        if "utm_" not in text.value:
            return
        links = list(_links(text, subject))
        for host in dict.fromkeys(link.host for link in links):
            yield from _differing([link for link in links if link.host == host])


def _links(text: ContentText, subject: Subject) -> Iterator[_Link]:
    for tag in subject.html(text.value).start_tags("a", "area"):
        link = tag.attributes.get("href")
        if link is None or tag.is_in_comment:
            continue
        address = _ADDRESS.match(link.value.strip())
        if address is not None:
            query = address["query"] or ""
            parameters = dict(_PARAMETER.findall(query.replace("&amp;", "&")))
            if "{" not in query or parameters:
                yield _Link(address["host"].lower(), parameters, link.offset)


def _differing(links: list[_Link]) -> Iterator[Hit]:
    having = [link for link in links if link.parameters]
    if len(having) * 2 <= len(links):
        return
    usual = {name: _most_common(name, having) for name in _COMPARED}
    for link in links:
        if not link.parameters:
            yield Hit(
                f"The other links to {link.host} have UTM parameters, and this one has none. Add "
                "them.",
                link.offset,
            )
            continue
        for name, value in usual.items():
            found = link.parameters.get(name, "")
            if value and found != value and "{" not in found:
                yield Hit(
                    f"Most links to {link.host} have `{name}={value}`, and this one has "
                    f"{f'`{found}`' if found else 'none'}. Write the same value.",
                    link.offset,
                )


def _most_common(name: str, links: list[_Link]) -> str:
    """Return the value that more than half of the links have; empty if none is, or with Liquid."""
    counts = Counter(link.parameters.get(name, "") for link in links)
    [(value, number)] = counts.most_common(1)
    return value if number * 2 > len(links) and "{" not in value else ""


RULE: Final = LinkParameters()
