"""`cioform apply`: carry out a plan."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cioform.cli import options
from cioform.cli.confirm import confirm, is_interactive
from cioform.cli.exit_codes import INCOMPLETE, REFUSED
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.streams import output_may_be_lost, write_stderr, write_stdout
from cioform.cli.suggested_commands import complete_commands, options_to_repeat
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.model.remote_access.limits import Guards
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.plan.reviewed import Review, reviewed_part
from cioform.report.json_output import outcome_json
from cioform.report.plan.fields import DisplayOptions
from cioform.report.plan.outcome import view_outcome
from cioform.report.plan.text import render_outcome, render_plan
from cioform.report.plan.view import repeated_options, view_plan
from cioform.run.events import Outcome
from cioform.storage.user_files import read_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace


_PlanFileArgument: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="PLANFILE", help="Reviewed plan from `plan --out`.", show_default=False),
]
_AutoApproveOption: TypeAlias = Annotated[
    bool,
    typer.Option("--auto-approve", help="Skip the confirmation prompt.", show_default=False),
]
_AllowOlderOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-older",
        help="With a shared state: apply files older than those that were applied last.",
        show_default=False,
    ),
]
_OnErrorOption: TypeAlias = Annotated[
    Literal["stop", "continue"],
    typer.Option(help="After an error: stop, or continue with independent changes."),
]


_ReviewedOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--reviewed",
        metavar="DIGEST",
        help="Apply without asking, but only if a new plan has this digest, which `plan` prints.",
        show_default=False,
    ),
]
_ReviewedListOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--reviewed-list",
        metavar="PLANFILE",
        help="With --reviewed: the reviewed plan. Apply the changes that are still the same, and "
        "leave the others.",
        show_default=False,
    ),
]
_CheckFilesOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        help="With a PLANFILE: refuse it unless it writes what the files say.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Output:
    """How the plan and the outcome are printed."""

    as_json: bool
    color: bool
    display: DisplayOptions


@output_may_be_lost()
def apply(
    workspace: options.WorkspaceArgument,
    planfile: _PlanFileArgument = None,
    auto_approve: _AutoApproveOption = False,
    allow_delete: options.AllowDeleteOption = False,
    allow_live: options.AllowLiveOption = False,
    allow_replace: options.AllowReplaceOption = False,
    reviewed: _ReviewedOption = None,
    reviewed_list: _ReviewedListOption = None,
    on_error: _OnErrorOption = "stop",
    check_files: _CheckFilesOption = True,
    target: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    prefer: options.PreferOption = None,
    on_drift: options.OnDriftOption = None,
    lock_timeout: options.LockTimeoutOption = None,
    allow_older: _AllowOlderOption = False,
    settings_from: options.SettingsFromOption = None,
    allow_new_workspace: options.AllowNewWorkspaceOption = False,
    as_json: options.JsonOption = False,
    context: options.ContextOption = 1,
    full: options.FullOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Change the workspace to match the files.

    Without a PLANFILE, cioform makes a plan, shows it and asks for confirmation. With a PLANFILE,
    it applies exactly that plan, and refuses it if the workspace has changed since. With
    --reviewed, it makes a new plan and applies it if it does exactly what was reviewed.

    Examples:
        cioform apply acme
        cioform plan acme --out acme.plan.json && cioform apply acme acme.plan.json
        cioform apply acme --auto-approve --allow-live
        cioform apply acme --reviewed "$DIGEST" --allow-live
    """
    output = _Output(as_json, not no_color, options.build_display(context, full))
    asks = planfile is None and reviewed is None and not auto_approve
    _check_review_options(planfile, reviewed, reviewed_list)
    _check_options(workspace, planfile, bool(target or exclude or prefer or on_drift), asks)
    saved = options.read_plan(planfile, workspace) if planfile else None
    listed = read_text(reviewed_list) if reviewed_list else None
    progress = Progress(stderr_styler(output.color))
    with options.open_workspace(
        project,
        workspace,
        api,
        progress,
        lock_timeout=lock_timeout,
        settings_from=settings_from,
        allow_new_workspace=allow_new_workspace,
    ) as opened:
        allowed = options.Allowed(delete=allow_delete, live=allow_live, replace=allow_replace)
        guards = allowed.guards(opened)
        if saved is not None:
            plan = saved
        else:
            review = Review.parse(reviewed, listed, opened.workspace_id) if reviewed else None
            plan = opened.plan(
                options.build_scope(target, exclude),
                options.parse_prefer(prefer),
                options.parse_on_drift(on_drift),
            )
            progress.end()
            plan = reviewed_part(plan, review) if review else plan
            if not _show_and_confirm(workspace, plan, guards, asks, output):
                return REFUSED
        # A plan file without changes is checked too: it may be stale or of another workspace.
        # A run that did not end is settled, too.
        is_needed = saved is not None or bool(plan.changes) or opened.has_unfinished_runs
        keep_going = on_error == "continue"
        outcome = (
            _run_apply(opened, plan, guards, keep_going, check_files, allow_older, progress)
            if is_needed
            else None
        )
    can_reuse = planfile is not None and outcome is not None and outcome.is_untouched
    same_plan = f" {shlex.quote(str(planfile))}" if can_reuse else repeated_options(plan)
    again = same_plan + allowed.flags
    repeated = options_to_repeat(project, api, settings_from)
    _print_outcome(workspace, plan, outcome, output, again, repeated)
    complete = outcome is None or outcome.complete
    return 0 if complete and not plan.leaves_config else INCOMPLETE


