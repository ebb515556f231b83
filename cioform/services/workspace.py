"""A workspace as a program uses it: all that the command line can do, as methods."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

from cioform.config.load import Configuration as Loaded
from cioform.config.load import load_configuration
from cioform.config.project import find_project
from cioform.kinds import find_kinds
from cioform.model.conversation import Api
from cioform.model.limits import Guards
from cioform.model.registry import Registry
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.broadcasts.broadcasts import Broadcasts
from cioform.operate.bulk_import.importer import Importer
from cioform.operate.campaigns.campaigns import Campaigns
from cioform.operate.events import Events
from cioform.operate.messages.sends import Sends
from cioform.operate.people.people import People
from cioform.operate.segments.members import Members
from cioform.plan.plan import Plan
from cioform.remote.factory import HttpProvider
from cioform.run.events import Listener, Outcome, ignore_events
from cioform.services.connections.connect import connect_workspace
from cioform.services.session import Session
from cioform.services.state_folder import state_folder
from cioform.state.local import LocalStateStore
from cioform.state.state import StateOwner
from cioform.state.store import StateStore

IMPORTS_FOLDER = "imports"
"""Where, beside the state, the journals of imports and their rejected lines lie."""


class Workspace(Session):
    """One workspace, open: its files and state, and what flows through it.

    with Workspace.open("acme") as acme:
        plan = acme.plan()
        acme.people.identify("u1", {"plan": "trial"})
    """

    def __init__(
        self,
        root: Path,
        workspace: Loaded,
        kinds: Registry,
        provider: HttpProvider,
        store: StateStore,
        environment_id: int | None,
        listener: Listener = ignore_events,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(root, workspace, kinds, provider, store, environment_id, listener, clock)
        self._sleep = sleep

    @classmethod
    def open(
        cls,
        name: str,
        *,
        project: str | Path = ".",
        apis: frozenset[Api] | None = None,
        listener: Listener = ignore_events,
        rate: float | None = None,
    ) -> AbstractContextManager[Workspace]:
        """Open a workspace of the project at or above `project`. `apis` narrows the credentials
        to use, `rate` lowers the requests a second. Raises FilesWrong when the files are."""
        root = find_project(Path(project))
        return open_workspace(root, name, apis=apis, listener=listener, rate=rate)

    def apply(
        self, plan: Plan, guards: Guards | None = None, *, keep_going: bool = False
    ) -> Outcome:
        """Carry out a plan, within the guards of `workspace.yaml` unless others are given. Raises
        PlanRefused when a guard refuses it or the workspace has moved on; then nothing was
        sent."""
        own = self.guards() if guards is None else guards
        return super().apply(plan, own, keep_going=keep_going)

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
        return Sends(self.provider, self._address_resolver, self._clock, self._sleep)

    @property
    def broadcasts(self) -> Broadcasts:
        """API-triggered broadcasts."""
        return Broadcasts(self.provider, self._address_resolver, self._clock, self._sleep)

    @property
    def campaigns(self) -> Campaigns:
        """Campaigns as they run, and metrics of all that sends."""
        return Campaigns(self.provider, self._address_resolver, self._clock)

    @property
    def members(self) -> Members:
        """Who is in a manual segment."""
        return Members(self.provider, self._address_resolver)

    @property
    def _address_resolver(self) -> AddressResolver:
        return AddressResolver(self.name, self.applied)

    @property
    def _importer(self) -> Importer:
        folder = state_folder(self.root, self.name) / IMPORTS_FOLDER
        return Importer(self.provider, folder, self._clock, self._sleep, lambda: uuid4().hex)


@contextmanager
def open_workspace(
    root: Path,
    name: str,
    *,
    apis: frozenset[Api] | None = None,
    listener: Listener = ignore_events,
    actor: str | None = None,
    rate: float | None = None,
) -> Iterator[Workspace]:
    """Open a workspace for one command. `apis` narrows the credentials to use, `rate` lowers the
    requests a second; `actor` is the person at the sandbox's browser, for playing edits behind
    Git's back."""
    kinds = find_kinds()
    workspace = load_configuration(root, name, kinds, os.environ)
    provider, environment_id = connect_workspace(root, workspace, apis, actor, rate)
    try:
        store = LocalStateStore(state_folder(root, name), StateOwner(name, environment_id))
        yield Workspace(root, workspace, kinds, provider, store, environment_id, listener)
    finally:
        provider.close()
