"""The connection: retries, rejected responses and error messages."""

from __future__ import annotations

import itertools
import re
import signal
import sys
import threading
from collections.abc import Iterator
from time import sleep

import httpx
import pytest

from cioform.core.errors import (
    AuthError,
    CioformError,
    ConfigError,
    OutcomeUnknownError,
    RemoteError,
)
from cioform.core.secrets.secret import Secret
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import Rates
from cioform.remote.transport import MAX_CONNECTIONS, MAX_RESPONSE_BYTES

READ = Request(Api.APP, "GET", "/v1/snippets")
WRITE = Request(Api.APP, "PUT", "/v1/snippets", {"name": "a", "value": "b"})
JOURNEYS_WRITE = Request(Api.JOURNEYS, "PUT", "~/campaigns/3", {"campaign": {"name": "a"}})
OK = httpx.Response


def detail_of(caught: pytest.ExceptionInfo[CioformError]) -> str:
    return caught.value.diagnostics[0].detail


def summary_of(caught: pytest.ExceptionInfo[CioformError]) -> str:
    return caught.value.diagnostics[0].summary


def test_each_surface_gets_its_url_and_credential(open_to, script):
    talk = script(OK(200, json={}), OK(200, json={}), OK(204))
    provider = open_to(talk)
    provider.send(READ)
    provider.send(JOURNEYS_WRITE)
    answer = provider.send(Request(Api.TRACK, "POST", "/api/v2/entity", {"type": "person"}))
    app, journeys, track = talk.asked
    assert str(app.url) == "http://app.test/v1/snippets"
    assert app.headers["authorization"] == "Bearer app-key-0123"
    assert app.headers["user-agent"].startswith("cioform/")
    assert str(journeys.url) == "http://journeys.test/v1/environments/7/campaigns/3"
    assert journeys.headers["authorization"] == "Bearer token-1"
    assert journeys.headers["x-validate"] == "strict"
    assert track.headers["authorization"] == "Basic c2l0ZS0wMTIzOnRyYWNrLTAxMjM="
    assert (answer.status, answer.body) == (204, None)
    assert provider.count == 3


@pytest.mark.parametrize("tail", ["", "/", "/v1", "/v1/"])
def test_an_endpoint_may_end_in_a_version(tail):
    endpoint = Endpoint(f"http://a{tail}", f"http://b{tail}", "http://c/api/v2/")
    assert (endpoint.app, endpoint.journeys, endpoint.track) == ("http://a", "http://b", "http://c")


def test_an_invalid_endpoint_is_refused():
    with pytest.raises(ConfigError, match="not an http or https URL"):
        Endpoint("api.customer.io", "http://b", "http://c")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_read_is_retried(open_to, script, time, status):
    talk = script(OK(status, json={}), OK(status, json={}), OK(200, json={"snippets": []}))
    assert open_to(talk).send(READ).body == {"snippets": []}
    assert time.slept == [0.5, 1.0]


def test_a_read_is_attempted_four_times(open_to, script):
    talk = script(*[OK(503, json={"errors": [{"detail": "renderer away"}]})] * 5)
    with pytest.raises(RemoteError, match="renderer away") as caught:
        open_to(talk).send(READ)
    assert caught.value.status == 503
    assert len(talk.asked) == 4


def test_a_read_is_retried_after_a_lost_connection(open_to, script):
    talk = script(httpx.ReadError("cut"), httpx.ReadTimeout("late"), OK(200, json=[]))
    assert open_to(talk).send(READ).body == []


@pytest.mark.parametrize("wait", ["3", "Mon, 12 Jan 1970 13:46:43 GMT"])
def test_retry_after_is_obeyed_by_writes_too(open_to, script, time, wait):
    talk = script(OK(429, headers={"Retry-After": wait}, json={}), OK(200, json={}))
    open_to(talk).send(WRITE)
    assert time.slept == [3.0]


def test_an_exhausted_quota_is_not_waited_for(open_to, script, time):
    talk = script(OK(429, headers={"Retry-After": "86400"}, json={"errors": [{"detail": "daily"}]}))
    with pytest.raises(RemoteError, match="daily") as caught:
        open_to(talk).send(READ)
    assert summary_of(caught) == "Rate limit reached"
    assert time.slept == []


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ReadTimeout("late"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut in the body"),
        httpx.WriteError("broken pipe"),
        OK(500, json={"errors": [{"detail": "internal error (reference 01F)", "status": "500"}]}),
        OK(504, text="<html>gateway</html>"),
        OK(200, text='{"half": '),
    ],
)
def test_a_write_of_unknown_outcome_is_never_retried(open_to, script, fault):
    talk = script(fault)
    with pytest.raises(OutcomeUnknownError, match="may or may not have been done"):
        open_to(talk).send(WRITE)
    assert len(talk.asked) == 1


def test_the_reference_of_a_failed_write_is_kept(open_to, script):
    talk = script(OK(500, json={"errors": [{"detail": "internal error (reference 01F)"}]}))
    with pytest.raises(OutcomeUnknownError, match=r"internal error \(reference 01F\)"):
        open_to(talk).send(WRITE)


