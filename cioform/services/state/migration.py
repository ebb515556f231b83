"""Move the state of a workspace from one storage to another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

from cioform.config.project import SETTINGS_FILE
from cioform.config.sections.state import StateSettings, default_ref
from cioform.core.errors import StateError, UsageError
from cioform.core.quantities import pluralize
from cioform.core.quoted import quoted
from cioform.model.objects.snapshot import AppliedState
from cioform.services.context import OpenWorkspace
from cioform.services.project.state_folder import state_folder
from cioform.services.reading.recovery import load_recovered_state
from cioform.services.revisions.run_origin import describe_run
from cioform.services.state.creation import check_privacy, write_state_setting
from cioform.services.state.stores import open_backend, open_store
from cioform.state.local import LocalStateStore
from cioform.state.runs import RunInfo
from cioform.state.shared.creation import create_state
from cioform.state.shared.layout import MOVED_FILE, STATE_FILE
from cioform.state.shared.store import SharedStateStore
from cioform.state.store import StateStore

_LOCAL_FILES = (STATE_FILE, f"{STATE_FILE}.backup", "runs")


def migrate_state(opened: OpenWorkspace, to: str, remote: str | None) -> Iterator[str]:
    """Move the state to `to`: `local`, `git`, or the URL of an object storage.

    Yields what was done, in sentences. The settings are changed, too.
    """
    current = opened.configuration.settings.state
    target = _target(opened, to, remote)
    if target.is_shared and opened.configuration.settings.endpoint.is_sandbox:
        raise UsageError.of(
            "State of a sandbox",
            f"{opened.name} is in the sandbox, which exists on this machine only, so its state "
            "cannot be shared. Nothing was moved.",
        )
    source = _source(opened)
    if _is_same_place(current, target) and source.is_shared:
        raise UsageError.of(
            "State is there already", f"The state of {opened.name} is in {to} already."
        )
    run = describe_run(opened, "state migrate")
    with source.lock(run):
        applied = _settled_state(replace(opened, store=source))
        if target.is_shared:
            yield from _to_shared(opened, source, target, applied, run)
        else:
            _to_local(opened, source, applied)
        _write_settings(opened, target, applied.lineage)
        if isinstance(source, SharedStateStore):
            source.mark_moved(_describe(target), run.who)
    if not source.is_shared:
        _put_away_local_files(opened)
    yield (
        f"Moved the state with {_count(applied)} to {_describe(target)}, and wrote "
        f"it to {SETTINGS_FILE}. Commit the file."
    )


def _target(opened: OpenWorkspace, to: str, remote: str | None) -> StateSettings:
    current = opened.configuration.settings.state
    if to == "local":
        return StateSettings()
    if to == "git":
        remote = remote or (current.remote if current.backend == "git" else "origin")
        ref = current.ref if current.backend == "git" else default_ref(opened.name)
        return StateSettings("git", remote=remote, ref=ref, is_public=current.is_public)
    if to.startswith(("s3://", "gs://", "az://")):
        return StateSettings("object", url=to)
    raise UsageError.of(
        "Unknown place for a state",
        f"`--to` is {quoted(to)}. It takes `local`, `git`, or the URL of an object storage such as "
        "s3://bucket/acme.",
    )


def _source(opened: OpenWorkspace) -> StateStore:
    """Return the state to move: the local one, until the settings say which other one it is."""
    settings = opened.configuration.settings.state
    if settings.is_shared and settings.lineage is not None:
        return opened.store
    return open_store(opened.root, StateSettings(), opened.owner, opened.kinds)


def _settled_state(opened: OpenWorkspace) -> AppliedState:
    applied = load_recovered_state(opened)
    if opened.store.unfinished_runs():
        raise StateError.of(
            "A run is unfinished",
            f"A run on {opened.name} did not end, and the credentials that are set cannot find out "
            "what it did. Nothing was moved. Run a plan with all credentials first.",
        )
    return applied


def _to_shared(
    opened: OpenWorkspace,
    source: StateStore,
    target: StateSettings,
    applied: AppliedState,
    run: RunInfo,
) -> Iterator[str]:
    backend = open_backend(opened.root, target, opened.name)
    yield from check_privacy(opened, target, backend)
    found = backend.read()
    if found is not None and MOVED_FILE not in found.files:
        raise StateError.of(
            "State exists already",
            f"{backend.location} is in use. Nothing was moved. If it holds the state of another "
            "workspace, choose another `state.ref` or URL.",
        )
    create_state(backend, found, opened.owner, applied, run, source.history())


def _to_local(opened: OpenWorkspace, source: StateStore, applied: AppliedState) -> None:
    file = state_folder(opened.root, opened.name) / STATE_FILE
    if file.exists():
        raise StateError.of(
            "State exists already",
            f"{file} exists. Nothing was moved. If it is not needed, move it away first.",
        )
    # The state comes last: a move that stops before it can be tried again.
    local = LocalStateStore(file.parent, opened.owner)
    local.add_history(source.history())
    local.save(applied)


def _write_settings(opened: OpenWorkspace, target: StateSettings, lineage: str) -> None:
    fields: dict[str, str | bool] = {"backend": target.backend}
    if target.backend == "git":
        fields |= {"remote": target.remote}
        if target.ref != default_ref(opened.name):
            fields["ref"] = target.ref
        if target.is_public:
            fields["public"] = True
    elif target.backend == "object":
        fields["url"] = target.url
    if target.is_shared:
        fields["lineage"] = lineage
    write_state_setting(opened, fields)


def _put_away_local_files(opened: OpenWorkspace) -> None:
    """Move the files of the local state aside, so that nobody takes them for the state."""
    folder = state_folder(opened.root, opened.name)
    aside = folder / "migrated"
    aside.mkdir(exist_ok=True)
    for name in _LOCAL_FILES:
        if (folder / name).exists():
            shutil.rmtree(aside / name, ignore_errors=True)
            (folder / name).replace(aside / name)


def _is_same_place(one: StateSettings, other: StateSettings) -> bool:
    return replace(one, lineage=None, is_public=False) == replace(other, is_public=False)


def _describe(settings: StateSettings) -> str:
    if settings.backend == "git":
        return f"{settings.ref} of {settings.remote}"
    return settings.url or f"a local file ({STATE_FILE} in `.cioform/`)"


def _count(applied: AppliedState) -> str:
    return pluralize(len(applied.bindings), "binding", "bindings")
