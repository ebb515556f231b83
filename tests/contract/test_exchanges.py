"""Recorded and documented exchanges, replayed against the emulator.

A file in `exchanges/` is one conversation in an empty workspace. Each exchange has the source of
its facts, a door (`via`), a request `[method, path, body]` and the answer: a status and the part
of the body that the source tells. In a body `"*"` fits anything and `"~text"` what contains the
text; `keep` names values of the answer, used later as `$name`.
"""

import json
import random
from pathlib import Path

import httpx
import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.in_process import InProcessTransport
from cioform.emulator.store.database import Store

ODD = (None, True, 0, -1, 10**30, 1e308, "", "x", "\ud83d", [], [None], [{}], {}, {"a": 1})
"""What nobody means to send."""
FILES = sorted(Path(__file__).parent.joinpath("exchanges").glob("*.json"))


def doors(store, app):
    """A client for each way in."""
    workspace = store.workspace("acme")
    keys = workspace.credentials
    base = "http://emulator.test/v1"
    inside = f"{base}/environments/{workspace.environment_id}"
    form = {"grant_type": "client_credentials", "client_secret": keys.service_account_token}
    anybody = httpx.Client(transport=InProcessTransport(app), base_url=base)
    token = anybody.post("/service_accounts/oauth/token", data=form).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    app_key = {"Authorization": f"Bearer {keys.app_api_key}"}
    transport = InProcessTransport(app)
    return {
        "anybody": anybody,
        "app": httpx.Client(transport=transport, base_url=base, headers=app_key),
        "account": httpx.Client(transport=transport, base_url=base, headers=bearer),
        "journeys": httpx.Client(transport=transport, base_url=inside, headers=bearer),
        "strict": httpx.Client(
            transport=transport, base_url=inside, headers={**bearer, "X-Validate": "strict"}
        ),
        "ui": httpx.Client(
            transport=InProcessTransport(app, actor="ann@acme.example"), base_url=inside
        ),
        "track": httpx.Client(
            transport=transport,
            base_url="http://emulator.test/api/v1",
            auth=(keys.site_id, keys.track_api_key),
        ),
    }


def filled(value, kept):
    """`value` with what was kept put in for `$name`."""
    if isinstance(value, dict):
        return {filled(key, kept): filled(item, kept) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("$") and value[1:] in kept:
        return kept[value[1:]]
    for name, item in kept.items():
        value = value.replace(f"${name}", str(item))
    return value


def misfits(told, got, at=""):
    """Where the answer is not what the source tells."""
    if told == "*":
        return []
    if isinstance(told, str) and told.startswith("~"):
        return [] if told[1:] in str(got) else [f"{at}: {got!r} lacks {told[1:]!r}"]
    if isinstance(told, dict) and isinstance(got, dict):
        missing = [f"{at}.{key} is missing" for key in told if key not in got]
        return missing + [
            each
            for key in told
            if key in got
            for each in misfits(told[key], got[key], f"{at}.{key}")
        ]
    if isinstance(told, list) and isinstance(got, list) and len(told) == len(got):
        pairs = enumerate(zip(told, got, strict=True))
        return [each for place, pair in pairs for each in misfits(*pair, f"{at}[{place}]")]
    return [] if told == got and type(told) is type(got) else [f"{at}: {got!r} is not {told!r}"]


def at_path(value, path):
    """The member of `value` at a dotted path."""
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def spoilt(rng, value):
    """The value with something odd in the place of one of its members, however deep."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        return {**value, key: spoilt(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], spoilt(rng, value[place]), *value[place + 1 :]]
    return rng.choice(ODD)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_request_that_is_spoilt_crashes_anything(path):
    """Each of a conversation is sent spoilt, and then as it is: some of what is odd is kept."""
    rng = random.Random(path.stem)
    store = Store.open(":memory:")
    rules = Behavior(**{"rate_limit": None, **json.loads(path.read_text("utf-8")).get("rules", {})})
    clients = doors(store, make_app(store, rules, clock=lambda: 1_760_000_000.0))
    kept = {}
    for exchange in json.loads(path.read_text("utf-8"))["exchanges"]:
        method, url, *body = filled(exchange["request"], kept)
        client = clients[exchange["via"]]
        for sent in [*(spoilt(rng, each) for each in body * 4), *body]:
            answer = client.request(method, url, content=json.dumps(sent).encode())
        answer = answer if body else client.request(method, url)
        for name, where in exchange.get("keep", {}).items() if answer.is_success else ():
            kept[name] = at_path(answer.json(), where)
    store.close()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_exchange(path):
    conversation = json.loads(path.read_text("utf-8"))
    store = Store.open(":memory:")
    rules = Behavior(**{"rate_limit": None, **conversation.get("rules", {})})
    clients = doors(store, make_app(store, rules, clock=lambda: 1_760_000_000.0))
    kept = {}
    for place, exchange in enumerate(conversation["exchanges"]):
        method, url, *body = filled(exchange["request"], kept)
        client = clients[exchange["via"]]
        answer = client.request(method, url, json=body[0]) if body else client.request(method, url)
        told = f"exchange {place} ({exchange['source']}): {method} {url}: {answer.text[:500]}"
        assert answer.status_code == exchange["status"], told
        if "answer" in exchange:
            assert misfits(filled(exchange["answer"], kept), answer.json()) == [], told
        for name, where in exchange.get("keep", {}).items():
            kept[name] = at_path(answer.json(), where)
    store.close()


def test_there_are_exchanges_for_every_resource():
    assert {path.stem for path in FILES} >= {
        "snippets",
        "segments",
        "campaigns",
        "steps",
        "templates",
        "transactional",
        "errors",
        "senders",
        "people",
        "broadcasts",
    }


@pytest.mark.parametrize(
    ("told", "got"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": "1"}),
        ([1], [1, 2]),
        ("~x", "y"),
        (False, 0),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}),
    ],
)
def test_a_misfit_is_seen(told, got):
    assert misfits(told, got)