def test_a_write_that_was_not_sent_is_retried(open_to, script):
    talk = script(httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), OK(200, json={}))
    assert open_to(talk).send(WRITE).status == 200


def test_an_unreachable_host_is_named(open_to, script):
    talk = script(*[httpx.ConnectError("no route")] * 4)
    with pytest.raises(RemoteError, match=r"app\.test") as caught:
        open_to(talk).send(WRITE)
    assert not isinstance(caught.value, OutcomeUnknownError)


@pytest.mark.parametrize(
    ("status", "body", "summary", "expected_message"),
    [
        (404, {"errors": [{"detail": "gone (reference ab)"}]}, "Not found in the workspace", "ab"),
        (409, {"meta": {"error": "in use"}}, "Conflict in the workspace", "in use"),
        (
            422,
            {"errors": [{"detail": "too long", "source": {"pointer": "/snippet/name"}}]},
            "Values rejected",
            "too long (at /snippet/name)",
        ),
        (400, {"errors": [{"reason": "bad", "field": "id"}]}, "Request rejected", "bad (at id"),
        (400, {"meta": {"errors": ["one", "two"]}}, "Request rejected", "one; two"),
        (400, {"error": "no"}, "Request rejected", "400: no."),
        (
            422,
            {"errors": [{"detail": "Liquid", "meta": {"fr": ["line 2", "line 3"]}}]},
            "Values rejected",
            "Liquid [fr: line 2, line 3]",
        ),
    ],
)
def test_every_error_envelope_is_parsed(open_to, script, status, body, summary, expected_message):
    with pytest.raises(RemoteError) as caught:
        open_to(script(OK(status, json=body))).send(WRITE)
    assert caught.value.status == status
    assert summary_of(caught) == summary
    assert expected_message in detail_of(caught)


def test_an_error_in_plain_text_is_quoted(open_to, script):
    with pytest.raises(RemoteError, match='unknown field "body"'):
        open_to(script(OK(400, text='json: unknown field "body"'))).send(WRITE)


def test_401_names_the_credential(open_to, script):
    talk = script(OK(401, json={"errors": [{"detail": "invalid credentials"}]}))
    with pytest.raises(AuthError, match="`app_api_key`"):
        open_to(talk).send(READ)


def test_a_missing_credential_is_named(open_to, script):
    only_app = Credentials(app_api_key=Secret("app-key-0123"))
    with pytest.raises(AuthError, match="credential is not set: `service_account_token`"):
        open_to(script(), only_app).send(JOURNEYS_WRITE)


def test_a_journeys_401_renews_the_token_once(open_to, script):
    talk = script(OK(401, json={}), OK(200, json={}))
    open_to(talk).send(JOURNEYS_WRITE)
    assert [r.headers["authorization"] for r in talk.asked] == ["Bearer token-1", "Bearer token-2"]
    again = script(OK(401, json={}), OK(401, json={}))
    with pytest.raises(AuthError):
        open_to(again).send(JOURNEYS_WRITE)
    assert len(again.asked) == 2


def test_a_token_is_renewed_a_minute_before_it_expires(open_to, script, time):
    talk = script(*[OK(200, json={})] * 3)
    provider = open_to(talk)
    provider.send(JOURNEYS_WRITE)
    time.now += 3500
    provider.send(JOURNEYS_WRITE)
    assert talk.tokens == 1
    time.now += 41
    provider.send(JOURNEYS_WRITE)
    assert talk.tokens == 2


def test_a_wrong_service_account_token_is_a_credential_problem(open_to):
    provider = open_to(lambda _: OK(401, json={"errors": [{"detail": "invalid"}]}))
    with pytest.raises(AuthError, match="POST /v1/service_accounts/oauth/token"):
        provider.send(JOURNEYS_WRITE)
    assert provider.count == 0


def test_the_live_data_gate_names_its_setting(open_to, script):
    link = "https://fly.customer.io/workspaces/7/settings/ai"
    body = {"errors": [{"detail": f"no. Enable at {link}", "code": "mcp_missing_write_live"}]}
    with pytest.raises(AuthError) as caught:
        open_to(script(OK(403, json=body))).send(JOURNEYS_WRITE)
    assert "Allow agent to edit live data" in detail_of(caught)
    assert f"\n    {link}\n" in detail_of(caught)


def test_any_other_403_is_about_permissions(open_to, script):
    with pytest.raises(AuthError) as caught:
        open_to(script(OK(403, json={}))).send(JOURNEYS_WRITE)
    assert summary_of(caught) == "Permission denied"


@pytest.mark.parametrize("headers", [{"content-type": "text/html"}, {"content-type": "text/plain"}])
@pytest.mark.parametrize("status", [200, 404])
def test_a_web_page_is_refused(open_to, script, headers, status):
    talk = script(OK(status, headers=headers, content=b"\n <!doctype html><title>Fly</title>"))
    with pytest.raises(RemoteError, match="web page instead of JSON"):
        open_to(talk).send(READ)


def test_invalid_json_is_refused(open_to, script):
    with pytest.raises(RemoteError, match="not valid JSON"):
        open_to(script(OK(200, text="{nope"))).send(READ)


