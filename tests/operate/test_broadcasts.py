"""Broadcasts: audiences, at most one trigger in ten seconds, and watching."""

import json
from pathlib import Path
from typing import Any

import pytest

from cioform.core.errors import OutcomeUnknownError, RemoteError, UsageError
from cioform.operate.broadcasts.audience import Audience
from cioform.operate.broadcasts.audience_file import load_audience
from cioform.operate.broadcasts.broadcasts import Broadcasts
from cioform.remote.rate_limiter import RateLimitBucket, rate_limit_bucket


@pytest.fixture
def news_broadcast(sandbox: Any) -> str:
    """Return the broadcast of the demo, after creating two people for it."""
    for who in ("u1", "u2"):
        attributes = {"email": f"{who}@acme.com", "first_name": who}
        sandbox.acme.people.identify(who, attributes)
    [found] = sandbox.acme.broadcasts.list()
    return str(found.id)


def manual_segment(sandbox: Any) -> str:
    segments = sandbox.store.dump("acme")["segments"]
    return str(next(each["id"] for each in segments if each["type"] == "manual"))


def test_a_broadcast_is_named_by_number_or_name(sandbox: Any, news_broadcast: str) -> None:
    broadcasts = sandbox.acme.broadcasts
    name = broadcasts.show(news_broadcast).name
    assert (
        broadcasts.number(name)
        == broadcasts.number(f"broadcast#{news_broadcast}")
        == int(news_broadcast)
    )
    with pytest.raises(UsageError, match="Broadcast not found"):
        broadcasts.number("Nothing")
    with pytest.raises(RemoteError, match="Broadcast not found"):
        broadcasts.show("999")


def test_several_broadcasts_of_one_name_are_listed_by_number(scripted: Any, targets: Any) -> None:
    rows = [{"id": 3, "name": "News", "tags": "nil"}, {"id": 4, "name": "News", "tags": None}]
    provider = scripted(lambda _: {"broadcasts": rows})
    broadcasts = Broadcasts(provider, targets(), lambda: 0.0, lambda _: None)
    assert [each.tags for each in broadcasts.list()] == [(), ()]
    with pytest.raises(UsageError, match="The broadcasts 3, 4"):
        broadcasts.number("News")


def test_the_people_of_a_segment_receive_it(sandbox: Any, news_broadcast: str) -> None:
    sandbox.bind(segment__testers=manual_segment(sandbox))
    audience = Audience(segment="segment.testers")
    before = sandbox.acme.broadcasts.preview_audience(audience).people
    sandbox.acme.members.add("segment.testers", ["u1", "u2"])
    reached = sandbox.acme.broadcasts.preview_audience(audience)
    assert (reached.words, reached.people) == ("the people in segment.testers", before + 2)
    trigger = sandbox.acme.broadcasts.trigger(
        news_broadcast, audience, {"headline": "Hi", "text": "Hi", "link": "x"}
    )
    done = sandbox.acme.broadcasts.watch(trigger)
    assert done.processed
    assert done.errors == ()
    [message] = sandbox.acme.people.messages("u1")
    assert message.source == f"broadcast#{news_broadcast}"
    shown = sandbox.acme.broadcasts.show(news_broadcast)
    assert [each.id for each in shown.triggers] == [trigger.id]


def test_deliveries_that_failed_are_errors(sandbox: Any, news_broadcast: str) -> None:
    trigger = sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1",)))
    done = sandbox.acme.broadcasts.watch(trigger)
    assert done.processed
    [error] = done.errors
    assert error.startswith("1 of 1 deliveries failed: ")
    assert "headline" in error or "link" in error


def test_unknown_people_are_reported(sandbox: Any, news_broadcast: str) -> None:
    with pytest.raises(RemoteError) as caught:
        sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1", "ghost")))
    assert caught.value.diagnostics[1].summary == "Audience not accepted"
    assert "ghost" in caught.value.diagnostics[1].detail
    assert sandbox.acme.people.messages("u1") == ()
    sandbox.time.sleep(10)
    passed = Audience(ids=("u1", "ghost"), ignore_missing=True)
    sandbox.acme.broadcasts.trigger(news_broadcast, passed)
    assert len(sandbox.acme.people.messages("u1")) == 1


def test_a_second_trigger_waits_ten_seconds(sandbox: Any, news_broadcast: str) -> None:
    started_at = sandbox.time.now
    sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1",)))
    sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1",)))
    assert sandbox.time.now - started_at >= 10
    assert len(sandbox.acme.people.messages("u1")) == 2


def test_triggers_have_their_own_rate_limit(scripted: Any, targets: Any) -> None:
    provider = scripted(lambda _: {"id": 1})
    Broadcasts(provider, targets(), lambda: 0.0, lambda _: None).trigger("3")
    assert rate_limit_bucket(provider.asked[-1]) is RateLimitBucket.BROADCAST


def test_a_trigger_of_unknown_outcome_is_not_retried(sandbox: Any, news_broadcast: str) -> None:
    sandbox.order("cut-after", "/triggers")
    with pytest.raises(OutcomeUnknownError, match="Check whether it was done"):
        sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1",)))
    assert len(sandbox.acme.people.messages("u1")) == 1


