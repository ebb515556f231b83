"""Filter or tag that the engine does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.core.suggest import did_you_mean
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.dialect import (
    FILTERS,
    LIQUIDJS_FILTERS,
    REPLACED_FILTERS,
    TAGS,
    Engine,
)
from cioform.language.liquid.parsed import FilterUse, ParsedText
from cioform.language.liquid.syntax.notation import without_texts
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content

_CHOICES: Final = frozenset({"if", "elsif", "unless"})
_NOT: Final = lazy_pattern(r"(?<![\w.-])not(?![\w.-])")
_NO_SUCH_FILTER: Final = (
    " Remove `| {}`, and send the value to Customer.io as the message needs it."
)
_OF_LIQUIDJS: Final = (
    '`{}` is a filter of LiquidJS, and "legacy" is not known to have it. Upgrade the '
    "message in Customer.io, or see there that it is rendered."
)


class NotInEngine(LiquidRule):
    """An unknown filter fails every delivery, and so does a tag of the other engine.

    Some exist in one engine only: `default`, `{% break %}`, `{% continue %}` and `not` are not in
    "legacy", and `timezone` and `htmlencode` are not in "latest". Filters that only LiquidJS is
    known to have, such as `where_exp`, are a warning in "legacy". The setting `lint.engine` says
    which engine the messages of a workspace use.
    """

    id = "LQ003"
    name = "Filter or tag that the engine does not have"
    group = Group.LIQUID
    severity = Severity.ERROR
    bad = "{{ customer.first_name | upcaseX }}"
    good = "{{ customer.first_name | default: 'you' | upcase }}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the filters that are unknown, and what the engine of the message does not have."""
        for tag in parsed.tags:
            rule = TAGS.get(tag.name)
            if rule is not None and subject.engine not in rule.engines:
                text = f'The engine "{subject.engine}" does not have the tag `{tag.name}`.'
                hint = "Upgrade the message in Customer.io, or remove the tag."
                yield Hit(f"{text} {hint}", tag.offset)
            if (
                subject.engine is Engine.LEGACY
                and tag.name in _CHOICES
                and _NOT.search(without_texts(tag.arguments))
            ):
                text = 'The engine "legacy" does not have the operator `not`.'
                yield Hit(f"{text} Write `unless`, or upgrade the message.", tag.offset)
        for use in parsed.filters:
            if use.name not in FILTERS:
                hint = did_you_mean(use.name, FILTERS) or _NO_SUCH_FILTER.format(use.name)
                yield Hit(f"Unknown filter `{use.name}`.{hint}", use.offset)
            elif subject.engine not in FILTERS[use.name]:
                yield _of_other_engine(use, subject.engine)
            elif subject.engine is Engine.LEGACY and use.name in LIQUIDJS_FILTERS:
                yield Hit(_OF_LIQUIDJS.format(use.name), use.offset, Severity.WARNING)


def _of_other_engine(use: FilterUse, engine: Engine) -> Hit:
    text = f'The engine "{engine}" does not have the filter `{use.name}`.'
    if use.name in REPLACED_FILTERS:
        text += f" Write `| {REPLACED_FILTERS[use.name]}`."
        return Hit(text, use.offset, Severity.WARNING)
    return Hit(f"{text} Upgrade the message in Customer.io, or remove the filter.", use.offset)


RULE: Final = NotInEngine()
