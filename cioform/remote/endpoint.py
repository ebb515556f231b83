"""Where the three surfaces are, and what opens them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cioform.base.errors import FilesWrong
from cioform.base.value import Secret
from cioform.model.conversation import Api

_TAIL = re.compile(r"(/api)?(/v[12])?/*$")


def _base(name: str, url: str) -> str:
    """Give `url` without a trailing slash or version, so that `/v1/...` can follow."""
    if re.match(r"https?://[^/\s?#@]+(/[^\s?#]*)?$", url) is None:
        raise FilesWrong.of(
            "Endpoint is not a URL",
            f"The `{name}` endpoint {url!r} is not an http or https URL of a server. "
            "Write it like https://api.customer.io, or use `us`, `eu` or `sandbox` "
            "for the whole endpoint.",
        )
    return _TAIL.sub("", url)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URLs of a region or of a server that plays one, without `/v1`."""

    app: str
    journeys: str
    track: str

    def __post_init__(self) -> None:
        for name in ("app", "journeys", "track"):
            object.__setattr__(self, name, _base(name, getattr(self, name)))

    def base(self, api: Api) -> str:
        """Give the URL that a path of `api` is put behind."""
        return {Api.APP: self.app, Api.JOURNEYS: self.journeys, Api.TRACK: self.track}[api]


REGIONS: Final[Mapping[str, Endpoint]] = {
    "us": Endpoint(
        app="https://api.customer.io",
        journeys="https://us.fly.customer.io",
        track="https://track.customer.io",
    ),
    "eu": Endpoint(
        app="https://api-eu.customer.io",
        journeys="https://eu.fly.customer.io",
        track="https://track-eu.customer.io",
    ),
}
"""App facts, section 2; journeys facts, section 1."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was given to get in with; None is not given."""

    app_api_key: Secret | None = None
    service_account_token: Secret | None = None
    site_id: Secret | None = None
    track_api_key: Secret | None = None

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs these open, if they are right."""
        given = {
            Api.APP: self.app_api_key is not None,
            Api.JOURNEYS: self.service_account_token is not None,
            Api.TRACK: self.site_id is not None and self.track_api_key is not None,
        }
        return frozenset(api for api, at_hand in given.items() if at_hand)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that must never be shown."""
        every = (self.app_api_key, self.service_account_token, self.site_id, self.track_api_key)
        return tuple(secret for secret in every if secret is not None)
