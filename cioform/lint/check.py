"""Run rules over a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Finding
from cioform.lint.rule import Rule
from cioform.lint.subject import Subject

_SUPPRESSION: Final = lazy_pattern(r"\bcioform-ignore\b(?P<rules>[^{}\n]*)")
_RULE_ID: Final = lazy_pattern(r"[A-Z]{2}[0-9]{3}")


def check_subject(
    subject: Subject, rules: Iterable[Rule], severities: Mapping[str, Severity] | None = None
) -> list[Finding]:
    """Return what the rules find, in the order of addresses and places.

    `severities` has the severity of rules for which it is not their own. A comment
    `{% comment %}cioform-ignore LQ006{% endcomment %}` hides the findings of these rules in its
    text.
    """
    changed = severities or {}
    found = [
        finding for rule in rules for finding in rule.check(subject) if not _is_suppressed(finding)
    ]
    ordered = sorted(found, key=_place)
    return [_with_severity(finding, changed.get(finding.rule)) for finding in ordered]


def _place(finding: Finding) -> tuple[str, str, int, str]:
    path = ".".join(f"{step:05}" if isinstance(step, int) else step for step in finding.path)
    return str(finding.address), path, finding.offset or 0, finding.rule


def _with_severity(finding: Finding, severity: Severity | None) -> Finding:
    if severity is None or severity is finding.severity:
        return finding
    return replace(finding, severity=severity)


def _is_suppressed(finding: Finding) -> bool:
    text = finding.text
    if text is None or "cioform-ignore" not in text.value:
        return False
    if "comment" not in {tag.name for tag in parse_liquid(text.value).tags}:
        return False
    named = (_RULE_ID.findall(match["rules"]) for match in _SUPPRESSION.finditer(text.value))
    return any(finding.rule in rules for rules in named)
