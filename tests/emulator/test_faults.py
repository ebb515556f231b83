"""Fault injection, in this process and over a socket."""

import ssl

import httpx
import pytest

from cioform.emulator.server.faults.faults import Fault
from cioform.emulator.server.transports.serve import serve

BODY = {"name": "a", "value": "b"}


def names(emulator):
    return [each["name"] for each in emulator.store.dump("acme")["snippets"]]


@pytest.mark.parametrize(
    ("effect", "error", "done"),
    [
        ("timeout-before", httpx.ReadTimeout, False),
        ("timeout-after", httpx.ReadTimeout, True),
        ("cut-before", httpx.RemoteProtocolError, False),
        ("cut-after", httpx.ReadError, True),
        ("cut-body", httpx.ReadError, True),
        ("delay:6", httpx.ReadTimeout, True),
    ],
)
def test_connection_faults(emulator, effect, error, done):
    emulator.faults.add(Fault(method="POST", path="/snippets", effect=effect))
    with pytest.raises(error):
        emulator.app.post("/snippets", json=BODY)
    assert names(emulator) == (["a"] if done else [])


@pytest.mark.parametrize(
    ("effect", "status", "done"),
    [
        ("status:503", 503, False),
        ("status:429:7", 429, False),
        ("status:500-done", 500, True),
        ("html", 200, False),
        ("bad-json", 200, True),
        ("expire-token", 401, False),
        ("delay:1", 200, True),
    ],
)
def test_response_faults(emulator, effect, status, done):
    emulator.faults.add(Fault(effect=effect))
    response = emulator.app.post("/snippets", json=BODY)
    assert (response.status_code, names(emulator)) == (status, ["a"] if done else [])
    if effect == "status:429:7":
        assert response.headers["Retry-After"] == "7"
    if effect == "bad-json":
        with pytest.raises(ValueError, match="Expecting"):
            response.json()
    if effect == "html":
        assert response.headers["Content-Type"].startswith("text/html")


def test_a_huge_response_is_streamed(emulator):
    emulator.faults.add(Fault(effect="huge"))
    with emulator.app.stream("GET", "/snippets") as response:
        chunks = response.iter_raw()
        assert [len(next(chunks)) for _ in range(3)][1:] == [1_000_000, 1_000_000]


def test_a_fault_affects_its_requests_only(emulator):
    emulator.faults.add(
        Fault(method="GET", path=r"/snippets$", nth=2, times=2, effect="status:503")
    )
    emulator.app.post("/snippets", json=BODY)
    statuses = [emulator.app.get("/snippets").status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert emulator.faults.pending() == []


def test_repeat_page_returns_the_first_page(emulator):
    for number in range(3):
        emulator.journeys.post("/campaigns", json={"campaign": {"name": f"c{number}"}})
    emulator.faults.add(Fault(path="page=2", effect="repeat-page"))
    params = {"size": 2, "page": 2}
    again = emulator.journeys.get("/campaigns", params=params).json()["campaigns"]
    assert [each["name"] for each in again] == ["c0", "c1"]


def test_a_stale_read_returns_the_state_before_the_last_write(emulator):
    emulator.app.put("/snippets", json={"name": "a", "value": "old"})
    emulator.app.put("/snippets", json={"name": "a", "value": "new"})
    emulator.faults.add(Fault(effect="stale"))
    values = [emulator.app.get("/snippets").json()["snippets"][0]["value"] for _ in range(2)]
    assert values == ["old", "new"]


@pytest.mark.parametrize("effect", ["nonsense", "status:600", "status:", "delay:soon", ""])
def test_an_invalid_effect_is_rejected(effect):
    with pytest.raises(ValueError, match=r"effect|float"):
        Fault(effect=effect)


def test_faults_over_a_socket(emulator):
    with serve(emulator.wsgi, hold_seconds=30) as served:
        client = httpx.Client(base_url=served.url, headers=emulator.app.headers, timeout=0.3)
        assert served.url.startswith("http://127.0.0.1:")
        for effect, error in (
            ("cut-before", httpx.RemoteProtocolError),
            ("cut-body", httpx.RemoteProtocolError),
            ("timeout-before", httpx.ReadTimeout),
            ("delay:5", httpx.ReadTimeout),
        ):
            faults = [{"path": "^/v1/snippets", "effect": effect}]
            client.post("/_sandbox/faults", json=faults).raise_for_status()
            with pytest.raises(error):
                client.get("/v1/snippets")
            assert client.get("/v1/snippets").json() == {"snippets": []}
        client.close()


def test_faults_are_listed_removed_and_validated_over_http(emulator):
    client = emulator.client("")
    faults = [{"path": "x", "effect": "status:503"}]
    seen = client.post("/_sandbox/faults", json=faults).json()["faults"]
    assert seen == [{"method": "*", "path": "x", "nth": 1, "times": 1, "effect": "status:503"}]
    assert client.get("/_sandbox/faults").json()["faults"] == seen
    assert client.delete("/_sandbox/faults").status_code == 204
    assert emulator.faults.pending() == []
    for wrong in ([{"effect": "nonsense"}], [{"colour": "red"}]):
        assert client.post("/_sandbox/faults", json=wrong).status_code == 400


def test_a_served_sandbox_can_use_tls(emulator, tmp_path):
    with serve(emulator.wsgi, tls=tmp_path / "tls") as served:
        assert served.url.startswith("https://127.0.0.1:")
        assert served.ca_file == tmp_path / "tls" / "ca.pem"
        trusting = ssl.create_default_context(cafile=str(served.ca_file))
        response = httpx.get(f"{served.url}/v1/openapi.json", verify=trusting)
        assert response.json()["openapi"] == "3.1.0"
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{served.url}/v1/openapi.json")
    assert [each.name for each in (tmp_path / "tls").iterdir()] == ["ca.pem"]
    assert b"PRIVATE" not in (tmp_path / "tls" / "ca.pem").read_bytes()


def test_a_stale_write_loses_no_earlier_write(emulator):
    campaign, _ = emulator.event_campaign()
    emulator.put(campaign, "name_and_description", name="New").raise_for_status()
    emulator.faults.add(Fault(method="PUT", path="campaigns", effect="stale"))
    emulator.put(campaign, "global_settings", use_message_limits=False).raise_for_status()
    emulator.faults.clear()
    found = emulator.read(campaign)["campaign"]
    assert (found["name"], found["use_message_limits"]) == ("New", False)
