"""Recorded and documented exchanges, replayed against the emulator.

A file in `exchanges/` is one conversation in an empty workspace. Each exchange has the source of
its facts, the API (`via`), a request `[method, path, body]` and the response: a status and the part
of the body that the source documents (`answer`). In it, `"*"` matches anything and `"~text"`
matches a value that contains the text. `keep` names values of the response for later use as
`$name`.
"""

import json
import random
import re
from pathlib import Path

import httpx
import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from tests.contract.official_schemas import schema_differences, unexplained

ODD = (None, True, 0, -1, 10**30, 1e308, "", "x", "\ud83d", [], [None], [{}], {}, {"a": 1})
"""Values that no client sends on purpose."""
FILES = sorted(Path(__file__).parent.joinpath("exchanges").glob("*.json"))


def make_clients(store, app):
    """Return a client for each API and credential."""
    workspace = store.workspace("acme")
    keys = workspace.credentials
    base = "http://emulator.test/v1"
    inside = f"{base}/environments/{workspace.environment_id}"
    form = {"grant_type": "client_credentials", "client_secret": keys.service_account_token}
    anonymous = httpx.Client(transport=InProcessTransport(app), base_url=base)
    token = anonymous.post("/service_accounts/oauth/token", data=form).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    app_key = {"Authorization": f"Bearer {keys.app_api_key}"}
    transport = InProcessTransport(app)
    return {
        "anybody": anonymous,
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


def substitute(value, values):
    """Return `value` with each `$name` replaced by the value of that name."""
    if isinstance(value, dict):
        return {substitute(key, values): substitute(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, values) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("$") and value[1:] in values:
        return values[value[1:]]
    for name, item in values.items():
        value = value.replace(f"${name}", str(item))
    return value


def differences(expected, actual, at=""):
    """Return where the response differs from the source."""
    if expected == "*":
        return []
    if isinstance(expected, str) and expected.startswith("~"):
        return [] if expected[1:] in str(actual) else [f"{at}: {actual!r} lacks {expected[1:]!r}"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = [f"{at}.{key} is missing" for key in expected if key not in actual]
        return missing + [
            each
            for key in expected
            if key in actual
            for each in differences(expected[key], actual[key], f"{at}.{key}")
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [each for place, pair in pairs for each in differences(*pair, f"{at}[{place}]")]
    if expected == actual and type(expected) is type(actual):
        return []
    return [f"{at}: {actual!r} is not {expected!r}"]


def at_path(value, path):
    """Return the member of `value` at a dotted path."""
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def corrupt(rng, value):
    """Return the value with an odd value in place of one of its members, however deep."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        return {**value, key: corrupt(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], corrupt(rng, value[place]), *value[place + 1 :]]
    return rng.choice(ODD)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_corrupted_requests_do_not_crash(path):
    """Send each request corrupted and then as it is, since some odd values are accepted."""
    rng = random.Random(path.stem)
    store = Store.open(":memory:")
    conversation = json.loads(path.read_text("utf-8"))
    behavior = Behavior(**{"rate_limit": None, **conversation.get("behavior", {})})
    clients = make_clients(store, make_app(store, behavior, clock=lambda: 1_760_000_000.0))
    values = {}
    for exchange in conversation["exchanges"]:
        method, url, *body = substitute(exchange["request"], values)
        client = clients[exchange["via"]]
        for sent in [*(corrupt(rng, each) for each in body * 4), *body]:
            response = client.request(method, url, content=json.dumps(sent).encode())
        response = response if body else client.request(method, url)
        for name, where in exchange.get("keep", {}).items() if response.is_success else ():
            values[name] = at_path(response.json(), where)
    store.close()


def replay(path, observe):
    """Replay a conversation, check each response, and pass it to `observe`."""
    conversation = json.loads(path.read_text("utf-8"))
    store = Store.open(":memory:")
    behavior = Behavior(**{"rate_limit": None, **conversation.get("behavior", {})})
    clients = make_clients(store, make_app(store, behavior, clock=lambda: 1_760_000_000.0))
    values = {}
    for index, exchange in enumerate(conversation["exchanges"]):
        method, url, *body = substitute(exchange["request"], values)
        client = clients[exchange["via"]]
        response = client.request(method, url, **({"json": body[0]} if body else {}))
        source = f"exchange {index} ({exchange['source']}): {method} {url}: {response.text[:500]}"
        assert response.status_code == exchange["status"], source
        observe(response)
        if "answer" in exchange:
            expected = substitute(exchange["answer"], values)
            assert differences(expected, response.json()) == [], source
        for name, where in exchange.get("keep", {}).items():
            values[name] = at_path(response.json(), where)
    store.close()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_exchange(path):
    observed = []
    replay(path, observed.append)
    differing = {each for response in observed for each in schema_differences(response)}
    assert unexplained(differing) == []


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
    ("expected", "actual"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": "1"}),
        ([1], [1, 2]),
        ("~x", "y"),
        (False, 0),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}),
    ],
)
def test_differences_are_found(expected, actual):
    assert differences(expected, actual)


def test_each_correction_of_the_facts_is_tested():
    """Each row of corrections 2026-11 has an exchange, or a test that cites it."""
    tests = Path(__file__).parents[1]
    texts = (p.read_text("utf-8") for name in ("*.py", "*.json") for p in tests.rglob(name))
    cited = set()
    for text in texts:
        for first, word, last in re.findall(
            r"\b[Cc]orrections 2026-11, rows? (\d+)(?: (to|and) (\d+))?", text
        ):
            cited |= set(range(int(first), int(last) + 1)) if word == "to" else {int(first)}
            cited |= {int(last)} if last else set()
    assert cited >= set(range(1, 28))
