"""A provider whose network is a function, and a clock that moves only by sleeping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from cioform.core.secrets.secret import Secret
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import UNLIMITED, Rates
from cioform.remote.factory import HttpProvider, connect

ENDPOINT = Endpoint("http://app.test", "http://journeys.test", "http://track.test")
EVERY = Credentials(
    app_api_key=Secret("app-key-0123"),
    service_account_token=Secret("sa_live_0123"),
    site_id=Secret("site-0123"),
    track_api_key=Secret("track-0123"),
)


@dataclass
class Time:
    """A clock that moves only by sleeping."""

    now: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


Handler = Callable[[httpx.Request], httpx.Response]
Open = Callable[..., HttpProvider]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def open_to(time: Time) -> Iterator[Open]:
    """Yield a function that opens a provider with a handler as its network.

    Each token exchange succeeds.
    """
    opened: list[HttpProvider] = []

    def open_(handler: Handler, credentials: Credentials = EVERY, **more: Any) -> HttpProvider:
        rates: Rates = more.pop("rates", UNLIMITED)
        provider = connect(
            ENDPOINT,
            credentials,
            more.pop("workspace_id", 7),
            rates=rates,
            transport=httpx.MockTransport(handler),
            clock=time.read,
            monotonic=time.read,
            sleep=time.sleep,
            jitter=lambda: 1.0,
            **more,
        )
        opened.append(provider)
        return provider

    yield open_
    for provider in opened:
        provider.close()


@dataclass
class Script:
    """A handler that returns its responses in order and records the requests.

    An exception among the responses is raised.
    """

    answers: list[httpx.Response | Exception]
    asked: list[httpx.Request] = field(default_factory=list)
    tokens: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/service_accounts/oauth/token":
            self.tokens += 1
            return httpx.Response(
                200, json={"access_token": f"token-{self.tokens}", "expires_in": 3600}
            )
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def script() -> Callable[..., Script]:
    return lambda *answers: Script(list(answers))
