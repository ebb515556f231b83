"""The output of commands for many workspaces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import indent

from cioform.cli.command_list.suggested_commands import complete_commands, complete_text
from cioform.cli.output import format_table, stderr_styler, stdout_styler
from cioform.cli.parameters.planning_options import ChangeDisplayOptions
from cioform.cli.parameters.report_format import JSON, MARKDOWN, TEXT, write_page
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.exit_codes import worst_exit_code
from cioform.core.text.quantities import pluralize
from cioform.report.annotations.formats import FORMATS
from cioform.report.diagnostics import render_diagnostics
from cioform.report.fleet.annotations import combined_annotations
from cioform.report.fleet.combined import (
    MAX_COMMANDS,
    combined_report,
    digest_of_results,
    suggested_commands,
)
from cioform.report.fleet.document import FilesOrigin, Reported, decode_results, result_json
from cioform.report.fleet.result import WorkspaceResult, headline
from cioform.report.json_output import FORMAT
from cioform.report.plan.comments.markdown import render_markdown
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.report import Report
from cioform.report.styling import Tone
from cioform.services.fleet.results import ResultFolder
from cioform.services.kinds import known_kinds


@dataclass(frozen=True)
class FleetOutput:
    """How the results of many workspaces are printed."""

    report: str
    """`plan` or `drift`."""
    chosen: str
    """The format on stdout."""
    html: Path | None
    """The page to write as well."""
    display: ChangeDisplayOptions
    repeated: Mapping[str, str]
    """The options that suggested commands need too."""
    color: bool

    def print_written(
        self, results: Sequence[WorkspaceResult], folder: ResultFolder, shard: str | None
    ) -> None:
        """Print results that were written to a folder.

        Text needs only the summary; other formats, and a page, load every result.
        """
        names = [each.workspace for each in results]
        if self.html is None and self.chosen == TEXT:
            self.print_summary(results, shard)
        elif self.html is None and self.chosen == JSON:
            header = _json_header(self.report, folder.origin, shard, results)
            _print_documents(header, map(folder.read, names))
        else:
            reported = [each for name in names for each in decode_results(folder.read(name), name)]
            self.print_results(reported, folder.origin, shard)

    def print_results(
        self, reported: Sequence[Reported], origin: FilesOrigin, shard: str | None = None
    ) -> None:
        """Print the results as one report, and write the page if one is wanted."""
        results = [each.result for each in reported]
        if self.html is not None:
            page = self._combined(reported, self.display.page_display)
            write_page(self.html, page, stderr_styler(self.color))
        if self.chosen == TEXT:
            self.print_summary(results, shard)
        elif self.chosen == JSON:
            header = _json_header(self.report, origin, shard, results)
            _print_documents(header, map(result_json, reported))
        elif self.chosen == MARKDOWN:
            write_stdout(render_markdown(self._combined(reported, self.display.display)))
        else:
            annotations = combined_annotations(reported)
            write_stdout(FORMATS[self.chosen](annotations, f"cioform {self.report}"))

    def print_summary(self, results: Sequence[WorkspaceResult], shard: str | None = None) -> None:
        """Print the table of all workspaces on stdout, and what went wrong on stderr."""
        if not results:
            where = f" in part {shard}" if shard else ""
            write_stdout(f"No workspaces{where}.\n")
            return
        write_stdout("\n".join(self._summary_lines(results)) + "\n")
        not_looked_at = [each for each in results if not each.was_looked_at]
        if not_looked_at:
            number = pluralize(len(not_looked_at), "workspace was", "workspaces were")
            write_stderr(f"\n{number} not looked at:\n\n")
        problems = [
            (each.workspace, problem) for each in not_looked_at for problem in each.problems
        ]
        print_problems(problems, self.repeated, color=self.color)

    def _combined(self, reported: Sequence[Reported], display: DisplayOptions) -> Report:
        found = combined_report(reported, self.report, display, known_kinds())
        return replace(found, next_commands=complete_commands(found.next_commands, self.repeated))

    def _summary_lines(self, results: Sequence[WorkspaceResult]) -> Iterable[str]:
        style = stdout_styler(self.color)
        yield style(headline(results, self.report), Tone.BOLD)
        digest = digest_of_results(results)
        if digest is not None:
            yield style(f"  digest {digest}", Tone.DIM)
        yield ""
        head = ("WORKSPACE", "ID", "RESULT", "EXIT")
        yield format_table([head, *map(_row, results)]).rstrip("\n")
        commands = suggested_commands(results, self.report)
        if commands:
            yield ""
            yield "Next:"
            shown = complete_commands(commands[:MAX_COMMANDS], self.repeated)
            yield from (f"    {command}" for command in shown)
            if (more := len(commands) - MAX_COMMANDS) > 0:
                yield f"    and {more:,} more"


def print_problems(
    problems: Iterable[tuple[str, Diagnostic]], repeated: Mapping[str, str], *, color: bool
) -> None:
    """Print problems on stderr, each after the name of its workspace.

    The commands that they suggest get the options in `repeated`.
    """
    named = [
        replace(
            problem,
            summary=f"{workspace}: {problem.summary}",
            detail=complete_text(problem.detail, repeated),
        )
        for workspace, problem in problems
    ]
    write_stderr(render_diagnostics(named, stderr_styler(color)))


def _print_documents(header: dict[str, object], documents: Iterable[str]) -> None:
    """Print one JSON document that lists those of the workspaces, one after the other."""
    content = {"format": FORMAT, **header}
    write_stdout(json.dumps(content, indent=2, ensure_ascii=False)[:-2] + ',\n  "workspaces": [')
    for number, document in enumerate(documents):
        write_stdout((",\n" if number else "\n") + indent(document.rstrip("\n"), "    "))
    write_stdout("\n  ]\n}\n")


def _json_header(
    report: str, origin: FilesOrigin, shard: str | None, results: Sequence[WorkspaceResult]
) -> dict[str, object]:
    """Return the fields that come before the list of workspaces."""
    return {
        "report": report,
        "commit": origin.commit,
        "run": origin.run,
        "shard": shard,
        "exit_code": worst_exit_code(each.exit_code for each in results),
        "digest": digest_of_results(results),
        "not_looked_at": [each.workspace for each in results if not each.was_looked_at],
    }


def _row(each: WorkspaceResult) -> tuple[str, ...]:
    number = "-" if each.workspace_id is None else str(each.workspace_id)
    summary = f": {each.problems[0].summary}" if each.problems else ""
    return each.workspace, number, f"{each.note}{summary}", str(each.exit_code)
