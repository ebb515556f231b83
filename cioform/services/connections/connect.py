"""Which doors a workspace has: the network's, or the sandbox in this process."""

from __future__ import annotations

from pathlib import Path

from cioform.config.load import Configuration
from cioform.model.conversation import Api
from cioform.remote.factory import HttpProvider, connect
from cioform.services.connections.credentials import restrict_credentials


def connect_workspace(
    root: Path,
    workspace: Configuration,
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
        from cioform.services.connections.sandbox import connect_sandbox

        return connect_sandbox(root, workspace, apis, actor, rate)
    provider = connect(
        settings.endpoint,
        restrict_credentials(settings.credentials, apis),
        settings.environment_id,
        rates=settings.rate if rate is None else settings.rate.at_most(rate),
    )
    return provider, settings.environment_id
