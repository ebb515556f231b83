"""Branch that nobody can take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.language.workflow import STEP_TYPES, StepFamily, keyword_of
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.steps import chains_of
from cioform.lint.subject import Subject


class ConditionAskedAgain(Rule):
    """A condition that was tested before has the same result, unless people waited in between."""

    id = "JR501"
    name = "Branch that nobody can take"
    group = Group.JOURNEY
    bad = "if: {attribute: plan, is: trial}, and in its `then` the same `if` again"
    good = "if: {attribute: plan, is: trial}, then: [...]"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the conditions that are asked again."""
        found: set[tuple[Address, FieldPath]] = set()
        for resource, chain in chains_of(subject):
            asked: list[tuple[str, str]] = []
            for path, step, branch in chain:
                keyword = keyword_of(step)
                if STEP_TYPES[keyword].family is StepFamily.WAIT:
                    asked.clear()
                if keyword != "if":
                    continue
                condition = json.dumps(step["if"], sort_keys=True, default=str)
                answer = next((way for known, way in asked if known == condition), None)
                if answer is not None and (resource.address, path) not in found:
                    found.add((resource.address, path))
                    never = "else" if answer == "then" else "then"
                    yield self.finding(
                        resource,
                        Hit(
                            f"The same condition was asked before, and nobody waited since, so "
                            f"nobody takes `{never}`. Remove the step.",
                            path=path,
                        ),
                    )
                    break
                asked.append((condition, branch))


RULE: Final = ConditionAskedAgain()
