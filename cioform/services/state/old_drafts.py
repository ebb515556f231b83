"""The drafts that have waited for a long time, as far as the state on this machine tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from cioform.config.load import Configuration
from cioform.core.address import Address
from cioform.core.errors import StateError
from cioform.model.registry import Registry
from cioform.services.state.local_store import open_local_store
from cioform.state.state import StateOwner

_DRAFT: Final = "draft"


def old_drafts(
    root: Path, configuration: Configuration, kinds: Registry, today: date
) -> Mapping[Address, int]:
    """Return the objects that were drafts when they were last written, and how many days ago.

    Only those of at least `lint.draft_days`. A shared state is not asked, because a check of files
    needs no network; a state that cannot be read tells nothing here.
    """
    name, settings = configuration.name, configuration.settings
    if settings.state.is_shared:
        return {}
    store = open_local_store(root, StateOwner(name, settings.workspace_id), kinds)
    try:
        bindings = store.load().bindings if store.exists() else {}
    except StateError:
        return {}
    ages = {
        address: (today - datetime.fromtimestamp(seen.at, UTC).date()).days
        for address, binding in bindings.items()
        if (seen := binding.last_seen).state == _DRAFT and seen.at is not None
    }
    return {address: days for address, days in ages.items() if days >= settings.lint.draft_days}
