"""The dry run of a conversation, and what a plan contains of it."""

from __future__ import annotations

from cioform.core.data.json_value import as_mapping
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask, ask_all
from cioform.plan.writes.dry_run import dry_run, to_planned_requests

MAKE = Request(Api.APP, "POST", "/v1/things", {"name": "a"}, dry_run_response={"id": "(id of a)"})


def sample_conversation() -> Conversation[None]:
    made = as_mapping((yield from ask(MAKE)))
    path = f"/v1/things/{made['id']}"
    yield from ask_all([Request(Api.APP, "PUT", f"{path}/{n}") for n in (1, 2)])


def test_every_response_is_the_expected_one() -> None:
    assert [str(request) for request in dry_run(sample_conversation())] == [
        "POST /v1/things",
        "PUT /v1/things/(id of a)/1",
        "PUT /v1/things/(id of a)/2",
    ]


def test_planned_requests_have_members_without_values() -> None:
    steps = [{"type": "a", "wait": 1}, {"type": "b", "wait": 2}, {"type": "c", "body": {"x": "y"}}]
    [held] = to_planned_requests(
        [Request(Api.JOURNEYS, "PUT", "~/x", {"steps": steps, "tags": ["t"], "n": 1})]
    )
    assert held.shape == {
        "steps": [{"type": None, "wait": None}, {"type": None, "body": {"x": None}}],
        "tags": [],
        "n": None,
    }
    assert held.writes
