"""`cioform doctor`: check everything that a plan needs."""

from __future__ import annotations

from cioform.cli.output import format_table, print_output, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.report.diagnostics import wrap_paragraphs
from cioform.report.styling import Styler, Tone
from cioform.run.doctor import DoctorReport


def doctor(
    workspace: options.WorkspaceArgument,
    as_json: options.JsonOption = False,
    api: options.ApiOption = None,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Check credentials, clock, API description and state.

    It also lists what the credentials can do with each kind of resource.

    Examples:
        cioform doctor acme
        cioform doctor acme --with app
    """
    with opening.open_workspace(project, workspace, api) as opened:
        report = opened.doctor()
    text = _report_text(report, stdout_styler(not no_color))
    print_output(
        text, as_json, workspace=workspace, checks=report.checks, matrix=report.matrix,
        not_accepted=report.not_accepted,
    )  # fmt: skip
    return report.exit_code


def _report_text(report: DoctorReport, style: Styler) -> str:
    signs = {True: ("✓", Tone.SUCCESS), False: ("✗", Tone.ERROR), None: ("·", Tone.DIM)}
    lines: list[str] = []
    for check in report.checks:
        sign, tone = signs[check.ok]
        lines.append(f"  {style(sign, tone)} {style(check.name, Tone.BOLD)}")
        lines += wrap_paragraphs(check.detail, 4)
    return "\n".join([*lines, "", ""]) + _matrix_text(report, style)


def _matrix_text(report: DoctorReport, style: Styler) -> str:
    """Return what the credentials can do, as far as that is known."""
    if not report.matrix:
        reason = "was accepted" if report.not_accepted else "is set"
        return f"No credential {reason}, so cioform cannot say what it could do.\n"
    table = [("KIND", *(str(verb).upper() for verb in report.matrix[0].verbs))]
    table += [
        (row.kind, *(str(api) if api else "-" for api in row.verbs.values()))
        for row in report.matrix
    ]
    head = style("What these credentials can do, and through which API", Tone.BOLD)
    unknown = "".join(
        f"\nThe {name} was not accepted, so it is not known what it can do.\n"
        for name in report.not_accepted
    )
    return f"{head}\n\n{format_table(table)}{unknown}"
