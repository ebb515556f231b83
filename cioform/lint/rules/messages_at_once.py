"""Two messages at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.paths import FieldPath
from cioform.language.workflow import ACTION, MESSAGE_KEYWORDS, branches_of, keyword_of
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.steps import StepFields, steps_of
from cioform.lint.subject import Subject

_UNNOTICED: Final = frozenset({"in_app", "slack", "webhook"})
"""Messages that interrupt nobody: they wait in the app, or go to another system."""
_CHANNELS: Final = frozenset(MESSAGE_KEYWORDS) - _UNNOTICED


class MessagesAtOnce(Rule):
    """Two e-mails or two text messages without a wait between them arrive together."""

    id = "JR503"
    name = "Two messages at the same moment"
    group = Group.JOURNEY
    bad = "- {id: a, email: ...}\n- {id: b, email: ...}"
    good = "- {id: a, email: ...}\n- {id: pause, wait: 2d}\n- {id: b, email: ...}"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the second of two such messages."""
        for resource, path, step in steps_of(subject):
            for key, steps in _lists(step):
                before: str | None = None
                for at, following in enumerate(steps):
                    keyword = "" if ACTION in following else keyword_of(following)
                    if keyword in _CHANNELS and keyword == before and "only_if" not in following:
                        yield self.finding(
                            resource,
                            Hit(
                                f"This is the second `{keyword}` without a wait in between. Wait "
                                "before it, or send one message.",
                                path=(*path, *key, at),
                            ),
                        )
                    before = keyword if keyword in _CHANNELS else None


def _lists(step: StepFields) -> Iterator[tuple[FieldPath, list[StepFields]]]:
    """Yield the lists of steps of a step, and of a whole workflow."""
    steps = step.get("workflow")
    if isinstance(steps, list):
        yield ("workflow",), steps
    else:
        yield from branches_of(step)


RULE: Final = MessagesAtOnce()
