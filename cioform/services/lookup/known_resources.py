"""The known resources of a workspace: from files and state, or from reading it too."""

from __future__ import annotations

from cioform.core.dataclasses import dataclass, replace
from cioform.model.objects.snapshot import AppliedState
from cioform.plan.selecting.scope import Scope
from cioform.run.importing.capture import capture_resources
from cioform.run.importing.captured import CapturedResources
from cioform.services.context import OpenWorkspace
from cioform.services.lookup.selection import WorkspaceFacts, facts_of
from cioform.services.reading.recovery import read_recovered_state


@dataclass(frozen=True, slots=True)
class KnownResources:
    """What selectors can name, and where it was found."""

    facts: WorkspaceFacts
    """What the files, the state and the listed objects say."""
    applied: AppliedState
    seen: CapturedResources | None
    """What the workspace has; None if it was not read."""


def find_known_resources(opened: OpenWorkspace, *, live: bool) -> KnownResources:
    """Return the resources of the files and the state; with `live`, read the workspace too."""
    if not live:
        applied = opened.load_state()
        return KnownResources(facts_of(opened, applied), applied, None)
    opened.require_credentials()
    applied = read_recovered_state(opened)
    desired = opened.configuration.desired
    seen = capture_resources(
        opened.kinds, desired, applied, opened.provider, Scope(), listener=opened.listener
    )
    facts = facts_of(opened, applied)
    facts = replace(facts, bindings={**seen.bindings, **facts.bindings})
    return KnownResources(facts, applied, seen)
