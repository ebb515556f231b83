"""`cioform apply`: carry out a plan."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from cioform.cli.applying import (
    AllowOlderOption,
    ApplyOutput,
    AutoApproveOption,
    OnErrorOption,
    ReviewedOption,
    print_outcome,
    show_and_confirm,
)
from cioform.cli.fleet.options import RolloutOptions
from cioform.cli.output import stderr_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import (
    ChangeDisplayOptions,
    ConnectionOptions,
    GuardOptions,
    PlanningOptions,
)
from cioform.cli.streams import output_may_be_lost
from cioform.cli.terminal.progress import Progress
from cioform.core.address import Address
from cioform.core.diagnostic import IN_USE, STARTED_SINCE
from cioform.core.errors import UsageError
from cioform.core.exit_codes import REFUSED
from cioform.core.lazy_modules import lazy_module
from cioform.plan.plan import Plan
from cioform.plan.review.reviewed import Review, reviewed_part
from cioform.report.plan.exit_code import apply_exit_code
from cioform.report.plan.parts.plan_options import repeated_options
from cioform.run.events import ChangeStatus, Outcome
from cioform.storage.user_files import read_text

if TYPE_CHECKING:
    from cioform.cli.fleet import runs
    from cioform.services.workspace import Workspace
else:
    # One workspace need not wait for what many need.
    runs = lazy_module("cioform.cli.fleet.runs")

_PlanFileArgument: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="PLANFILE", help="Reviewed plan from `plan --out`.", show_default=False),
]
_ReviewedListOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--reviewed-list",
        metavar="PLANFILE",
        help="With --reviewed: the reviewed plan, or with --all the folder of the reviewed plans. "
        "Apply the changes that are still the same, and skip the others.",
        show_default=False,
    ),
]
_CheckFilesOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        help="With a PLANFILE: refuse it unless it writes what the files say.",
    ),
]

_ALLOW_LIVE: Final = " --allow-live"


@output_may_be_lost()
def apply(
    workspace: options.WorkspaceOrAllArgument = None,
    planfile: _PlanFileArgument = None,
    auto_approve: AutoApproveOption = False,
    *,
    fleet: RolloutOptions,
    guards: GuardOptions,
    reviewed: ReviewedOption = None,
    reviewed_list: _ReviewedListOption = None,
    on_error: OnErrorOption = "stop",
    check_files: _CheckFilesOption = True,
    planning: PlanningOptions,
    lock_timeout: options.LockTimeoutOption = None,
    allow_older: AllowOlderOption = False,
    as_json: options.JsonOption = False,
    display: ChangeDisplayOptions,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Change the workspace to match the files.

    Without a PLANFILE, cioform makes a plan, shows it and asks for confirmation. With a PLANFILE,
    it applies exactly that plan, and refuses it if the workspace has changed since. With
    --reviewed, it makes a new plan and applies it if it does exactly what was reviewed. With --all,
    it applies the reviewed plans of many workspaces in the order of workspaces/_rings.yaml.

    Examples:
        cioform apply acme
        cioform plan acme --out acme.plan.json && cioform apply acme acme.plan.json
        cioform apply acme --auto-approve --allow-live
        cioform apply acme --reviewed "$DIGEST" --allow-live
        cioform apply --all --reviewed "$DIGEST" --reviewed-list plans
    """
    fleet.check(workspace)
    if workspace is None:
        _check_all_options(auto_approve)
        return runs.Rollout(
            runs.ReviewedPlans(reviewed, reviewed_list), fleet, guards, planning, connection,
            on_error == "continue", allow_older, lock_timeout, as_json, not no_color,
        ).run()  # fmt: skip
    output = ApplyOutput(as_json, not no_color, display.display)
    asks = _is_asked(planfile, reviewed, reviewed_list, planning, auto_approve)
    saved, listed = _read_files(workspace, planfile, reviewed_list)
    progress = Progress(stderr_styler(output.color))
    with connection.open(workspace, progress, lock_timeout) as opened, opened.notify_refusals():
        allowed = guards.guards(opened)
        plan = saved or _new_plan(opened, planning, reviewed, listed, progress)
        if saved is None and not show_and_confirm(plan, allowed, asks, output):
            return REFUSED
        # A plan file without changes is checked too, and a run that did not end is resolved.
        outcome = None
        if saved is not None or plan.changes or opened.has_unfinished_work:
            with progress.ended():
                outcome = opened.apply(
                    plan, allowed, keep_going=on_error == "continue", check_files=check_files,
                    allow_older=allow_older, saved=planning.decisions if saved or asks else None,
                )  # fmt: skip
    next_ = _next_commands(plan, planfile, outcome, guards.flags)
    print_outcome(plan, outcome, output, next_, connection.to_repeat, is_shown=saved is None)
    return apply_exit_code(plan, outcome)


