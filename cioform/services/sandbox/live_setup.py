"""Set up a live situation in a sandbox: a setting of its UI, and people at steps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from cioform.config.project import require_workspace
from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_names
from cioform.emulator.store.record_types import ACTION
from cioform.model.remote_access.conversation import Api
from cioform.services.connections.sandbox import open_sandbox_store
from cioform.services.workspace import open_workspace


def allow_live_edits(root: Path, name: str, allowed: bool) -> None:
    """Turn the setting “Allow agent to edit live data” of a sandbox workspace on or off."""
    with closing(open_sandbox_store(root)) as store:
        if store.find_workspace("name", name) is None:
            require_workspace(root, name)
            store.workspace(name)
        with store.transaction():
            store.workspace_data(name).set_setting("edit_live_data", allowed)


def put_people_at(root: Path, name: str, address: Address, people: Mapping[str, int]) -> None:
    """Set how many people are at steps of a campaign of the sandbox: step ID -> number.

    Raises UsageError when there is no such object or step.
    """
    with open_workspace(root, name, apis=frozenset({Api.JOURNEYS}), actor="sandbox") as workspace:
        live, _ = workspace.live(address)
    parts = live.decoded.parts
    for step in people:
        if step not in parts:
            known = join_names(sorted(parts)) or "none"
            raise UsageError.of(
                "Step not found",
                f"{address} has no step `{step}`.{did_you_mean(step, parts)} Its steps are "
                f"{known}.",
                address=address,
            )
    with closing(open_sandbox_store(root)) as store, store.transaction():
        data = store.workspace_data(name)
        for step, number in people.items():
            record = data.get(ACTION, int(parts[step]))
            assert record is not None  # the campaign was just read with it
            data.save(ACTION, {**record, "people": number})
