"""The report of a job about one workspace."""

from __future__ import annotations

from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import CioformError
from cioform.forge.result import CiWorkspaceResult
from cioform.report.annotations.annotation import Annotation
from cioform.report.diagnostics import render_diagnostics
from cioform.report.plan.report import Report


@dataclass(frozen=True, slots=True)
class WorkspaceReport:
    """What a job found out about a workspace, in all the forms in which it is shown."""

    result: CiWorkspaceResult
    text: str = ""
    """As a terminal shows it."""
    report: Report | None = None
    """As a comment and a page show it."""
    plan_file: str = ""
    """The plan as `apply` takes it; empty if there is none."""
    annotations: tuple[Annotation, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    """Errors and warnings."""
    notes: tuple[str, ...] = ()
    """Sentences about how it was looked at."""

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self.result.name


def failure(name: str, error: CioformError) -> WorkspaceReport:
    """Return what is reported of a workspace where an error ended the work."""
    problem = error.diagnostics[0].summary
    result = CiWorkspaceResult(name=name, exit_code=error.exit_code, verdict=f"Failed: {problem}.")
    text = render_diagnostics(error.diagnostics)
    return WorkspaceReport(result, text, problems=error.diagnostics)
