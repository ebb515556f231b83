"""Create the shared state of a workspace, or use one that exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import uuid4

from cioform.config.project import SETTINGS_FILE
from cioform.config.sections.state import StateSettings
from cioform.config.write.editing.edited_files import edit_document
from cioform.core.errors import StateError, UsageError
from cioform.model.objects.snapshot import AppliedState
from cioform.services.context import OpenWorkspace
from cioform.services.revisions.run_origin import describe_run
from cioform.services.state.local_store import open_local_store
from cioform.services.state.public_repository import refuse_readable_repository
from cioform.services.state.stores import open_backend
from cioform.state.git.backend import GitBackend
from cioform.state.shared.backend import Snapshot, StateBackend, SwapNote
from cioform.state.shared.creation import create_state
from cioform.state.shared.layout import has_state, is_moved
from cioform.state.shared.validity import StateIdentity, check_shared_state, decode_shared_state


def init_state(opened: OpenWorkspace, *, adopt: bool) -> Iterator[str]:
    """Create the shared state that the settings name; yield what was done, in sentences.

    With `adopt` a state that is there already is used, and a lost one is replaced by an empty one.
    """
    settings = opened.configuration.settings.state
    if not settings.is_shared:
        raise UsageError.of(
            "State is local",
            f"`workspace.yaml` of {opened.name} keeps the state in a local file, which needs no "
            "initialization. To share it between machines:\n\n"
            f"    cioform state migrate {opened.name} --to git",
        )
    backend = open_backend(opened.root, settings, opened.name)
    yield from check_privacy(opened, settings, backend)
    if adopt and isinstance(backend, GitBackend):
        yield from _accept_remote(backend, opened)
    found = backend.read()
    if found is not None and has_state(found.files) and not is_moved(found.files):
        yield _use_existing(opened, backend, found, adopt=adopt)
        return
    if settings.lineage is not None and not adopt:
        check_shared_state(found, _identity(opened, settings.lineage), backend)
    _refuse_forgotten_local_state(opened)
    lineage = str(uuid4())
    applied = AppliedState(lineage, 0, {})
    create_state(backend, found, opened.owner, applied, describe_run(opened, "state init"))
    write_lineage(opened, lineage)
    yield f"Created an empty state in {backend.location}, and wrote its lineage to {SETTINGS_FILE}."
    yield "The next plan adopts the objects that exist. Commit the file."


def check_privacy(
    opened: OpenWorkspace, settings: StateSettings, backend: StateBackend
) -> Iterator[str]:
    """Raise StateError if everybody could read the state; yield a warning if that is not known."""
    if isinstance(backend, GitBackend) and not refuse_readable_repository(
        settings, opened.name, backend.url
    ):
        yield (
            f"Warning: cioform could not find out who can read {settings.remote}. The state holds "
            "the content of messages."
        )


def write_state_setting(opened: OpenWorkspace, fields: Mapping[str, str | bool]) -> None:
    """Replace `state` in the settings of the workspace, with its lineage last."""
    edit_document(opened.configuration.folder / SETTINGS_FILE, ("state",), dict(fields))


def write_lineage(opened: OpenWorkspace, lineage: str) -> None:
    """Write which state is the right one to the settings of the workspace."""
    file = opened.configuration.folder / SETTINGS_FILE
    edit_document(file, ("state", "lineage"), lineage)


def _use_existing(
    opened: OpenWorkspace, backend: StateBackend, found: Snapshot, *, adopt: bool
) -> str:
    lineage = opened.configuration.settings.state.lineage
    expected = _identity(opened, None if adopt else lineage)
    applied = decode_shared_state(found.files, expected, backend, opened.kinds.upgrade_attributes)
    if applied.lineage == lineage:
        if adopt:
            return f"{backend.location} is used from now on as it is."
        return f"{backend.location} is initialized already. Nothing was changed."
    if not adopt:
        raise StateError.of(
            "State already exists",
            f"{backend.location} has a state with {applied.size_text}, and "
            "`workspace.yaml` does not name its lineage. If it is the state of this workspace, use "
            f"it:\n\n    cioform state init {opened.name} --adopt",
        )
    write_lineage(opened, applied.lineage)
    return (
        f"{backend.location} has a state with {applied.size_text}. Wrote its lineage "
        f"to {SETTINGS_FILE}."
    )


def _accept_remote(backend: GitBackend, opened: OpenWorkspace) -> Iterator[str]:
    """Restore a deleted ref from this machine's copy, and accept one that was reset."""
    lineage = opened.configuration.settings.state.lineage
    seen = backend.last_seen()
    if seen is None:
        return
    if backend.exists():
        if (command := backend.accept_reset(seen)) is not None:
            yield f"This machine saw another state before: {backend.describe(seen)}."
            yield f"It is kept here. Show it with\n    {command}"
        return
    copy = backend.read_seen(seen)
    if has_state(copy.files) and lineage is not None:
        decode_shared_state(
            copy.files, _identity(opened, lineage), backend, opened.kinds.upgrade_attributes
        )
        run = describe_run(opened, "state init")
        note = SwapNote(f"Restore {opened.name}", run.details, run.who)
        backend.restore(seen, note)
        yield f"Restored {backend.location} from the copy on this machine:"
        yield f"  {backend.describe(seen)}"
        yield "Another machine may have a newer copy. Before you apply, run this there:"
        yield f"    cioform plan {opened.name}"
        yield (
            "If its copy is newer, that plan is refused (exit code 7). The error shows both copies "
            "and names the command that pushes the newer one."
        )


def _refuse_forgotten_local_state(opened: OpenWorkspace) -> None:
    if open_local_store(opened.root, opened.owner, opened.kinds).exists():
        raise UsageError.of(
            "Local state already exists",
            f"{opened.name} has a state in a local file. A new one would forget its bindings. Take "
            f"it over instead:\n\n    cioform state migrate {opened.name} --to git",
        )


def _identity(opened: OpenWorkspace, lineage: str | None) -> StateIdentity:
    return StateIdentity(opened.owner, lineage)
