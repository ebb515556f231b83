"""Show a plan, ask, carry it out and print how it ended, for every command that applies one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

import typer

from cioform.cli.command_list.suggested_commands import complete_commands
from cioform.cli.confirm import confirm, is_interactive
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import UsageError
from cioform.model.settings.limits import Guards
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.report.json_output import outcome_json
from cioform.report.plan.outcome import view_outcome
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.text import render_outcome, render_plan
from cioform.report.plan.view import view_plan
from cioform.run.events import Outcome

AutoApproveOption: TypeAlias = Annotated[
    bool,
    typer.Option("--auto-approve", help="Skip the confirmation prompt.", show_default=False),
]
AllowOlderOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-older",
        help="With a shared state: apply files older than those that were applied last.",
        show_default=False,
    ),
]
OnErrorOption: TypeAlias = Annotated[
    Literal["stop", "continue"],
    typer.Option(help="After an error: stop, or continue with independent changes."),
]
ReviewedOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--reviewed",
        metavar="DIGEST",
        help="Make a new plan and apply it without asking, but only if it has this digest, which "
        "`plan` prints.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class ApplyOutput:
    """How the plan and the outcome are printed."""

    as_json: bool
    color: bool
    display: DisplayOptions


def show_and_confirm(plan: Plan, guards: Guards, asks: bool, output: ApplyOutput) -> bool:
    """Print the plan and return whether to continue.

    Nothing is asked about a plan without changes, nor about one that apply refuses anyway. Raises
    UsageError if there is no terminal to ask on.
    """
    violations = find_guard_violations(plan, guards)
    # No next commands: the next step is this very command.
    view = replace(view_plan(plan, violations, output.display), next_commands=())
    if not output.as_json:
        write_stdout(render_plan(view, stdout_styler(output.color)))
    elif asks:  # stdout is for the result only, but the plan must be seen before it is confirmed
        write_stderr(render_plan(view, stderr_styler(output.color)))
    window = plan.header.window
    is_closed = window is not None and not window.is_open and not guards.window_override
    if not asks or not plan.visible_changes or violations or is_closed:
        return True
    _check_can_ask(plan.header.apply_command)
    question = f"\nApply this to {plan.header.workspace}?"
    return confirm(question, False, declined="Nothing was changed.")


def print_outcome(
    plan: Plan,
    outcome: Outcome | None,
    output: ApplyOutput,
    next_commands: tuple[str, ...],
    connection: Mapping[str, str],
    *,
    is_shown: bool = True,
) -> None:
    """Print how the run ended, and the commands that go on.

    Nothing is printed for a plan that changes only the state if that plan `is_shown`.
    """
    workspace = plan.header.workspace
    if output.as_json:
        write_stdout(outcome_json(workspace, outcome or Outcome("", ())))
    elif outcome is not None and (plan.visible_changes or not outcome.complete or not is_shown):
        commands = complete_commands(next_commands, connection)
        view = replace(view_outcome(workspace, outcome), next_commands=commands)
        write_stdout(f"\n{render_outcome(view, stdout_styler(output.color))}")


def _check_can_ask(command: str) -> None:
    """Raise UsageError if there is no terminal to ask on; `command` is the current one."""
    if not is_interactive():
        raise UsageError.of(
            "Confirmation required",
            "stdin is not a terminal, so cioform cannot ask for confirmation. Pass the digest of "
            "the plan that was reviewed with --reviewed, or pass --auto-approve to apply without "
            f"asking:\n\n    {command} --auto-approve",
        )
