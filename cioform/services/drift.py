"""Find what people changed in the workspace since cioform last wrote to it."""

from __future__ import annotations

from dataclasses import replace

from cioform.config.read.checks.expired_ignores import expired_ignores
from cioform.model.objects.snapshot import AppliedState
from cioform.plan.drift import DriftReport, NothingBound, report_drift
from cioform.plan.selecting.scope import Scope
from cioform.run.reading.history.audit import with_editors
from cioform.services.context import OpenWorkspace
from cioform.services.lookup.selection import resolve_scope
from cioform.services.notifying.notify import notify_drift
from cioform.services.pull.pullable import without_edits
from cioform.services.reading.read import read_workspace
from cioform.services.reading.recovery import read_recovered_state
from cioform.services.reading.state_checks import check_compared_values, values_of_state_checked


def detect_drift(opened: OpenWorkspace, scope: Scope) -> DriftReport:
    """Return the drift in `scope`, with its editors where the audit log can be read.

    The webhooks are notified if there is any.
    """
    applied = read_recovered_state(opened)
    scope = opened.scope_of(scope)
    with values_of_state_checked(opened, applied):
        report = _report(opened, applied, scope)
    check_compared_values(opened, applied, (each.address for each in report.drift))
    notify_drift(opened, report)
    return report


def _report(opened: OpenWorkspace, applied: AppliedState, scope: Scope) -> DriftReport:
    scope = resolve_scope(opened, scope, applied)
    matched, live = read_workspace(opened, applied, scope)
    pairs = [pair for pair in matched.pairs if scope.includes(pair.address)]
    report = report_drift(opened.kinds, pairs, live)
    drift = with_editors(
        report.drift, matched.pairs, opened.kinds, opened.provider, live.objects,
        opened.store.history,
    )  # fmt: skip
    known = (*opened.configuration.desired.resources, *applied.bindings)
    resources = opened.configuration.desired.resources
    return replace(
        report,
        drift=drift,
        nothing_bound=report.nothing_bound if report.compared else _reason(opened, applied, scope),
        excluded=scope.count_always_excluded(known),
        without_edits=without_edits(opened, drift, matched.pairs, live),
        ended=tuple(expired_ignores(each for a, each in resources.items() if scope.includes(a))),
    )


def _reason(opened: OpenWorkspace, applied: AppliedState, scope: Scope) -> NothingBound:
    """Return why nothing that is in scope is bound."""
    if scope.targeted is not None and not scope.targeted:
        return NothingBound.NOT_SELECTED
    if applied.bindings:
        return NothingBound.OUT_OF_SCOPE
    has_files = bool(opened.configuration.desired.resources)
    return NothingBound.NOT_APPLIED if has_files else NothingBound.NO_FILES
