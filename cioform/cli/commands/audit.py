"""`cioform audit`: who did what in the workspace, with cioform and without it."""

from __future__ import annotations

import time
from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import format_table
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.errors import UsageError
from cioform.core.exit_codes import INCOMPLETE
from cioform.core.time.duration import Duration
from cioform.core.time.timestamps import parse_timestamp
from cioform.report.audit import timeline_rows
from cioform.report.json_output import dumps
from cioform.run.reading.history.timeline import Timeline

_SinceOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--since", metavar="WHEN", help="How far back: a duration such as 7d, or a date in UTC."
    ),
]
_ActorOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--actor",
        metavar="TEXT",
        help="Only what was done by people and programs whose name contains this.",
        show_default=False,
    ),
]


def audit(
    workspace: options.WorkspaceArgument,
    since: _SinceOption = "30d",
    actor: _ActorOption = "",
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
) -> int:
    """Show who changed what, with cioform and in the browser.

    Runs of cioform and entries of the workspace's audit log are listed together, newest first. Log
    entries that a run caused are part of that run; the JSON output lists each of them. The command
    exits with 8 if the service account can read only a part of the audit log, or none of it.

    Examples:
        cioform audit acme
        cioform audit acme --since 2026-11-01 --actor jane
        cioform audit acme --json | jq '.entries[] | select(.run == null)'
    """
    start = _parse_since(since)
    with opening.open_workspace(project, workspace, api) as opened:
        timeline = opened.timeline(start, actor)
    if as_json:
        write_stdout(
            dumps(
                workspace=workspace,
                entries=timeline.entries,
                unread=timeline.unread,
                is_cut=timeline.is_cut,
            )
        )
    else:
        _print(workspace, since, timeline)
    return INCOMPLETE if timeline.unread or timeline.is_cut else 0


def _print(workspace: str, since: str, timeline: Timeline) -> None:
    rows = timeline_rows(timeline.entries)
    is_date = since.count("-") > 1
    when = f"since {since}" if is_date else f"in the last {since}"
    what = "No runs of cioform" if timeline.unread else "No runs and no log entries"
    nothing = f"{what} for {workspace} {when}.\n"
    write_stdout(format_table(rows) if len(rows) > 1 else nothing)
    if timeline.unread:
        write_stderr(f"The audit log was not read. {timeline.unread}\n")
    elif timeline.is_cut:
        write_stderr("The audit log has older entries, which were not read. Shorten --since.\n")


def _parse_since(text: str) -> int:
    """Return the Unix seconds of `--since`. Raises UsageError."""
    try:
        return int(time.time()) - Duration.parse(text).seconds
    except ValueError:
        pass
    try:
        return parse_timestamp(text)
    except (ValueError, OverflowError):
        raise UsageError.of(
            "Invalid time",
            f"`--since` must be a duration such as `7d`, or a date such as `2026-11-01`, not "
            f'"{text}".',
        ) from None
