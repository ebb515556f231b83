"""`cioform plan`: what apply would change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli.command_list.suggested_commands import complete_commands
from cioform.cli.fleet.options import FleetOptions
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import (
    ChangeDisplayOptions,
    ConnectionOptions,
    GuardOptions,
    PlanningOptions,
)
from cioform.cli.parameters.report_format import JSON, MARKDOWN, TEXT, ReportOptions, write_page
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.progress import Progress
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import encode_plan, is_plan_file
from cioform.report.annotations.formats import FORMATS
from cioform.report.plan.annotate import locator, plan_annotations
from cioform.report.plan.exit_code import plan_exit_code
from cioform.report.plan.parts.extras import ItemExtras
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.report import plan_report
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import PlanView, view_plan
from cioform.report.styling import Styler, Tone
from cioform.storage.user_files import check_replaceable, write_text

if TYPE_CHECKING:
    from cioform.cli.fleet import runs
    from cioform.report import for_reviewers
    from cioform.services.workspace import Workspace
else:
    # One workspace need not wait for what many need.
    runs = lazy_module("cioform.cli.fleet.runs")
    for_reviewers = lazy_module("cioform.report.for_reviewers")


_OutOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the plan to a file for apply.", show_default=False
    ),
]
_PlanFileArgument: TypeAlias = Annotated[
    Path | None,
    typer.Argument(
        metavar="PLANFILE", help="Show this saved plan instead of a new one.", show_default=False
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


@dataclass(frozen=True, slots=True)
class _PlanOutput:
    """A plan, and what is needed to show it."""

    plan: Plan
    violations: tuple[GuardViolation, ...]
    allowed: tuple[GuardViolation, ...]
    """What the guards would refuse without the options of the command."""
    kinds: Registry
    resources: Mapping[Address, Resource]
    file: Path | None
    """Where the plan is saved."""
    explain: bool
    repeated: Mapping[str, str]
    """The options that suggested commands need too."""

    def view(self, display: DisplayOptions, *, with_extras: bool = False) -> PlanView:
        """Return what is shown of the plan, with users, journeys and bodies if they are wanted."""
        extras: tuple[ItemExtras, ...] = ()
        if with_extras:
            extras = for_reviewers.collect_extras(self.plan, self.kinds)
        view = view_plan(
            self.plan,
            self.violations,
            display,
            str(self.file) if self.file else None,
            explain=self.explain,
            allowed=self.allowed,
            extras=extras,
        )
        commands = complete_commands(view.next_commands, self.repeated)
        return replace(view, next_commands=commands)

    def render(self, chosen: str, display: DisplayOptions, style: Styler) -> str:
        """Return the plan in a format."""
        if chosen == TEXT:
            return render_plan(self.view(display), style)
        if chosen == JSON:
            return encode_plan(self.plan)
        if chosen == MARKDOWN:
            report = plan_report(self.view(display, with_extras=True))
            return for_reviewers.render_markdown(report)
        locate = locator(self.resources, self.kinds)
        annotations = plan_annotations(self.plan, self.violations, locate)
        return FORMATS[chosen](annotations, "cioform plan")


def plan(
    workspace: options.WorkspaceOrAllArgument = None,
    planfile: _PlanFileArgument = None,
    out_file: _OutOption = None,
    explain: _ExplainOption = False,
    detailed_exitcode: _DetailedExitcodeOption = False,
    *,
    fleet: FleetOptions,
    output_options: ReportOptions,
    guards: GuardOptions,
    planning: PlanningOptions,
    display: ChangeDisplayOptions,
    connection: ConnectionOptions,
    no_color: options.NoColorOption = False,
) -> int:
    """Show what apply would change, without changing anything.

    With --allow-delete, --allow-live or --allow-replace, the guards judge the plan as `apply` with
    these options would. The options are not saved with --out; `apply` needs them again.

    Examples:
        cioform plan acme
        cioform plan acme --out acme.plan.json
        cioform plan acme --target 'snippet.*' --context 3
        cioform plan acme --json | jq .summary
        cioform plan acme --html plan.html
        cioform plan acme acme.plan.json --markdown
        cioform plan --all --only 'eu_*' --reports plans
    """
    fleet.check(workspace, "plan")
    if workspace is None:
        _check_without_files(out_file, explain)
        task = runs.PlanTask(planning.wanted, guards, detailed_exitcode)
        return runs.FleetRun(task, fleet, output_options, display, connection, not no_color).run()
    chosen = output_options.chosen("plan")
    style = stderr_styler(not no_color)
    saved = _saved_plan(planfile, workspace, out_file, planning)
    check_replaceable(out_file, "a plan file", "--out", is_plan_file)
    progress = Progress(style)
    with connection.open(workspace, progress) as opened:
        made = saved or opened.plan(*planning.wanted, warns=True)
        violations, allowed = _find_violations(made, opened, guards)
        found = _PlanOutput(
            made,
            violations,
            allowed,
            opened.kinds,
            opened.configuration.desired.resources,
            planfile or out_file,
            explain,
            connection.to_repeat,
        )
    progress.end()
    if out_file is not None:
        _write_plan(out_file, encode_plan(made), style)
    if output_options.html is not None:
        page = plan_report(found.view(display.page_display, with_extras=True))
        write_page(output_options.html, page, style)
    write_stdout(found.render(chosen, display.display, stdout_styler(not no_color)))
    return plan_exit_code(made, violations) if detailed_exitcode else 0


def _find_violations(
    made: Plan, opened: Workspace, options: GuardOptions
) -> tuple[tuple[GuardViolation, ...], tuple[GuardViolation, ...]]:
    """Return what the guards refuse, and what they would refuse without the options."""
    violations = find_guard_violations(made, options.guards(opened))
    without_options = find_guard_violations(made, opened.guards())
    return violations, tuple(each for each in without_options if each not in violations)


def _check_without_files(out_file: Path | None, explain: bool) -> None:
    """Raise UsageError for options that are about one plan."""
    if out_file is not None or explain:
        raise UsageError.of(
            "Options not supported with --all",
            "--out and --explain are for one workspace. With --all, pass --reports with a folder.",
        )


def _write_plan(file: Path, text: str, style: Styler) -> None:
    write_text(file, text, "Name another file after --out.")
    write_stderr(style(f"Plan written to {file}", Tone.DIM) + "\n")


def _saved_plan(
    planfile: Path | None, workspace: str, out_file: Path | None, planning: PlanningOptions
) -> Plan | None:
    """Return the plan of a file, if one is named. Raises UsageError."""
    if planfile is None:
        return None
    if out_file is not None or planning.are_given:
        raise UsageError.of(
            "Mutually exclusive options",
            "PLANFILE shows a plan as it was made. Remove --out, --target, --exclude, --prefer and "
            "--on-drift, or remove PLANFILE to make a new plan.",
        )
    return opening.read_plan_of(planfile, workspace, "name {}")
