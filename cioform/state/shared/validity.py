"""Check that a shared storage has the state that the settings name."""

from __future__ import annotations

import json

from cioform.core.dataclasses import dataclass
from cioform.core.errors import StateError
from cioform.model.objects.snapshot import AppliedState
from cioform.state.shared.backend import Files, Snapshot, StateBackend
from cioform.state.shared.layout import MOVED_FILE, STATE_FILE, has_state, is_moved
from cioform.state.state import StateOwner, UpgradeAttributes, decode_state


@dataclass(frozen=True, slots=True)
class StateIdentity:
    """Which state a workspace uses: its owner, and its lineage as `workspace.yaml` has it."""

    owner: StateOwner
    lineage: str | None


def check_shared_state(
    snapshot: Snapshot | None, identity: StateIdentity, backend: StateBackend
) -> Snapshot:
    """Return the snapshot. Raises StateError if there is no state, or if it has moved away."""
    name = identity.owner.name
    if identity.lineage is None:
        raise StateError.of(
            "State not initialized",
            f"`state` in `workspace.yaml` has no `lineage`, which says which state in "
            f"{backend.location} is the right one. Create the state, which writes it:\n\n"
            f"    cioform state init {name}",
        )
    if snapshot is not None and is_moved(snapshot.files):
        raise _moved_error(snapshot.files[MOVED_FILE], backend)
    if snapshot is None or not has_state(snapshot.files):
        raise StateError.of(
            "State not found",
            f"{backend.location} has no state, but `workspace.yaml` says that there is one with "
            f"lineage {identity.lineage}. Without it the next plan would not know which objects "
            "belong to which files, so nothing was done. If `state` in `workspace.yaml` is wrong, "
            f"correct it. {backend.lost_hint}\n\n    cioform state init {name} --adopt",
        )
    return snapshot


def decode_shared_state(
    files: Files, identity: StateIdentity, backend: StateBackend, upgrade: UpgradeAttributes
) -> AppliedState:
    """Return the state of checked files. Raises StateError if it is corrupt or another one."""
    applied = decode_state(
        files[STATE_FILE], identity.owner, backend.location, upgrade, backend.restore_hint
    )
    if identity.lineage is not None and applied.lineage != identity.lineage:
        raise StateError.of(
            "Unexpected state lineage",
            f"{backend.location} has lineage {applied.lineage}, but `state.lineage` in "
            f"`workspace.yaml` is {identity.lineage}: it is not the state that was used before. "
            "Nothing was done. If the state was replaced on purpose, use the new one with\n\n"
            f"    cioform state init {identity.owner.name} --adopt",
        )
    return applied


def moved_file(target: str, who: str) -> bytes:
    """Return the content of the file that says where a state went."""
    return (json.dumps({"format": 1, "to": target, "who": who}, indent=1) + "\n").encode()


def _moved_error(content: bytes, backend: StateBackend) -> StateError:
    try:
        found = json.loads(content)
        where = f" to {found['to']} by {found['who']}"
    except (ValueError, KeyError, TypeError):
        where = ""
    return StateError.of(
        "State was moved",
        f"The state in {backend.location} was moved{where}. `workspace.yaml` here still names the "
        "old place. Pull the newest version of the files.",
    )