def test_a_redirect_is_not_followed(open_to, script):
    talk = script(OK(302, headers={"location": "http://elsewhere.test/v1?key=1"}))
    with pytest.raises(RemoteError, match=r"elsewhere\.test/v1, which is not followed"):
        open_to(talk).send(READ)
    assert len(talk.asked) == 1


class Endless(httpx.SyncByteStream):
    """An endless response body that counts how much of it was read."""

    def __init__(self) -> None:
        self.given = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.given += 2**20
            yield b"0" * 2**20


def test_an_endless_response_is_aborted_at_the_size_limit(open_to, script):
    stream = Endless()
    with pytest.raises(RemoteError, match="larger than 64 MB"):
        open_to(script(OK(200, stream=stream))).send(READ)
    assert stream.given <= MAX_RESPONSE_BYTES + 2 * 2**20


def test_a_response_with_a_too_large_length_is_not_read(open_to, script):
    stream = Endless()
    answer = OK(200, headers={"content-length": str(200 * 2**20)}, stream=stream)
    with pytest.raises(RemoteError, match="was not read"):
        open_to(script(answer)).send(READ)
    assert stream.given == 0


def test_no_credential_and_no_personal_data_in_an_error(open_to, script):
    secrets = (
        "jane.doe@acme.com, +49 170 1234567, app-key-0123, Bearer abc.def, sa_live_zzz, eyJh.b.c"
    )
    with pytest.raises(RemoteError) as caught:
        open_to(script(OK(422, json={"errors": [{"detail": secrets}]}))).send(
            Request(Api.APP, "PUT", "/v1/customers/jane%40acme.com", {})
        )
    text = str(caught.value)
    assert not re.search(r"jane|acme|1234567|app-key|abc|zzz|eyJ", text)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_journeys_api_needs_an_workspace_id(open_to, script):
    with pytest.raises(ConfigError, match="workspace_id"):
        open_to(script(), workspace_id=None).send(JOURNEYS_WRITE)


def test_responses_keep_the_order_of_the_requests(open_to):
    late = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/0":
            late.wait(5)
        else:
            late.set()
        return OK(200, json=request.url.path)

    requests = [Request(Api.APP, "GET", f"/v1/{n}") for n in range(20)]
    bodies = [response.body for response in open_to(answer).send_all(requests)]
    assert bodies == [f"/v1/{n}" for n in range(20)]


def test_an_unknown_outcome_outranks_other_failures(open_to):
    both = threading.Barrier(2)

    def answer(request: httpx.Request) -> httpx.Response:
        both.wait(5)
        return OK(404 if request.url.path.endswith("a") else 500, json={})

    requests = [Request(Api.APP, "PUT", f"/v1/{name}") for name in "ab"]
    with pytest.raises(OutcomeUnknownError):
        open_to(answer).send_all(requests)


def test_no_request_is_started_after_a_failure(open_to):
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return OK(422, json={})

    requests = [Request(Api.APP, "PUT", f"/v1/{n}") for n in range(200)]
    with pytest.raises(RemoteError):
        open_to(answer).send_all(requests)
    assert len(asked) < 200


def test_no_request_is_started_after_an_interrupt(open_to):
    numbers, asked, is_over = itertools.count(1), [], threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        number = next(numbers)
        if number == 20:
            _interrupt_what_waits()
        if number >= 20:
            is_over.wait(10)
        return OK(200, json={})

    provider = open_to(answer)
    with pytest.raises(KeyboardInterrupt):
        provider.send_all([Request(Api.APP, "GET", f"/v1/{n}") for n in range(400)])
    is_over.set()
    provider.send_all([READ] * 2)  # the same rate limit
    assert len(asked) < 20 + MAX_CONNECTIONS + 2


def _interrupt_what_waits() -> None:
    """Interrupt the main thread once it does nothing but wait.

    While it runs, the interrupt may arrive in a callback of Python, which drops exceptions.
    """
    main = threading.main_thread().ident or 0
    looks = 0
    while looks < 5:  # in a row
        sleep(0.005)
        looks = looks + 1 if sys._current_frames()[main].f_code.co_name == "wait" else 0
    signal.pthread_kill(main, signal.SIGINT)


def test_requests_are_counted(open_to):
    provider = open_to(lambda _: OK(200, json={}))
    provider.send_all([READ] * 5)
    assert provider.count == 5


def test_requests_are_sent_just_below_the_rate(open_to, time):
    provider = open_to(lambda _: OK(200, json={}), rates=Rates())
    began = time.now
    for _ in range(99):
        provider.send(READ)
    assert time.now - began == pytest.approx(98 / 9.8)


def test_broadcasts_have_their_own_rate(open_to, time):
    provider = open_to(lambda _: OK(200, json={}), rates=Rates())
    began = time.now
    trigger = Request(Api.APP, "POST", "/v1/campaigns/3/triggers", {})
    provider.send(trigger)
    provider.send(READ)
    assert time.now == began
    provider.send(trigger)
    assert time.now - began == pytest.approx(10 / 0.98)
