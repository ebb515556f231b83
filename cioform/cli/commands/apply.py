"""`cioform apply`: do what the plan says."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cioform.cli import options
from cioform.cli.exit_codes import DECLINED, INCOMPLETE
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.model.limits import Guards
from cioform.plan.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.report.json_output import outcome_json
from cioform.report.plan.fields import DisplayOptions
from cioform.report.plan.outcome import view_outcome
from cioform.report.plan.text import render_outcome, render_view
from cioform.report.plan.view import view_plan
from cioform.run.events import Outcome

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace


def apply(
    workspace: options.WorkspaceArgument,
    planfile: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLANFILE]", help="A plan to carry out as it was reviewed.", show_default=False
        ),
    ] = None,
    auto_approve: Annotated[
        bool, typer.Option("--auto-approve", help="Do not ask.", show_default=False)
    ] = False,
    allow_delete: Annotated[
        bool, typer.Option("--allow-delete", help="Let it delete.", show_default=False)
    ] = False,
    allow_live: Annotated[
        bool,
        typer.Option("--allow-live", help="Let it change what is running.", show_default=False),
    ] = False,
    allow_replace: Annotated[
        bool,
        typer.Option(
            "--allow-replace",
            help="Let it delete and make again what cannot be changed.",
            show_default=False,
        ),
    ] = False,
    on_error: Annotated[
        Literal["stop", "continue"],
        typer.Option(help="After an error: stop, or do what does not depend on it."),
    ] = "stop",
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    prefer: options.PreferOption = None,
    as_json: options.JsonOption = False,
    context: options.ContextOption = 1,
    full: options.FullOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Make the workspace what the files say.

    Without a PLANFILE it plans, shows the plan and asks. With one it does what that plan says,
    and refuses when the workspace has moved on since.

    \b
    Examples:
        cioform apply acme
        cioform plan acme --out acme.plan.json && cioform apply acme acme.plan.json
        cioform apply acme --auto-approve --allow-live
    """

    color = not no_color
    asks = planfile is None and not auto_approve
    _check_options(planfile, bool(target or exclude or prefer), asks)
    reviewed = options.read_plan(planfile) if planfile else None
    progress = Progress(stderr_styler(color))
    with options.open_workspace(project, workspace, api, progress) as opened:
        guards = opened.guards(
            allow_delete=allow_delete, allow_live=allow_live, allow_replace=allow_replace
        )
        if reviewed is None:
            made = opened.plan(options.build_scope(target, exclude), options.parse_prefer(prefer))
            progress.end()
            # With --json only the answer goes to stdout; whoever is asked has to see the plan.
            if asks or not as_json:
                _print_plan(made, guards, options.build_detail(context, full), as_json, color)
            if (
                asks
                and made.visible_changes
                and not _is_refused(made, guards)
                and not _confirm(workspace)
            ):
                write_stderr("Nothing was changed.\n")
                return DECLINED
        else:
            made = reviewed
        # An empty plan file is looked at too: it may be of another workspace, or stale.
        idle = reviewed is None and not made.changes
        outcome = None if idle else _run_apply(opened, made, guards, on_error, progress)
    return _print_outcome(workspace, made, outcome, as_json, color)


def _run_apply(
    opened: Workspace, plan: Plan, guards: Guards, on_error: str, progress: Progress
) -> Outcome:
    """Give the outcome, with the status line taken away."""
    try:
        return opened.apply(plan, guards, keep_going=on_error == "continue")
    finally:
        progress.end()


def _print_outcome(
    workspace: str, plan: Plan, outcome: Outcome | None, as_json: bool, color: bool
) -> int:  # fmt: skip

    if as_json:
        write_stdout(outcome_json(workspace, outcome or Outcome("", ())))
    elif outcome is not None and plan.visible_changes:
        write_stdout("\n" + render_outcome(view_outcome(workspace, outcome), stdout_styler(color)))
    complete = outcome is None or outcome.complete
    return 0 if complete and not plan.blocked else INCOMPLETE


def _print_plan(
    plan: Plan, guards: Guards, detail: DisplayOptions, as_json: bool, color: bool
) -> None:

    # What to run next is this very command.
    view = replace(view_plan(plan, find_guard_violations(plan, guards), detail), next_commands=())
    if as_json:
        write_stderr(render_view(view, stderr_styler(color)))
    else:
        write_stdout(render_view(view, stdout_styler(color)))


def _is_refused(plan: Plan, guards: Guards) -> bool:

    return bool(find_guard_violations(plan, guards))


def _confirm(workspace: str) -> bool:
    write_stderr(f"\nApply this to {workspace}? Only `yes` is taken as consent: ")
    return sys.stdin.readline().strip() == "yes"


def _check_options(
    planfile: Path | None, has_scope_options: bool, needs_confirmation: bool
) -> None:

    if planfile is not None and has_scope_options:
        raise UsageError.of(
            "Options that a plan file decides",
            "--target, --exclude and --prefer were settled when the plan was made. Leave them out, "
            "or make the plan again with them.",
        )
    if needs_confirmation and not sys.stdin.isatty():
        raise UsageError.of(
            "Nobody to ask",
            "There is no terminal to ask for consent. Review a plan and apply that file, or say "
            "beforehand that you agree:\n\n    cioform apply WORKSPACE --auto-approve",
        )
