"""Annotations in the formats of other tools: SARIF, JUnit, GitHub and GitLab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cioform.core.data.json_value import Json
from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.version import __version__
from cioform.report.annotations.annotation import Annotation, Level

if TYPE_CHECKING:
    from xml.sax import saxutils
else:
    saxutils = lazy_module("xml.sax.saxutils")

Annotations = Sequence[Annotation]

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_GITHUB_ESCAPES: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY: Final = str.maketrans(
    {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
)
_GITHUB_COMMANDS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_GITLAB_SEVERITIES: Final = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info"}
_NOT_XML: Final = lazy_pattern(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_sarif(annotations: Annotations, _command: str) -> str:
    """Return annotations as SARIF 2.1.0, which code scanning services read."""
    rules = {each.rule: each.title for each in annotations}
    run = {
        "tool": {
            "driver": {
                "name": "cioform",
                "version": __version__,
                "rules": [
                    {"id": rule, "shortDescription": {"text": title}}
                    for rule, title in sorted(rules.items())
                ],
            }
        },
        "results": [_sarif_result(each) for each in annotations],
    }
    document = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _sarif_result(each: Annotation) -> dict[str, Json]:
    place = each.location
    result: dict[str, Json] = {
        "ruleId": each.rule,
        "level": each.level.value,
        "message": {"text": each.message},
        "partialFingerprints": {"cioform/v1": _fingerprint(each)},
    }
    if place is not None:
        region: dict[str, Json] = {"startLine": place.line or 1}
        if place.column:
            region["startColumn"] = place.column
        physical: Json = {"artifactLocation": {"uri": place.file}, "region": region}
        result["locations"] = [{"physicalLocation": physical}]
    return result


def to_junit(annotations: Annotations, command: str) -> str:
    """Return annotations as a JUnit report: a test for each, which fails unless it is a note."""
    failures = sum(each.level is not Level.NOTE for each in annotations)
    cases = "".join(map(_junit_case, annotations))
    head = f'<testsuite name="{command}" tests="{len(annotations)}" failures="{failures}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{cases}</testsuite>\n'


def _junit_case(each: Annotation) -> str:
    name = f"{each.rule} {each.location or each.address}"
    head = f"  <testcase classname={_attribute(each.address)} name={_attribute(name)}"
    message = saxutils.escape(_xml_text(each.message))
    if each.level is Level.NOTE:
        return f"{head}>\n    <system-out>{message}</system-out>\n  </testcase>\n"
    failure = f"type={_attribute(each.rule)} message={_attribute(each.title)}"
    return f"{head}>\n    <failure {failure}>{message}</failure>\n  </testcase>\n"


def to_github(annotations: Annotations, _command: str) -> str:
    """Return annotations as commands of GitHub Actions, which mark the lines of a pull request."""
    lines = []
    for each in annotations:
        place = each.location
        where = {
            "file": place.file if place else "",
            "line": str(place.line or 1) if place else "",
            "col": str(place.column or 1) if place else "",
            "title": f"{each.title} ({each.rule})",
        }
        properties = ",".join(
            f"{name}={value.translate(_GITHUB_PROPERTY)}" for name, value in where.items() if value
        )
        message = each.message.translate(_GITHUB_ESCAPES)
        lines.append(f"::{_GITHUB_COMMANDS[each.level]} {properties}::{message}\n")
    return "".join(lines)


def to_gitlab(annotations: Annotations, _command: str) -> str:
    """Return annotations as a code quality report of GitLab."""
    report = [
        {
            "check_name": each.rule,
            "description": each.message,
            "fingerprint": _fingerprint(each),
            "severity": _GITLAB_SEVERITIES[each.level],
            "location": {
                "path": each.location.file if each.location else "",
                "lines": {"begin": (each.location.line if each.location else None) or 1},
            },
        }
        for each in annotations
    ]
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _fingerprint(each: Annotation) -> str:
    """Return what tells an annotation apart, also after other lines have changed."""
    parts = (each.rule, each.address, *each.distinction, each.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _attribute(text: str) -> str:
    return saxutils.quoteattr(_xml_text(text))


def _xml_text(text: str) -> str:
    """Return text with only those characters that XML can hold."""
    return _NOT_XML.sub("\ufffd", text)


FORMATS: Final[Mapping[str, Callable[[Annotations, str], str]]] = {
    "sarif": to_sarif,
    "junit": to_junit,
    "github": to_github,
    "gitlab": to_gitlab,
}
"""The formats by the word of `--format`; each function takes the name of the command too."""
