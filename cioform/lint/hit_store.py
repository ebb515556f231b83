"""A store of earlier hits, so that an unchanged text is not checked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property

from cioform.core.data.json_value import Json
from cioform.core.diagnostic import Severity
from cioform.lint.finding import Fix, Hit
from cioform.lint.rule import TextRule
from cioform.lint.subject import HitsByRule, Subject, SubjectText


class HitStore:
    """The hits of the rules that look at nothing but a text, by a digest of what they look at."""

    def __init__(
        self,
        rules: Iterable[TextRule],
        load: Callable[[], Mapping[str, Json]],
        *,
        adds: bool,
    ) -> None:
        self._rules = tuple(rules)
        self._load = load
        self._adds = adds
        self.new: dict[str, Json] = {}

    @cached_property
    def loaded(self) -> Mapping[str, Json]:
        """What earlier runs found, read when the first text is asked for."""
        return self._load()

    def fill(self, subject: Subject) -> None:
        """Find out what the rules find in the texts of a subject, with the help of earlier runs."""
        for each in subject.texts:
            if each.key not in subject.known_hits:
                found = self._find(each)
                if found is not None:
                    subject.known_hits[each.key] = found

    def _find(self, seen: SubjectText) -> HitsByRule | None:
        """Return the hits of all rules; None if they are not known and not to be kept."""
        if seen.key in self.loaded:
            with suppress(ValueError, TypeError, LookupError, AttributeError):
                return _decode(self.loaded[seen.key])
        if not self._adds:
            return None
        hits = {
            rule.id: tuple(rule.hits_in(seen.text, seen.content, seen.subject))
            for rule in self._rules
        }
        found = {rule: each for rule, each in hits.items() if each}
        self.new[seen.key] = _encode(found)
        return found


def _encode(found: HitsByRule) -> Json:
    return {
        rule: [
            [
                hit.message,
                hit.offset,
                None if hit.severity is None else hit.severity.value,
                None if hit.fix is None else [hit.fix.start, hit.fix.end, hit.fix.replacement],
            ]
            for hit in hits
        ]
        for rule, hits in found.items()
    }


def _decode(value: Json) -> HitsByRule:
    """Return stored hits. Raises one of several errors for anything else."""
    found: dict[str, tuple[Hit, ...]] = {}
    if not isinstance(value, dict):
        raise TypeError("not a mapping")
    for rule, hits in value.items():
        decoded: list[Hit] = []
        for message, offset, severity, fix in hits:
            decoded.append(
                Hit(
                    str(message),
                    None if offset is None else int(offset),
                    None if severity is None else Severity(severity),
                    None if fix is None else Fix(int(fix[0]), int(fix[1]), str(fix[2])),
                )
            )
        found[rule] = tuple(decoded)
    return found
