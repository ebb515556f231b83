"""Findings in the formats of other tools: JSON, SARIF, JUnit, GitHub and GitLab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from cioform.core.diagnostic import Severity
from cioform.core.json_value import JsonValue
from cioform.core.version import __version__
from cioform.lint.placed import PlacedFinding
from cioform.report.json_output import diagnostic_json, dumps

Findings = Sequence[PlacedFinding]

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_GITHUB_ESCAPES: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY: Final = str.maketrans(
    {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
)


def to_json(findings: Findings) -> str:
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


def _fields(each: PlacedFinding) -> Mapping[str, JsonValue]:
    fields: Mapping[str, JsonValue] = diagnostic_json(each.diagnostic)
    return fields


def to_sarif(findings: Findings) -> str:
    """Return findings as SARIF 2.1.0, which code scanning services read."""
    rules = {each.rule.id: each.rule for each in findings}
    run = {
        "tool": {
            "driver": {
                "name": "cioform",
                "version": __version__,
                "rules": [
                    {"id": rule.id, "shortDescription": {"text": rule.name}}
                    for _, rule in sorted(rules.items())
                ],
            }
        },
        "results": [_sarif_result(each) for each in findings],
    }
    document = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _sarif_result(each: PlacedFinding) -> dict[str, JsonValue]:
    place = each.location
    result: dict[str, JsonValue] = {
        "ruleId": each.rule.id,
        "level": each.finding.severity.value,
        "message": {"text": each.finding.message},
        "partialFingerprints": {"cioform/v1": _fingerprint(each)},
    }
    if place is not None:
        region: dict[str, JsonValue] = {"startLine": place.line or 1}
        if place.column:
            region["startColumn"] = place.column
        physical = {"artifactLocation": {"uri": place.file}, "region": region}
        result["locations"] = [{"physicalLocation": physical}]
    return result


def to_junit(findings: Findings) -> str:
    """Return findings as a JUnit report, with a failed test for each."""
    cases = "".join(
        f"  <testcase classname={quoteattr(str(each.finding.address))} "
        f"name={quoteattr(f'{each.rule.id} {each.location or each.finding.address}')}>\n"
        f"    <failure type={quoteattr(each.rule.id)} message={quoteattr(each.rule.name)}>"
        f"{escape(each.finding.message)}</failure>\n  </testcase>\n"
        for each in findings
    )
    number = len(findings)
    head = f'<testsuite name="cioform lint" tests="{number}" failures="{number}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{cases}</testsuite>\n'


def to_github(findings: Findings) -> str:
    """Return findings as commands of GitHub Actions, which mark the lines of a pull request."""
    lines = []
    for each in findings:
        place = each.location
        where = {
            "file": place.file if place else "",
            "line": str(place.line or 1) if place else "",
            "col": str(place.column or 1) if place else "",
            "title": f"{each.rule.name} ({each.rule.id})",
        }
        properties = ",".join(
            f"{name}={value.translate(_GITHUB_PROPERTY)}" for name, value in where.items() if value
        )
        message = each.finding.message.translate(_GITHUB_ESCAPES)
        lines.append(f"::{each.finding.severity.value} {properties}::{message}\n")
    return "".join(lines)


def to_gitlab(findings: Findings) -> str:
    """Return findings as a code quality report of GitLab."""
    severities = {Severity.ERROR: "critical", Severity.WARNING: "minor"}
    report = [
        {
            "check_name": each.rule.id,
            "description": each.finding.message,
            "fingerprint": _fingerprint(each),
            "severity": severities[each.finding.severity],
            "location": {
                "path": each.location.file if each.location else "",
                "lines": {"begin": (each.location.line if each.location else None) or 1},
            },
        }
        for each in findings
    ]
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _fingerprint(each: PlacedFinding) -> str:
    """Return what tells a finding apart, also after other lines have changed."""
    found = each.finding
    parts = (found.rule, str(found.address), each.path, found.excerpt, found.message)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


FORMATS: Final[Mapping[str, Callable[[Findings], str]]] = {
    "json": to_json,
    "sarif": to_sarif,
    "junit": to_junit,
    "github": to_github,
    "gitlab": to_gitlab,
}
"""The formats besides text, by the word of `--format`."""
