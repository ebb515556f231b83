"""Findings as annotations and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.data.json_value import Json, as_mapping
from cioform.lint.placed import PlacedFinding
from cioform.report.annotations.annotation import Annotation, Level
from cioform.report.json_output import diagnostic_json, dumps


def finding_annotation(each: PlacedFinding) -> Annotation:
    """Return a finding as CI systems show it."""
    found = each.finding
    return Annotation(
        each.rule.id,
        each.rule.name,
        Level(found.severity.value),
        found.message,
        str(found.address),
        each.location,
        (each.path, found.excerpt),
    )


def findings_json(findings: Sequence[PlacedFinding]) -> str:
    """Return findings as JSON."""
    return dumps(
        findings=[
            {
                "rule": each.rule.id,
                "path": each.path,
                "fixable": each.finding.fix is not None,
                **_fields(each),
            }
            for each in findings
        ]
    )


def _fields(each: PlacedFinding) -> Mapping[str, Json]:
    return as_mapping(diagnostic_json(each.diagnostic))
