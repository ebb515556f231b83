"""Which doors a workspace has: the network's, or the sandbox in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cioform.config.load import Workspace
from cioform.config.settings import Rate
from cioform.model.access import Credentials
from cioform.model.conversation import Api
from cioform.remote.connect import HttpProvider, connect
from cioform.remote.pace import Rates

STATE_FOLDER = ".cioform"
"""Beside `workspaces/`: states, journals with their backups, and the sandbox. Not for Git."""


def state_folder(root: Path, name: str) -> Path:
    """Give where the state, journals and backups of a workspace lie."""
    return root / STATE_FOLDER / name


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
    settings = workspace.settings
    if settings.endpoint.is_sandbox or actor is not None:
        # Late: who talks to Customer.io itself does not wait for a small one to be loaded.
        from cioform.session.sandbox_door import connect_to_sandbox

        return connect_to_sandbox(root, workspace, apis, actor, rate)
    provider = connect(
        settings.endpoint,
        only(settings.credentials, apis),
        settings.environment_id,
        rates=_rates(settings.rate, rate),
    )
    return provider, settings.environment_id


def only(credentials: Credentials, apis: frozenset[Api] | None) -> Credentials:
    """Give the credentials of some APIs; of all where `apis` is None."""
    if apis is None:
        return credentials
    if Api.APP not in apis:
        credentials = replace(credentials, app_api_key=None)
    if Api.JOURNEYS not in apis:
        credentials = replace(credentials, service_account_token=None)
    return credentials


def _rates(own: Rate, rate: float | None) -> Rates:
    most = float("inf") if rate is None else rate
    return Rates(min(own.app, most), min(own.journeys, most), min(own.track, most))
