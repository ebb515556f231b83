"""`cioform apply`: carry out a plan."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli import options
from cioform.cli.applying import (
    ApplyOutput,
    AutoApproveOption,
    OnErrorOption,
    ReviewedOption,
    check_can_ask,
    print_outcome,
    show_and_confirm,
)
from cioform.cli.exit_codes import INCOMPLETE, REFUSED
from cioform.cli.output import stderr_styler
from cioform.cli.streams import output_may_be_lost
from cioform.cli.suggested_commands import options_to_repeat
from cioform.cli.terminal.progress import Progress
from cioform.core.errors import UsageError
from cioform.model.remote_access.limits import Guards
from cioform.plan.plan import Plan
from cioform.plan.reviewed import Review, reviewed_part
from cioform.report.plan.view import repeated_options
from cioform.run.events import Outcome
from cioform.storage.user_files import read_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace


_PlanFileArgument: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="PLANFILE", help="Reviewed plan from `plan --out`.", show_default=False),
]
_AllowOlderOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-older",
        help="With a shared state: apply files older than those that were applied last.",
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


@output_may_be_lost()
def apply(
    workspace: options.WorkspaceArgument,
    planfile: _PlanFileArgument = None,
    auto_approve: AutoApproveOption = False,
    allow_delete: options.AllowDeleteOption = False,
    allow_live: options.AllowLiveOption = False,
    allow_replace: options.AllowReplaceOption = False,
    reviewed: ReviewedOption = None,
    reviewed_list: _ReviewedListOption = None,
    on_error: OnErrorOption = "stop",
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
    output = ApplyOutput(as_json, not no_color, options.build_display(context, full))
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
            if not show_and_confirm(plan, guards, asks, output):
                return REFUSED
        # A plan file without changes is checked too: it may be stale or of another workspace.
        # A run that did not end is settled, too.
        is_needed = saved is not None or bool(plan.changes) or opened.has_unfinished_work
        keep_going = on_error == "continue"
        outcome = (
            _run_apply(opened, plan, guards, keep_going, check_files, allow_older, progress)
            if is_needed
            else None
        )
    can_reuse = planfile is not None and outcome is not None and outcome.is_untouched
    same_plan = f" {shlex.quote(str(planfile))}" if can_reuse else repeated_options(plan)
    next_commands: tuple[str, ...] = ()
    if outcome is not None and not outcome.complete:
        next_commands = (f"{plan.header.apply_command}{same_plan}{allowed.flags}",)
    repeated = options_to_repeat(project, api, settings_from)
    print_outcome(plan, outcome, output, next_commands, repeated)
    complete = outcome is None or outcome.complete
    return 0 if complete and not plan.leaves_config else INCOMPLETE


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
    check_can_ask(asks, f"cioform apply {workspace}")
