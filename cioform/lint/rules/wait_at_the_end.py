"""Wait after which nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.paths import FieldPath
from cioform.language.workflow import ACTION, STEP_TYPES, StepFamily, keyword_of
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.steps import workflows_of
from cioform.lint.subject import Subject

_WAITS: Final = frozenset(
    row.keyword for row in STEP_TYPES.values() if row.family is StepFamily.WAIT and row.continues
)
"""The waits after which everybody goes on; the others have steps of their own."""


class WaitAtTheEnd(Rule):
    """A wait at the end keeps people in the campaign, and keeps them from entering it again."""

    id = "JR505"
    name = "Wait after which nothing happens"
    group = Group.JOURNEY
    bad = "- {id: hello, email: ...}\n- {id: pause, wait: 2d}"
    good = "- {id: hello, email: ...}"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the waits."""
        for resource, steps in workflows_of(subject):
            last = steps[-1]
            if ACTION not in last and keyword_of(last) in _WAITS:
                path: FieldPath = ("workflow", len(steps) - 1)
                text = "Nothing follows this wait, which only keeps people in the campaign."
                yield self.finding(resource, Hit(f"{text} Remove it.", path=path))


RULE: Final = WaitAtTheEnd()
