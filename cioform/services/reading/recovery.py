"""Load and save the state, after looking up what interrupted runs left open."""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from cioform.core.errors import StateError
from cioform.model.objects.snapshot import AppliedState
from cioform.run.recover import recover
from cioform.services.context import OpenWorkspace
from cioform.services.reading.state_checks import (
    check_bindings,
    check_journaled_ids,
    load_checked_state,
)
from cioform.services.revisions.run_origin import find_actor
from cioform.state.journal.replay import JournalReplay
from cioform.state.journal.resolution import RunResolution
from cioform.state.store import StateNotWritableError


def read_recovered_state(opened: OpenWorkspace) -> AppliedState:
    """Return the recovered state for a command that only reads.

    A shared state is neither locked nor written: the person who plans may not have the right to. A
    disk that is full or read-only does not stop it either. The next command that writes saves the
    result.
    """
    if not opened.store.is_shared:
        with suppress(StateNotWritableError), opened.store.lock():
            return load_recovered_state(opened)
    return _recover(opened)[0]


def load_recovered_state(opened: OpenWorkspace, run_id: str = "") -> AppliedState:
    """Return the state, updated with the results of unfinished runs, and save it.

    The caller holds the lock; `run_id` is the ID of its run, if it makes one. Sends only reads, and
    none if no run is unfinished.
    """
    applied, resolved = _recover(opened)
    if resolved.is_corrected:
        opened.store.save(applied)
    actor = find_actor(opened.root) if resolved.runs else ""
    for resolution in resolved.runs:
        opened.store.close_run(replace(resolution, by=actor, run=run_id), opened.clock())
    return applied


class _Resolved(NamedTuple):
    runs: tuple[RunResolution, ...] = ()
    is_corrected: bool = False


def _recover(opened: OpenWorkspace) -> tuple[AppliedState, _Resolved]:
    """Return the state under the serial that it gets when it is saved, and what was resolved."""
    applied = load_checked_state(opened)
    runs = opened.store.unfinished_runs()
    if not runs:
        return applied, _Resolved()
    for run in runs:
        _check_origin(opened, run, applied)
        for change in run.open_changes:
            opened.provider.sensitive.remember(change.wanted)
    try:
        check_journaled_ids(opened.kinds, runs)
        recovered = recover(runs, opened.kinds, applied, opened.provider)
    except (AttributeError, LookupError, TypeError, ValueError):
        # The lines have the right checksums and fields, and values that no run has written.
        hint = runs[0].restore_hint or "Then move the file away and plan again."
        raise StateError.of(
            "Journal corrupt",
            f"The record of the run in {runs[0].location} cannot be understood. It is not known "
            f"what that run did, so nothing was changed. Check in Customer.io what it did. {hint}",
        ) from None
    is_corrected = recovered.applied.bindings != applied.bindings
    if is_corrected:
        applied = replace(recovered.applied, serial=applied.serial + 1)
        check_bindings(opened, applied)
    return applied, _Resolved(recovered.resolved, is_corrected)


def _check_origin(opened: OpenWorkspace, run: JournalReplay, applied: AppliedState) -> None:
    """Raise StateError for the journal of a run that began with another state.

    A state that was never saved has a new lineage each time.
    """
    is_other = (
        run.lineage not in ("", applied.lineage)
        if applied.serial
        else run.workspace not in ("", opened.name)
    )
    if is_other:
        hint = run.restore_hint or (
            f"Put it back where it belongs, or move it away:\n    mv {shlex.quote(run.location)} "
            f"{shlex.quote(f'{run.location}.other')}"
        )
        raise StateError.of(
            "Journal of another state",
            f"{run.location} is from a run of {run.workspace or 'a workspace'} with another state "
            f"than the one that is here, so it says nothing about it. Nothing was changed. {hint}",
        )


def save_state(
    opened: OpenWorkspace, applied: AppliedState, *, keeps_serial: bool = False
) -> AppliedState:
    """Save the state under the next serial, or its own, and return it with that serial."""
    saved = replace(applied, serial=applied.serial + (0 if keeps_serial else 1))
    opened.store.save(saved)
    return saved
