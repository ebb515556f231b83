"""Find out which plans of a commit were reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.errors import PlanError
from cioform.forge.checks import app_of_checks, check_name, read_check
from cioform.forge.ci_run import CiRun, Trigger
from cioform.forge.client import GitHub, connect_github
from cioform.forge.pulls import Pull, merged_pulls, read_pull
from cioform.forge.result import CiWorkspaceResult
from cioform.plan.change import Action
from cioform.plan.review.digest import ChangeDigest, digest_of
from cioform.plan.review.reviewed import Review
from cioform.services.ci.folder import JobFolder
from cioform.services.ci.jobs.apply import FindReview
from cioform.services.project.git import git_output, project_prefix

_MAX_COMMITS: Final = 100
"""How many commits since the last apply are looked at, each with a request."""


@dataclass(frozen=True, slots=True)
class CheckedReviews:
    """What the checks of the pull requests of a commit say."""

    github: GitHub
    root: Path
    run: CiRun
    project: str
    """The folder of the project in the repository; empty for its top."""
    app: str

    def find(self, workspace: str, workspace_id: int | None, applied: str | None) -> Review | None:
        """Return what was reviewed for a workspace, None if there is nothing."""
        name = check_name(self.project, workspace)
        pulls = self._pulls(applied)
        found = [read_check(self.github, pull.head, name, pull.target, self.app) for pull in pulls]
        return joined_review([each for each in found if each is not None], workspace_id)

    def _pulls(self, applied: str | None) -> list[Pull]:
        """Return the pull requests that the commit brings in, and those since the last apply."""
        if self.run.trigger in (Trigger.MERGE_QUEUE, Trigger.COMMENT) and self.run.pull_request:
            found = read_pull(self.github, self.run.pull_request)
            return [found] if found else []
        pulls = (p for commit in self._commits(applied) for p in merged_pulls(self.github, commit))
        return list({pull.number: pull for pull in pulls}.values())

    def _commits(self, applied: str | None) -> list[str]:
        head = self.run.head or "HEAD"
        listed = (
            git_output(
                self.root, "rev-list", "--first-parent", f"--max-count={_MAX_COMMITS}",
                f"{before}..{head}",
            )
            for before in (self.run.before, applied)
            if before is not None
        )  # fmt: skip
        return list(dict.fromkeys(c for each in listed for c in (each or "").split())) or [head]


@contextmanager
def find_reviews(
    root: Path, run: CiRun, folder: Path | None, environment: Mapping[str, str], *, is_needed: bool
) -> Iterator[FindReview | None]:
    """Provide the function that finds what was reviewed, None if no review is needed.

    `folder` has the result of the plan that was reviewed; without one, GitHub is asked.
    """
    if not is_needed:
        yield None
    elif folder is not None:
        yield _FolderReviews(JobFolder(folder)).find
    else:
        with closing(connect_github(environment, run.repository)) as github:
            project, app = project_prefix(root).rstrip("/"), app_of_checks(environment)
            yield CheckedReviews(github, root, run, project, app).find


@dataclass(frozen=True, slots=True)
class _FolderReviews:
    """What the folder of a plan says."""

    folder: JobFolder

    def find(self, workspace: str, workspace_id: int | None, _applied: str | None) -> Review | None:
        """Return what was reviewed for a workspace, None if there is nothing."""
        found = self.folder.read_result().workspaces
        return joined_review([each for each in found if each.name == workspace], workspace_id)


def joined_review(found: Sequence[CiWorkspaceResult], workspace_id: int | None) -> Review | None:
    """Return the review of one or several plans, which were merged together.

    Raises PlanError if one of several has no list of its changes, so that they cannot be joined.
    """
    with_plan = [each for each in found if each.digest]
    if not with_plan:
        return None
    if len(with_plan) == 1:
        [only] = with_plan
        # A plan without changes has no list either.
        changes = _digests(only) if only.changes else None
        return Review(only.digest or "", changes)
    if not all(each.lists_changes for each in with_plan):
        raise PlanError.of(
            "Too many changes in a merge",
            "Several pull requests were merged together, and one of them has too many changes for "
            "a check to list. Nothing was changed. Review a new plan, and apply it by its digest.",
        )
    changes = tuple({(c.address, c.digest): c for e in with_plan for c in _digests(e)}.values())
    return Review(digest_of(workspace_id, changes), changes)


def _digests(result: CiWorkspaceResult) -> tuple[ChangeDigest, ...]:
    try:
        return tuple(
            ChangeDigest(str(Address.parse(each.address)), Action(each.action), each.digest)
            for each in result.changes
        )
    except ValueError:
        raise PlanError.of(
            "Invalid check",
            f"The check of {result.name} does not list the changes of a plan. Nothing was changed. "
            "Plan the pull request again.",
        ) from None
