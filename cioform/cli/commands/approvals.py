"""`cioform approvals`: who has to approve a plan, and who has."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import format_table, print_output, stderr_styler
from cioform.cli.parameters import options
from cioform.cli.parameters.planning_options import ConnectionOptions, PlanningOptions
from cioform.cli.terminal.progress import Progress
from cioform.core.data.to_json import to_json
from cioform.core.exit_codes import REFUSED
from cioform.plan.approvals import NeededApproval
from cioform.plan.review.digest import content_digest
from cioform.report.values import escape_unprintable

_ApprovedByOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Somebody who has approved the plan; repeatable.", show_default=False
    ),
]


def approvals(
    workspace: options.WorkspaceArgument,
    approved_by: _ApprovedByOption = None,
    *,
    planning: PlanningOptions,
    connection: ConnectionOptions,
    as_json: options.JsonOption = False,
    no_color: options.NoColorOption = False,
) -> int:
    """Show who has to approve a plan, and who has.

    `owners` in workspace.yaml names the owners. In a pull request, those of its target branch
    apply. The command exits with 4 while an approval is missing.

    Examples:
        cioform approvals acme
        cioform approvals acme --approved-by jane --approved-by omar --json
    """
    progress = Progress(stderr_styler(not no_color))
    with connection.open(workspace, progress) as opened:
        plan = opened.plan(*planning.wanted)
    progress.end()
    needed = [each.with_approvals(approved_by or ()) for each in plan.approvals]
    print_output(
        _table(needed),
        as_json,
        workspace=workspace,
        digest=content_digest(plan),
        approved=all(each.is_given for each in needed),
        approvals=to_json(needed),
    )
    return 0 if all(each.is_given for each in needed) else REFUSED


def _table(needed: list[NeededApproval]) -> str:
    if not needed:
        return "Nobody has to approve this plan.\n"
    rows = [tuple(map(escape_unprintable, _row(each))) for each in needed]
    head = ("OWNER", "APPROVALS", "APPROVED BY", "PEOPLE", "BECAUSE OF")
    return format_table([head, *rows])


def _row(needed: NeededApproval) -> tuple[str, ...]:
    return (
        needed.owner,
        f"{len(needed.approved_by)} of {needed.approvals}",
        ", ".join(needed.approved_by) or "-",
        ", ".join(needed.people),
        "; ".join(needed.because),
    )
