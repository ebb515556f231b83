"""The Track API connection: regions, rates, and missing credentials."""

from math import inf
from pathlib import Path
from typing import Any

import httpx
import pytest

import cioform
from cioform.core.errors import AuthError, RemoteError
from cioform.core.secrets.secret import Secret
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.endpoints import ENDPOINTS, Credentials
from cioform.model.settings.limits import Rates
from cioform.remote.factory import connect
from cioform.remote.responses.error_bodies import parse_batch_errors
from cioform.services.project.project_files import init

TRACK = Credentials(site_id=Secret("site-1"), track_api_key=Secret("key-12345"))


def responding(answer: httpx.Response, credentials: Credentials = TRACK) -> Any:
    transport = httpx.MockTransport(lambda _: answer)
    return connect(ENDPOINTS["us"], credentials, None, transport=transport, sleep=lambda _: None)


def test_the_wrong_region_names_the_setting() -> None:
    location = {"Location": "https://track-eu.customer.io/api/v2/entity"}
    with pytest.raises(RemoteError, match="Region mismatch") as caught:
        responding(httpx.Response(307, headers=location)).send(
            Request(Api.TRACK, "POST", "/api/v2/entity", {})
        )
    assert caught.value.diagnostics[0].detail.endswith("\n\n    region: eu")


def test_another_redirect_is_not_a_wrong_region() -> None:
    location = {"Location": "https://evil.example/track-eu.customer.io"}
    with pytest.raises(RemoteError, match="Redirected elsewhere"):
        responding(httpx.Response(301, headers=location)).send(
            Request(Api.TRACK, "POST", "/api/v2/entity", {})
        )


def test_without_track_credentials_nothing_is_sent() -> None:
    provider = responding(httpx.Response(500), Credentials(app_api_key=Secret("k-123456")))
    with pytest.raises(AuthError, match="credential is not set: `site_id` and `track_api_key`"):
        provider.send(Request(Api.TRACK, "POST", "/api/v2/entity", {}))


def test_a_rate_can_only_be_lowered() -> None:
    lowered = Rates().at_most(20)
    assert (lowered.app, lowered.journeys, lowered.track) == (10, 10, 20)
    own = Rates(app=2, track=50).at_most(inf)
    assert (own.app, own.journeys, own.track, own.broadcast) == (2, 10, 50, 0.1)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"errors": "x"}, {"errors": [{"batch_index": True}]}]
)
def test_a_207_without_item_errors(body: Any) -> None:
    assert parse_batch_errors(body) == {}


def test_the_python_api_is_one_import(project_root: Path) -> None:
    init(project_root, "acme", sandbox=True)
    with cioform.Workspace.open("acme", project=project_root) as acme:
        plan = acme.plan()
        assert acme.apply(plan).complete
        assert acme.drift() == ()
        acme.people.identify("u1", {"plan": "trial"})
        acme.events.track("u1", "signed_up")
        assert acme.people.show("u1")["plan"] == "trial"
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        cioform.Nothing  # type: ignore[attr-defined]  # noqa: B018
