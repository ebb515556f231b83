"""`cioform policies`: list, check and test the policies of a project."""

from __future__ import annotations

from typing import Annotated

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.output import stdout_styler
from cioform.cli.parameters import opening, options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.config.project import workspace_names
from cioform.core.diagnostic import Severity
from cioform.core.exit_codes import INVALID_FILES
from cioform.core.text.quantities import pluralize
from cioform.report.diagnostics import render_diagnostics
from cioform.report.json_output import diagnostics_json
from cioform.report.policies import policies_json
from cioform.services.policies.check import read_policies
from cioform.services.policies.command import check_policies, run_policy_tests

app = command_group("List, check and test the policies of the project.")


@app.command("list")
def list_(as_json: options.JsonOption = False, project: options.ProjectOption = None) -> int:
    """List the policies in workspaces/_policies/.

    Examples:
        cioform policies list
        cioform policies list --json
    """
    policies = read_policies(opening.find_project_root(project))
    if as_json:
        write_stdout(policies_json(policies))
        return 0
    for policy in policies:
        write_stdout(f"{policy.id}  {policy.outcome}  {policy.location}\n  {policy.fields.text}\n")
    return 0


@app.command()
def check(
    workspaces: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORKSPACE", help="Workspaces to check (default: all of them)."),
    ] = None,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Check the files against the policies.

    In a pull request, the policies of its target branch apply, as in plans. The command exits with
    3 if a policy denies anything. If a policy asks for an approval, that is
    only a warning. Limits on the number of people are not checked, because only a plan knows how
    many people a change reaches.

    Examples:
        cioform policies check
        cioform policies check acme
        cioform policies check --json
    """
    root = opening.find_project_root(project)
    found = check_policies(root, workspaces or workspace_names(root))
    if as_json:
        write_stdout(diagnostics_json(found))
    else:
        write_stdout(render_diagnostics(found, stdout_styler(not no_color)))
    if not found:
        write_stderr("No violations.\n")
    return INVALID_FILES if any(each.severity is Severity.ERROR for each in found) else 0


@app.command("test")
def run_tests(
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Run the tests of the policies.

    The command exits with 3 if a test fails.

    Examples:
        cioform policies test
        cioform policies test --json
    """
    done = run_policy_tests(opening.find_project_root(project))
    if as_json:
        write_stdout(
            diagnostics_json(done.failures, passed=done.passed, without_tests=done.without_tests)
        )
    else:
        write_stdout(render_diagnostics(done.failures, stdout_styler(not no_color)))
    failed = f", {len(done.failures)} failed" if done.failures else ""
    write_stderr(f"{pluralize(done.passed, 'test', 'tests')} passed{failed}.\n")
    if done.without_tests:
        write_stderr(f"Policies without a test: {', '.join(done.without_tests)}\n")
    return INVALID_FILES if done.failures else 0
