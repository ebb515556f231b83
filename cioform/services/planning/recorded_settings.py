"""The settings in the state, by which a plan shows a loosened guard outside of pull requests."""

from __future__ import annotations

from cioform.config.judging_settings import changed_settings
from cioform.model.objects.snapshot import AppliedState
from cioform.services.context import OpenWorkspace
from cioform.services.policies.changed import policy_digests


def recorded_settings(opened: OpenWorkspace) -> dict[str, str]:
    """Return the digests of the settings and policies in force, by their names."""
    return {**opened.configuration.settings.judging, **policy_digests(opened)}


def changed_since_apply(opened: OpenWorkspace, applied: AppliedState) -> tuple[str, ...]:
    """Return the settings and policies in force that are not those of the last apply."""
    if applied.settings is None:
        return ()
    return changed_settings(applied.settings, recorded_settings(opened))
