"""`cioform drift`: who changed what behind Git's back."""

from __future__ import annotations

from cioform.cli import options
from cioform.cli.exit_codes import PENDING
from cioform.cli.output import out, out_ink, tell_ink


def drift(
    workspace: options.Workspace,
    as_json: options.Json = False,
    target: options.Target = None,
    exclude: options.Exclude = None,
    context: options.Context = 1,
    full: options.Full = False,
    door: options.Door = None,
    project: options.Project = None,
    no_color: options.NoColour = False,
) -> int:
    """Say who changed what since the last apply. Exits with 2 if any.

    \b
    Examples:
        cioform drift acme
        cioform drift acme --json | jq '.drift[].editor.who'
    """
    from cioform.cli.terminal.progress import Progress
    from cioform.report.json_output import drift_json
    from cioform.report.plan.text import render_drift

    progress = Progress(tell_ink(not no_color))
    with options.open_session(project, workspace, door, progress) as opened:
        found = opened.drift(options.scope(target, exclude))
    progress.end()
    if as_json:
        out(drift_json(workspace, found))
    else:
        out(render_drift(workspace, found, options.detail(context, full), out_ink(not no_color)))
    return PENDING if found else 0
