"""Changes of a running campaign: nobody comes by without a message, wherever an apply is cut."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import yaml

from cioform.core.errors import OutcomeUnknownError, PlanError, RemoteError
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, TEMPLATE
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.model.remote_access.conversation import Request, Response
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import UpdateRoute
from cioform.plan.compare.diff import compare
from cioform.plan.writes.dry_run import dry_run
from cioform.run.reading.driver import run_conversation
from tests.support.campaign_sandbox import CampaignSandbox
from tests.support.fake_provider import FakeProvider
from tests.support.known import known
from tests.support.operations import route_of

OLD = "email: {sending: automatic, subject: Old, body: <p>Old</p>}"
NEW = "email: {sending: automatic, subject: New, body: <p>New</p>}"
WHO = "id: who, if: {segment: trial}"
TWO = "id: two, if: {segment: trial}"

CHANGES: dict[str, list[list[Any]]] = yaml.safe_load(
    f"""\
the only step:
  - [{{id: a, {OLD}}}]
  - [{{id: b, {NEW}}}]
between other steps:
  - [{{id: x, wait: 1d}}, {{id: a, {OLD}}}, {{id: y, wait: 2d}}]
  - [{{id: x, wait: 1d}}, {{id: b, {NEW}}}, {{id: y, wait: 2d}}]
another type under one id:
  - [{{id: a, push: {{sending: automatic, title: Old, body: Old}}}}]
  - [{{id: a, {NEW}}}]
with a wait that is replaced:
  - [{{id: x, wait: 1d}}, {{id: a, {OLD}}}]
  - [{{id: z, wait_random: {{min: 1h, max: 2h}}}}, {{id: b, {NEW}}}]
on a branch:
  - [{{{WHO}, then: [{{id: a, {OLD}}}], else: [exit]}}]
  - [{{{WHO}, then: [{{id: b, {NEW}}}], else: [exit]}}]
into a new branch:
  - [{{id: a, {OLD}}}, {{id: y, wait: 2d}}]
  - [{{{WHO}, then: [{{id: b, {NEW}}}], else: [{{id: c, {NEW}}}]}}, {{id: y, wait: 2d}}]
out of a branch that goes:
  - [{{{WHO}, then: [{{id: a, {OLD}}}], else: [{{id: c, {OLD}}}]}}]
  - [{{id: b, {NEW}}}]
where branches meet:
  - [{{{WHO}, then: [{{id: t, wait: 1d}}]}}, {{id: a, {OLD}}}, {{id: y, wait: 2d}}]
  - [{{{WHO}, then: [{{id: t, wait: 1d}}]}}, {{id: b, {NEW}}}, {{id: y, wait: 2d}}]
instead of an early exit:
  - [{{{WHO}, then: [exit]}}, {{id: a, {OLD}}}]
  - [{{{WHO}, then: [{{id: n, wait: 1d}}]}}, {{id: b, {NEW}}}]
in place of an early exit:
  - [{{{WHO}, then: [exit]}}, {{id: a, {OLD}}}]
  - [{{{WHO}, then: [{{id: b, {NEW}}}, {{id: c, {NEW}}}]}}, {{id: a, {OLD}}}]
in place of an early exit, with branches:
  - [{{{WHO}, then: [exit]}}, {{id: a, {OLD}}}]
  - - {{{WHO}, then: [{{id: b, {NEW}}}, {{{TWO}, then: [{{id: c, {NEW}}}]}}]}}
    - {{id: a, {OLD}}}
with a step that moves:
  - [{{id: x, wait: 1d}}, {{id: a, {OLD}}}, {{id: y, wait: 2d}}]
  - [{{id: y, wait: 2d}}, {{id: b, {NEW}}}, {{id: x, wait: 1d}}]
by an A/B test:
  - [{{id: a, {OLD}}}]
  - [{{id: t, ab_test: [{{id: b, percent: 50, {NEW}}}, {{id: c, percent: 50, {NEW}}}]}}]
of an A/B test:
  - [{{id: t, ab_test: [{{id: b, percent: 50, {OLD}}}, {{id: c, percent: 50, {OLD}}}]}}]
  - [{{id: a, {NEW}}}]
with other content:
  - [{{id: a, {OLD}}}]
  - [{{id: a, {NEW}}}]
by one more:
  - [{{id: a, {OLD}}}]
  - [{{id: a, {OLD}}}, {{id: b, {NEW}}}]
by none:
  - [{{id: a, {OLD}}}, {{id: b, {OLD}}}]
  - [{{id: a, {OLD}}}]
