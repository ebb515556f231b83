"""The tasks that commands run for each of many workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cioform.cli.parameters.planning_options import GuardOptions, Wanted
from cioform.core.dataclasses import dataclass, replace
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.selecting.scope import Scope
from cioform.report.fleet.document import FilesOrigin, Reported
from cioform.report.fleet.result import DRIFT, PLAN, drift_result, plan_result
from cioform.report.plan.annotate import (
    Locator,
    drift_annotations,
    locator,
    plan_annotations,
)
from cioform.report.plan.exit_code import drift_exit_code, plan_exit_code

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace


@dataclass(frozen=True)
class PlanTask:
    """Make a plan of a workspace."""

    wanted: Wanted
    guards: GuardOptions
    detailed: bool
    report: str = PLAN

    def run(self, opened: Workspace, origin: FilesOrigin) -> Reported:
        """Return the plan of a workspace."""
        scope, prefer, on_drift = self.wanted
        plan = opened.plan(replace(scope, may_be_empty=True), prefer, on_drift)
        violations = find_guard_violations(plan, self.guards.guards(opened))
        code = plan_exit_code(plan, violations) if self.detailed else 0
        annotations = plan_annotations(plan, violations, _locator(opened))
        return Reported(
            PLAN, plan_result(plan, violations, code), origin, plan=plan,
            violations=tuple(violations), annotations=tuple(annotations),
        )  # fmt: skip


@dataclass(frozen=True)
class DriftTask:
    """Find the drift of a workspace."""

    scope: Scope
    strict: bool
    report: str = DRIFT

    def run(self, opened: Workspace, origin: FilesOrigin) -> Reported:
        """Return the drift of a workspace."""
        found = opened.drift_report(replace(self.scope, may_be_empty=True))
        code = drift_exit_code(found, self.strict)
        result = drift_result(opened.name, opened.workspace_id, found, code)
        annotations = drift_annotations(opened.name, found, _locator(opened))
        return Reported(DRIFT, result, origin, drift=found, annotations=tuple(annotations))


def _locator(opened: Workspace) -> Locator:
    return locator(opened.configuration.desired.resources, opened.kinds)
