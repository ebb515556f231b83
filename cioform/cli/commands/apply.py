"""`cioform apply`: do what the plan says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cioform.cli import options
from cioform.cli.exit_codes import DECLINED, INCOMPLETE
from cioform.cli.output import out, out_ink, tell, tell_ink

if TYPE_CHECKING:
    from cioform.cli.terminal.progress import Progress
    from cioform.plan.guard import Guards
    from cioform.plan.plan import Plan
    from cioform.report.plan.fields import Detail
    from cioform.run.events import Outcome
    from cioform.services import Session


def apply(
    workspace: options.Workspace,
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
    target: options.Target = None,
    exclude: options.Exclude = None,
    prefer: options.Side = None,
    as_json: options.Json = False,
    context: options.Context = 1,
    full: options.Full = False,
    door: options.Door = None,
    project: options.Project = None,
    no_color: options.NoColour = False,
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
    from cioform.cli.terminal.progress import Progress

    color = not no_color
    asks = planfile is None and not auto_approve
    _check(planfile, bool(target or exclude or prefer), asks)
    reviewed = options.read_plan(planfile) if planfile else None
    progress = Progress(tell_ink(color))
    with options.open_session(project, workspace, door, progress) as opened:
        guards = opened.guards(
            allow_delete=allow_delete, allow_live=allow_live, allow_replace=allow_replace
        )
        if reviewed is None:
            made = opened.plan(options.scope(target, exclude), options.prefer(prefer))
            progress.end()
            # With --json only the answer goes to stdout; whoever is asked has to see the plan.
            if asks or not as_json:
                _show(made, guards, options.detail(context, full), as_json, color)
            if asks and made.shown and not _refused(made, guards) and not _agreed(workspace):
                tell("Nothing was changed.\n")
                return DECLINED
        else:
            made = reviewed
        # An empty plan file is looked at too: it may be of another workspace, or stale.
        idle = reviewed is None and not made.changes
        outcome = None if idle else _carry_out(opened, made, guards, on_error, progress)
    return _tell(workspace, made, outcome, as_json, color)


def _carry_out(
    opened: Session, plan: Plan, guards: Guards, on_error: str, progress: Progress
) -> Outcome:
    """Give the outcome, with the status line taken away."""
    try:
        return opened.apply(plan, guards, keep_going=on_error == "continue")
    finally:
        progress.end()


def _tell(
    workspace: str, plan: Plan, outcome: Outcome | None, as_json: bool, color: bool
) -> int:  # fmt: skip
    from cioform.report.json_output import outcome_json
    from cioform.report.plan.outcome import view_outcome
    from cioform.report.plan.text import render_outcome
    from cioform.run.events import Outcome

    if as_json:
        out(outcome_json(workspace, outcome or Outcome("", ())))
    elif outcome is not None and plan.shown:
        out("\n" + render_outcome(view_outcome(workspace, outcome), out_ink(color)))
    complete = outcome is None or outcome.complete
    return 0 if complete and not plan.blocked else INCOMPLETE


def _show(plan: Plan, guards: Guards, detail: Detail, as_json: bool, color: bool) -> None:
    from dataclasses import replace

    from cioform.plan.guard import refusals
    from cioform.report.plan.text import render_view
    from cioform.report.plan.view import view_plan

    # What to run next is this very command.
    view = replace(view_plan(plan, refusals(plan, guards), detail), next=())
    if as_json:
        tell(render_view(view, tell_ink(color)))
    else:
        out(render_view(view, out_ink(color)))


def _refused(plan: Plan, guards: Guards) -> bool:
    from cioform.plan.guard import refusals

    return bool(refusals(plan, guards))


def _agreed(workspace: str) -> bool:
    tell(f"\nApply this to {workspace}? Only `yes` is taken as consent: ")
    return sys.stdin.readline().strip() == "yes"


def _check(planfile: Path | None, narrowed: bool, asks: bool) -> None:
    from cioform.core.errors import UsageWrong

    if planfile is not None and narrowed:
        raise UsageWrong.of(
            "Options that a plan file decides",
            "--target, --exclude and --prefer were settled when the plan was made. Leave them out, "
            "or make the plan again with them.",
        )
    if asks and not sys.stdin.isatty():
        raise UsageWrong.of(
            "Nobody to ask",
            "There is no terminal to ask for consent. Review a plan and apply that file, or say "
            "beforehand that you agree:\n\n    cioform apply WORKSPACE --auto-approve",
        )
