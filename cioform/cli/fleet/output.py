"""What commands for many workspaces print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from textwrap import indent

from cioform.cli.output import format_table, stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.diagnostic import Diagnostic
from cioform.core.quantities import pluralize
from cioform.plan.digest import digest_of_plans
from cioform.report.diagnostics import render_diagnostics
from cioform.report.fleet.document import Origin
from cioform.report.fleet.result import WorkspaceResult, headline
from cioform.report.json_output import FORMAT
from cioform.report.styling import Styler, Tone

_MAX_COMMANDS = 10
"""How many commands are suggested."""


def digest_of_results(results: Iterable[WorkspaceResult]) -> str | None:
    """Return the digest of all plans; None if there is none."""
    digests = {each.workspace: each.digest for each in results if each.digest is not None}
    return digest_of_plans(digests) if digests else None


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
    problems = [_named(problem, each.workspace) for each in unseen for problem in each.problems]
    if problems:
        number = pluralize(len(unseen), "workspace was", "workspaces were")
        write_stderr(f"\n{number} not looked at:\n\n")
        write_stderr(render_diagnostics(problems, stderr_styler(color)))


def print_documents(
    header: dict[str, object], documents: Iterable[str], results: Sequence[WorkspaceResult]
) -> None:
    """Print one JSON document that lists those of the workspaces, one after the other."""
    unseen = [each.workspace for each in results if not each.was_looked_at]
    content = {"format": FORMAT, **header, "not_looked_at": unseen}
    write_stdout(json.dumps(content, indent=2, ensure_ascii=False)[:-2] + ',\n  "workspaces": [')
    for number, document in enumerate(documents):
        write_stdout((",\n" if number else "\n") + indent(document.rstrip("\n"), "    "))
    write_stdout("\n  ]\n}\n")


def json_header(
    report: str, origin: Origin, shard: str | None, results: Sequence[WorkspaceResult], code: int
) -> dict[str, object]:
    """Return the fields that come before the list of workspaces."""
    return {
        "report": report,
        "commit": origin.commit,
        "run": origin.run,
        "shard": shard,
        "exit_code": code,
        "digest": digest_of_results(results),
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
    commands = [f"cioform {report} {each.workspace}" for each in results if each.is_pending]
    if commands:
        yield ""
        yield "Next:"
        yield from (f"    {command}" for command in commands[:_MAX_COMMANDS])
        if (more := len(commands) - _MAX_COMMANDS) > 0:
            yield f"    and {more:,} more"


def _row(each: WorkspaceResult) -> tuple[str, ...]:
    number = "-" if each.workspace_id is None else str(each.workspace_id)
    summary = f": {each.problems[0].summary}" if each.problems else ""
    refused = f"; refused by {', '.join(each.refused_by)}" if each.refused_by else ""
    return each.workspace, number, f"{each.text}{summary}{refused}", str(each.exit_code)


def _named(problem: Diagnostic, workspace: str) -> Diagnostic:
    return Diagnostic(f"{workspace}: {problem.summary}", problem.detail, problem.address)