@pytest.mark.parametrize(
    "sandbox", [{"trigger_duration_seconds": 30.0, "broadcast_interval": None}], indirect=True
)
def test_a_trigger_is_refused_while_another_is_being_processed(
    sandbox: Any, news_broadcast: str
) -> None:
    trigger = sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1",)))
    with pytest.raises(RemoteError, match=r"still being processed.*then try again"):
        sandbox.acme.broadcasts.trigger(news_broadcast, Audience(ids=("u1",)))
    assert not sandbox.acme.broadcasts.watch(trigger, timeout=5).processed
    assert sandbox.acme.broadcasts.watch(trigger, timeout=60).processed
    assert len(sandbox.acme.people.messages("u1")) == 1


@pytest.mark.parametrize(
    ("audience", "expected_body"),
    [
        (Audience(), {}),
        (Audience(segment="5"), {"recipients": {"segment": {"id": 5}}}),
        (Audience(ids=("a", "b")), {"ids": ["a", "b"]}),
        (Audience(ids=("a",), ignore_missing=True), {"ids": ["a"], "id_ignore_missing": True}),
        (
            Audience(emails=("a@b.co",), ignore_missing=True),
            {"emails": ["a@b.co"], "email_ignore_missing": True},
        ),
        (
            Audience(per_user_data=({"id": "a", "data": {"n": 1}},)),
            {"per_user_data": [{"id": "a", "data": {"n": 1}}]},
        ),
        (Audience(data_file_url="https://x/y"), {"data_file_url": "https://x/y"}),
    ],
)
def test_audiences_on_the_wire(
    audience: Audience, expected_body: Any, scripted: Any, targets: Any
) -> None:
    provider = scripted(lambda _: {"id": 1})
    broadcasts = Broadcasts(provider, targets(), lambda: 0.0, lambda _: None)
    broadcasts.trigger("3", audience, {"k": "v"})
    assert provider.asked[0].path == "/v1/campaigns/3/triggers"
    assert provider.asked[0].body == {**expected_body, "data": {"k": "v"}}


@pytest.mark.parametrize(
    "empty",
    [{"segment": ""}, {"ids": ()}, {"emails": []}, {"per_user_data": ()}, {"data_file_url": ""}],
)
def test_an_empty_audience_is_refused(empty: Any) -> None:
    with pytest.raises(UsageError, match="Audience is empty"):
        Audience(**empty)


def test_a_string_is_not_a_list_of_ids() -> None:
    with pytest.raises(UsageError, match="Invalid ID list"):
        Audience(ids="u1")


def test_one_audience_at_a_time() -> None:
    with pytest.raises(UsageError, match="Multiple audiences"):
        Audience(segment="segment.x", ids=("a",))
    with pytest.raises(UsageError, match="Too many people"):
        Audience(per_user_data=({"id": "a"},) * 10_001)


def test_watching_a_trigger_returns_every_error(scripted: Any, targets: Any) -> None:
    def answer(request: Any) -> Any:
        if not request.path.endswith("/errors"):
            return {"id": 7, "processed_at": 5, "messages": []}
        start = int(request.query.get("start", 0))
        following = str(start + 50) if start < 100 else ""
        return {"errors": [f"e{start + n}" for n in range(50)], "next": following}

    broadcasts = Broadcasts(scripted(answer), targets(), lambda: 0.0, lambda _: None)
    done = broadcasts.watch(broadcasts.trigger("3"))
    assert len(done.errors) == 150
    assert done.broadcast_id == 3


def test_audiences_from_files(tmp_path: Path) -> None:
    ids, emails, data = tmp_path / "a.txt", tmp_path / "a.csv", tmp_path / "a.ndjson"
    ids.write_text("\ufeffid\nu1\n\nu2\n")
    emails.write_text('email,name\n"a@b.co",A\n')
    people = [{"id": "u1", "data": {"n": 1}}, {"email": "a@b.co"}]
    data.write_text("".join(json.dumps(each) + "\n" for each in people))
    assert load_audience(ids).ids == ("u1", "u2")
    assert load_audience(emails).emails == ("a@b.co",)
    assert load_audience(data).per_user_data == tuple(people)
    data.write_text(json.dumps(people))
    assert load_audience(data).per_user_data == tuple(people)


@pytest.mark.parametrize(
    ("name", "text", "summary"),
    [
        ("a.txt", "", "Audience is empty"),
        ("a.ndjson", "", "Audience is empty"),
        ("a.txt", "u1\na@b.co\n", "mixed"),
        ("a.ndjson", "{", "Invalid JSON"),
        ("a.ndjson", '{"data": {}}', "Missing ID|Invalid recipient"),
        ("a.ndjson", '{"id": "a", "email": "b"}', "Missing ID|Invalid recipient"),
        ("a.ndjson", '{"id": ""}', "Missing ID|Invalid recipient"),
        ("a.ndjson", '{"id": "a", "code": "X"}', "Missing ID|Invalid recipient"),
        ("a.ndjson", '{"id": "a", "data": true}', "Missing ID|Invalid recipient"),
        ("a.ndjson", '{"id": "a"}\n{"id": "b", "data": {"x": "\u2028"}}\n[', "Line 3 of"),
        ("people", '{"id": "a"}', "looks like NDJSON"),
        ("a.csv", 'id\n"u1', "is not CSV"),
    ],
)
def test_invalid_audience_files(tmp_path: Path, name: str, text: str, summary: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=summary):
        load_audience(tmp_path / name)
