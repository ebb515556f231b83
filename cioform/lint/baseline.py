"""The findings that a workspace had before its texts were checked, and that are not reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cioform.core.data.json_value import Json
from cioform.lint.finding import Finding
from cioform.lint.subject import Subject

Key: TypeAlias = tuple[str, str, str, str]
"""The rule, the address, the path in the file and the line of the text."""
Baseline: TypeAlias = Mapping[Key, int]
"""How often each finding is accepted. Line numbers are left out, as they move."""


def split_known(
    findings: Iterable[Finding], baseline: Baseline, subject: Subject
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that are not in a baseline, and those that are."""
    if not baseline:
        return list(findings), []
    left = Counter(dict(baseline))
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        key = key_of(finding, subject)
        if left[key] > 0:
            left[key] -= 1
            known.append(finding)
        else:
            new.append(finding)
    return new, known


def key_of(finding: Finding, subject: Subject) -> Key:
    """Return what tells a finding apart from others, also after other lines have changed."""
    return (
        finding.rule,
        str(finding.address),
        subject.shown_path(finding.address, finding.path),
        finding.excerpt,
    )


def baseline_of(findings: Iterable[Finding], subject: Subject) -> Baseline:
    """Return the baseline that accepts exactly these findings."""
    return Counter(key_of(finding, subject) for finding in findings)


def to_data(baseline: Baseline) -> dict[str, Json]:
    """Return a baseline as its file has it."""
    return {
        "findings": [
            {
                "rule": rule,
                "address": address,
                **({"path": path} if path else {}),
                **({"text": text} if text else {}),
                **({"count": count} if count > 1 else {}),
            }
            for (rule, address, path, text), count in sorted(baseline.items())
        ]
    }


def from_data(data: Json) -> Baseline:
    """Return the baseline that a file has. Raises ValueError with the end of a sentence."""
    entries = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise ValueError("lacks the list `findings`")
    found: Counter[Key] = Counter()
    for at, entry in enumerate(entries):
        fields = entry if isinstance(entry, dict) else {}
        rule, address, count = fields.get("rule"), fields.get("address"), fields.get("count", 1)
        if not (isinstance(rule, str) and isinstance(address, str) and isinstance(count, int)):
            raise ValueError(f"has an entry without `rule` or `address` at `findings[{at}]`")
        found[rule, address, str(fields.get("path", "")), str(fields.get("text", ""))] += count
    return found
