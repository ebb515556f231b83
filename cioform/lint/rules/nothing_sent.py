"""Campaign that does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.workflow import ACTION, STEP_TYPES, StepFamily, keyword_of, walk
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.steps import StepFields, workflows_of
from cioform.lint.subject import Subject


class NothingSent(Rule):
    """A campaign without a message, without data steps and without segments has no effect."""

    id = "JR504"
    name = "Campaign that does nothing"
    group = Group.JOURNEY
    bad = "workflow: [{id: pause, wait: 2d}]"
    good = "workflow: [{id: pause, wait: 2d}, {id: hello, email: ...}]"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the campaigns that only wait and choose."""
        for resource, steps in workflows_of(subject):
            found = [step for _, step in walk(steps)]
            if not any(ACTION in step or _acts(step) for step in found):
                text = f"`{resource.address}` only waits and chooses: it sends nothing and changes"
                yield self.finding(resource, Hit(f"{text} nothing. Add a message, or remove it."))


def _acts(step: StepFields) -> bool:
    family = STEP_TYPES[keyword_of(step)].family
    return family in (StepFamily.MESSAGE, StepFamily.DATA)


RULE: Final = NothingSent()