def _show_and_confirm(
    workspace: str, plan: Plan, guards: Guards, asks: bool, output: _Output
) -> bool:
    """Print the plan and return whether to continue.

    Nothing is asked about a plan without changes, nor about one that apply refuses anyway.
    """
    violations = find_guard_violations(plan, guards)
    # No next commands: the next step is this very command.
    view = replace(view_plan(plan, violations, output.display), next_commands=())
    if not output.as_json:
        write_stdout(render_plan(view, stdout_styler(output.color)))
    elif asks:  # stdout is for the answer only, but the plan must be seen before it is confirmed
        write_stderr(render_plan(view, stderr_styler(output.color)))
    if not asks or not plan.visible_changes or violations:
        return True
    return confirm(f"\nApply this to {workspace}?", False, declined="Nothing was changed.")


def _run_apply(
    opened: Workspace,
    plan: Plan,
    guards: Guards,
    keep_going: bool,
    check_files: bool,
    allow_older: bool,
    progress: Progress,
) -> Outcome:
    try:
        return opened.apply(
            plan,
            guards,
            keep_going=keep_going,
            check_files=check_files,
            allow_older=allow_older,
        )
    finally:
        progress.end()


def _print_outcome(
    workspace: str,
    plan: Plan,
    outcome: Outcome | None,
    output: _Output,
    again: str,
    connection: dict[str, str],
) -> None:
    """Print how the run ended. `again` are the options of the command that goes on."""
    if output.as_json:
        write_stdout(outcome_json(workspace, outcome or Outcome("", ())))
    elif outcome is not None and plan.visible_changes:
        view = view_outcome(workspace, outcome, again)
        commands = complete_commands(view.next_commands, connection)
        text = render_outcome(replace(view, next_commands=commands), stdout_styler(output.color))
        write_stdout(f"\n{text}")


def _check_review_options(
    planfile: Path | None, reviewed: str | None, reviewed_list: Path | None
) -> None:
    if planfile is not None and reviewed is not None:
        raise UsageError.of(
            "Mutually exclusive options",
            "Use either a plan file or --reviewed. To apply what is still the same of a plan file, "
            "pass it with --reviewed-list.",
        )
    if reviewed_list is not None and reviewed is None:
        raise UsageError.of(
            "Missing option", "--reviewed-list needs --reviewed with the digest of that plan."
        )


def _check_options(
    workspace: str, planfile: Path | None, has_scope_options: bool, asks: bool
) -> None:
    if planfile is not None and has_scope_options:
        raise UsageError.of(
            "Options not allowed with a plan file",
            f"--target, --exclude, --prefer and --on-drift were fixed when {planfile} was made. "
            "Leave them out, or make a new plan with them.",
        )
    if asks and not is_interactive():
        raise UsageError.of(
            "Confirmation required",
            "stdin is not a terminal, so cioform cannot ask for confirmation. Apply a reviewed "
            "plan file, or pass --auto-approve to apply without asking:\n\n"
            f"    cioform apply {workspace} --auto-approve",
        )
