"""A workspace as a program uses it: everything the command line can do, as methods."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

from cioform.config.load import Configuration, load_configuration
from cioform.config.project import find_project
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.json_value import Attributes
from cioform.kinds import find_kinds
from cioform.model.live_object import LiveObject
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.limits import Guards
from cioform.model.snapshot import AppliedState
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.broadcasts.broadcasts import Broadcasts
from cioform.operate.bulk_import.importer import Importer
from cioform.operate.campaigns.campaigns import Campaigns
from cioform.operate.events import Events
from cioform.operate.messages.sends import Sends
from cioform.operate.people.people import People
from cioform.operate.segments.members import Members
from cioform.plan.change import Drift
from cioform.plan.drift import DriftReport
from cioform.plan.plan import OnDrift, Plan, PreferredSide
from cioform.plan.reach.reference_graph import ReferenceGraph
from cioform.plan.scope import Scope
from cioform.remote.factory import HttpProvider
from cioform.report.preview.model import Preview
from cioform.run.doctor import DoctorReport, live_edits_check, run_checks
from cioform.run.events import Listener, Outcome, ignore_events
from cioform.run.reading.timeline import Timeline
from cioform.services.applying import apply_reviewed_plan
from cioform.services.audit import read_timeline
from cioform.services.base_revision import read_base_settings
from cioform.services.connections.connect import connect_workspace
from cioform.services.context import OpenWorkspace
from cioform.services.drift import detect_drift
from cioform.services.importing import ImportResult, import_resources
from cioform.services.planning import (
    PlanOptions,
    plan_workspace,
    workspace_guards,
)
from cioform.services.preview.previewing import PreviewRequest, preview_resource
from cioform.services.reading import read_live_object, show_resource
from cioform.services.references import reference_graph
from cioform.services.rollback import Rollback, plan_rollback
from cioform.services.shared_state.administration import StateAdministration
from cioform.services.shared_state.stores import open_store
from cioform.services.state_admin import forget_binding, move_binding
from cioform.services.state_folder import refuse_tracked_state, state_folder
from cioform.services.state_health import read_state
from cioform.services.text_cache import cached_texts
from cioform.state.state import StateOwner

IMPORTS_FOLDER = "imports"
"""Beside the state: the journals of bulk imports and their rejected lines."""


class Workspace:
    """One open workspace: its files, its state and the remote behind it.

    with Workspace.open("acme") as acme:
        plan = acme.plan()
        acme.people.identify("u1", {"plan": "trial"})
    """

    def __init__(self, opened: OpenWorkspace) -> None:
        self._opened = opened

    @classmethod
    def open(
        cls,
        name: str,
        *,
        project: str | Path = ".",
        apis: frozenset[Api] | None = None,
        listener: Listener = ignore_events,
        rate: float | None = None,
        lock_seconds: float = 0,
        settings_from: str | None = None,
        allow_new_workspace: bool = False,
    ) -> AbstractContextManager[Workspace]:
        """Open a workspace of the project at or above `project`.

        `apis` restricts the credentials to use, `rate` lowers the requests per second.
        `lock_seconds` is how long to wait for the lock of a shared state. Guards, credentials and
        the other settings that judge a plan are read from the revision `settings_from`, by default
        in a pull request that of its target branch; if that has no such workspace, it is only
        opened with `allow_new_workspace`. Raises ConfigError when the files are not valid.
        """
        root = find_project(Path(project))
        return open_workspace(
            root,
            name,
            apis=apis,
            listener=listener,
            rate=rate,
            lock_seconds=lock_seconds,
            settings_from=settings_from,
            allow_new_workspace=allow_new_workspace,
        )

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self._opened.name

    @property
    def workspace_id(self) -> int | None:
        """The workspace's number in Customer.io, None where `workspace.yaml` does not name it."""
        return self._opened.workspace_id

    @property
    def configuration(self) -> Configuration:
        """What the files say."""
        return self._opened.configuration

    @property
    def kinds(self) -> Registry:
        """Every kind that cioform manages."""
        return self._opened.kinds

    @property
    def provider(self) -> HttpProvider:
        """The connection to the workspace, for requests of your own."""
        return self._opened.provider

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that a credential is set for."""
        return self._opened.apis

    def applied(self) -> AppliedState:
        """Return the state: the bindings and what was last written."""
        return self._opened.load_state()

    def plan(
        self,
        scope: Scope | None = None,
        prefer: PreferredSide | None = None,
        on_drift: OnDrift = OnDrift.OVERWRITE,
    ) -> Plan:
        """Read the workspace and return the plan that turns it into what the files say.

        Sends reads only. What an interrupted run left open is looked up first.
        """
        plan, _ = plan_workspace(self._opened, PlanOptions(scope or Scope(), prefer, on_drift))
        return plan

    def plan_with_warnings(
        self,
        scope: Scope | None = None,
        prefer: PreferredSide | None = None,
        on_drift: OnDrift = OnDrift.OVERWRITE,
    ) -> tuple[Plan, tuple[Diagnostic, ...]]:
        """Return the plan, and the warnings of `cioform lint` about the texts that it writes."""
        options = PlanOptions(scope or Scope(), prefer, on_drift, warns=True)
        return plan_workspace(self._opened, options)

    def guards(
        self, *, allow_delete: bool = False, allow_live: bool = False, allow_replace: bool = False
    ) -> Guards:
        """Return the guards of `workspace.yaml`, relaxed by what is allowed here."""
        return workspace_guards(
            self._opened,
            allow_delete=allow_delete,
            allow_live=allow_live,
            allow_replace=allow_replace,
        )

    def apply(
        self,
        plan: Plan,
        guards: Guards | None = None,
        *,
        keep_going: bool = False,
        check_files: bool = True,
        allow_older: bool = False,
    ) -> Outcome:
        """Carry out a plan, within the guards of `workspace.yaml` unless others are given.

        `keep_going` continues after a failure with the changes that do not depend on it. Raises
        PlanError, with nothing sent, when a guard refuses the plan, when the state has changed
        since it was made, with `check_files` when the plan differs from the files, or, unless
        `allow_older`, when newer files were applied to a shared state.
        """
        effective = self.guards() if guards is None else guards
        return apply_reviewed_plan(
            self._opened,
            plan,
            effective,
            keep_going=keep_going,
            check_files=check_files,
            allow_older=allow_older,
        )

    def plan_rollback(self, run_id: str) -> Rollback:
        """Return the plan that undoes a run, from the backups in its journal.

        What has changed since is left, and the plan names it. Sends reads only.
        """
        return plan_rollback(self._opened, run_id)

    def roll_back(
        self, rollback: Rollback, guards: Guards | None = None, *, keep_going: bool = False
    ) -> Outcome:
        """Carry out a rollback, with the guards and checks of `apply`.

        Until the files agree with it, plans that would make the changes again are refused.
        """
        return apply_reviewed_plan(
            rollback.opened,
            rollback.plan,
            self.guards() if guards is None else guards,
            keep_going=keep_going,
            files=rollback.files,
        )

    def import_(
        self, scope: Scope | None = None, *, only_id: str | None = None, force: bool = False
    ) -> ImportResult:
        """Write files for what exists and bind it.

        Existing files stay as they are unless `force` writes their drift into them. `only_id`
        binds the one address in `scope` to the object with that id.
        """
        return import_resources(self._opened, scope or Scope(), only_id=only_id, force=force)

    def drift(self, scope: Scope | None = None) -> tuple[Drift, ...]:
        """Return what people changed since cioform last wrote, and who, where that is known."""
        return self.drift_report(scope).drift

    def drift_report(self, scope: Scope | None = None) -> DriftReport:
        """Return the drift, and which objects and fields could not be compared."""
        return detect_drift(self._opened, scope or Scope())

    def show(self, address: Address, source: str) -> Attributes:
        """Return a resource as in the files (`desired`), as last written (`applied`) or `live`."""
        return show_resource(self._opened, address, source)

    def live(self, address: Address) -> tuple[LiveObject, Names]:
        """Return a live object in full, and the names that resolve its references."""
        return read_live_object(self._opened, address)

    def references(self, *, live: bool = False) -> ReferenceGraph:
        """Return what refers to what in the files; with `live`, also objects without a file."""
        return reference_graph(self._opened, live=live)

    def preview(
        self,
        address: Address,
        *,
        people: tuple[str, ...] = ("all",),
        live: bool = False,
        before_after: bool = False,
    ) -> Preview:
        """Return the messages of a resource as several people get them.

        `people` are stand-ins, files with data, or ids of people. `live` shows what the workspace
        has, `before_after` that and the files.
        """
        request = PreviewRequest(address, people, live=live, before_after=before_after)
        return preview_resource(self._opened, self.people, request)

    def doctor(self) -> DoctorReport:
        """Check credentials, workspace id, clock, API description and state.

        Customer.io gets reads only. Whether the state can be written is tried without changing it.
        """
        opened = self._opened
        applied, state_checks = read_state(opened)
        refused_at = applied.live_edits_refused_at if applied is not None else None
        return run_checks(
            opened.kinds,
            opened.provider,
            opened.workspace_id,
            opened.openapi_cache,
            opened.clock(),
            live_edits_check(opened.configuration.settings.live_edits, refused_at),
            *state_checks,
        )

    def move(self, old: Address, new: Address) -> None:
        """Bind the object of `old` to `new`."""
        move_binding(self._opened, old, new)

    def forget(self, address: Address) -> None:
        """Unbind an address without deleting its object, which becomes unmanaged."""
        forget_binding(self._opened, address)

    def timeline(self, since: int, actor: str = "") -> Timeline:
        """Return what happened since a time in Unix seconds, with cioform and without it.

        With `actor`, only what was done by those whose name contains it.
        """
        return read_timeline(self._opened, since, actor)

    @property
    def has_unfinished_work(self) -> bool:
        """Whether the next apply has something to settle, even without a change.

        A run did not end, or something was rolled back and the files may agree by now.
        """
        return bool(self._opened.store.unfinished_runs() or self.applied().rolled_back)

    @property
    def state(self) -> StateAdministration:
        """The state as a whole: create, move, release, prune, print."""
        return StateAdministration(self._opened)

    @property
    def people(self) -> People:
        """People: identify, show, delete, suppress, import."""
        return People(self.provider, self._address_resolver, self._importer)

    @property
    def events(self) -> Events:
        """Events: track one, import many."""
        return Events(self.provider, self._importer)

    @property
    def send(self) -> Sends:
        """Transactional messages to one person."""
        opened = self._opened
        return Sends(self.provider, self._address_resolver, opened.clock, opened.sleep)

    @property
    def broadcasts(self) -> Broadcasts:
        """API-triggered broadcasts."""
        opened = self._opened
        return Broadcasts(self.provider, self._address_resolver, opened.clock, opened.sleep)

    @property
    def campaigns(self) -> Campaigns:
        """Campaigns as they run, and the metrics of everything that sends."""
        return Campaigns(self.provider, self._address_resolver, self._opened.clock)

    @property
    def members(self) -> Members:
        """The members of manual segments."""
        return Members(self.provider, self._address_resolver)

    @property
    def _address_resolver(self) -> AddressResolver:
        return AddressResolver(self.name, self.applied)

    @property
    def _importer(self) -> Importer:
        opened = self._opened
        folder = state_folder(opened.root, opened.name) / IMPORTS_FOLDER
        return Importer(self.provider, folder, opened.clock, opened.sleep, lambda: uuid4().hex)


@contextmanager
def open_workspace(
    root: Path,
    name: str,
    *,
    apis: frozenset[Api] | None = None,
    listener: Listener = ignore_events,
    actor: str | None = None,
    rate: float | None = None,
    lock_seconds: float = 0,
    settings_from: str | None = None,
    allow_new_workspace: bool = False,
) -> Iterator[Workspace]:
    """Open a workspace of the project at `root`.

    `apis` restricts the credentials to use, `rate` lowers the requests per second. `actor` plays
    a person who edits the sandbox in a browser, so that drift can be tried out. `lock_seconds` is
    how long to wait for the lock of a shared state. `settings_from` and `allow_new_workspace` are
    as in `Workspace.open`.
    """
    refuse_tracked_state(root)
    kinds = find_kinds()
    with cached_texts(root):
        base = read_base_settings(root, name, settings_from, allow_new=allow_new_workspace)
        configuration = load_configuration(root, name, kinds, os.environ, base=base)
        provider, workspace_id = connect_workspace(root, configuration, apis, actor, rate)
        try:
            owner = StateOwner(name, workspace_id)
            state = configuration.settings.state
            store = open_store(root, state, owner, kinds, lock_seconds=lock_seconds)
            yield Workspace(
                OpenWorkspace(root, configuration, kinds, provider, store, workspace_id, listener)
            )
        finally:
            provider.close()
