"""`cioform apply --all`: apply the reviewed plans of many workspaces, ring by ring."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from cioform.cli.fleet.apply_output import print_rollout
from cioform.cli.fleet.options import RolloutOptions
from cioform.cli.output import stderr_styler
from cioform.cli.parameters import opening
from cioform.cli.parameters.planning_options import ConnectionOptions, GuardOptions, PlanningOptions
from cioform.cli.streams import write_stderr
from cioform.cli.terminal.progress import Progress
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import CioformError, PlanError, UsageError
from cioform.core.exit_codes import REFUSED
from cioform.core.text.quantities import duration_text
from cioform.plan.plan import Plan
from cioform.plan.review.digest import change_digests, content_digest
from cioform.plan.review.reviewed import Review, reviewed_part
from cioform.report.fleet.combined import digest_of_results
from cioform.report.fleet.document import Reported
from cioform.report.plan.exit_code import apply_exit_code
from cioform.report.styling import Tone
from cioform.run.events import ChangeStatus, Outcome
from cioform.services.fleet.applied import AppliedWorkspace, ApplyStatus
from cioform.services.fleet.results import read_results
from cioform.services.fleet.rings import Ring, read_rings
from cioform.services.fleet.rollout import Waiting, roll_out
from cioform.services.fleet.rollout_journal import RolloutJournal
from cioform.services.fleet.selection import list_workspaces, select_workspaces
from cioform.services.revisions.files import RevisionFiles
from cioform.services.revisions.find import find_commit
from cioform.services.revisions.run_origin import base_of_pull_request
from cioform.services.workspace import Workspace


@dataclass(frozen=True)
class ReviewedPlans:
    """The plans that were reviewed."""

    digest: str | None
    folder: Path | None

    def read(self) -> Mapping[str, Reported]:
        """Return the reviewed plans by workspace.

        Raises UsageError if they are not named, PlanError if they are not the reviewed ones.
        """
        if self.digest is None or self.folder is None:
            raise UsageError.of(
                "Missing option",
                "With --all, apply takes only what was reviewed. Pass the digest of the review "
                "with --reviewed and its results with --reviewed-list:\n\n"
                "    cioform plan --all --reports plans",
            )
        found = {each.result.workspace: each for _, each in read_results([self.folder])}
        if digest_of_results(each.result for each in found.values()) != self.digest:
            raise PlanError.of(
                "Plans of another review",
                f"The plans in {self.folder} do not have the digest that was reviewed. Nothing was "
                "changed. Pass the folder that `cioform plan --all --reports` wrote for that "
                "review.",
            )
        return found


@dataclass(frozen=True)
class Rollout:
    """One apply of many workspaces."""

    reviewed: ReviewedPlans
    fleet: RolloutOptions
    guards: GuardOptions
    planning: PlanningOptions
    connection: ConnectionOptions
    keep_going: bool
    allow_older: bool
    lock_timeout: str | None
    as_json: bool
    color: bool

    def run(self) -> int:
        """Apply ring after ring, report, and return the exit code."""
        plans = self.reviewed.read()
        root = opening.find_project_root(self.connection.project)
        every = list_workspaces(root, (), os.environ)
        chosen = select_workspaces(every, self.fleet.only or ())
        rings = read_rings(root, chosen, every, self._commit(root))
        digest = self.reviewed.digest or ""
        journal = (
            RolloutJournal.resume(root, digest)
            if self.fleet.resume
            else RolloutJournal.begin(root, digest, time.time())
        )

        def apply(name: str, ring: str) -> AppliedWorkspace:
            return self._apply(name, ring, plans.get(name), revisions)

        waiting = Waiting(time.time, time.sleep, not self.fleet.no_wait, self._announce)
        with closing(journal), RevisionFiles() as revisions:
            outcome = roll_out(rings, apply, journal, waiting)
        repeated = self.connection.to_repeat
        print_rollout(outcome, digest, repeated, as_json=self.as_json, color=self.color)
        return outcome.exit_code

    def _commit(self, root: Path) -> str | None:
        """Return the commit whose rings count: that of the settings that judge a plan, or None."""
        revision = self.connection.settings_from or base_of_pull_request(root, os.environ)
        why = "its `_rings.yaml` decides in which order workspaces are applied"
        return find_commit(root, revision, why) if revision else None

    def _apply(
        self, name: str, ring: str, reviewed: Reported | None, revisions: RevisionFiles
    ) -> AppliedWorkspace:
        write_stderr(f"{stderr_styler(self.color)(name, Tone.BOLD)}\n")
        if reviewed is None or reviewed.plan is None:
            detail = (
                f"The reviewed results have no plan of {name}, so nothing is applied to it. Make "
                "the plans again, and review them."
            )
            problem = Diagnostic("Not reviewed", detail)
            return AppliedWorkspace(name, ring, ApplyStatus.FAILED, REFUSED, problems=(problem,))
        if not reviewed.plan.visible_changes:
            return AppliedWorkspace(name, ring, ApplyStatus.UNCHANGED)
        progress = Progress(stderr_styler(self.color))
        try:
            with (
                self.connection.open(name, progress, self.lock_timeout, revisions) as opened,
                opened.notify_refusals(),
                progress.ended(),
            ):
                return self._apply_reviewed(opened, ring, reviewed.plan)
        except CioformError as error:
            return AppliedWorkspace(
                name, ring, ApplyStatus.FAILED, error.exit_code, problems=error.diagnostics
            )

    def _apply_reviewed(self, opened: Workspace, ring: str, reviewed: Plan) -> AppliedWorkspace:
        """Make the plan again, and apply what of it was reviewed."""
        allowed = self.guards.guards(opened)
        changes = change_digests(reviewed)
        review = Review(content_digest(reviewed), changes)
        plan = reviewed_part(opened.plan(*self.planning.wanted), review)
        outcome = None
        if plan.changes or opened.has_unfinished_work:
            outcome = opened.apply(
                plan, allowed, keep_going=self.keep_going, allow_older=self.allow_older
            )
        return _result(opened.name, ring, plan, outcome)

    def _announce(self, ring: Ring, seconds: float) -> None:
        text = f"Waiting {duration_text(seconds)} after ring {ring.name}"
        if self.fleet.no_wait:
            text = f"The soak time of ring {ring.name} ends in {duration_text(seconds)}"
        write_stderr(f"{text}.\n")


def _result(name: str, ring: str, plan: Plan, outcome: Outcome | None) -> AppliedWorkspace:
    omitted = [each for each in plan.left if each.has_config]
    problems = [
        Diagnostic(
            "Not what was reviewed",
            f"Its {each.action} was omitted: {each.reason}. Make the plans again, and review them.",
            each.address,
        )
        for each in omitted
    ]
    results = outcome.results if outcome else ()
    problems += [each for result in results for each in result.diagnostics]
    code = apply_exit_code(plan, outcome)
    counts = Counter(result.status for result in results)
    parts = [f"{counts[each]} {each.value}" for each in ChangeStatus if counts[each]]
    text = ", ".join([*parts, *([f"{len(omitted)} omitted"] if omitted else [])])
    status = ApplyStatus.DONE if results else ApplyStatus.UNCHANGED
    return AppliedWorkspace(
        name,
        ring,
        ApplyStatus.FAILED if code else status,
        code,
        outcome.run if outcome and results else None,
        text,
        tuple(problems),
    )
