"""`cioform validate`: check the files offline."""

from __future__ import annotations

from typing import Annotated

import typer

from cioform.cli.command_list.suggested_commands import complete_command, options_to_repeat
from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.config.project import workspace_names
from cioform.core.diagnostic import Severity
from cioform.core.exit_codes import INVALID_FILES
from cioform.core.text.quantities import pluralize
from cioform.report.diagnostics import render_diagnostics
from cioform.report.json_output import diagnostics_json
from cioform.report.styling import Tone
from cioform.services.validation import validate as validate_files


def validate(
    workspaces: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORKSPACE", help="Workspaces to check (default: all of them)."),
    ] = None,
    select: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Check the files offline and report every problem.

    With --select, only the selected resources are checked. Files that cannot be loaded are always
    reported.

    Examples:
        cioform validate
        cioform validate acme --select state:modified+
        cioform validate acme --json
    """
    root = opening.find_project_root(project)
    names = workspaces or workspace_names(root)
    scope = options.build_scope(select, exclude) if select or exclude else None
    valid, problems = validate_files(root, names, scope=scope)
    errors = [item for item in problems if item.severity is Severity.ERROR]
    exit_code = INVALID_FILES if errors else 0
    if as_json:
        write_stdout(diagnostics_json(problems, valid=not errors, workspaces=names))
        return exit_code
    styler = stdout_styler(not no_color)
    write_stderr(render_diagnostics(problems, stderr_styler(not no_color)))
    for workspace in valid:
        number = pluralize(workspace.resources, "resource", "resources")
        write_stdout(f"{styler('✓', Tone.SUCCESS)} {workspace.configuration.name}: {number}\n")
    if errors:
        write_stderr(f"\n{pluralize(len(errors), 'error', 'errors')}. No request was sent.\n")
    elif not names:
        command = complete_command("cioform init acme", options_to_repeat(project))
        write_stderr(f"This project has no workspace yet. Create one:\n\n    {command}\n")
    return exit_code
