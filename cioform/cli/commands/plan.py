"""`cioform plan`: what apply would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cioform.cli import options
from cioform.cli.exit_codes import PENDING, REFUSED
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.planning_options import (
    ChangeDisplayOptions,
    ConnectionOptions,
    GuardOptions,
    PlanningOptions,
)
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.suggested_commands import complete_commands
from cioform.cli.terminal.progress import Progress
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import UsageError
from cioform.core.quantities import pluralize
from cioform.plan.guards.guard import GuardViolation, find_guard_violations
from cioform.plan.plan import Plan
from cioform.plan.planfile import encode_plan, is_plan_file
from cioform.report.diagnostics import render_diagnostics
from cioform.report.plan.markdown import render_markdown
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.report.styling import Styler, Tone
from cioform.storage.user_files import write_text

_MAX_WARNINGS = 5
"""How many warnings about texts a plan shows."""


_OutOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the plan to a file for apply.", show_default=False
    ),
]
_MarkdownOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--markdown", help="Print Markdown for a pull request comment.", show_default=False
    ),
]
_ExplainOption: TypeAlias = Annotated[
    bool,
    typer.Option("--explain", help="List the requests that apply would send.", show_default=False),
]
_DetailedExitcodeOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--detailed-exitcode",
        help="Exit with 2 if changes or drift are pending, with 4 if a guard refuses them.",
        show_default=False,
    ),
]


def plan(
    workspace: options.WorkspaceArgument,
    out_file: _OutOption = None,
    as_json: options.JsonOption = False,
    markdown: _MarkdownOption = False,
    explain: _ExplainOption = False,
    detailed_exitcode: _DetailedExitcodeOption = False,
    *,
    guards: GuardOptions,
    planning: PlanningOptions,
    display: ChangeDisplayOptions,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Show what apply would change, without changing anything.

    With --allow-delete, --allow-live or --allow-replace, the guards judge the plan as `apply` with
    these options does. The options are not saved with --out; apply asks for them itself.

    Examples:
        cioform plan acme
        cioform plan acme --out acme.plan.json
        cioform plan acme --target 'snippet.*' --context 3
        cioform plan acme --json | jq .summary
    """
    if as_json and markdown:
        raise UsageError.of("Mutually exclusive options", "Use either --json or --markdown.")
    if out_file is not None:
        _check_replaceable(out_file)
    progress = Progress(stderr_styler(not no_color))
    with connection.open(workspace, progress) as opened:
        warnings: tuple[Diagnostic, ...] = ()
        if as_json or markdown:
            made = opened.plan(*planning.wanted)
        else:
            made, warnings = opened.plan_with_warnings(*planning.wanted)
        violations = find_guard_violations(made, guards.guards(opened))
        every_violation = find_guard_violations(made, opened.guards())
    progress.end()
    if out_file is not None:
        _write_plan(out_file, encode_plan(made), stderr_styler(not no_color))
    if as_json:
        write_stdout(encode_plan(made))
    else:
        file = str(out_file) if out_file else None
        relaxed = [each for each in every_violation if each not in violations]
        view = view_plan(made, violations, display.display, file, explain=explain, allowed=relaxed)
        commands = complete_commands(view.next_commands, connection.to_repeat)
        view = replace(view, next_commands=commands)
        styler = stdout_styler(not no_color)
        write_stdout(render_markdown(view) if markdown else render_plan(view, styler))
        _write_warnings(workspace, warnings, stderr_styler(not no_color))
    return _exit_code(made, violations) if detailed_exitcode else 0


def _write_warnings(workspace: str, warnings: Sequence[Diagnostic], style: Styler) -> None:
    """Write the first warnings about texts, and how to see the others."""
    write_stderr(render_diagnostics(warnings[:_MAX_WARNINGS], style))
    if (more := len(warnings) - _MAX_WARNINGS) > 0:
        number = pluralize(more, "more warning", "more warnings")
        write_stderr(f"\n{number} about the texts of this plan:\n\n    cioform lint {workspace}\n")


def _exit_code(made: Plan, violations: Sequence[GuardViolation]) -> int:
    if violations:
        return REFUSED
    return 0 if made.is_empty else PENDING


def _check_replaceable(file: Path) -> None:
    """Raise UsageError if `file` holds something else than a plan, such as a document."""
    try:
        content = file.read_bytes() if file.is_file() else b""
    except OSError as error:
        raise UsageError.unreadable_file(file, error) from None
    if content and not is_plan_file(content.decode("utf-8", "replace")):
        raise UsageError.of(
            "Not a plan file",
            f"{file} exists and does not hold a plan, so it is not overwritten. Name another file "
            "after --out, or delete it first.",
        )


def _write_plan(file: Path, text: str, style: Styler) -> None:
    write_text(file, text, "Name another file after --out.")
    write_stderr(style(f"Plan written to {file}", Tone.DIM) + "\n")
