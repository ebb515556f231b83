"""The condition on a step: import, drift, another workspace, replacement, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import ValidationError

from cioform.core.data.json_value import KindFields
from cioform.core.errors import PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.language import conditions
from cioform.plan.compare.diff import compare
from cioform.report.journey.build import build_journey
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.svg.render import render_svg
from cioform.report.journey.tree import render_tree
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of
from tests.support.known import known
from tests.support.sandbox_project import SandboxProject

NOT_BOUGHT = {"attribute": "purchases", "exists": False}
VIP = {"attribute": "vip", "is": True}
WELCOME = """\
name: Welcome
trigger: {event: membership_created}
workflow:
  - {id: d1, email: {subject: Hello, body: <p>Hi</p>}}
  - {id: pause, wait: 2d}
  - id: d2
    only_if: {attribute: purchases, exists: false}
    email: {subject: Your first order, body: <p>Hi</p>}
  - id: text
    only_if: {segment: trial}
    sms: {body: Hello}
"""


def encoded(sandbox: CampaignSandbox, condition: Any) -> str:
    return conditions.compile_encoded_filter(condition, sandbox.names)


def edit_as_the_ui_does(sandbox: CampaignSandbox, action_id: str, **members: Any) -> None:
    action = sandbox.send("GET", f"~/actions/{action_id}")["action"]
    kept = {k: v for k, v in action.items() if k not in ("id", "campaign_id", "template_id")}
    sandbox.send("PUT", f"~/actions/{action_id}", {"action": {**kept, **members}})


def step(attributes: Any, step_id: str) -> Any:
    return next(each for each in attributes["workflow"] if each["id"] == step_id)


@pytest.fixture
def sandbox() -> CampaignSandbox:
    return CampaignSandbox()


def test_an_import_shows_the_condition_of_a_message(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    live = sandbox.live(bound.remote_id).attributes
    assert step(live, "d2")["only_if"] == NOT_BOUGHT
    document = KIND.to_document(live)
    assert list(step(document, "d2"))[:2] == ["id", "only_if"]
    assert list(compare(KIND, None, KIND.attributes(Campaign.model_validate(document)), live)) == []


def test_an_edit_in_the_browser_is_drift_and_is_written_back(sandbox: CampaignSandbox) -> None:
    wanted = attributes_of(WELCOME)
    bound = sandbox.create(wanted)
    edit_as_the_ui_does(sandbox, bound.parts["d2"], preconditions=encoded(sandbox, VIP))
    live = sandbox.live(bound.remote_id).attributes
    changes = list(compare(KIND, wanted, wanted, live))
    assert changes
    assert all("only_if" in change.path for change in changes)
    sandbox.apply(bound.remote_id, wanted)
    assert step(sandbox.live(bound.remote_id).attributes, "d2")["only_if"] == NOT_BOUGHT


def test_another_workspace_gets_the_condition(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    document = KIND.to_document(sandbox.live(bound.remote_id).attributes)
    other = CampaignSandbox()
    other.segment("Shifts the ids")
    copy = KIND.attributes(Campaign.model_validate(document))
    made = other.create(copy)
    assert other.differences(made.remote_id, copy) == []
    actions = {str(a["id"]): a for a in known(other.live(made.remote_id).found.wire)["actions"]}
    wire = actions[made.parts["d2"]]["preconditions"]
    assert conditions.decompile_encoded_filter(wire, other.names) == NOT_BOUGHT


def test_a_replacement_keeps_the_condition(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    live = sandbox.live(bound.remote_id)
    wanted = attributes_of(WELCOME.replace("{event: membership_created}", "{form: join}"))
    assert KIND.replacement_reason(live.attributes, wanted) is not None
    sandbox.send("DELETE", f"~/campaigns/{bound.remote_id}")
    made = sandbox.create(wanted)
    assert sandbox.differences(made.remote_id, wanted) == []
    assert step(sandbox.live(made.remote_id).attributes, "text")["only_if"] == {"segment": "trial"}


def test_a_condition_is_added_changed_and_taken_away(sandbox: CampaignSandbox) -> None:
    plain = attributes_of(
        WELCOME.replace("    only_if: {attribute: purchases, exists: false}\n", "")
    )
    bound = sandbox.create(plain)
    for text in (
        "{attribute: purchases, is: 0}",
        "{all: [{attribute: a, is: b}, {segment: paying}]}",
    ):
        wanted = attributes_of(WELCOME.replace("{attribute: purchases, exists: false}", text))
        writes = sandbox.apply(bound.remote_id, wanted)
        assert writes == [f"PUT ~/actions/{bound.parts['d2']}"]
    sandbox.apply(bound.remote_id, plain)
    assert "only_if" not in step(sandbox.live(bound.remote_id).attributes, "d2")


@pytest.mark.parametrize("nothing", [None, "", conditions.encode_filter([])])
def test_null_empty_and_an_encoded_empty_list_are_no_condition(
    sandbox: CampaignSandbox, nothing: Any
) -> None:
    wanted = attributes_of(WELCOME)
    bound = sandbox.create(wanted)
    edit_as_the_ui_does(sandbox, bound.parts["d1"], preconditions=nothing)
    assert sandbox.differences(bound.remote_id, wanted) == []
    edit_as_the_ui_does(sandbox, bound.parts["d2"], preconditions=nothing)
    assert len(sandbox.differences(bound.remote_id, wanted)) == 1


DATA = """\
name: Data
trigger: {event: e}
workflow:
  - {id: pause, wait: 2d}
  - {id: mark, set_attributes: {seen: yes}}
