"""Draft that nobody has started for a long time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject


class OldDraft(Rule):
    """A resource that has been a draft for months is probably forgotten, or not needed.

    The state on this machine knows when cioform last wrote or imported it as a draft. Without that,
    nothing is reported. `lint.draft_days` in `workspace.yaml` says how long a draft may wait.
    """

    id = "HY603"
    name = "Draft that nobody has started"
    group = Group.HYGIENE
    bad = "a campaign that was written as a draft 200 days ago"
    good = "the campaign started in Customer.io, or its file removed"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the drafts."""
        for address, days in sorted(subject.find_old_drafts().items()):
            resource = subject.resources.get(address)
            if resource is not None:
                yield self.finding(
                    resource,
                    Hit(
                        f"It was still a draft when it was last written or imported, {days} days "
                        "ago. Start it in Customer.io, or remove the file. If it runs already, "
                        "import it again.",
                        path=("name",),
                    ),
                )


RULE: Final = OldDraft()
