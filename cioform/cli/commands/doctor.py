"""`cioform doctor`: whether everything that a plan needs is in order."""

from __future__ import annotations

from cioform.cli import options
from cioform.cli.output import format_table, stdout_styler
from cioform.cli.streams import write_stdout
from cioform.report.diagnostics import wrap_paragraphs
from cioform.report.json_output import dumps
from cioform.report.styling import Styler, Tone
from cioform.run.doctor import DoctorReport


def doctor(
    workspace: options.WorkspaceArgument,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Check credentials, clock and schema; say what can be done.

    \b
    Examples:
        cioform doctor acme
        cioform doctor acme --with app
    """

    with options.open_workspace(project, workspace, api) as opened:
        checkup = opened.doctor()
    if as_json:
        write_stdout(dumps(workspace=workspace, checks=checkup.checks, matrix=checkup.matrix))
    else:
        write_stdout(_report_text(checkup, stdout_styler(not no_color)))
    return checkup.exit_code


def _report_text(checkup: DoctorReport, ink: Styler) -> str:

    signs = {True: ("✓", Tone.SUCCESS), False: ("✗", Tone.ERROR), None: ("·", Tone.DIM)}
    lines: list[str] = []
    for check in checkup.checks:
        sign, tone = signs[check.ok]
        lines.append(f"  {ink(sign, tone)} {ink(check.name, Tone.BOLD)}")
        lines += wrap_paragraphs(check.detail, 4)
    verbs = list(checkup.matrix[0].verbs) if checkup.matrix else []
    table = [("KIND", *(str(verb).upper() for verb in verbs))]
    table += [
        (row.kind, *(str(api) if api else "-" for api in row.verbs.values()))
        for row in checkup.matrix
    ]
    head = ink("What these credentials can do, and over which API", Tone.BOLD)
    return "\n".join([*lines, "", head, ""]) + "\n" + format_table(table)
