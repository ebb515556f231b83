"""Serve the sandbox on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from wsgiref.types import WSGIApplication

from cioform.config.load import load_configuration
from cioform.config.project import workspace_names
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.errors import ConfigError
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.serve import serve
from cioform.emulator.store.database import EmulatedWorkspace, write_key
from cioform.kinds import find_kinds
from cioform.services.connections.sandbox import open_sandbox_store
from cioform.services.connections.sandbox_objects import create_declared_objects
from cioform.services.project.state_folder import STATE_FOLDER


@dataclass(frozen=True, slots=True)
class ServedSandbox:
    """A sandbox that is being served."""

    info: Mapping[str, Json]
    """Its base URLs by surface, its credentials, and with TLS its `ca_file`."""


@contextmanager
def serve_sandbox(
    root: Path, name: str, port: int = 0, rate: float | None = 10.0, *, tls: bool = False
) -> Iterator[ServedSandbox]:
    """Serve the sandbox of a workspace until the block ends.

    `port` 0 takes a free one. `rate` is the App API's limit in requests per second, None for no
    limit on any API. `tls` creates a temporary CA, whose certificate clients must trust
    (`ca_file`).
    """
    with closing(open_sandbox_store(root)) as store:
        workspace = store.workspace(name)
        app = make_app(store, _behavior(rate))
        _create_objects(root, name, app, workspace)
        with serve(app, port, tls=root / STATE_FOLDER if tls else None) as server:
            info = _connection_info(server.url, workspace, name)
            yield ServedSandbox(info | ({"ca_file": str(server.ca_file)} if tls else {}))


def _behavior(rate: float | None) -> Behavior:
    if rate is None:
        return Behavior(rate_limit=None, broadcast_interval=None)
    return Behavior(rate_limit=rate)


def _create_objects(
    root: Path, name: str, app: WSGIApplication, workspace: EmulatedWorkspace
) -> None:
    if name not in workspace_names(root):
        return
    # Invalid files are reported by the commands that need them; the sandbox does not.
    with suppress(ConfigError):
        configuration = load_configuration(root, name, find_kinds(), os.environ)
        create_declared_objects(app, workspace, configuration.desired)


def _connection_info(url: str, workspace: EmulatedWorkspace, name: str) -> dict[str, Json]:
    credentials = workspace.credentials
    return {
        **dict.fromkeys(("app", "journeys", "track"), url),
        "app_api_key": credentials.app_api_key,
        "service_account_token": credentials.service_account_token,
        "site_id": credentials.site_id,
        "track_api_key": credentials.track_api_key,
        "workspace_id": workspace.environment_id,
        # For the browser's SDK, which writes to a source of the Pipelines API.
        "write_key": write_key(name),
    }
