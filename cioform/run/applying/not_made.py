"""The results of changes that a run does not make."""

from __future__ import annotations

from collections.abc import Set

from cioform.core.address import Address
from cioform.core.dataclasses import replace
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError
from cioform.core.exit_codes import TRY_AGAIN
from cioform.core.text.quoted import quoted
from cioform.plan.change import Change
from cioform.run.events import ChangeResult, ChangeStatus


def not_made(change: Change, status: ChangeStatus, error: CioformError) -> ChangeResult:
    """Return the result of a change that an error prevents before anything is sent."""
    return ChangeResult(
        change.address, change.action, status, error.diagnostics, exit_code=error.exit_code
    )


def skipped(change: Change, failed: Set[Address]) -> ChangeResult:
    """Return the result of a change that an earlier failure prevents."""
    dependencies = [str(address) for address in change.depends_on if address in failed]
    reason = (
        f"It depends on {', '.join(dependencies)}, which did not succeed."
        if dependencies
        else "The run stopped at an earlier failure. Pass `--on-error continue` to apply the "
        "changes that do not depend on it."
    )
    return _skipped_because(change, reason)


def skipped_as_closed(change: Change, reason: str) -> ChangeResult:
    """Return the result of a change for which the apply window closed too early."""
    text = f"{reason[0].upper()}{reason[1:]}. Apply the rest when it is open."
    return replace(_skipped_because(change, text), exit_code=TRY_AGAIN)


def _skipped_because(change: Change, reason: str) -> ChangeResult:
    return ChangeResult(
        change.address, change.action, ChangeStatus.SKIPPED,
        (Diagnostic("Skipped", reason, change.address, severity=Severity.WARNING),),
    )  # fmt: skip


def with_former_object(change: Change, result: ChangeResult) -> ChangeResult:
    """Return the result, which says of a former object that it was not deleted."""
    if result.status is ChangeStatus.DONE:
        return result
    left = Diagnostic(
        "Former object not deleted",
        f"The former object of {change.address}, {quoted(change.identity)}, is still in the "
        "workspace. The next plan deletes it, once nothing uses it.",
        change.address,
        severity=Severity.WARNING,
    )
    return replace(result, diagnostics=(*result.diagnostics, left))
