"""What commands for many workspaces print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from textwrap import indent
from typing import Final

from cioform.cli.output import format_table, stderr_styler, stdout_styler
from cioform.cli.planning_options import ChangeDisplayOptions
from cioform.cli.report_format import JSON, MARKDOWN, TEXT, ReportOptions, write_page
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import UsageError
from cioform.core.exit_codes import worst_exit_code
from cioform.core.quantities import pluralize
from cioform.report.diagnostics import render_diagnostics
from cioform.report.fleet.combined import (
    MAX_COMMANDS,
    combined_report,
    digest_of_results,
    suggested_commands,
)
from cioform.report.fleet.document import Origin, Reported, result_json
from cioform.report.fleet.result import WorkspaceResult, headline
from cioform.report.json_output import FORMAT
from cioform.report.plan.markdown import render_markdown
from cioform.report.styling import Styler, Tone
from cioform.services.kinds import known_kinds

FLEET_FORMATS: Final = (TEXT, JSON, MARKDOWN)
"""The formats in which many workspaces are reported."""


def fleet_format(answer: ReportOptions, command: str) -> str:
    """Return the format of the answer on stdout.

    Raises UsageError for a format that only one workspace can be written in.
    """
    chosen = answer.chosen(command)
    if chosen not in FLEET_FORMATS:
        raise UsageError.of(
            "Format of one workspace",
            f"`{chosen}` is written for one workspace. For many, use one of "
            f"{', '.join(FLEET_FORMATS)}, or --html.",
        )
    return chosen


def print_results(
    reported: Sequence[Reported],
    report: str,
    origin: Origin,
    chosen: str,
    answer: ReportOptions,
    display: ChangeDisplayOptions,
    *,
    color: bool,
) -> None:
    """Print the results of many workspaces as one report, and write the page if one is wanted."""
    results = [each.result for each in reported]
    if answer.html is not None:
        page = combined_report(reported, report, display.page_display, known_kinds())
        write_page(answer.html, page, stderr_styler(color))
    if chosen == MARKDOWN:
        shown = combined_report(reported, report, display.display, known_kinds())
        write_stdout(render_markdown(shown))
    elif chosen == JSON:
        print_documents(json_header(report, origin, None, results), map(result_json, reported))
    else:
        print_summary(results, report, color=color)


def print_summary(
    results: Sequence[WorkspaceResult], report: str, *, color: bool, shard: str | None = None
) -> None:
    """Print the table of all workspaces on stdout, and what went wrong on stderr."""
    style = stdout_styler(color)
    if not results:
        where = f" in part {shard}" if shard else ""
        write_stdout(f"There is no workspace{where}.\n")
        return
    write_stdout("\n".join(_summary_lines(results, report, style)) + "\n")
    unseen = [each for each in results if not each.was_looked_at]
    if unseen:
        number = pluralize(len(unseen), "workspace was", "workspaces were")
        write_stderr(f"\n{number} not looked at:\n\n")
    print_problems([(e.workspace, problem) for e in unseen for problem in e.problems], color=color)


def print_problems(problems: Iterable[tuple[str, Diagnostic]], *, color: bool) -> None:
    """Print problems on stderr, each after the name of its workspace."""
    named = [
        replace(problem, summary=f"{workspace}: {problem.summary}")
        for workspace, problem in problems
    ]
    write_stderr(render_diagnostics(named, stderr_styler(color)))


def print_documents(header: dict[str, object], documents: Iterable[str]) -> None:
    """Print one JSON document that lists those of the workspaces, one after the other."""
    content = {"format": FORMAT, **header}
    write_stdout(json.dumps(content, indent=2, ensure_ascii=False)[:-2] + ',\n  "workspaces": [')
    for number, document in enumerate(documents):
        write_stdout((",\n" if number else "\n") + indent(document.rstrip("\n"), "    "))
    write_stdout("\n  ]\n}\n")


def json_header(
    report: str, origin: Origin, shard: str | None, results: Sequence[WorkspaceResult]
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


def _summary_lines(results: Sequence[WorkspaceResult], report: str, style: Styler) -> Iterable[str]:
    yield style(headline(results, report), Tone.BOLD)
    digest = digest_of_results(results)
    if digest is not None:
        yield style(f"  digest {digest}", Tone.DIM)
    yield ""
    yield from format_table([("WORKSPACE", "ID", "RESULT", "EXIT"), *map(_row, results)]).split(
        "\n"
    )[:-1]
    commands = suggested_commands(results, report)
    if commands:
        yield ""
        yield "Next:"
        yield from (f"    {command}" for command in commands[:MAX_COMMANDS])
        if (more := len(commands) - MAX_COMMANDS) > 0:
            yield f"    and {more:,} more"


def _row(each: WorkspaceResult) -> tuple[str, ...]:
    number = "-" if each.workspace_id is None else str(each.workspace_id)
    summary = f": {each.problems[0].summary}" if each.problems else ""
    return each.workspace, number, f"{each.note}{summary}", str(each.exit_code)
