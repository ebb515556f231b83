"""Join the results of several jobs, and refuse what does not belong together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cioform.config.settings import load_settings
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import CioformError, PlanError
from cioform.core.exit_codes import INCOMPLETE
from cioform.model.settings.limits import Guards
from cioform.plan.guards.guard import find_guard_violations
from cioform.report.fleet.document import FilesOrigin, Reported, decode_origin
from cioform.report.fleet.result import WorkspaceResult, not_looked_at, plan_result
from cioform.services.fleet.origin import origin_of
from cioform.services.fleet.selection import list_workspaces


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    workspace_id: int | None


@dataclass(frozen=True, slots=True)
class Expected:
    """The workspaces that have to have a result, and where the results have to come from."""

    origin: FilesOrigin
    workspaces: Mapping[str, int | None]
    """The number of each by its name, None if it is not known."""


_EXPECTED: Final = TypeAdapter(tuple[_Listed, ...])


def expected_in(text: str, name: str) -> Expected:
    """Return what the output of `cioform workspaces --json` expects; `name` is that of its file.

    Raises PlanError if the text is something else.
    """
    try:
        content = json.loads(text)
        listed = _EXPECTED.validate_python(
            [{key: each[key] for key in ("name", "workspace_id")} for each in content["workspaces"]]
        )
        origin = decode_origin(content)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        raise PlanError.of(
            "List of workspaces cannot be used",
            f"{name} is not the output of `cioform workspaces --json`, so it is not known which "
            "results there have to be. Nothing was written.",
        ) from None
    return Expected(origin, {each.name: each.workspace_id for each in listed})


def expected_of_project(root: Path, environment: Mapping[str, str]) -> Expected:
    """Return all workspaces of a project, with the commit that is checked out."""
    listed = list_workspaces(root, (), environment)
    return Expected(origin_of(root, environment), {e.name: e.workspace_id for e in listed})


def merge_results(results: Sequence[tuple[str, Reported]], expected: Expected) -> list[Reported]:
    """Return a result for each expected workspace, by name; the results come with their files.

    A workspace without a result is not looked at. Raises PlanError for a result of another
    workspace, commit or run, and for two results of one workspace.
    """
    problems = list(_problems(results, expected))
    if problems:
        raise PlanError(problems)
    report = results[0][1].report if results else "drift"
    found = {each.result.workspace: each for _, each in results}
    return [
        found.get(name) or Reported(report, _missing(name, report), expected.origin)
        for name in sorted(expected.workspaces)
    ]


def check_plan(reported: Reported, root: Path | None, environment: Mapping[str, str]) -> Reported:
    """Return a result with what refuses its plan, if it does not have that already.

    The guards are those of the project at `root`, or the built-in ones, which are stricter, if
    there is none or its settings cannot be read.
    """
    if reported.plan is None or reported.violations is not None:
        return reported
    guards = Guards()
    if root is not None:
        with suppress(CioformError):
            guards = load_settings(root, reported.result.workspace, environment).guards
    violations = find_guard_violations(reported.plan, guards)
    result = plan_result(reported.plan, violations, reported.result.exit_code)
    return replace(reported, result=result, violations=tuple(violations))


def _missing(name: str, report: str) -> WorkspaceResult:
    detail = (
        "No file has its result: the job that looks at it did not end. Run that job again, or look "
        f"at the workspace:\n\n    cioform {report} --all --only {name} --reports results"
    )
    return not_looked_at(name, [Diagnostic("No result", detail)], INCOMPLETE)


def _problems(results: Sequence[tuple[str, Reported]], expected: Expected) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    reports = {each.report for _, each in results}
    if len(reports) > 1:
        yield _mismatch("Some files have plans and others have drift. Join them separately.")
    for file, each in results:
        name = each.result.workspace
        if name in first:
            yield _mismatch(
                f"{first[name]} and {file} both have a result of {name}. Leave out the older one."
            )
        first.setdefault(name, file)
        for reason in _mismatches(each, expected):
            yield _mismatch(f"{file} has a result of {name}, but {reason}.")


def _mismatches(each: Reported, expected: Expected) -> Iterator[str]:
    name, number = each.result.workspace, each.result.workspace_id
    if name not in expected.workspaces:
        yield "this workspace is not expected"
        return
    wanted = expected.workspaces[name]
    if wanted is not None and number is not None and wanted != number:
        yield f"that of the workspace with the ID {number} instead of {wanted}"
    if each.origin.commit != expected.origin.commit:
        yield f"it was made from {_commit(each.origin)} and not from {_commit(expected.origin)}"
    if each.origin.run != expected.origin.run and each.has_run:
        yield f"it is of {_run(each.origin)} and not of {_run(expected.origin)}"


def _commit(origin: FilesOrigin) -> str:
    return f"commit {origin.commit[:12]}" if origin.commit else "files outside of Git"


def _run(origin: FilesOrigin) -> str:
    return f"pipeline run {origin.run}" if origin.run else "no pipeline run"


def _mismatch(detail: str) -> Diagnostic:
    return Diagnostic("Results cannot be joined", f"{detail} Nothing was written.")
