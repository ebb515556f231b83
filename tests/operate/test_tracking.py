"""Events of known and anonymous people, within the size limits of Customer.io."""

from typing import Any

import pytest

from cioform.core.errors import OutcomeUnknownError, UsageError


def test_an_event_arrives_with_its_data(sandbox: Any) -> None:
    sandbox.acme.events.track("u1", "purchased", {"price": 12.5}, timestamp=1_789_990_000)
    [event] = sandbox.acme.people.activities("u1", kind="event")
    assert (event.name, event.data, event.at) == ("purchased", {"price": 12.5}, 1_789_990_000)


def test_anonymous_events_are_linked_to_the_identified_person(sandbox: Any) -> None:
    sandbox.acme.events.anonymous("a-77", "viewed", {"page": "/"})
    sandbox.acme.people.identify("u1", {"anonymous_id": "a-77"})
    assert sandbox.events() == [{"page": "/"}]


def test_an_event_that_is_too_large_is_not_sent(sandbox: Any) -> None:
    with pytest.raises(UsageError, match="32,984") as caught:
        sandbox.acme.events.track("u1", "x", {"text": "é" * 16_444})
    assert "32,768" in str(caught.value)
    assert sandbox.sent == []


@pytest.mark.parametrize("name", ["", "  ", "é" * 51])
def test_invalid_event_names(sandbox: Any, name: str) -> None:
    with pytest.raises(UsageError, match="Invalid event name"):
        sandbox.acme.events.track("u1", name)
    assert sandbox.sent == []


def test_an_event_of_unknown_outcome_is_not_retried(sandbox: Any) -> None:
    sandbox.order("cut-after", "/api/v2/entity")
    with pytest.raises(
        OutcomeUnknownError, match="Check whether it was done before you run the same command again"
    ):
        sandbox.acme.events.track("u1", "purchased")
    assert len(sandbox.events()) == 1
    assert [path for path in sandbox.paths if "entity" in path] == ["POST /api/v2/entity"]
