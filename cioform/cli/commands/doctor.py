"""`cioform doctor`: whether everything that a plan needs is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cioform.cli import options
from cioform.cli.output import columns, out, out_ink

if TYPE_CHECKING:
    from cioform.report.styling import Ink
    from cioform.run.doctor import Checkup


def doctor(
    workspace: options.Workspace,
    as_json: options.Json = False,
    door: options.Door = None,
    project: options.Project = None,
    no_color: options.NoColour = False,
) -> int:
    """Check credentials, clock and schema; say what can be done.

    \b
    Examples:
        cioform doctor acme
        cioform doctor acme --with app
    """
    from cioform.report.json_output import dumps

    with options.open_session(project, workspace, door) as opened:
        checkup = opened.doctor()
    if as_json:
        out(dumps(workspace=workspace, checks=checkup.checks, matrix=checkup.matrix))
    else:
        out(_text(checkup, out_ink(not no_color)))
    return checkup.exit_code


def _text(checkup: Checkup, ink: Ink) -> str:
    from cioform.report.diagnostics import paragraphs
    from cioform.report.styling import Tone

    signs = {True: ("✓", Tone.GOOD), False: ("✗", Tone.ALARM), None: ("·", Tone.QUIET)}
    lines: list[str] = []
    for check in checkup.checks:
        sign, tone = signs[check.ok]
        lines.append(f"  {ink(sign, tone)} {ink(check.name, Tone.STRONG)}")
        lines += paragraphs(check.detail, 4)
    verbs = list(checkup.matrix[0].verbs) if checkup.matrix else []
    table = [("KIND", *(str(verb).upper() for verb in verbs))]
    table += [
        (row.kind, *(str(api) if api else "-" for api in row.verbs.values()))
        for row in checkup.matrix
    ]
    head = ink("What these credentials can do, and over which API", Tone.STRONG)
    return "\n".join([*lines, "", head, ""]) + "\n" + columns(table)
