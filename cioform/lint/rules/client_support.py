"""Design that important mail programs do not show."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.word_lists import join_words
from cioform.lint.finding import Hit
from cioform.lint.markup.client_support import Feature, unsupported_features
from cioform.lint.markup.html import Html
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_HARMLESS: Final = frozenset({"none", "static", "relative", "initial", "inherit", "unset"})
_FUNCTION: Final = lazy_pattern(r"(?<![\w-])([a-z][a-z-]*)\(")
_DISPLAYS: Final = {"flex": "flex", "inline-flex": "flex", "grid": "grid", "inline-grid": "grid"}


class ClientSupport(TextRule):
    """Gmail, Outlook, Apple Mail and Yahoo Mail do not show everything that browsers do.

    Flexbox, grid, floats and positions fail in Outlook for Windows: put columns into a table.
    Anything else is reported if two of these programs do not support it. Rules in `@media` and in
    comments for Outlook are not checked. The data is from caniemail.com.
    """

    id = "EM217"
    name = "Design that mail programs do not show"
    group = Group.EMAIL
    bad = '<div style="display: flex"><div>One</div><div>Two</div></div>'
    good = '<table role="presentation"><tr><td>One</td><td>Two</td></tr></table>'
    forms = frozenset({TextForm.HTML})
    media = frozenset({"email"})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield each feature at its first use."""
        if text.field == "amp":
            return
        seen: set[str] = set()
        for feature, offset in _uses(subject.html(text.value)):
            if feature.notation not in seen:
                seen.add(feature.notation)
                yield Hit(_message(feature), offset)


def _uses(html: Html) -> Iterator[tuple[Feature, int]]:
    known = unsupported_features()
    for declaration in html.declarations:
        for notation in _notations(declaration.name, declaration.value):
            if notation in known:
                yield known[notation], declaration.offset
    for tag in html.tags:
        if tag.is_end or tag.is_in_comment:
            continue
        if (feature := known.get(f"<{tag.name}>")) is not None:
            yield feature, tag.offset
        elif tag.may_have("hidden") and "hidden" in tag.attributes and "[hidden]" in known:
            yield known["[hidden]"], tag.attributes["hidden"].offset


@lru_cache(maxsize=1_000)
def _notations(name: str, value: str) -> tuple[str, ...]:
    """Return the features that a declaration uses; a workspace has few different ones."""
    functions = [f"{found}()" for found in _FUNCTION.findall(value)] if "(" in value else []
    if name == "display":
        return (f"display:{_DISPLAYS.get(value.split(' ')[0], '')}", *functions)
    if value.split(" ")[0] in _HARMLESS:
        return tuple(functions)
    return (name.removeprefix("-webkit-"), *functions)


def _message(feature: Feature) -> str:
    hint = (
        "Put columns into a table."
        if feature.is_layout
        else "See that the message can be read without it, or remove it."
    )
    verb = "does" if len(feature.lacking) == 1 else "do"
    return (
        f"{join_words(feature.lacking)} {verb} not support `{feature.notation}` (caniemail.com, "
        f"tested on {feature.tested}). {hint}"
    )


RULE: Final = ClientSupport()
