"""Write files for what exists in the workspace, and bind it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from pathlib import Path

from cioform.config.load import Configuration, load_configuration, secrets_of
from cioform.config.write.editing.edited_files import EditedFiles, write_texts
from cioform.config.write.resources import write_resources
from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.text.quantities import pluralize
from cioform.model.objects.snapshot import AppliedState, Binding
from cioform.model.unknown_members import RAW, unknown_members_text
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.unmanaged_record import next_record
from cioform.plan.matching.adoption import baseline_after_pull
from cioform.plan.selecting.scope import Scope
from cioform.run.importing.bind_by_id import BindRequest
from cioform.run.importing.capture import capture_resources
from cioform.run.importing.captured import CapturedResources
from cioform.services.context import OpenWorkspace
from cioform.services.linting.command import accept_errors
from cioform.services.project.file_updates import FileUpdates
from cioform.services.project.project_files import write_schema
from cioform.services.project.stamps import managed_elsewhere
from cioform.services.project.valid_updates import plan_valid_updates
from cioform.services.reading.recovery import load_recovered_state, save_state
from cioform.services.revisions.run_origin import describe_run
from cioform.services.unset_fields import unset_fields
from cioform.storage.user_files import report_write_errors


@dataclass(frozen=True, slots=True)
class ImportedResources:
    """What an import wrote and bound, and what it could not write."""

    paths: tuple[Path, ...]
    addresses: tuple[Address, ...]
    bound: tuple[Address, ...]
    """The addresses that were bound only, because their file already exists."""
    left: tuple[str, ...]
    """Sentences that say what could not be written, and why."""
    unreadable: tuple[str, ...] = ()
    """Sentences about values that the written files lack, because no credential can read them or no
    field describes them."""
    unresolved: tuple[str, ...] = ()
    """Sentences about references in the written files to objects that were not found."""
    unnamed: tuple[str, ...] = ()
    """Sentences about IDs that a file cannot express. They stay in Customer.io as they are."""
    with_remote_id: tuple[Address, ...] = ()
    """The addresses whose files say which object they are, because its name is not unique."""
    excluded: tuple[Address, ...] = ()
    """The objects without a file that `--exclude` or the settings left out."""
    always_excluded: Mapping[str, int] = field(default_factory=dict)
    """How many of these each pattern of `exclude` in the settings leaves out."""

    unset: tuple[str, ...] = ()
    """Sentences about what the files that were updated do not set."""
    managed_elsewhere: Mapping[Address, str] = field(default_factory=dict)
    """Where those of the addresses are managed whose descriptions name another project or
    workspace."""
    ids_in_raw: tuple[str, ...] = ()
    """Sentences about the IDs in `raw`, which mean other objects in another workspace."""

    @property
    def is_complete(self) -> bool:
        """Whether the files say everything that can be said of the objects."""
        return not (self.left or self.unreadable or self.unresolved)


def import_resources(
    opened: OpenWorkspace, scope: Scope, *, only_id: str | None, force: bool
) -> ImportedResources:
    """Write files for the objects in `scope` and bind them.

    What a file already manages is left as it is, unless `force` writes its drift into that file;
    comments stay. `only_id` binds the one address in `scope` to the object with that ID.
    """
    managed = opened.configuration.desired.resources
    bind = None
    if only_id is not None:
        bind = BindRequest.parse(opened.name, scope, only_id, managed)
    scope = opened.scope_of(scope)
    with opened.store.lock(describe_run(opened, "import")):
        applied = load_recovered_state(opened)
        opened.require_credentials()
        captured = capture_resources(
            opened.kinds,
            opened.configuration.desired,
            applied,
            opened.provider,
            scope,
            bind=bind,
            force=force,
            secrets=secrets_of(opened.configuration.settings),
            listener=opened.listener,
        )
        # Git is asked for it, so it comes before anything is written.
        elsewhere = managed_elsewhere(
            opened.root, opened.configuration, captured.stamps, applied.bindings
        )
        paths, updates = _write_files(opened, captured, force=force)
        written = (*(a for a in captured.attributes if a not in managed), *updates.paths)
        bound = _bound_only(captured, bind, written)
        reloaded = load_configuration(opened.root, opened.name, opened.kinds, os.environ)
        bindings = _updated_bindings(opened, reloaded, written, captured, applied)
        bindings |= {a: replace(binding, applied=None) for a, binding in bound.items()}
        save_state(opened, replace(applied, bindings=bindings))
        baseline = accept_errors(opened.root, reloaded, opened.kinds, written)
    resources = reloaded.desired.resources
    unset = tuple(unset_fields(opened.name, opened.kinds, managed, resources, captured))
    # A resource that has its file is only reported when it was requested by ID or with force.
    requested = force or bind is not None
    unread = (text for a, text in captured.left.items() if requested or a not in managed)
    new = [address for address in written if address not in managed]
    return ImportedResources(
        (*paths, *([baseline] if baseline else [])),
        written,
        tuple(bound),
        (*unread, *updates.left),
        tuple(_missing(captured, written)),
        tuple(captured.unresolved[a] for a in written if a in captured.unresolved),
        tuple(captured.unnamed[a] for a in written if a in captured.unnamed),
        tuple(_ids_to_write(captured, new)),
        captured.excluded,
        scope.count_always_excluded(captured.excluded),
        unset if force else (),
        {a: elsewhere[a] for a in (*written, *bound) if a in elsewhere},
        tuple(captured.ids_in_raw[a] for a in written if a in captured.ids_in_raw),
    )


def _missing(captured: CapturedResources, addresses: Collection[Address]) -> Iterator[str]:
    """Yield sentences about values that are missing from the files of some resources."""
    for address in addresses:
        if address in captured.unreadable:
            yield captured.unreadable[address]
        if text := unknown_members_text(captured.unknown[address]):
            yield f"{address}: {text}"
    if hidden := [a for a in addresses if captured.unknown[a].get(RAW) is UNKNOWN]:
        number = pluralize(len(hidden), "resource", "resources")
        yield f"{number}: the credentials do not show members that cioform has no field for."


def _bound_only(
    captured: CapturedResources, bind: BindRequest | None, written: Iterable[Address]
) -> Mapping[Address, Binding]:
    """Return the binding that was requested by ID, unless its file was written too."""
    if bind is None or bind.address in written or bind.address not in captured.bindings:
        return {}
    return {bind.address: captured.bindings[bind.address]}


def _write_files(
    opened: OpenWorkspace, captured: CapturedResources, *, force: bool
) -> tuple[tuple[Path, ...], FileUpdates]:
    """Write files for what has none, and with `force` update those that exist."""
    folder = opened.configuration.folder
    managed = opened.configuration.desired.resources
    new = [(a, value) for a, value in captured.attributes.items() if a not in managed]
    with report_write_errors(folder):
        schema = write_schema(opened.root)
        defaults = opened.configuration.settings.defaults
        paths = write_resources(
            folder,
            opened.kinds,
            new,
            schema,
            defaults.values if defaults else None,
            remote_ids=_ids_to_write(captured, [address for address, _ in new]),
        )
        live = captured.attributes if force else {}
        updates = _plan_updates(opened, live) if live else FileUpdates(EditedFiles(), {}, ())
        write_texts(updates.files.changed)
    paths += [path for written in updates.paths.values() for path in written]
    return tuple(dict.fromkeys(paths)), updates


def _plan_updates(opened: OpenWorkspace, live: Mapping[Address, Attributes]) -> FileUpdates:
    """Return the edits that give the files the live values and leave all of them valid."""
    updates, _ = plan_valid_updates(opened.root, opened.configuration, opened.kinds, live)
    return updates


def _ids_to_write(captured: CapturedResources, addresses: Iterable[Address]) -> dict[Address, str]:
    """Return the IDs of the objects whose names are not unique."""
    return {a: captured.bindings[a].remote_id for a in addresses if a in captured.same_name}


def _updated_bindings(
    opened: OpenWorkspace,
    reloaded: Configuration,
    written: Iterable[Address],
    captured: CapturedResources,
    applied: AppliedState,
) -> dict[Address, Binding]:
    """Return all bindings, those of `written` with what files and workspace now agree on.

    Otherwise the next plan would take it for a change.
    """
    desired = reloaded.desired
    updated: dict[Address, Binding] = {}
    previous = {(a.kind, b.remote_id): b for a, b in applied.bindings.items()}
    for address in written:
        binding = captured.bindings[address]
        kind, live = opened.kinds[address.kind], captured.attributes[address]
        before = previous.get((address.kind, binding.remote_id))
        baseline = baseline_after_pull(
            kind, desired.resources[address], live, before.applied if before else None
        )
        fields = LiveFields(
            kind, binding.remote_id, {**live, **captured.unknown[address]}, captured.names
        )
        record = next_record(fields, before, baseline)
        updated[address] = replace(binding, applied=baseline, unmanaged=record)
    objects = {(a.kind, b.remote_id) for a, b in updated.items()}
    # An object that has a new address gives up its old one.
    rest = {a: b for a, b in applied.bindings.items() if (a.kind, b.remote_id) not in objects}
    bound = objects | {(a.kind, b.remote_id) for a, b in rest.items()}
    return rest | {
        address: _seen_at(int(opened.clock()), binding, captured, bound)
        for address, binding in updated.items()
    }


def _seen_at(
    now: int, binding: Binding, captured: CapturedResources, bound: Set[tuple[str, str]]
) -> Binding:
    """Return a binding with the time, and the unmanaged objects that have its name."""
    address = binding.address
    others = captured.same_name.get(address, ())
    unmanaged = tuple(each for each in others if (address.kind, each) not in bound)
    return replace(binding, last_seen=replace(binding.last_seen, at=now, same_name=unmanaged))
