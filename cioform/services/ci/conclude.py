"""Put what a job found out into its folder and the step summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from cioform.core.dataclasses import dataclass
from cioform.core.exit_codes import worst_exit_code
from cioform.core.text.quantities import pluralize
from cioform.forge.ci_run import CiRun
from cioform.forge.result import CiResult
from cioform.report.annotations.annotation import Annotation
from cioform.report.annotations.formats import FORMATS
from cioform.report.ci.comment import CiWorkspaceSummary, render_comment
from cioform.report.page.render import render_page
from cioform.report.plan.comments.markdown import MAX_COMMENT_LENGTH
from cioform.services.ci.folder import COMMENT_FILE, JobFolder, in_repository
from cioform.services.ci.jobs.workspace_report import WorkspaceReport
from cioform.services.project.git import project_prefix
from cioform.storage.user_files import append_text

Command = Literal["plan", "apply", "drift"]

_RESERVED: Final = 8_000
"""UTF-16 units that a comment leaves for what is added when it is published."""
_SUMMARY_BYTES: Final = 1_000_000
"""GitHub takes a step summary of 1 MiB."""
_HINT: Final = "The artifact of the job has everything."


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a job ends with."""

    result: CiResult
    annotations: Sequence[Annotation]

    @property
    def github_commands(self) -> str:
        """The annotations as GitHub Actions reads them from the output of a step."""
        return FORMATS["github"](self.annotations, f"cioform ci {self.result.command}")


def conclude(
    root: Path,
    command: Command,
    reports: Sequence[WorkspaceReport],
    run: CiRun,
    folder: JobFolder,
    environment: Mapping[str, str],
    notes: Sequence[str] = (),
    left_out: Sequence[str] = (),
) -> Conclusion:
    """Write the folder and the step summary of a job, and return what it ends with."""
    prefix = project_prefix(root)
    result = _result(command, reports, run, prefix, left_out)
    annotations = in_repository([a for each in reports for a in each.annotations], prefix)
    folder.clear()
    for each in reports:
        if each.plan_file:
            folder.write(f"{each.name}/plan.json", each.plan_file)
        if each.report is not None:
            folder.write(f"{each.name}/{command}.html", render_page(each.report))
    folder.write_annotations(annotations, f"cioform ci {command}")
    folder.write(COMMENT_FILE, _comment(command, reports, notes, MAX_COMMENT_LENGTH - _RESERVED))
    folder.write_result(result)
    if file := environment.get("GITHUB_STEP_SUMMARY"):
        summary = _comment(command, reports, notes, _SUMMARY_BYTES // 3)
        append_text(Path(file), f"{summary}\n")
    return Conclusion(result, annotations)


def _result(
    command: Command,
    reports: Sequence[WorkspaceReport],
    run: CiRun,
    prefix: str,
    left_out: Sequence[str],
) -> CiResult:
    workspaces = tuple(
        each.result.model_copy(update={"files": _prefixed(each.result.files, prefix)})
        for each in reports
    )
    return CiResult(
        command=command,
        project=prefix.rstrip("/"),
        repository=run.repository,
        head=run.head,
        base=run.base,
        target_branch=run.target_branch,
        pull_request=run.pull_request,
        run_id=run.run_id,
        url=run.url,
        exit_code=worst_exit_code(each.exit_code for each in workspaces),
        workspaces=workspaces,
        left_out=tuple(left_out),
    )


def _prefixed(files: Mapping[str, Sequence[str]], prefix: str) -> dict[str, tuple[str, ...]]:
    return {address: tuple(prefix + file for file in paths) for address, paths in files.items()}


def _comment(
    command: Command, reports: Sequence[WorkspaceReport], notes: Sequence[str], limit: int
) -> str:
    title = f"{command.capitalize()}: {pluralize(len(reports), 'workspace', 'workspaces')}"
    summaries = [_summary(each) for each in reports]
    return render_comment(title, summaries, notes, limit=limit, hint=_HINT)


def _summary(each: WorkspaceReport) -> CiWorkspaceSummary:
    result = each.result
    text = ". ".join(part.rstrip(".") for part in (result.summary, result.verdict) if part)
    return CiWorkspaceSummary(
        result.name, result.exit_code, f"{text}.", result.digest, each.report,
        () if each.report is not None else each.problems, each.notes,
        "" if each.report is not None or each.problems else each.text,
    )  # fmt: skip
