"""Create a shared state, and prove that its storage refuses what is stale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.errors import StateError
from cioform.model.objects.snapshot import AppliedState
from cioform.state.runs import RunInfo, RunSummary, encode_file
from cioform.state.shared.backend import (
    MovedError,
    Snapshot,
    StateBackend,
    SwapNote,
    ignores_conditions_error,
)
from cioform.state.shared.layout import LAST_RUN_FILE, MOVED_FILE, STATE_FILE, summary_file
from cioform.state.state import StateOwner, encode_state

_PROOF_FILE: Final = "proof"


def create_state(
    backend: StateBackend,
    found: Snapshot | None,
    owner: StateOwner,
    applied: AppliedState,
    run: RunInfo,
    history: Sequence[RunSummary] = (),
) -> None:
    """Put a state where there is none. `found` is what the storage has: nothing, or a moved state.

    Raises StateError if somebody else does the same, or if the storage ignores conditions.
    """
    changes: dict[str, bytes | None] = {
        summary_file(summary.run.id): encode_file(summary) for summary in history
    }
    if history:
        changes[LAST_RUN_FILE] = encode_file(history[-1])
    if found is not None:
        changes[MOVED_FILE] = None
    changes[STATE_FILE] = encode_state(applied, owner)
    note = SwapNote(f"{run.command} {owner.name}", run.details, run.who)
    try:
        token = found.token if found is not None else None
        if not backend.is_atomic:
            token = _prove_atomic(backend, token, note)
            changes[_PROOF_FILE] = None
        backend.swap(changes, token, note)
    except MovedError:
        raise StateError.of(
            "State already exists",
            f"Somebody else has just created a state in {backend.location}. Nothing was changed. "
            "Run the command again to see it.",
        ) from None


def _prove_atomic(backend: StateBackend, token: str | None, note: SwapNote) -> str:
    """Return the token of a state with a file more.

    Raises StateError unless the storage refuses a swap with a token that is no longer valid.
    """
    stale = backend.swap({_PROOF_FILE: b"1"}, token, note)
    current = backend.swap({_PROOF_FILE: b"2"}, stale, note)
    try:
        backend.swap({_PROOF_FILE: b"stale"}, stale, note)
    except MovedError:
        return current
    raise ignores_conditions_error(backend.location)
