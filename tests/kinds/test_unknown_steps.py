"""Steps without a keyword: kept, moved and removed, and never made or rewritten."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cioform.core.errors import PlanError
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.model.routing.operations import WriteResult
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of
from tests.support.known import known

WELCOME = """\
name: Welcome
trigger: {event: signed_up}
workflow:
  - {id: hello, push: {title: Hello, body: Hi}}
  - {id: pause, wait: 2d}
"""
CHAT = {"type": "llm_action", "name": "Chat", "prompt": "Be kind.", "preconditions": ""}
SPLIT = {"type": "multi_lang_branch_action", "name": "Split", "languages": ["fr"]}


def edges_of(*edges: tuple[str, str, int | None]) -> list[dict[str, Any]]:
    return [
        {"from": source, "to": target, "type": "continue"}
        if branch is None
        else {"from": source, "to": target, "type": "branch", "index": branch}
        for source, target, branch in edges
    ]


class Workspace:
    """A campaign with a step of an unknown type, and one that has two ways."""

    def __init__(self) -> None:
        self.sandbox = CampaignSandbox()
        bound = self.sandbox.create(attributes_of(WELCOME))
        self.remote_id = bound.remote_id
        live = self.sandbox.live(self.remote_id)
        hello, pause, end = (bound.parts[name] for name in ("hello", "pause", "exit"))
        entry = [e for e in known(live.found.wire)["campaign"]["edges"] if str(e["to"]) == hello]
        edges = edges_of(
            (hello, pause, None), (pause, "-2", None), ("-2", end, 0), ("-2", "-1", 1),
            ("-1", end, None),
        )  # fmt: skip
        added = {"update_type": "add_actions", "edges": [*entry, *edges]}
        body = {"campaign": added, "actions": [SPLIT, CHAT]}
        self.sandbox.send("PUT", f"~/campaigns/{self.remote_id}", body)
        live = self.sandbox.live(self.remote_id)
        self.sandbox.bind(WriteResult(self.remote_id, live.decoded.parts))
        self.document: Any = copy.deepcopy(KIND.to_document(live.attributes))

    def step(self, step_id: str) -> Any:
        return next(step for step in self.document["workflow"] if step["id"] == step_id)

    def apply(self) -> list[str]:
        self.sandbox.apply(self.remote_id, self.attributes)
        return self.sandbox.last_kinds

    def blocked(self) -> str:
        with pytest.raises(PlanError) as error:
            self.sandbox.apply(self.remote_id, self.attributes)
        assert not [request for request in self.sandbox.sent if request.writes]
        return " ".join(problem.detail for problem in error.value.diagnostics)

    @property
    def attributes(self) -> dict[str, Any]:
        return KIND.attributes(Campaign.model_validate(self.document))


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_steps_around_them_change(workspace: Workspace) -> None:
    workspace.step("pause")["wait"] = "5d"
    workspace.document["workflow"].insert(1, {"id": "again", "push": {"title": "T", "body": "B"}})
    assert workspace.apply() == ["add_actions", "templates", "actions"]


def test_they_move_with_the_edges_alone(workspace: Workspace) -> None:
    steps = workspace.document["workflow"]
    steps.insert(0, steps.pop())
    assert steps[0]["id"] == "split"
    assert workspace.apply() == ["edges"]


def test_they_can_be_removed(workspace: Workspace) -> None:
    workspace.step("split")["ways"][1] = []
    assert workspace.apply() == ["delete_actions"]
    workspace.document["workflow"].remove(workspace.step("split"))
    assert workspace.apply() == ["delete_actions"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda chat: chat["raw"].update(prompt="Be short."),
        lambda chat: chat["raw"].update(model="new"),
        lambda chat: chat.pop("raw"),
        lambda chat: chat.update(name="Talk"),
        lambda chat: chat.update(template={"body": "Hi"}),
    ],
)  # fmt: skip
def test_a_change_of_one_is_blocked(workspace: Workspace, edit: Any) -> None:
    edit(workspace.step("split")["ways"][1][0])
    reason = workspace.blocked()
    assert "The step `chat` differs from the one in Customer.io." in reason
    assert "Change it in Customer.io, then write it to the file:" in reason


def test_a_member_that_says_nothing_is_no_change(workspace: Workspace) -> None:
    workspace.step("split")["ways"][1][0]["raw"]["extra"] = ""
    workspace.step("pause")["wait"] = "5d"
    assert workspace.apply() == ["actions"]


def test_another_number_of_ways_is_blocked(workspace: Workspace) -> None:
    workspace.step("split")["ways"].append([])
    assert "The step `split` has 3 branches, and 2 in Customer.io." in workspace.blocked()
    del workspace.step("split")["ways"][1:]
    assert "The step `split` has 1 branch, and 2 in Customer.io." in workspace.blocked()


def test_a_new_one_is_blocked(workspace: Workspace) -> None:
    workspace.document["workflow"].append({"id": "draw", "action": "draw_action", "raw": {"a": 1}})
    reason = workspace.blocked()
    assert "The step `draw` is new and has no keyword." in reason
    assert "Add it in Customer.io, then write it to the file:" in reason


def test_another_type_is_a_new_step(workspace: Workspace) -> None:
    workspace.step("split")["ways"][1][0]["action"] = "other_action"
    assert "The step `chat` is new" in workspace.blocked()


def test_a_new_campaign_cannot_have_one(workspace: Workspace) -> None:
    copied = Campaign.model_validate({**workspace.document, "name": "Copy"})
    with pytest.raises(PlanError) as error:
        workspace.sandbox.create(KIND.attributes(copied))
    [problem] = error.value.diagnostics
    assert "`split` (`multi_lang_branch_action`), `chat` (`llm_action`)" in problem.detail
    assert workspace.sandbox.sent == []
