"""`cioform plan`: what would change, and whom it reaches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cioform.cli import options
from cioform.cli.exit_codes import PENDING
from cioform.cli.output import out, out_ink, tell, tell_ink

if TYPE_CHECKING:
    from cioform.report.styling import Ink


def plan(
    workspace: options.Workspace,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the plan for apply.", show_default=False),
    ] = None,
    as_json: options.Json = False,
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
    target: options.Target = None,
    exclude: options.Exclude = None,
    prefer: options.Side = None,
    context: options.Context = 1,
    full: options.Full = False,
    door: options.Door = None,
    project: options.Project = None,
    no_color: options.NoColour = False,
) -> int:
    """Show what apply would do, and send nothing but reads.

    \b
    Examples:
        cioform plan acme
        cioform plan acme --out acme.plan.json
        cioform plan acme --target 'snippet.*' --context 3
        cioform plan acme --json | jq .summary
    """
    from cioform.cli.terminal.progress import Progress
    from cioform.plan.guard import refusals
    from cioform.plan.planfile import encode_plan
    from cioform.report.plan.markdown import render_markdown
    from cioform.report.plan.text import render_plan

    _one_form(as_json, markdown)
    progress = Progress(tell_ink(not no_color))
    with options.open_session(project, workspace, door, progress) as opened:
        made = opened.plan(options.scope(target, exclude), options.prefer(prefer))
        refused = refusals(made, opened.guards())
    progress.end()
    file = str(out_file) if out_file else None
    if out_file is not None:
        _write(out_file, encode_plan(made), tell_ink(not no_color))
    detail = options.detail(context, full)
    if as_json:
        out(encode_plan(made))
    elif markdown:
        out(render_markdown(made, refused, detail, file))
    else:
        out(render_plan(made, refused, detail, out_ink(not no_color), file))
    return PENDING if detailed_exitcode and not made.is_empty else 0


def _one_form(as_json: bool, markdown: bool) -> None:
    from cioform.core.errors import UsageWrong

    if as_json and markdown:
        raise UsageWrong.of(
            "Options that exclude each other", "Choose one of --json and --markdown."
        )


def _write(file: Path, text: str, ink: Ink) -> None:
    from cioform.report.styling import Tone
    from cioform.storage.user_files import write_text

    write_text(file, text, "Name another file after --out.")
    tell(ink(f"plan written to {file}", Tone.QUIET) + "\n")
