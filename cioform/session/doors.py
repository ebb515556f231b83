"""Which doors a workspace has: the network's, or the sandbox in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx

from cioform.base.errors import UsageWrong
from cioform.base.value import Secret
from cioform.config.load import Workspace
from cioform.config.settings import Rate
from cioform.emulator.rules import Rules
from cioform.emulator.server import make_app
from cioform.emulator.store import Store
from cioform.emulator.transport import InProcess
from cioform.model.access import ENDPOINTS, Credentials
from cioform.model.conversation import Api
from cioform.remote.connect import HttpProvider, connect
from cioform.remote.pace import UNLIMITED, Rates
from cioform.session.senders import provide_senders

STATE_FOLDER = ".cioform"
"""Beside `workspaces/`: states, journals with their backups, and the sandbox. Not for Git."""


def state_folder(root: Path, name: str) -> Path:
    """Give where the state, journals and backups of a workspace lie."""
    return root / STATE_FOLDER / name


def sandbox_store(root: Path) -> Store:
    """Open the sandbox of a project: one SQLite file for all its workspaces."""
    folder = root / STATE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return Store.open(folder / "sandbox.sqlite")


def connect_to(
    root: Path,
    workspace: Workspace,
    apis: frozenset[Api] | None,
    actor: str | None,
    rate: float | None = None,
) -> tuple[HttpProvider, int | None]:
    """Give the provider of a workspace and its environment id. `apis` narrows the credentials;
    `rate` lowers how many requests a second go to any API, the settings' own being the most;
    `actor` is the person at the sandbox's browser, who is always here, also for a workspace that
    is reached through a served sandbox."""
    if workspace.settings.endpoint.is_sandbox or actor is not None:
        return _to_sandbox(root, workspace, apis, actor, rate)
    settings = workspace.settings
    provider = connect(
        settings.endpoint,
        _only(settings.credentials, apis),
        settings.environment_id,
        rates=_rates(settings.rate, rate),
    )
    return provider, settings.environment_id


def _to_sandbox(
    root: Path,
    workspace: Workspace,
    apis: frozenset[Api] | None,
    actor: str | None,
    rate: float | None,
) -> tuple[HttpProvider, int | None]:
    store = sandbox_store(root)
    wanted = workspace.settings.environment_id
    known = store.find_workspace("environment_id", wanted) if wanted is not None else None
    if known is None and not workspace.settings.endpoint.is_sandbox:
        store.close()
        raise UsageWrong.of(
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
    app = make_app(store, Rules(rate_limit=None))
    provide_senders(app, place, workspace.desired)
    provider = connect(
        ENDPOINTS["sandbox"],
        _only(given, apis),
        place.environment_id,
        rates=UNLIMITED if rate is None else Rates(rate, rate, rate, rate),
        transport=_Closing(InProcess(app, actor), store),
    )
    return provider, place.environment_id


class _Closing(httpx.BaseTransport):
    """The sandbox's transport, which lets go of its file when the door is closed."""

    def __init__(self, inner: httpx.BaseTransport, store: Store) -> None:
        self._inner = inner
        self._store = store

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._store.close()


def _rates(own: Rate, rate: float | None) -> Rates:
    most = float("inf") if rate is None else rate
    return Rates(min(own.app, most), min(own.journeys, most), min(own.track, most))


def _only(credentials: Credentials, apis: frozenset[Api] | None) -> Credentials:
    if apis is None:
        return credentials
    if Api.APP not in apis:
        credentials = replace(credentials, app_api_key=None)
    if Api.JOURNEYS not in apis:
        credentials = replace(credentials, service_account_token=None)
    return credentials
