"""Annotations of many workspaces, each with the name of its workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from cioform.core.diagnostic import Diagnostic
from cioform.report.annotations.annotation import Annotation, Level
from cioform.report.fleet.document import Reported
from cioform.report.plan.annotate import drift_annotations, plan_annotations
from cioform.report.values import escape_unprintable

_LEVELS: Final = tuple(Level)


def combined_annotations(reported: Iterable[Reported]) -> list[Annotation]:
    """Return the annotations of several workspaces, what stops something first."""
    found = [
        replace(
            each,
            address=f"{one.result.workspace}: {each.address}",
            message=f"{one.result.workspace}: {each.message}",
        )
        for one in reported
        for each in _annotations(one)
    ]
    return sorted(found, key=lambda each: _LEVELS.index(each.level))


def failure_annotations(workspace: str, problems: Sequence[Diagnostic]) -> Iterator[Annotation]:
    """Yield why a workspace was not looked at."""
    for each in problems:
        text = escape_unprintable(f"{each.summary}. {' '.join(each.detail.split())}")
        address = str(each.address or workspace)
        yield Annotation(
            "not-looked-at", "Not looked at", Level.ERROR, text, address, each.location
        )


def _annotations(reported: Reported) -> Iterable[Annotation]:
    """Return the annotations of a document; without places if it is a plan or drift alone."""
    if reported.annotations is not None:
        return reported.annotations
    if reported.plan is not None:
        return plan_annotations(reported.plan, reported.violations or (), lambda *_: None)
    if reported.drift is not None:
        name = reported.result.workspace
        return drift_annotations(name, reported.drift, lambda *_: None)
    return failure_annotations(reported.result.workspace, reported.result.problems)
