"""Check everything that commands on a workspace need."""

from __future__ import annotations

from cioform.run.doctor import DoctorReport, live_edits_check, run_checks
from cioform.services.context import OpenWorkspace
from cioform.services.state.health import read_state


def check_workspace(opened: OpenWorkspace) -> DoctorReport:
    """Return what is known of credentials, workspace ID, clock, API description and state."""
    applied, state_checks = read_state(opened)
    refused_at = applied.live_edits_refused_at if applied is not None else None
    return run_checks(
        opened.kinds,
        opened.provider,
        opened.workspace_id,
        opened.openapi_cache,
        opened.clock(),
        live_edits_check(opened.configuration.settings.live_edits, refused_at),
        *state_checks,
    )
