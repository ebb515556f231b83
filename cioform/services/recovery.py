"""Load and save the state, after looking up what interrupted runs left open."""

from __future__ import annotations

from dataclasses import replace

from cioform.model.snapshot import AppliedState
from cioform.run.recover import recover
from cioform.services.context import OpenWorkspace


def load_recovered_state(opened: OpenWorkspace) -> AppliedState:
    """Return the state, corrected by what unfinished runs turn out to have done.

    The caller holds the lock. Sends reads only, and none where no run is unfinished.
    """
    applied = opened.store.load()
    runs = opened.store.unfinished_runs()
    if not runs:
        return applied
    recovered = recover(runs, opened.kinds, applied, opened.provider)
    if recovered.applied.bindings != applied.bindings:
        applied = save_state(opened, recovered.applied)
    for run_id in recovered.settled:
        opened.store.close_run(run_id, opened.clock())
    return applied


def save_state(opened: OpenWorkspace, applied: AppliedState) -> AppliedState:
    """Save the state under the next serial and return it with that serial."""
    saved = replace(applied, serial=applied.serial + 1)
    opened.store.save(saved)
    return saved
