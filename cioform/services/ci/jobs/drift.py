"""Find drift in several workspaces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cioform.core.errors import CioformError
from cioform.core.text.quantities import pluralize
from cioform.forge.result import CiWorkspaceResult
from cioform.report.plan.annotate import drift_annotations, locator
from cioform.report.plan.drift import view_drift
from cioform.report.plan.exit_code import drift_exit_code
from cioform.report.plan.report import drift_report
from cioform.report.plan.text import render_differences
from cioform.run.events import Listener, ignore_events
from cioform.services.ci.jobs.workspace_report import WorkspaceReport, failure
from cioform.services.fleet.parallel import run_for_workspaces
from cioform.services.workspace import Workspace


def find_drift_in(
    root: Path, names: Sequence[str], listener: Listener = ignore_events
) -> list[WorkspaceReport]:
    """Find drift in workspaces. What fails in one does not stop the others."""
    return run_for_workspaces(root, names, _DriftTask(), {}, lambda _name: listener)


class _DriftTask:
    """What is done with each workspace."""

    def run(self, opened: Workspace) -> WorkspaceReport:
        """Return the drift of a workspace."""
        return _drift(opened)

    def failed(self, name: str, error: CioformError) -> WorkspaceReport:
        """Return what is reported of a workspace that could not be looked at."""
        return failure(name, error)


def _drift(opened: Workspace) -> WorkspaceReport:
    found = opened.drift_report()
    view = view_drift(opened.name, found)
    report = drift_report(view)
    result = CiWorkspaceResult(
        name=opened.name,
        workspace_id=opened.workspace_id,
        exit_code=drift_exit_code(found),
        summary=pluralize(len(found.drift), "object changed", "objects changed")
        if found.compared
        else "",
        verdict=report.verdict.text,
    )
    locate = locator(opened.configuration.desired.resources, opened.kinds)
    annotations = tuple(drift_annotations(opened.name, found, locate))
    return WorkspaceReport(result, render_differences(view), report, annotations=annotations)
