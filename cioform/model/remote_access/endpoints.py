"""The base URLs of the three APIs, and the credentials for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import quoted
from cioform.model.remote_access.conversation import Api

_API_SUFFIX = lazy_pattern(r"(/api)?(/v[12])?/*$")


def _normalize_base_url(name: str, url: str) -> str:
    """Return `url` without a trailing slash or version, so that `/v1/...` can follow."""
    if re.match(r"https?://[^/\s?#@]+(/[^\s?#]*)?$", url) is None:
        raise ConfigError.of(
            "Invalid endpoint",
            f"The `{name}` endpoint {quoted(url)} is not an http or https URL of a server. "
            "Write a URL such as https://api.customer.io, or use `us`, `eu` or `sandbox` "
            "for the whole endpoint.",
        )
    return _API_SUFFIX.sub("", url)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URLs of a region, of another server, or of the sandbox, without `/v1`."""

    app: str
    journeys: str
    track: str
    name: str = "custom"

    def __post_init__(self) -> None:
        for name in ("app", "journeys", "track"):
            object.__setattr__(self, name, _normalize_base_url(name, getattr(self, name)))

    def base_url(self, api: Api) -> str:
        """Return the URL that paths of `api` are appended to."""
        return {Api.APP: self.app, Api.JOURNEYS: self.journeys, Api.TRACK: self.track}[api]

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the sandbox, which is embedded in this process."""
        return self.name == "sandbox"


ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    endpoint.name: endpoint
    for endpoint in (
        # App facts, section 2; journeys facts, section 1.
        Endpoint(
            "https://api.customer.io",
            "https://us.fly.customer.io",
            "https://track.customer.io",
            "us",
        ),
        Endpoint(
            "https://api-eu.customer.io",
            "https://eu.fly.customer.io",
            "https://track-eu.customer.io",
            "eu",
        ),
        # Hosts that exist only in this process.
        Endpoint(
            "http://app.sandbox", "http://journeys.sandbox", "http://track.sandbox", "sandbox"
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a workspace; None where the environment does not have one.

    A missing credential is not an error by itself.
    """

    app_api_key: Secret | None = None
    service_account_token: Secret | None = None
    site_id: Secret | None = None
    track_api_key: Secret | None = None

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that these credentials are for."""
        given = {
            Api.APP: self.app_api_key is not None,
            Api.JOURNEYS: self.service_account_token is not None,
            Api.TRACK: self.site_id is not None and self.track_api_key is not None,
        }
        return frozenset(api for api, is_given in given.items() if is_given)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All secrets, none of which may be shown."""
        every = (self.app_api_key, self.service_account_token, self.site_id, self.track_api_key)
        return tuple(secret for secret in every if secret is not None)
