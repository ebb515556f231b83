"""`cioform plan`: what would change, and whom it reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cioform.cli import options
from cioform.cli.exit_codes import PENDING
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.plan.guard import find_guard_violations
from cioform.plan.planfile import encode_plan
from cioform.report.plan.markdown import render_markdown
from cioform.report.plan.text import render_plan
from cioform.report.styling import Styler, Tone
from cioform.storage.user_files import write_text


def plan(
    workspace: options.WorkspaceArgument,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the plan for apply.", show_default=False),
    ] = None,
    as_json: options.JsonOption = False,
    markdown: Annotated[
        bool,
        typer.Option(
            "--markdown", help="Print it as a comment on a pull request.", show_default=False
        ),
    ] = False,
    detailed_exitcode: Annotated[
        bool,
        typer.Option(
            "--detailed-exitcode", help="Exit with 2 when something is pending.", show_default=False
        ),
    ] = False,
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    prefer: options.PreferOption = None,
    context: options.ContextOption = 1,
    full: options.FullOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Show what apply would do, and send nothing but reads.

    \b
    Examples:
        cioform plan acme
        cioform plan acme --out acme.plan.json
        cioform plan acme --target 'snippet.*' --context 3
        cioform plan acme --json | jq .summary
    """

    _check_output_options(as_json, markdown)
    progress = Progress(stderr_styler(not no_color))
    with options.open_workspace(project, workspace, api, progress) as opened:
        made = opened.plan(options.build_scope(target, exclude), options.parse_prefer(prefer))
        refused = find_guard_violations(made, opened.guards())
    progress.end()
    file = str(out_file) if out_file else None
    if out_file is not None:
        _write_plan(out_file, encode_plan(made), stderr_styler(not no_color))
    detail = options.build_detail(context, full)
    if as_json:
        write_stdout(encode_plan(made))
    elif markdown:
        write_stdout(render_markdown(made, refused, detail, file))
    else:
        write_stdout(render_plan(made, refused, detail, stdout_styler(not no_color), file))
    return PENDING if detailed_exitcode and not made.is_empty else 0


def _check_output_options(as_json: bool, markdown: bool) -> None:

    if as_json and markdown:
        raise UsageError.of(
            "Options that exclude each other", "Choose one of --json and --markdown."
        )


def _write_plan(file: Path, text: str, ink: Styler) -> None:

    write_text(file, text, "Name another file after --out.")
    write_stderr(ink(f"plan written to {file}", Tone.DIM) + "\n")
