"""Move the state of a workspace from one storage to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cioform.config.project import SETTINGS_FILE
from cioform.config.sections.state import StateSettings, default_ref
from cioform.core.errors import StateError, UsageError
from cioform.core.text.quoted import quoted
from cioform.model.objects.snapshot import AppliedState
from cioform.services.context import OpenWorkspace
from cioform.services.reading.recovery import load_recovered_state
from cioform.services.revisions.run_origin import describe_run
from cioform.services.state.creation import check_privacy, write_state_setting
from cioform.services.state.local_store import open_local_store
from cioform.services.state.stores import describe_place, open_backend
from cioform.state.runs import RunInfo
from cioform.state.shared.creation import create_state
from cioform.state.shared.layout import STATE_FILE, is_moved
from cioform.state.state import encode_state
from cioform.state.store import StateStore


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
    if _is_same_place(current, target) and source.is_shared == target.is_shared:
        raise UsageError.of(
            "State already exists",
            f"The state of {opened.name} is in {describe_place(target)} already. Nothing was "
            "moved.",
        )
    run = describe_run(opened, "state migrate")
    with source.lock(run):
        applied = _resolved_state(replace(opened, store=source))
        if target.is_shared:
            yield from _to_shared(opened, source, target, applied, run)
        else:
            _to_local(opened, source, applied)
        _write_settings(opened, target, applied.lineage)
        source.mark_moved(describe_place(target), run.who)
    yield (
        f"Moved the state with {applied.size_text} to {describe_place(target)}, and wrote "
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
        "Invalid state location",
        f"`--to` is {quoted(to)}. It takes `local`, `git`, or the URL of an object storage such as "
        "s3://bucket/acme.",
    )


def _source(opened: OpenWorkspace) -> StateStore:
    """Return the state to move: the local one, until the settings say which other one it is."""
    settings = opened.configuration.settings.state
    if settings.is_shared and settings.lineage is not None:
        return opened.store
    return open_local_store(opened.root, opened.owner, opened.kinds)


def _resolved_state(opened: OpenWorkspace) -> AppliedState:
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
    if found is not None and found.files.get(STATE_FILE) == encode_state(applied, opened.owner):
        return  # An interrupted migration has already written it.
    if found is not None and not is_moved(found.files):
        raise StateError.of(
            "State already exists",
            f"{backend.location} is in use. Nothing was moved. If it holds the state of another "
            "workspace, choose another `state.ref` or URL.",
        )
    create_state(backend, found, opened.owner, applied, run, source.history())


def _to_local(opened: OpenWorkspace, source: StateStore, applied: AppliedState) -> None:
    local = open_local_store(opened.root, opened.owner, opened.kinds)
    if local.exists() and local.load() == applied:
        return  # An interrupted migration has already written it.
    if local.exists():
        raise StateError.of(
            "State already exists",
            f"{local.location} exists. Nothing was moved. If it is not needed, move it away first.",
        )
    # The state comes last: a move that stops before it can be tried again.
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


def _is_same_place(one: StateSettings, other: StateSettings) -> bool:
    return replace(one, lineage=None, is_public=False) == replace(other, is_public=False)
