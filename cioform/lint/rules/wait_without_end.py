"""Wait that may never end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.language.workflow import NEVER
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.steps import steps_of
from cioform.lint.subject import Subject


class WaitWithoutEnd(Rule):
    """With `timeout: never`, people who do not meet the condition stay in the campaign forever."""

    id = "JR502"
    name = "Wait that may never end"
    group = Group.JOURNEY
    bad = "wait_until: {event: purchased}\ntimeout: never"
    good = "wait_until: {event: purchased}\ntimeout: 30d"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the waits without a timeout in campaigns that nothing else ends."""
        for resource, path, step in steps_of(subject):
            exits = resource.attributes.get("exit")
            ends = isinstance(exits, Mapping) and (exits.get("stops_matching") or "when" in exits)
            if step.get("timeout") == NEVER and not ends:
                yield self.finding(
                    resource,
                    Hit(
                        "People who do not meet the condition stay here forever. Set a `timeout`, "
                        "or an `exit` of the campaign.",
                        path=path,
                    ),
                )


RULE: Final = WaitWithoutEnd()
