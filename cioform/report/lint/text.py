"""Findings as text, as every command shows diagnostics."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.diagnostic import Severity
from cioform.core.text.quantities import pluralize
from cioform.lint.placed import PlacedFinding
from cioform.lint.rule import Rule
from cioform.report.diagnostics import render_diagnostics
from cioform.report.styling import PLAIN, Styler, Tone


def render_findings(findings: Sequence[PlacedFinding], style: Styler = PLAIN) -> str:
    """Return findings as diagnostics, each with its place and what to do."""
    return render_diagnostics((each.diagnostic for each in findings), style)


def render_summary(
    findings: Sequence[PlacedFinding], in_baseline: int, ignored: int, style: Styler = PLAIN
) -> str:
    """Return one line with the numbers."""
    errors = sum(each.finding.severity is Severity.ERROR for each in findings)
    warnings = len(findings) - errors
    left_out = [
        f"{number} {where}"
        for number, where in ((in_baseline, "in the baseline"), (ignored, "ignored"))
        if number
    ]
    more = f" ({', '.join(left_out)})" if left_out else ""
    if not findings:
        return f"{style('No findings.', Tone.SUCCESS)}{more}\n"
    counts = f"{pluralize(errors, 'error', 'errors')}, {pluralize(warnings, 'warning', 'warnings')}"
    return f"{style(counts, Tone.ERROR if errors else Tone.WARNING)}{more}\n"


def render_rules(rules: Sequence[Rule]) -> str:
    """Return a table of the rules."""
    width = max(len(rule.group) for rule in rules)
    return "".join(
        f"{rule.id}  {rule.severity.value:<7}  {rule.group:<{width}}  {rule.name}\n"
        for rule in rules
    )
