"""`cioform lint`: check what messages say."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cioform.cli.output import stderr_styler, stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.report_format import (
    JSON,
    LINT_FORMATS,
    TEXT,
    LintFormatOption,
    chosen_format,
)
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.user_paths import shorten_path
from cioform.config.project import workspace_names
from cioform.core.diagnostic import Severity
from cioform.core.errors import UsageError
from cioform.core.exit_codes import INVALID_FILES
from cioform.lint.rules import find_rules
from cioform.report.annotations.formats import FORMATS
from cioform.report.diagnostics import render_diagnostics
from cioform.report.lint.annotations import finding_annotation, findings_json
from cioform.report.lint.text import render_findings, render_rules, render_summary
from cioform.services.linting.command import LintOutcome, lint_workspaces

_WorkspacesArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="WORKSPACE", help="Workspaces to check (default: all of them)."),
]
_FixOption: TypeAlias = Annotated[
    bool, typer.Option("--fix", help="Fix what can be fixed automatically, then check.")
]
_WriteBaselineOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--write-baseline",
        help="Accept all findings: write them to _lint-baseline.yaml, which hides them.",
    ),
]
_NewSinceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--new-since",
        metavar="REV",
        help="Report only findings that are new since this Git revision.",
        show_default=False,
    ),
]
_RulesOption: TypeAlias = Annotated[bool, typer.Option("--rules", help="List the rules and exit.")]


def lint(
    workspaces: _WorkspacesArgument = None,
    fix: _FixOption = False,
    format_: LintFormatOption = None,
    write_baseline: _WriteBaselineOption = False,
    new_since: _NewSinceOption = None,
    select: options.TargetOption = None,
    exclude: options.ExcludeOption = None,
    rules: _RulesOption = False,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Check what messages say: Liquid, links, size, languages.

    The command exits with 3 if there are errors. Errors also stop `validate`, and stop `plan` if it
    would write the text. The setting `lint` in `workspace.yaml` ignores rules, changes their
    severity and selects the Liquid engine.

    Examples:
        cioform lint
        cioform lint acme --fix
        cioform lint acme --new-since main
        cioform lint acme --select state:modified+
        cioform lint acme --write-baseline
        cioform lint --format sarif > lint.sarif
    """
    if rules:
        write_stdout(render_rules(find_rules()))
        return 0
    if write_baseline and new_since is not None:
        raise UsageError.of(
            "Mutually exclusive options",
            "`--write-baseline` accepts all findings, also the new ones. Remove `--new-since`, or "
            "check without `--write-baseline`.",
        )
    if write_baseline and (select or exclude):
        raise UsageError.of(
            "Mutually exclusive options",
            "`--write-baseline` writes the baseline of all resources. Remove `--select` and "
            "`--exclude`, or check without `--write-baseline`.",
        )
    scope = options.build_scope(select, exclude) if select or exclude else None
    chosen = chosen_format("lint", format_, {JSON: as_json}, LINT_FORMATS)
    root = opening.find_project_root(project)
    outcome = lint_workspaces(
        root,
        workspaces or workspace_names(root),
        fix=fix,
        new_since=new_since,
        accept=write_baseline,
        scope=scope,
    )
    _print(outcome, chosen, color=not no_color)
    errors = any(each.finding.severity is Severity.ERROR for each in outcome.findings)
    return INVALID_FILES if errors else 0


def _print(outcome: LintOutcome, chosen: str, *, color: bool) -> None:
    style = stderr_styler(color)
    write_stderr(render_diagnostics(outcome.warnings, style))
    if chosen == TEXT:
        write_stdout(render_findings(outcome.findings, stdout_styler(color)))
    elif chosen == JSON:
        write_stdout(findings_json(outcome.findings))
    else:
        annotations = [finding_annotation(each) for each in outcome.findings]
        write_stdout(FORMATS[chosen](annotations, "cioform lint"))
    for path in outcome.written:
        write_stderr(f"Written: {shorten_path(path)}\n")
    write_stderr(render_summary(outcome.findings, outcome.in_baseline, outcome.ignored, style))
