"""Connect to a workspace: over the network, or to the sandbox in this process."""

from __future__ import annotations

from pathlib import Path

from cioform.config.load import Configuration
from cioform.model.remote_access.conversation import Api
from cioform.remote.factory import HttpProvider, connect
from cioform.remote.rate_limiter import RateDomains
from cioform.services.connections.credentials import restrict_credentials


def connect_workspace(
    root: Path,
    configuration: Configuration,
    apis: frozenset[Api] | None,
    actor: str | None,
    rate: float | None = None,
    domains: RateDomains | None = None,
) -> tuple[HttpProvider, int | None]:
    """Return the provider of a workspace and its number.

    `apis` restricts the credentials. `rate` lowers the requests per second to any API; it cannot
    raise them above the settings. `domains` shares them with other connections. `actor` is a person
    who edits the sandbox in a browser; it uses the sandbox in this process even where the
    workspace's endpoint is a served one.
    """
    settings = configuration.settings
    if settings.endpoint.is_sandbox or actor is not None:
        # The emulator takes long to import, and a real workspace does not need it.
        from cioform.services.connections.sandbox import connect_sandbox

        return connect_sandbox(root, configuration, apis, actor, rate)
    provider = connect(
        settings.endpoint,
        restrict_credentials(settings.credentials, apis),
        settings.workspace_id,
        workspace=configuration.name,
        sensitive=settings.sensitive,
        rates=settings.rate if rate is None else settings.rate.at_most(rate),
        domains=domains,
        confirms_workspace=True,
    )
    return provider, settings.workspace_id
