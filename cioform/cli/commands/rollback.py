"""`cioform rollback`: undo a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli.applying import (
    ApplyOutput,
    AutoApproveOption,
    OnErrorOption,
    ReviewedOption,
    print_outcome,
    show_and_confirm,
)
from cioform.cli.command_list.suggested_commands import complete_commands
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.parameters import options
from cioform.cli.parameters.planning_options import (
    ChangeDisplayOptions,
    ConnectionOptions,
    GuardOptions,
)
from cioform.cli.streams import output_may_be_lost, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.core.exit_codes import REFUSED
from cioform.model.settings.limits import Guards
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.plan.review.decisions import Decisions
from cioform.plan.review.planfile import encode_plan
from cioform.plan.review.reviewed import Review, reviewed_part
from cioform.report.plan.exit_code import apply_exit_code
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.run.events import Outcome

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

_RunArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="RUN", help="ID of the run, from `history`.", show_default=False)
]
_DryRunOption: TypeAlias = Annotated[
    bool,
    typer.Option("--dry-run", help="Show the plan without changing anything.", show_default=False),
]


def rollback(
    workspace: options.WorkspaceArgument,
    run_id: _RunArgument,
    dry_run: _DryRunOption = False,
    auto_approve: AutoApproveOption = False,
    reviewed: ReviewedOption = None,
    *,
    guards: GuardOptions,
    on_error: OnErrorOption = "stop",
    lock_timeout: options.LockTimeoutOption = None,
    as_json: options.JsonOption = False,
    display: ChangeDisplayOptions,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Undo a run: restore its objects to what they were before.

    The plan is made from the backups of the run and has the guards of any other plan. Objects that
    have changed since the run are left as they are, and the plan names them. As long as the files
    contain the undone changes, `apply` refuses to make them again.

    Examples:
        cioform rollback acme 20260304T050607Z-1a2b3c --dry-run
        cioform rollback acme 20260304T050607Z-1a2b3c --allow-live
    """
    output = ApplyOutput(as_json, not no_color, display.display)
    asks = not (auto_approve or reviewed or dry_run)
    progress = Progress(stderr_styler(output.color))
    with connection.open(workspace, progress, lock_timeout) as opened:
        allowed = guards.guards(opened)
        review = Review.parse(reviewed, None, opened.workspace_id) if reviewed else None
        made = opened.plan_rollback(run_id)
        progress.end()
        plan = reviewed_part(made.plan, review) if review else made.plan
        if dry_run:
            return _show(plan, allowed, opened.guards(), output, connection.to_repeat)
        with output_may_be_lost():
            if not show_and_confirm(plan, allowed, asks, output):
                return REFUSED
            with progress.ended():
                outcome = opened.roll_back(
                    made, allowed, keep_going=on_error == "continue",
                    saved=Decisions() if asks else None,
                )  # fmt: skip
            commands = _next_commands(opened, plan, outcome, guards.flags)
            print_outcome(plan, outcome, output, commands, connection.to_repeat)
    return apply_exit_code(plan, outcome)


def _show(
    plan: Plan, guards: Guards, own: Guards, output: ApplyOutput, repeated: dict[str, str]
) -> int:
    """Print the plan. `own` are the guards without the options that relax them."""
    if output.as_json:
        write_stdout(encode_plan(plan))
        return 0
    violations = find_guard_violations(plan, guards)
    allowed = [each for each in find_guard_violations(plan, own) if each not in violations]
    view = view_plan(plan, violations, output.display, allowed=allowed)
    commands = complete_commands(view.next_commands, repeated)
    write_stdout(render_plan(replace(view, next_commands=commands), stdout_styler(output.color)))
    return 0


def _next_commands(opened: Workspace, plan: Plan, outcome: Outcome, flags: str) -> tuple[str, ...]:
    """Return the commands that go on, or that make the files agree."""
    if not outcome.complete:
        return (f"{plan.header.apply_command}{flags}",)
    return opened.commands_after_rollback(plan)
