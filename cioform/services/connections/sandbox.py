"""The door to the sandbox: Customer.io in this process, in one file beside the workspaces."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx

from cioform.config.load import Configuration
from cioform.core.errors import StateError, UsageError
from cioform.core.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.model.conversation import Api
from cioform.model.endpoints import ENDPOINTS, Credentials
from cioform.model.limits import UNLIMITED, Rates
from cioform.remote.factory import HttpProvider, connect
from cioform.services.connections.credentials import restrict_credentials
from cioform.services.connections.sandbox_objects import create_declared_objects
from cioform.services.state_folder import STATE_FOLDER


def open_sandbox_store(root: Path) -> Store:
    """Open the sandbox of a project: one SQLite file for all its workspaces. Raises Untrusted where
    it cannot be."""
    file = root / STATE_FOLDER / "sandbox.sqlite"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return Store.open(file)
    except (OSError, sqlite3.Error) as error:
        raise StateError.of(
            "Sandbox cannot be opened",
            f"{file} cannot be read, or is no sandbox: {error}. If nothing in it is needed, move "
            f"it away and begin anew:\n\n    mv {file} {file}.broken",
        ) from None


def connect_sandbox(
    root: Path,
    workspace: Configuration,
    apis: frozenset[Api] | None,
    actor: str | None,
    rate: float | None,
) -> tuple[HttpProvider, int]:
    """Give the provider of a sandbox and its environment id; the arguments are those of
    `doors.connect_to`."""
    store = open_sandbox_store(root)
    wanted = workspace.settings.environment_id
    known = store.find_workspace("environment_id", wanted) if wanted is not None else None
    if known is None and not workspace.settings.endpoint.is_sandbox:
        store.close()
        raise UsageError.of(
            "Not a sandbox",
            f"{workspace.name} is not in the sandbox of this project; only what is there can be "
            "edited as somebody else.",
        )
    place = known or store.workspace(workspace.name)
    given = workspace.settings.credentials
    if actor is not None or not given.apis:
        # A sandbox needs no secrets in anybody's environment: it hands out its own.
        own = place.credentials
        given = Credentials(
            Secret(own.app_api_key),
            Secret(own.service_account_token),
            Secret(own.site_id),
            Secret(own.track_api_key),
        )
    # In this process there is nobody to be polite to.
    app = make_app(store, Behavior(rate_limit=None))
    create_declared_objects(app, place, workspace.desired)
    provider = connect(
        ENDPOINTS["sandbox"],
        restrict_credentials(given, apis),
        place.environment_id,
        rates=UNLIMITED if rate is None else Rates(rate, rate, rate, rate),
        transport=_StoreClosingTransport(InProcessTransport(app, actor), store),
    )
    return provider, place.environment_id


class _StoreClosingTransport(httpx.BaseTransport):
    """The sandbox's transport, which lets go of its file when the door is closed."""

    def __init__(self, inner: httpx.BaseTransport, store: Store) -> None:
        self._inner = inner
        self._store = store

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._store.close()
