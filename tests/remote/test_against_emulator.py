"""The connection and the emulator: each fault once, and its handling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cioform.core.errors import AuthError, OutcomeUnknownError, RemoteError
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import Fault, FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store, credentials
from cioform.model.remote_access.conversation import Api, Paging, Request
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import UNLIMITED, Rates
from cioform.remote.capabilities import probe_apis
from cioform.remote.factory import HttpProvider, connect
from cioform.remote.openapi.openapi_cache import validate_requests
from cioform.remote.own_workspace import WorkspaceAccess
from tests.support.known import known

READ = Request(Api.JOURNEYS, "GET", "~/snippets", paging=Paging.PAGE_NUMBER, items="snippets")
APP_READ = Request(Api.APP, "GET", "/v1/snippets")


def write(name: str = "footer") -> Request:
    return Request(Api.JOURNEYS, "POST", "~/snippets", {"snippet": {"name": name, "value": "v"}})


Open = Callable[..., HttpProvider]


@pytest.fixture
def sandbox(time) -> Iterator[Open]:
    """Yield a function that opens a connection to an emulator with injected faults."""
    store = Store.open(":memory:")
    number = store.workspace("acme").environment_id
    keys = credentials("acme")
    opened: list[HttpProvider] = []

    def open_(*faults: Fault, rates: Rates = UNLIMITED, read_only: bool = False) -> HttpProvider:
        ordered = FaultInjector()
        for fault in faults:
            ordered.add(fault)
        token = keys.read_only_service_account_token if read_only else keys.service_account_token
        given = Credentials(
            Secret(keys.app_api_key),
            Secret(token),
            Secret(keys.site_id),
            Secret(keys.track_api_key),
        )
        base = "http://sandbox.test"
        limit = None if rates is UNLIMITED else rates.app
        app = make_app(store, Behavior(rate_limit=limit), ordered, time.read, time.read)
        provider = connect(
            Endpoint(base, base, base),
            given,
            number,
            rates=rates,
            transport=InProcessTransport(app),
            clock=time.read,
            monotonic=time.read,
            sleep=time.sleep,
            jitter=lambda: 1.0,
        )
        opened.append(provider)
        return provider

    yield open_
    for provider in opened:
        provider.close()
    store.close()


def names(provider: HttpProvider) -> list[str]:
    return [row["name"] for row in known(provider.send(READ).body)["snippets"]]


@pytest.mark.parametrize(
    "effect",
    [
        "status:429:2",
        "status:500",
        "timeout-before",
        "cut-before",
        "cut-after",
        "cut-body",
        "expire-token",
    ],
)
def test_a_read_is_retried(sandbox, effect):
    sandbox().send(write())
    assert names(sandbox(Fault("GET", "/snippets", effect=effect))) == ["footer"]


@pytest.mark.parametrize("effect", ["html", "bad-json", "huge"])
def test_an_invalid_response_to_a_read_is_an_error(sandbox, effect):
    with pytest.raises(RemoteError):
        sandbox(Fault("GET", "/snippets", effect=effect)).send(APP_READ)


@pytest.mark.parametrize(
    ("effect", "done"),
    [
        ("status:500", False),
        ("status:500-done", True),
        ("timeout-before", False),
        ("timeout-after", True),
        ("cut-before", False),
        ("cut-after", True),
        ("cut-body", True),
        ("bad-json", True),
    ],
)
def test_a_write_of_unknown_outcome_is_sent_once(sandbox, effect, done):
    provider = sandbox(Fault("POST", "/snippets", effect=effect))
    with pytest.raises(OutcomeUnknownError):
        provider.send(write())
    assert provider.count == 1
    assert names(sandbox()) == (["footer"] if done else [])


@pytest.mark.parametrize("effect", ["status:429", "status:429:3", "expire-token"])
def test_a_rejected_write_is_retried(sandbox, effect):
    sandbox(Fault("POST", "/snippets", effect=effect)).send(write())
    assert names(sandbox()) == ["footer"]


def test_an_unknown_path_is_a_web_page(sandbox):
    with pytest.raises(RemoteError, match="web page"):
        sandbox().send(Request(Api.JOURNEYS, "GET", "~/no_such_thing"))


def test_unknown_fields_are_rejected(sandbox):
    with pytest.raises(RemoteError, match="unknown field") as caught:
        sandbox().send(Request(Api.JOURNEYS, "POST", "~/snippets", {"body": 1}))
    assert caught.value.status == 400


def test_the_rate_limiter_causes_no_429(sandbox, time):
    provider = sandbox(rates=Rates())
    began = time.now
    for _ in range(100):
        provider.send(APP_READ)
    assert provider.count == 100
    assert time.now - began <= 1.1 * 100 / 10


def test_capabilities_of_each_credential(sandbox, time):
    provider = sandbox()
    app, journeys, track = probe_apis(provider, time.read)
    number = provider.send(Request(Api.TRACK, "GET", "/api/v1/accounts/region")).body[
        "environment_id"
    ]
    assert WorkspaceAccess(number, "acme") in app.workspaces
    assert WorkspaceAccess(number, "acme") in journeys.workspaces
    assert track.workspaces == (WorkspaceAccess(number, ""),)
    assert (journeys.read_only, journeys.data_center, track.data_center) == (False, "us", "us")
    assert journeys.expires_at == time.now + 3600
    assert [each.error for each in (app, journeys, track)] == [None] * 3


def test_capabilities_name_a_rejected_credential(sandbox, time):
    provider = sandbox(Fault(path="/v1/workspaces", effect="status:401"), read_only=True)
    app, journeys, _ = probe_apis(provider, time.read)
    assert isinstance(app.error, AuthError)
    assert journeys.read_only
    with pytest.raises(AuthError):
        provider.send(write())


def test_the_emulator_describes_every_operation_that_is_sent(sandbox, tmp_path: Path):
    provider = sandbox()
    assert validate_requests([write()], provider, tmp_path / "c", 0.0) == []
    wrong = Request(Api.JOURNEYS, "POST", "~/snippets", {"snippet": {"colour": 1}})
    assert len(validate_requests([wrong], provider, tmp_path / "c", 0.0)) == 1


def test_a_list_that_was_not_found_is_read_again(sandbox: Open) -> None:
    """The account was asked for its workspaces then, and has this one."""
    provider = sandbox(Fault("GET", "/snippets", effect="status:404"))
    with pytest.raises(RemoteError):
        provider.send(READ)
    assert names(provider) == []
