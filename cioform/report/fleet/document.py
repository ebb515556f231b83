"""The JSON document of one workspace among many: what was found, and where it belongs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cioform.core.address import Address
from cioform.core.data.checked_json import (
    checked_list,
    checked_mapping,
    checked_number,
    checked_text,
    checked_text_or_none,
)
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, fields
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError
from cioform.plan.drift import DriftReport
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import decode_plan, is_plan_file, parse_addresses, plan_content
from cioform.report.annotations.annotation import Annotation
from cioform.report.fleet.result import (
    DRIFT,
    PLAN,
    WorkspaceResult,
    drift_result,
    not_looked_at,
    plan_result,
)
from cioform.report.json_output import FORMAT, diagnostic_json, to_json_value
from cioform.report.plan.exit_code import drift_exit_code

_DRIFT: Final = TypeAdapter(DriftReport)
_ANNOTATIONS: Final = TypeAdapter(tuple[Annotation, ...] | None)


@dataclass(frozen=True, slots=True)
class FilesOrigin:
    """Which files a command worked on, and in which run of a pipeline."""

    commit: str | None
    run: str | None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a document has of one workspace."""

    report: str
    """`plan` or `drift`."""
    result: WorkspaceResult
    origin: FilesOrigin
    plan: Plan | None = None
    drift: DriftReport | None = None
    violations: tuple[GuardViolation, ...] | None = None
    """What refuses the plan; None if the document does not have it."""
    annotations: tuple[Annotation, ...] | None = None
    """What is to be said at the lines of its files; None if the document does not have it."""
    has_run: bool = True
    """Whether the document names its pipeline run; a plan file does not."""


def result_json(reported: Reported) -> str:
    """Return the document of a workspace."""
    found: Json = None
    if reported.plan is not None:
        found = plan_content(reported.plan)
    elif reported.drift is not None:
        found = to_json_value(reported.drift)
    result = reported.result
    content = {
        "format": FORMAT,
        "report": reported.report,
        "workspace": result.workspace,
        "workspace_id": result.workspace_id,
        "commit": reported.origin.commit,
        "run": reported.origin.run,
        "exit_code": result.exit_code,
        "diagnostics": [diagnostic_json(each) for each in result.problems],
        "violations": to_json_value(reported.violations),
        "annotations": to_json_value(reported.annotations),
        "result": found,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def decode_results(text: str, name: str) -> list[Reported]:
    """Return the results of one or more workspaces in a file; `name` is the file's, for messages.

    It is a document of this module, a list of them, a plan file, or the JSON output of `drift`.
    Raises PlanError for anything else: nothing may be missing from what is joined.
    """
    try:
        if is_plan_file(text):
            return [_of_plan(decode_plan(text))]
        content = checked_mapping(json.loads(text))
        if "workspaces" in content:
            return [
                _of_document(checked_mapping(each)) for each in checked_list(content["workspaces"])
            ]
        return [_of_document(content) if "report" in content else _of_drift(content)]
    except PlanError as error:
        raise _invalid_error(name, error.diagnostics[0].detail) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError):
        raise _invalid_error(
            name, "It is not a result of `cioform plan` or `cioform drift`."
        ) from None


def decode_origin(content: Mapping[str, Json]) -> FilesOrigin:
    """Return the origin in a document. Raises ValueError, KeyError or TypeError."""
    return FilesOrigin(
        checked_text_or_none(content["commit"]), checked_text_or_none(content["run"])
    )


def _of_plan(plan: Plan) -> Reported:
    origin = FilesOrigin(plan.header.commit, None)
    return Reported(PLAN, plan_result(plan, (), 0), origin, plan=plan, has_run=False)


def _of_drift(content: Mapping[str, Json]) -> Reported:
    report = _drift_report(content)
    result = _drift_result(content, report, drift_exit_code(report))
    return Reported(DRIFT, result, decode_origin(content), drift=report)


def _drift_result(content: Mapping[str, Json], report: DriftReport, code: int) -> WorkspaceResult:
    number = content["workspace_id"]
    name = checked_text(content["workspace"])
    return drift_result(name, None if number is None else checked_number(number), report, code)


def _of_document(content: Mapping[str, Json]) -> Reported:
    if content["format"] != FORMAT:
        raise ValueError("another format")
    origin, name = decode_origin(content), checked_text(content["workspace"])
    code, found = checked_number(content["exit_code"]), content["result"]
    kind = checked_text(content["report"])
    annotations = _ANNOTATIONS.validate_python(content.get("annotations"))
    if kind not in (PLAN, DRIFT) or code not in range(256):
        raise ValueError("another report or exit code")
    if found is None:
        problems = list(map(_diagnostic, checked_list(content["diagnostics"])))
        if not problems or not code:
            raise ValueError("neither a result nor a problem")
        missing = not_looked_at(name, problems, code)
        return Reported(kind, missing, origin, annotations=annotations)
    if kind == DRIFT:
        report = _drift_report(checked_mapping(found))
        result = _drift_result(content, report, code)
        return Reported(DRIFT, result, origin, drift=report, annotations=annotations)
    plan = decode_plan(json.dumps(found))
    if plan.header.workspace != name:
        raise ValueError("a plan of another workspace")
    violations = tuple(map(_violation, checked_list(content["violations"])))
    result = plan_result(plan, violations, code)
    return Reported(PLAN, result, origin, plan=plan, violations=violations, annotations=annotations)


def _drift_report(content: Mapping[str, Json]) -> DriftReport:
    names = {each.name for each in fields(DriftReport)}
    return _DRIFT.validate_python(
        {key: parse_addresses(value) for key, value in content.items() if key in names}
    )


def _violation(value: Json) -> GuardViolation:
    content = checked_mapping(value)
    return GuardViolation(
        str(content["guard"]),
        str(content["detail"]),
        str(content["hint"]),
        tuple(Address.parse(checked_text(each)) for each in checked_list(content["addresses"])),
        str(content["approval"]),
    )


def _diagnostic(value: Json) -> Diagnostic:
    content = checked_mapping(value)
    return Diagnostic(str(content["summary"]), str(content["detail"]))


def _invalid_error(name: str, reason: str) -> PlanError:
    return PlanError.of(
        "Result cannot be used",
        f"{name} cannot be joined with the others. {reason} Nothing was written, because a report "
        "that lacks a workspace would look complete.",
    )
