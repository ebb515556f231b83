"""Warnings of a plan about the texts that it writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cioform.config.read.checks.expired_ignores import expired_ignores
from cioform.core.address import Address
from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Finding
from cioform.lint.placed import PlacedFinding
from cioform.lint.rules.missing_default import MissingDefault
from cioform.model.objects.snapshot import AppliedState
from cioform.plan.text_warning import TextWarning
from cioform.run.reading.reach.attribute_coverage import AttributeCounter, Coverage
from cioform.services.context import OpenWorkspace
from cioform.services.contracts.new_needs import new_need_warnings


def text_warnings(
    opened: OpenWorkspace,
    applied: AppliedState,
    written: Collection[Address],
    findings: Iterable[PlacedFinding],
) -> tuple[TextWarning, ...]:
    """Return what the checks say about what a plan writes, and what it newly needs.

    Missing defaults come first, beginning with the attribute that is blank for most people.
    """
    counter = AttributeCounter(opened.kinds, opened.provider, opened.workspace_id)
    graded = [
        (each, _coverage(each.finding, counter))
        for each in findings
        if each.finding.address in written
    ]
    graded.sort(key=lambda item: -item[1].blank if item[1] else 0)
    warnings = [_warning(each, coverage) for each, coverage in graded]
    resources = [each for a, each in opened.configuration.desired.resources.items() if a in written]
    warnings += [
        TextWarning("ignore", item.summary, item.detail, item.address, item.location)
        for item in expired_ignores(resources)
        if item.address is not None
    ]
    warnings += new_need_warnings(opened, applied, sorted(written), counter)
    return tuple(warnings)


def _warning(placed: PlacedFinding, coverage: Coverage | None) -> TextWarning:
    found = placed.finding
    message = found.message
    if coverage is not None:
        fails = "so every delivery to them fails" if coverage.blank else "as far as is known today"
        message = f"The attribute is {coverage.text}, {fails}. {message}"
    return TextWarning(placed.rule.id, placed.rule.name, message, found.address, placed.location)


def _coverage(found: Finding, counter: AttributeCounter) -> Coverage | None:
    """Return how often the attribute is blank that has no default; None for other findings."""
    if found.rule != MissingDefault.id or found.text is None:
        return None
    for use in parse_liquid(found.text.value).uses:
        if use.offset == found.offset and use.root == "customer" and len(use.path) > 1:
            return counter.coverage(str(use.path[1]))
    return None
