"""Responses about people, messages and metrics that are not as they should be."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.operate.broadcasts.audience import Audience
from tests.support.altered_responses import WRONG_VALUES, Member, Responses
from tests.support.examples import EXAMPLES

SEGMENT: Final = "10"
CAMPAIGN: Final = "1"
"""Those of the demo."""
READS: Final[Mapping[str, Callable[[Any, str], object]]] = {
    "show": lambda acme, _: acme.people.show("u1"),
    "segments": lambda acme, _: acme.people.segments("u1"),
    "messages": lambda acme, _: acme.people.messages("u1"),
    "activities": lambda acme, _: acme.people.activities("u1"),
    "members": lambda acme, _: list(acme.members.list(SEGMENT)),
    "broadcasts": lambda acme, _: acme.broadcasts.list(),
    "broadcast": lambda acme, news: acme.broadcasts.show(news),
    "audience": lambda acme, _: acme.broadcasts.preview_audience(Audience(segment=SEGMENT)),
    "campaigns": lambda acme, _: acme.campaigns.list(),
    "campaign": lambda acme, _: acme.campaigns.show(CAMPAIGN),
    "metrics": lambda acme, _: acme.campaigns.metrics(CAMPAIGN),
    "journey": lambda acme, _: acme.campaigns.journey(CAMPAIGN),
    "links": lambda acme, _: acme.campaigns.links(CAMPAIGN),
}
PERSON: Final = "GET /v#/customers/u#"


@pytest.fixture
def news(sandbox: Any) -> str:
    """Return the broadcast of the demo, which was sent to one person."""
    sandbox.acme.people.identify("u1", {"email": "u1@acme.com", "first_name": "U"})
    sandbox.acme.members.add("13", ["u1"])
    [found] = sandbox.acme.broadcasts.list()
    sandbox.acme.broadcasts.trigger(str(found.id), Audience(ids=["u1"]))
    return str(found.id)


def test_no_read_crashes(sandbox: Any, news: str) -> None:
    for name, read in READS.items():
        responses = Responses()
        sandbox.recorder.alter = responses
        read(sandbox.acme, news)
        every = [(member, value) for member in responses.members for value in WRONG_VALUES]
        for member, value in random.Random(name).sample(every, min(len(every), EXAMPLES // 6)):
            sandbox.recorder.alter = Responses(member=member, value=WRONG_VALUES[value])
            try:
                read(sandbox.acme, news)
            except RemoteError:
                continue
            except Exception as error:
                raise AssertionError(f"{name}: {value} at {member}") from error


@pytest.mark.parametrize(
    ("name", "request_", "path", "value", "shown"),
    [
        ("show", f"{PERSON}/attributes", ("customer", "attributes"), [], "customer.attributes"),
        ("segments", f"{PERSON}/segments", ("segments", 0, "id"), True, "segments[0].id"),
        ("messages", f"{PERSON}/messages", ("messages", 0, "metrics"), 1, "messages[0].metrics"),
        ("activities", f"{PERSON}/activities", ("activities",), {}, "activities"),
        ("broadcasts", "GET /v#/broadcasts", ("broadcasts", 0, "id"), {}, "broadcasts[0].id"),
        ("broadcast", "GET /v#/broadcasts/#/triggers", ("triggers",), True, "triggers"),
        ("audience", "GET /v#/segments/#/customer_count", ("count",), -1, "count"),
        ("campaigns", "GET /v#/campaigns", ("campaigns", 0, "state"), 3, "campaigns[0].state"),
        ("metrics", "GET /v#/campaigns/#/metrics", ("metric", "series"), 1, "metric.series"),
    ],
)
def test_the_path_of_the_member_is_named(
    sandbox: Any, news: str, name: str, request_: str, path: Any, value: Any, shown: str
) -> None:
    sandbox.recorder.alter = Responses(member=Member(request_, path), value=value)
    with pytest.raises(RemoteError) as caught:
        READS[name](sandbox.acme, news)
    [diagnostic] = caught.value.diagnostics
    assert f"`{shown}` is " in diagnostic.detail
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("value", ["missing", "true", "object"])
def test_a_trigger_without_an_id_is_an_unknown_outcome(sandbox: Any, news: str, value: str) -> None:
    sandbox.time.now += 10
    request = "POST /v#/campaigns/#/triggers"
    sandbox.recorder.alter = Responses(member=Member(request, ("id",)), value=WRONG_VALUES[value])
    with pytest.raises(OutcomeUnknownError, match=r"`id` is .*did accept the request"):
        sandbox.acme.broadcasts.trigger(news, Audience(ids=["u1"]))
    assert sum(path.endswith("/triggers") for path in sandbox.paths) == 2


def test_a_rejection_that_names_no_line_is_not_lost(sandbox: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.ndjson"
    file.write_text('{"id": "u7", "a": 1}\n')
    rejected = httpx.Response(207, json={"errors": [{"batch_index": "first"}]})
    sandbox.recorder.alter = lambda *_: rejected
    with pytest.raises(RemoteError, match=r"`errors\[0\]\.batch_index` is a text"):
        sandbox.acme.people.import_(file)
