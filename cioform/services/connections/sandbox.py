"""Connect to the sandbox: Customer.io in this process, in one file beside the workspaces."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import httpx
from typing_extensions import override

from cioform.config.load import Configuration
from cioform.core.errors import StateError, UsageError
from cioform.core.os_errors import os_reason
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.endpoints import ENDPOINTS, Credentials
from cioform.model.settings.limits import UNLIMITED, Rates
from cioform.remote.factory import HttpProvider, connect
from cioform.services.connections.credentials import restrict_credentials
from cioform.services.connections.sandbox_objects import create_declared_objects
from cioform.services.project.state_folder import sandbox_file

_DISK_CODES: Final = frozenset(
    {
        sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)  # fmt: skip
"""What SQLite says of a disk or its permissions, rather than of the content of a file."""


def open_sandbox_store(root: Path) -> Store:
    """Open the sandbox of a project: one SQLite file for all its workspaces.

    Raises StateError where it cannot be opened.
    """
    file = sandbox_file(root)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)  # It holds what was written, sensitive values too.
        return Store.open(file)
    except OSError as error:
        raise _unwritable_error(file, os_reason(error)) from None
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in _DISK_CODES:  # The low byte of an extended code.
            raise _unwritable_error(file, str(error)) from None
        raise StateError.of(
            "Sandbox cannot be opened",
            f"{file} is not a sandbox, or is damaged: {error}. If you do not need its "
            f"content, move it away; the next command creates a new one:\n\n"
            f"    mv {file} {file}.broken",
        ) from None


def _unwritable_error(file: Path, reason: str) -> StateError:
    return StateError.of(
        "Sandbox cannot be opened",
        f"{file} cannot be opened for writing: {reason}. The sandbox is a file of the project, and "
        "commands that only read need to write it too. Free some disk space, correct the "
        "permissions, or copy the project to a disk that is not read-only.",
    )


def connect_sandbox(
    root: Path,
    configuration: Configuration,
    apis: frozenset[Api] | None,
    actor: str | None,
    rate: float | None,
) -> tuple[HttpProvider, int]:
    """Return the provider of a sandbox and its number.

    The arguments are those of `connect_workspace`.
    """
    store = open_sandbox_store(root)
    try:
        emulated = _find_or_create(store, configuration)
    except UsageError:
        store.close()
        raise
    credentials = configuration.settings.credentials
    if actor is not None or not credentials.apis:
        # The sandbox issues its own credentials, so that none has to be set.
        credentials = _issued_credentials(emulated)
    # No rate limit: the sandbox in this process serves nobody else.
    app = make_app(store, Behavior(rate_limit=None))
    create_declared_objects(app, emulated, configuration.desired)
    provider = connect(
        ENDPOINTS["sandbox"],
        restrict_credentials(credentials, apis),
        emulated.environment_id,
        workspace=configuration.name,
        sensitive=configuration.settings.sensitive,
        rates=UNLIMITED if rate is None else Rates(rate, rate, rate, rate),
        transport=_StoreClosingTransport(InProcessTransport(app, actor), store),
        max_parallel=1,  # Nothing waits for a network: threads would only take turns.
    )
    return provider, emulated.environment_id


def _find_or_create(store: Store, configuration: Configuration) -> EmulatedWorkspace:
    """Return the workspace by its number or, for `endpoint: sandbox`, by its name.

    Raises UsageError for a workspace with another endpoint that the sandbox does not have.
    """
    number = configuration.settings.workspace_id
    found = store.find_workspace("environment_id", number) if number is not None else None
    if found is None and not configuration.settings.endpoint.is_sandbox:
        raise UsageError.of(
            "Not in the sandbox",
            f"The workspace {configuration.name} is not in the sandbox of this project, and only "
            "the sandbox can be edited in somebody's name.",
        )
    return found or store.workspace(configuration.name)


def _issued_credentials(emulated: EmulatedWorkspace) -> Credentials:
    issued = emulated.credentials
    return Credentials(
        Secret(issued.app_api_key),
        Secret(issued.service_account_token),
        Secret(issued.site_id),
        Secret(issued.track_api_key),
    )


class _StoreClosingTransport(httpx.BaseTransport):
    """The sandbox's transport, which closes the sandbox's file with the connection."""

    def __init__(self, inner: httpx.BaseTransport, store: Store) -> None:
        self._inner = inner
        self._store = store

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)

    @override
    def close(self) -> None:
        self._store.close()
