"""The approvals of owners that a pull request needs, and those that it has."""

from __future__ import annotations

from collections.abc import Iterable, Set

from cioform.core.dataclasses import dataclass
from cioform.forge.result import AskedApproval, CiResult

NONE_NEEDED = "Nobody has to approve this plan."


@dataclass(frozen=True, slots=True)
class OwnerApproval:
    """What an owner was asked for, over all workspaces, and who gave it."""

    owner: str
    needed: int
    given: tuple[str, ...]

    @property
    def is_given(self) -> bool:
        """Whether enough people have approved."""
        return len(self.given) >= self.needed

    def __str__(self) -> str:
        people = f" ({', '.join(self.given)})" if self.given else ""
        return f"{self.owner} {len(self.given)} of {self.needed}{people}"


def owner_approvals(result: CiResult, approving: Set[str]) -> list[OwnerApproval]:
    """Return the approvals that the plans of a result need; `approving` are logins, lower case.

    Owners of the same name in two workspaces are one if they ask for the same.
    """
    asked = dict.fromkeys(a for workspace in result.workspaces for a in workspace.approvals)
    return [_with_approvals(each, approving) for each in asked]


def approvals_title(approvals: Iterable[OwnerApproval]) -> str:
    """Return the approvals as one line: `leads 1 of 2 (jane), legal 0 of 1`."""
    return ", ".join(map(str, approvals)) or NONE_NEEDED


def _with_approvals(asked: AskedApproval, approving: Set[str]) -> OwnerApproval:
    given = tuple(each for each in asked.people if each.lower() in approving)
    return OwnerApproval(asked.owner, asked.approvals, given)