"""
)
"""What replaces what: the workflow before and after."""


def attributes(workflow: list[Any]) -> dict[str, Any]:
    fields = {"name": "Welcome", "trigger": {"event": "signed_up"}, "workflow": workflow}
    return KIND.attributes(Campaign.model_validate(copy.deepcopy(fields)))


class CutError(Exception):
    """The apply ends here."""


class CutProvider(FakeProvider):
    """A provider that ends the run after a number of writes."""

    def __init__(self, sandbox: CampaignSandbox, writes: int) -> None:
        self._inner = sandbox.provider
        self._left = writes
        self.apis = self._inner.apis

    def send(self, request: Request) -> Response:
        response = self._inner.send(request)
        self._left -= request.writes
        if request.writes and not self._left:
            raise CutError
        return response


def running() -> CampaignSandbox:
    return CampaignSandbox(Behavior(rate_limit=None, live_data_gate=False))


def start(sandbox: CampaignSandbox, workflow: list[Any]) -> str:
    """Create a campaign, start it, and return its id."""
    bound = sandbox.create(attributes(workflow))
    data = sandbox.store.workspace_data("acme")
    [record] = data.all(CAMPAIGN)
    data.save(CAMPAIGN, {**record, "state": "running"})
    return bound.remote_id


def update(sandbox: CampaignSandbox, remote_id: str, workflow: list[Any]) -> Any:
    """Return the conversation that changes the campaign to another workflow."""
    wanted = attributes(workflow)
    live = sandbox.live(remote_id)
    paths = [change.path for change in compare(KIND, None, wanted, live.attributes)]
    context = WriteContext(sandbox.names, paths)
    return route_of(KIND, UpdateRoute).operation(live, KIND.parse(wanted), context)


def writes_of(sandbox: CampaignSandbox, remote_id: str, workflow: list[Any]) -> int:
    return sum(request.writes for request in dry_run(update(sandbox, remote_id, workflow)))


def ways(sandbox: CampaignSandbox) -> Iterator[list[dict[str, Any]]]:
    """Yield the actions on every way through the campaign."""
    data = sandbox.store.workspace_data("acme")
    [campaign] = data.all(CAMPAIGN)
    actions = {str(action["id"]): action for action in data.all(ACTION)}
    targets = {edge["to"] for edge in campaign["edges"]}
    [root] = [str(n) for n in campaign["workflow_action_ids"] if str(n) not in targets]
    todo = [[root]]
    while todo:
        way = todo.pop()
        following = [edge["to"] for edge in campaign["edges"] if edge["from"] == way[-1]]
        if not following:
            yield [actions[each] for each in way]
        todo += [[*way, each] for each in following]


def messages_on(way: list[dict[str, Any]]) -> list[str]:
    return [action["name"] for action in way if action.get("template_id") or "action_ids" in action]


def check_nobody_misses_a_message(sandbox: CampaignSandbox, *, everywhere: bool) -> None:
    """Assert that a message is on the way, and that none is sent that is not written."""
    found = [bool(messages_on(way)) for way in ways(sandbox)]
    assert all(found) if everywhere else any(found)
    data = sandbox.store.workspace_data("acme")
    templates = {each["id"]: each for each in data.all(TEMPLATE)}
    for action in data.all(ACTION):
        if action.get("sending_state") == "automatic":
            assert templates[action["template_id"]]["subject"] in ("Old", "New")


@pytest.mark.parametrize("change", CHANGES)
def test_wherever_an_apply_is_cut_a_message_is_on_the_way(change: str) -> None:
    old, new = CHANGES[change]
    everywhere = "exit" not in str(old) + str(new)
    whole = running()
    remote_id = start(whole, old)
    writes = writes_of(whole, remote_id, new)
    assert writes
    for cut in range(1, writes + 1):
        sandbox = whole.copied()
        with suppress(CutError):
            run_conversation(update(sandbox, remote_id, new), CutProvider(sandbox, cut))
        check_nobody_misses_a_message(sandbox, everywhere=everywhere)
        sandbox.drive(update(sandbox, remote_id, new))
        assert sandbox.differences(remote_id, attributes(new)) == []
        sandbox.store.close()


@pytest.mark.parametrize("error", [RemoteError, OutcomeUnknownError])
def test_an_error_in_between_says_what_the_workflow_looks_like(error: type[RemoteError]) -> None:
    sandbox = running()
    old, new = CHANGES["between other steps"]
    remote_id = start(sandbox, old)
    conversation = update(sandbox, remote_id, new)
    request = conversation.send(None)
    while not isinstance(request, Request) or "action_ids" not in known(request.body or {}):
        if isinstance(request, Request):
            request = conversation.send(sandbox.provider.send(request))
        else:
            request = conversation.send([sandbox.provider.send(each) for each in request])
    with pytest.raises(error) as raised:
        conversation.throw(error.of("Refused", "It was refused."))
    assert "the new steps (`b`) after the old ones (`a`)" in raised.value.diagnostics[-1].detail


BLOCKED: dict[str, list[Any]] = yaml.safe_load(
    f"""\
take the new exits (after `who`) out:
  - - {{id: a, {OLD}}}
    - {{{WHO}, then: [{{id: u, wait_until: {{event: e}}, timeout: 1d}}]}}
    - {{id: r, random_branches: [{{percent: 50}}, {{percent: 50}}]}}
  - [{{{WHO}, then: [exit], else: [{{id: a, {OLD}}}]}}]
take the new steps (`b`) and new exits (after `who`) out:
  - - {{id: a, {OLD}}}
    - {{{WHO}, then: [{{id: u, wait_until: {{event: e}}, timeout: 1d}}]}}
    - {{id: r, random_branches: [{{percent: 50}}, {{percent: 50}}]}}
  - [{{{WHO}, then: [exit], else: [{{id: a, {OLD}}}, {{id: b, {NEW}}}]}}]
"""
)
"""Workflows without one between them, by what the plan says."""


@pytest.mark.parametrize("advice", BLOCKED)
def test_a_change_without_a_workflow_for_both_names_what_to_take_out_first(advice: str) -> None:
    old, new = BLOCKED[advice]
    sandbox = running()
    remote_id = start(sandbox, old)
    with pytest.raises(PlanError) as raised:
        dry_run(update(sandbox, remote_id, new))
    assert f"{advice} of the file and apply" in raised.value.diagnostics[0].detail
