"""An open workspace as the services receive it: its files, its remote and its state."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cioform.config.load import Configuration
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.errors import AuthError
from cioform.model.objects.snapshot import AppliedState, DesiredState
from cioform.model.own_names import with_declared_addresses
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import Resource
from cioform.plan.matching.base_documents import BaseDocuments
from cioform.plan.selecting.scope import Scope
from cioform.remote.factory import HttpProvider
from cioform.run.events import Listener, ignore_events
from cioform.services.judged_documents import with_base_documents
from cioform.services.project.state_folder import state_folder
from cioform.state.state import StateOwner
from cioform.state.store import StateStore

_OPENAPI_CACHE = "openapi.json"
_READING_CREDENTIALS = ("app_api_key", "service_account_token")
"""Those that can read a workspace."""


class ProjectsAtRevisions(Protocol):
    """Temporary projects with the files of revisions."""

    def at(self, root: Path, revision: str) -> Path:
        """Return the project with the files of a revision of the project at `root`."""


@dataclass(frozen=True, slots=True)
class OpenWorkspace:
    """One workspace, open for one command."""

    root: Path
    """The project's folder."""
    configuration: Configuration
    kinds: Registry
    provider: HttpProvider
    store: StateStore
    workspace_id: int | None
    listener: Listener = ignore_events
    clock: Callable[[], float] = time.time
    """Returns Unix seconds."""
    sleep: Callable[[float], None] = time.sleep
    revisions: ProjectsAtRevisions | None = None
    """Shares the files of revisions with the other workspaces of the same command."""
    base: BaseDocuments = field(default_factory=BaseDocuments)

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self.configuration.name

    @property
    def owner(self) -> StateOwner:
        """Whose state it is."""
        return StateOwner(self.name, self.workspace_id)

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that a credential is set for."""
        return self.provider.apis

    @property
    def openapi_cache(self) -> Path:
        """The file that keeps the Journeys API's description of itself."""
        return state_folder(self.root, self.name) / _OPENAPI_CACHE

    def load_state(self) -> AppliedState:
        """Return the state as it is stored.

        From then on, sensitive values that were written earlier are masked in responses as well.
        """
        applied = self.store.load()
        for binding in applied.bindings.values():
            self.provider.sensitive.remember(binding.applied)
        return applied

    def scope_of(self, scope: Scope) -> Scope:
        """Return a scope without what the settings exclude."""
        excluded = tuple(self.configuration.settings.exclude)
        return replace(scope, always_exclude=excluded, base_addresses=self.base.addresses)

    def with_resources(self, resources: Mapping[Address, Resource | None]) -> OpenWorkspace:
        """Return the workspace as if its files said something else of some addresses.

        None stands for an address without a file.
        """
        merged = {**self.configuration.desired.resources, **resources}
        present = {address: each for address, each in merged.items() if each is not None}
        desired = DesiredState(with_declared_addresses(present, self.kinds))
        return replace(self, configuration=replace(self.configuration, desired=desired))

    def with_moves(self, moves: Mapping[Address, Address]) -> OpenWorkspace:
        """Return the workspace with the moves that the state knows in its base documents.

        `moves` maps addresses in the files to different addresses in the state.
        """
        base = self.base.with_moves(moves)
        if base is self.base:
            return self
        return replace(self, configuration=with_base_documents(self.configuration, base), base=base)

    def require_credentials(self) -> None:
        """Raise AuthError unless a credential can read the workspace."""
        if not self.apis & {Api.APP, Api.JOURNEYS}:
            unset = self.configuration.settings.unset_variables
            variables = [unset[name] for name in _READING_CREDENTIALS if name in unset]
            problem = (
                f"the environment has no {' or '.join(f'`{name}`' for name in variables)}. Set one"
                if variables
                else "its `workspace.yaml` has none that can be used. Add one under `credentials`"
            )
            raise AuthError.of(
                "Missing credential",
                f"{self.name} needs an App API key or a service account token, but {problem}, then "
                f"check what it can do:\n\n    cioform doctor {self.name}",
            )