"""


@pytest.mark.parametrize("step_id", ["pause", "mark"])
def test_waits_and_data_steps_keep_a_condition_that_was_read(
    sandbox: CampaignSandbox, step_id: str
) -> None:
    plain = attributes_of(DATA)
    bound = sandbox.create(plain)
    edit_as_the_ui_does(sandbox, bound.parts[step_id], preconditions=encoded(sandbox, VIP))
    live = sandbox.live(bound.remote_id).attributes
    assert step(live, step_id)["only_if"] == VIP
    document = KIND.to_document(live)
    step(document, step_id)["only_if"] = NOT_BOUGHT
    sandbox.apply(bound.remote_id, KIND.attributes(Campaign.model_validate(document)))
    assert step(sandbox.live(bound.remote_id).attributes, step_id)["only_if"] == NOT_BOUGHT
    sandbox.apply(bound.remote_id, plain)
    assert "only_if" not in step(sandbox.live(bound.remote_id).attributes, step_id)


@pytest.mark.parametrize("step_id", ["pause", "mark"])
def test_a_new_condition_of_a_wait_or_data_step_is_blocked(
    sandbox: CampaignSandbox, step_id: str
) -> None:
    wanted = attributes_of(
        DATA.replace(f"id: {step_id}, ", f"id: {step_id}, only_if: {{attribute: a, is: b}}, ")
    )
    with pytest.raises(PlanError, match="Put the step under an `if`") as raised:
        sandbox.create(wanted)
    # What does not exist yet has no condition that could be set in Customer.io.
    assert (
        "apply the file without `only_if`, set the condition" in raised.value.diagnostics[0].detail
    )
    bound = sandbox.create(attributes_of(DATA))
    with pytest.raises(PlanError, match="cioform import") as raised:
        sandbox.apply(bound.remote_id, wanted)
    assert "`if`, or set the condition in Customer.io" in raised.value.diagnostics[0].detail


@pytest.mark.parametrize("described", ["messages", "all"])
def test_a_new_condition_is_written_where_the_description_lists_it(
    tmp_path: Path, described: Literal["messages", "all"]
) -> None:
    """Corrections 2026-11, row 26."""
    project = SandboxProject(tmp_path, Behavior(rate_limit=None, conditions_described=described))
    wanted = DATA.replace("{id: pause,", "{id: pause, only_if: {attribute: a, is: b},").replace(
        "{id: mark,", "{id: mark, only_if: {attribute: a, is: b},"
    )
    project.write("campaigns/data.yaml", wanted)
    blocked = project.plan().blocked
    if described == "messages":
        assert "does not list `preconditions` for `delay_seconds_action`" in blocked[0].hint
        project.write("campaigns/data.yaml", DATA)
        project.apply_until_empty()
        project.write("campaigns/data.yaml", wanted)
        assert "Put the step under an `if`" in project.plan().blocked[0].hint
    else:
        assert blocked == ()
        assert project.apply_until_empty().is_empty
        assert project.sent.count(("GET", "/v1/openapi.json")) == 1


def test_the_condition_of_a_branch_that_exists_is_kept(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(
        attributes_of("""\
