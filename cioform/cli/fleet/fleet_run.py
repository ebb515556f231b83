"""Run a task for many workspaces with one command, and report the results."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from cioform.cli.fleet.options import FleetOptions
from cioform.cli.fleet.output import FleetOutput
from cioform.cli.interpreter import FLEET_SWITCH_INTERVAL, switch_interval
from cioform.cli.output import stderr_styler
from cioform.cli.parameters import opening
from cioform.cli.parameters.planning_options import ChangeDisplayOptions, ConnectionOptions
from cioform.cli.parameters.report_format import TEXT, ReportOptions
from cioform.cli.streams import write_stderr
from cioform.cli.terminal.fleet_progress import FleetProgress
from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import CioformError, UsageError
from cioform.core.exit_codes import worst_exit_code
from cioform.report.fleet.annotations import failure_annotations
from cioform.report.fleet.document import FilesOrigin, Reported
from cioform.report.fleet.result import WorkspaceResult, not_looked_at
from cioform.report.styling import Tone
from cioform.services.fleet.origin import origin_of
from cioform.services.fleet.parallel import MAX_PARALLEL, run_for_workspaces
from cioform.services.fleet.results import ResultFolder, check_folder
from cioform.services.fleet.selection import list_workspaces, select_workspaces
from cioform.services.fleet.shards import in_shard, parse_shard
from cioform.services.workspace import Workspace


class FleetTask(Protocol):
    """The work for each workspace."""

    @property
    def report(self) -> str:
        """`plan` or `drift`."""

    def run(self, opened: Workspace, origin: FilesOrigin) -> Reported:
        """Return the result of a workspace, with its report."""


@dataclass
class _ReportedTask:
    """Runs a task, and writes each result as soon as it is known."""

    task: FleetTask
    origin: FilesOrigin
    folder: ResultFolder | None
    progress: FleetProgress

    def run(self, opened: Workspace) -> WorkspaceResult:
        """Return the result of a workspace."""
        return self._finish(self.task.run(opened, self.origin))

    def failed(self, name: str, error: CioformError) -> WorkspaceResult:
        """Return the result of a workspace that could not be read."""
        result = not_looked_at(name, error.diagnostics, error.exit_code)
        annotations = tuple(failure_annotations(name, error.diagnostics))
        report = self.task.report
        return self._finish(Reported(report, result, self.origin, annotations=annotations))

    def _finish(self, reported: Reported) -> WorkspaceResult:
        if self.folder is not None:
            self.folder.write(reported)
        self.progress.finish(reported.result)
        return reported.result


@dataclass
class FleetRun:
    """One task for many workspaces."""

    task: FleetTask
    fleet: FleetOptions
    output_options: ReportOptions
    display: ChangeDisplayOptions
    connection: ConnectionOptions
    color: bool
    root: Path = field(init=False)
    origin: FilesOrigin = field(init=False)

    def run(self) -> int:
        """Run the task, report, and return the exit code."""
        output = FleetOutput(
            self.task.report,
            self.output_options.chosen(self.task.report),
            self.output_options.html,
            self.display,
            self.connection.to_repeat,
            self.color,
        )
        check_folder(self.fleet.reports, self.fleet.resume)
        self.root = opening.find_project_root(self.connection.project)
        self.origin = origin_of(self.root, os.environ)
        names, shard = self._names()
        with ExitStack() as stack:
            folder = self._folder(output, stack)
            results = self._run_all(names, folder)
            if folder is None:
                output.print_summary(results, shard)
            else:
                output.print_written(results, folder, shard)
        return worst_exit_code(result.exit_code for result in results)

    def _names(self) -> tuple[list[str], str | None]:
        """Return the names of the workspaces, and their shard."""
        every = list_workspaces(self.root, (), os.environ)
        chosen = select_workspaces(every, self.fleet.only or ())
        if not every:
            raise UsageError.of("No workspace", "This project has no workspace yet.")
        if self.fleet.shard is None:
            return [each.name for each in chosen], None
        shard = parse_shard(self.fleet.shard, os.environ)
        return [each.name for each in in_shard(chosen, shard, every)], str(shard)

    def _folder(self, output: FleetOutput, stack: ExitStack) -> ResultFolder | None:
        """Return where the results are written; None if the summary is all that is wanted."""
        path = self.fleet.reports
        if path is None:
            if output.chosen == TEXT and output.html is None:
                return None
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cioform-")))
        folder = ResultFolder(path, self.task.report, self.origin)
        folder.create()
        return folder

    def _run_all(self, names: Sequence[str], folder: ResultFolder | None) -> list[WorkspaceResult]:
        kept = dict(self._kept(names, folder))
        waiting = [name for name in names if name not in kept]
        limit = self.fleet.parallel or MAX_PARALLEL
        progress = FleetProgress(len(waiting), limit, stderr_styler(self.color))
        task = _ReportedTask(self.task, self.origin, folder, progress)
        with switch_interval(FLEET_SWITCH_INTERVAL), progress.ended():
            found = run_for_workspaces(
                self.root, waiting, task, self.connection.open_options, progress.listener_of, limit
            )
        results = kept | {result.workspace: result for result in found}
        return [results[name] for name in names]

    def _kept(
        self, names: Sequence[str], folder: ResultFolder | None
    ) -> Iterator[tuple[str, WorkspaceResult]]:
        """Yield the results of an earlier call that `--resume` keeps."""
        if not self.fleet.resume or folder is None:
            return
        style = stderr_styler(self.color)
        for name in names:
            earlier = folder.final_result(name)
            if earlier is not None:
                write_stderr(style(f"{name} is kept: {earlier.result.text}", Tone.DIM) + "\n")
                yield name, earlier.result