def _read_files(
    workspace: str, planfile: Path | None, reviewed_list: Path | None
) -> tuple[Plan | None, str | None]:
    """Return the saved plan, and the text of the reviewed one, where a file is named."""
    saved = opening.read_plan(planfile, workspace) if planfile else None
    return saved, read_text(reviewed_list) if reviewed_list else None


def _new_plan(
    opened: Workspace,
    planning: PlanningOptions,
    reviewed: str | None,
    listed: str | None,
    progress: Progress,
) -> Plan:
    """Return a new plan; what was reviewed of it, if a digest is given."""
    plan = opened.plan(*planning.wanted)
    progress.end()
    if not reviewed:
        return plan
    return reviewed_part(plan, Review.parse(reviewed, listed, opened.workspace_id))


def _next_commands(
    plan: Plan, planfile: Path | None, outcome: Outcome | None, flags: str
) -> tuple[str, ...]:
    """Return the command that continues after an incomplete run.

    What is in use would be refused again, so the command leaves it out.
    """
    if outcome is None or outcome.complete:
        return ()
    if _with_summary(STARTED_SINCE, outcome) and _ALLOW_LIVE not in flags:
        flags += _ALLOW_LIVE
    in_use = _with_summary(IN_USE, outcome)
    if in_use:
        return (_command_without(in_use, plan, outcome, flags),)
    can_reuse = planfile is not None and outcome.is_untouched
    same_plan = f" {shlex.quote(str(planfile))}" if can_reuse else repeated_options(plan)
    return (f"{plan.header.apply_command}{same_plan}{flags}",)


def _with_summary(summary: str, outcome: Outcome) -> set[Address]:
    """Return the addresses of the changes that ended with a problem."""
    return {
        result.address
        for result in outcome.results
        if any(each.summary == summary for each in result.diagnostics)
    }


def _command_without(in_use: Collection[Address], plan: Plan, outcome: Outcome, flags: str) -> str:
    """Return the command for what is left to apply, or a plan if nothing is."""
    undone = (each.address for each in outcome.results if each.status is not ChangeStatus.DONE)
    if all(address in in_use for address in undone):
        return f"cioform plan {plan.header.workspace}"
    excluded = "".join(f" --exclude {address}" for address in sorted(in_use))
    return f"{plan.header.apply_command}{repeated_options(plan)}{excluded}{flags}"


def _check_all_options(auto_approve: bool) -> None:
    """Raise UsageError for what cannot be applied to many workspaces."""
    if auto_approve:
        raise UsageError.of(
            "Mutually exclusive options",
            "With --all, apply takes only what was reviewed, and --auto-approve is not allowed. "
            "Pass --reviewed and --reviewed-list.",
        )


def _is_asked(
    planfile: Path | None,
    reviewed: str | None,
    reviewed_list: Path | None,
    planning: PlanningOptions,
    auto_approve: bool,
) -> bool:
    """Return whether the user has to confirm. Raises UsageError for options that do not agree."""
    if planfile is not None and reviewed is not None:
        raise UsageError.of(
            "Mutually exclusive options",
            "Use either a plan file or --reviewed. To apply those changes of a plan file that are "
            "still the same, pass it with --reviewed-list.",
        )
    if reviewed_list is not None and reviewed is None:
        raise UsageError.of(
            "Missing option", "--reviewed-list needs --reviewed with the digest of that plan."
        )
    if planfile is not None and planning.are_fixed:
        raise UsageError.of(
            "Options not allowed with a plan file",
            "--target, --exclude, --on-drift stop and --on-drift keep were fixed when "
            f"{planfile} was made. Leave them out, or make a new plan with them.",
        )
    return planfile is None and reviewed is None and not auto_approve
