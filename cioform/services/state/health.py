"""Check where the state of a workspace is kept: read it, look at its lock, try to write it."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.errors import CioformError, StateError
from cioform.model.objects.snapshot import AppliedState
from cioform.run.doctor import Check
from cioform.services.context import OpenWorkspace
from cioform.services.reading.state_checks import load_checked_state
from cioform.state.store import StateNotWritableError, StateStore


def read_state(opened: OpenWorkspace) -> tuple[AppliedState | None, list[Check]]:
    """Return the state, None if it cannot be used, and the results of all checks of it."""
    store = opened.store
    try:
        applied = load_checked_state(opened)
        checks = [Check("state", True, f"{_size(applied)}, in {store.location}"), _lock(store)]
    except StateError as error:
        return None, [_failed("state", error)]
    return applied, [*checks, *_writable(store)]


def _size(applied: AppliedState) -> str:
    if applied.serial == 0:
        return "empty: nothing was applied yet"
    return f"{applied.size_text}, serial {applied.serial}"


def _lock(store: StateStore) -> Check:
    holder = store.lock_holder()
    return Check("state lock", None if holder else True, f"held by {holder}" if holder else "free")


def _writable(store: StateStore) -> Iterator[Check]:
    name = "state storage"
    try:
        proof = store.prove_writable()
    except StateNotWritableError as error:
        yield Check(name, None, f"read-only, so only plans are possible: {_detail(error)}")
    except StateError as error:
        yield _failed(name, error)
    else:
        yield Check(name, True, proof)


def _failed(name: str, error: CioformError) -> Check:
    return Check(name, False, _detail(error), error.exit_code)


def _detail(error: CioformError) -> str:
    return " ".join(problem.detail for problem in error.diagnostics)