name: Branch
trigger: {event: e}
workflow:
  - {id: who, if: {attribute: a, is: b}, then: [{id: pause, wait: 1d}]}
""")
    )
    edit_as_the_ui_does(sandbox, bound.parts["who"], preconditions=encoded(sandbox, VIP))
    live = sandbox.live(bound.remote_id).attributes
    assert encoded(sandbox, VIP) in str(live["workflow"])
    again = KIND.attributes(Campaign.model_validate(KIND.to_document(live)))
    assert list(compare(KIND, None, again, live)) == []


VARIANTS = """\
name: Test
trigger: {event: e}
workflow:
  - id: hi
    ab_test:
      - {id: short, percent: 50, only_if: {attribute: vip, is: true}, push: {title: S, body: S}}
      - {id: long, percent: 50, push: {title: L, body: L}}
"""


def test_the_variants_of_an_ab_test_have_conditions(sandbox: CampaignSandbox) -> None:
    wanted = attributes_of(VARIANTS)
    bound = sandbox.create(wanted)
    assert sandbox.differences(bound.remote_id, wanted) == []
    document = KIND.to_document(sandbox.live(bound.remote_id).attributes)
    assert [v.get("only_if") for v in document["workflow"][0]["ab_test"]] == [VIP, None]
    none = attributes_of(VARIANTS.replace("only_if: {attribute: vip, is: true}, ", ""))
    sandbox.apply(bound.remote_id, none)
    wrong = VARIANTS.replace("{attribute: vip, is: true}", "{event: paid}")
    with pytest.raises(ValidationError, match="cannot test `event`"):
        attributes_of(wrong)


def test_other_members_of_a_message_are_kept_under_raw(sandbox: CampaignSandbox) -> None:
    wanted = attributes_of(WELCOME)
    bound = sandbox.create(wanted)
    edit_as_the_ui_does(sandbox, bound.parts["d2"], tracked=False, send_to_unsubscribed=True)
    live: KindFields = sandbox.live(bound.remote_id).attributes
    assert step(live, "d2")["raw"] == {"send_to_unsubscribed": True}
    assert live["messages"]["d2"]["track"] == {"opens": False, "links": False}
    assert sandbox.differences(bound.remote_id, wanted) == []
    copy = KIND.attributes(Campaign.model_validate({**KIND.to_document(live), "name": "Copy"}))
    made = sandbox.create(copy)
    actions = known(sandbox.live(made.remote_id).found.wire)["actions"]
    [copied] = [action for action in actions if action["name"] == "d2"]
    assert (copied["tracked"], copied["send_to_unsubscribed"]) == (False, True)


def test_references_in_a_condition_have_their_paths() -> None:
    found = {(r.kind, r.text, r.path) for r in KIND.references(attributes_of(WELCOME))}
    assert ("segment", "trial", ("workflow", 3, "only_if", "segment")) in found


@pytest.mark.parametrize(
    ("lines", "expected_message"),
    [
        ("only_if: {attribute: a, is: b}\n    if: {attribute: a, is: b}", "has no `only_if`"),
        ("only_if: {attribute: a, is: b}\n    exit: true", "has no `only_if`"),
        ("if: {attribute: a, is: b}\n    push: {title: T, body: B}", "only_if: {attribute: a,"),
        ("only_if: {event: paid}\n    push: {title: T, body: B}", "cannot test `event`"),
        ("only_if: {attribute: a, is: b}", "has no keyword"),
    ],
)
def test_a_condition_where_none_can_be_is_refused(lines: str, expected_message: str) -> None:
    text = f"name: T\ntrigger: {{event: e}}\nworkflow:\n  - id: hi\n    {lines}\n"
    with pytest.raises(ValidationError) as caught:
        Campaign.model_validate(yaml.safe_load(text))
    assert expected_message in str(caught.value)


def test_pictures_show_the_condition() -> None:
    journey = build_journey(attributes_of(WELCOME.replace("exists: false", "is: 0")))
    assert 'email d2 "Your first order" · only if purchases is 0 · ' in render_tree(journey)
    assert "only if purchases is 0" in render_mermaid(journey)
    assert "only if purchases is 0" in render_svg(journey)
    assert 'short · 50 %: "S" · only if vip is true' in render_tree(
        build_journey(attributes_of(VARIANTS))
    )
