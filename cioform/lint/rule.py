"""A rule: what it is called, what it says about itself, and how it looks at a workspace.

A module of `cioform.lint.rules` has one, in `RULE`, and is found by being there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from typing import ClassVar, Final

from cioform.core.diagnostic import Severity
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import ParsedText
from cioform.lint.finding import Finding, Fix, Hit
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm
from cioform.model.resource import Resource

MAX_HITS: Final = 1_000
"""How many hits of one rule are reported of one text. A file of 5 MB could have millions."""


class Group(StrEnum):
    """What rules are about, in the order of the documentation."""

    LIQUID = "Liquid"
    DATA = "Data"
    EMAIL = "E-mail"
    CHANNEL = "Other channels"
    LANGUAGE = "Languages"
    JOURNEY = "Journeys"
    HYGIENE = "Hygiene"


class Rule(ABC):
    """A rule. Its documentation says what it finds and why that matters."""

    id: ClassVar[str]
    name: ClassVar[str]
    """What it finds, in a few words: the summary of its diagnostics."""
    group: ClassVar[Group]
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str]
    """An example of what it finds."""
    good: ClassVar[str]
    """The same, corrected."""

    @abstractmethod
    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the rule finds in a workspace."""

    def finding(self, resource: Resource, hit: Hit, content: Content | None = None) -> Finding:
        """Return a hit as a finding."""
        path = hit.path or (hit.text.path if hit.text else content.path if content else ())
        return Finding(
            self.id,
            hit.severity or self.severity,
            hit.message,
            resource.address,
            path,
            hit.text,
            hit.offset,
            hit.fix,
        )


class ContentRule(Rule):
    """A rule that looks at one message, or at one piece that messages share, at a time."""

    @abstractmethod
    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield what the rule finds in a content."""

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the rule finds in every content."""
        for resource, content in subject.contents:
            for hit in self.check_content(content, resource, subject):
                yield self.finding(resource, hit, content)


class TextRule(Rule):
    """A rule that looks at one text at a time."""

    forms: ClassVar[frozenset[TextForm]] = frozenset(TextForm)
    """The forms of the texts that it looks at."""
    media: ClassVar[frozenset[str]] = frozenset()
    """The channels of the messages whose texts and frames it looks at; empty for all contents."""
    is_local: ClassVar[bool] = True
    """Whether it looks at nothing but the text, its form, field and channel, and the engine."""

    @abstractmethod
    def check_text(self, text: ContentText, content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield what the rule finds in a text; its places are those in the text."""

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the rule finds in every text."""
        for resource, content, text, seen, key in subject.texts:
            known = seen.known_hits.get(key) if self.is_local else None
            hits = self.hits_in(text, content, seen) if known is None else known.get(self.id, ())
            for hit in hits:
                placed = Hit(hit.message, hit.offset, hit.severity, hit.fix, (), text)
                yield self.finding(resource, placed, content)

    def hits_in(self, text: ContentText, content: Content, subject: Subject) -> Iterable[Hit]:
        """Return what the rule finds in a text; nothing if it does not look at such texts."""
        if (self.media and content.medium not in self.media) or text.form not in self.forms:
            return ()
        hits = list(islice(self.check_text(text, content, subject), MAX_HITS + 1))
        if len(hits) > MAX_HITS:
            message = f"The text has more than {MAX_HITS:,} such places. Correct the others first."
            hits[MAX_HITS] = replace(hits[MAX_HITS], message=message, fix=None)
        return hits


class LiquidRule(TextRule):
    """A rule that looks at what one text says in Liquid."""

    def check_text(self, text: ContentText, content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield what the rule finds in the Liquid of a text."""
        if "{" in text.value:
            yield from self.check_liquid(parse_liquid(text.value), content, subject)

    @abstractmethod
    def check_liquid(self, parsed: ParsedText, content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield what the rule finds."""


class SyntaxRule(LiquidRule):
    """A rule for errors that the parser reports under the ID of the rule."""

    group = Group.LIQUID
    severity = Severity.ERROR

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the errors with the ID of the rule."""
        for error in parsed.errors:
            if error.rule == self.id:
                fix = None if error.fix is None else Fix(*error.fix)
                yield Hit(error.message, error.offset, fix=fix)
