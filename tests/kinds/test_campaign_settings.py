"""Re-entry, exit, goal and time zones of campaigns: files, canonical form, and the emulator."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cioform.core.data.json_value import KindFields
from cioform.core.errors import PlanError
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import STEP_MODELS
from cioform.kinds.campaign.steps.step_model import CodecContext
from cioform.model.references.names import Names
from cioform.plan.compare.diff import compare
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of
from tests.support.known import known

STEPS = "workflow: [{id: hi, push: {title: T, body: B}}]\n"


def campaign(**fields: Any) -> dict[str, Any]:
    document = {"name": "c", "trigger": {"event": "e"}, **fields, **yaml.safe_load(STEPS)}
    return attributes_of(yaml.safe_dump(document, sort_keys=False))


@pytest.fixture
def sandbox() -> CampaignSandbox:
    return CampaignSandbox()


@pytest.mark.parametrize(
    "reentry",
    [
        "once",
        "every_match",
        {"mode": "every_match", "cooldown": "1d"},
        {"mode": "once", "frequency_cap": "weekly"},
        {"raw": {"restart_mode": "fixed_interval", "restart_min_interval": 3600}},
        {"raw": {"restart_min_interval": 3600}},
        {"raw": {"restart_mode": "rematch", "restart_min_interval": 10**10}},
    ],
)
def test_re_entry_reads_back_as_it_was_written(sandbox: CampaignSandbox, reentry: Any) -> None:
    wanted = campaign(reentry=reentry)
    bound = sandbox.create(wanted)
    live = sandbox.live(bound.remote_id)
    assert live.attributes["reentry"] == reentry
    document = KIND.to_document(live.attributes)
    assert document.get("reentry", "once") == reentry
    assert KIND.attributes(Campaign.model_validate(document))["reentry"] == reentry
    for other in ("once", "every_match", {"mode": "every_match", "cooldown": "2d"}):
        changed = campaign(reentry=other)
        if list(compare(KIND, None, changed, sandbox.live(bound.remote_id).attributes)):
            sandbox.apply(bound.remote_id, changed)
        assert sandbox.differences(bound.remote_id, changed) == []


def test_a_frequency_cap_that_the_file_leaves_out_stays(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(campaign(reentry={"mode": "once", "frequency_cap": "weekly"}))
    plain = campaign()
    assert sandbox.differences(bound.remote_id, plain) == []
    sandbox.apply(bound.remote_id, campaign(reentry={"mode": "every_match", "cooldown": "1d"}))
    assert known(sandbox.live(bound.remote_id).attributes)["reentry"]["frequency_cap"] == "weekly"


@pytest.mark.parametrize(
    ("trigger", "default"),
    [
        ({"segment": "trial"}, True),
        ({"attribute": "plan", "is": "pro"}, True),
        ({"behavioral": {"segment": "trial"}}, True),
        ({"raw": {"type": "seg_attr"}}, True),
        ({"event": "e"}, False),
        ({"date": "birthday", "time_zone": "UTC"}, False),
        ({"api": True}, False),
        ({"raw": {"type": "something_new"}}, False),
    ],
)
def test_the_default_of_leaving_depends_on_the_trigger(trigger: Any, default: bool) -> None:
    """Corrections 2026-11, row 25."""
    attributes = campaign(trigger=trigger)
    assert attributes["exit"] == {"stops_matching": default}
    assert "exit" not in KIND.to_document(attributes)
    other = campaign(trigger=trigger, exit={"stops_matching": not default})
    assert KIND.to_document(other)["exit"] == {"stops_matching": not default}


@pytest.mark.parametrize("trigger", [{"segment": "trial"}, {"event": "e"}])
def test_whether_people_leave_is_always_written_on_create(
    sandbox: CampaignSandbox, trigger: Any
) -> None:
    wanted = campaign(trigger=trigger)
    bound = sandbox.create(wanted)
    wire = known(sandbox.live(bound.remote_id).found.wire)["campaign"]
    assert wire["exit_on_trigger_or_filter_not_matched"] is wanted["exit"]["stops_matching"]
    assert sandbox.differences(bound.remote_id, wanted) == []


def test_a_time_limit_of_a_goal_can_be_set_and_taken_away(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(campaign(goal={"event": "bought"}))
    for goal in (
        {"event": "bought", "within": "7d"},
        {"event": "bought", "within": "7d", "after": "sending"},
        {"event": "bought"},
        "none",
        {"event": "paid"},
    ):
        wanted = campaign(goal=goal)
        sandbox.apply(bound.remote_id, wanted)
        assert sandbox.differences(bound.remote_id, wanted) == []


@pytest.mark.parametrize(
    "raw",
    [
        {"conversion_type": "perform_event", "conversion": "e", "conversion_window": 10**10},
        {"conversion_type": "perform_event", "conversion": " "},
    ],
)
def test_a_goal_that_no_file_can_say_is_read_as_it_is(sandbox: CampaignSandbox, raw: Any) -> None:
    wanted = campaign(goal={"raw": raw})
    bound = sandbox.create(wanted)
    assert known(sandbox.live(bound.remote_id).attributes)["goal"]["raw"] == raw
    assert sandbox.differences(bound.remote_id, wanted) == []
    sandbox.apply(bound.remote_id, campaign(goal={"event": "e"}))
    assert sandbox.differences(bound.remote_id, campaign(goal={"event": "e"})) == []


@pytest.mark.parametrize(
    ("keyword", "members"),
    [
        ("wait", {"delay": 10**10}),
        ("wait_random", {"min_delay": 1, "max_delay": 10**10}),
        ("wait_until", {"delay": 10**10, "exit_type": "continue", "multi_conditions": []}),
    ],
)
def test_a_wait_that_no_file_can_say_has_no_keyword(keyword: str, members: Any) -> None:
    assert STEP_MODELS[keyword].decode(members, CodecContext(Names())) is None


def test_a_trigger_of_an_unknown_type_is_not_created(sandbox: CampaignSandbox) -> None:
    with pytest.raises(PlanError, match="knows no such type"):
        sandbox.create(campaign(trigger={"raw": {"type": "odd"}}))
    assert sandbox.kinds_sent() == []


def test_a_member_of_another_trigger_type_is_not_written(sandbox: CampaignSandbox) -> None:
    raw = {"type": "date", "date_triggered_attribute": "b", "start_time": "noonish"}
    bound = sandbox.create(campaign(trigger={"raw": raw}))
    for more in ({"event": "e"}, {"webhook_id": 3}, {"attribute_filters": {"and": []}}):
        with pytest.raises(PlanError, match=f"`{next(iter(more))}` under `raw`, but Customer.io"):
            sandbox.apply(bound.remote_id, campaign(trigger={"raw": {**raw, **more}}))
    empty = {**raw, "event": "", "anchors": None}
    assert sandbox.differences(bound.remote_id, campaign(trigger={"raw": empty})) == []


@pytest.mark.parametrize(
    "zone", ["(GMT-08:00) Pacific Time (US & Canada)", "Europe/London", "UTC", "person"]
)
def test_a_time_zone_reads_back(sandbox: CampaignSandbox, zone: str) -> None:
    window = {"from": "09:00", "to": "10:00", "time_zone": zone}
    wanted = campaign(trigger={"date": "birthday", "time_zone": zone})
    wanted["workflow"] = [{"id": "hi", "wait_window": window}]
    wanted["messages"] = {}
    bound = sandbox.create(wanted)
    assert sandbox.differences(bound.remote_id, wanted) == []
    assert known(sandbox.live(bound.remote_id).attributes)["workflow"][0]["wait_window"] == window


def test_what_no_word_expresses_is_read_as_it_is(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(campaign(trigger={"date": "birthday", "time_zone": "UTC"}))
    wire = known(sandbox.live(bound.remote_id).found.wire)["campaign"]
    odd = {name: value for name, value in wire.items() if name.startswith("date_")}
    odd["date_triggered_zone"] = "Moon/Sea of Showers"
    recipients = {"update_type": "recipients", "type": "date", **odd}
    sandbox.send("PUT", f"~/campaigns/{bound.remote_id}", {"campaign": recipients})
    live: KindFields = sandbox.live(bound.remote_id).attributes
    assert live["trigger"]["raw"]["date_triggered_zone"] == "Moon/Sea of Showers"
    document = KIND.to_document(live)
    again = KIND.attributes(Campaign.model_validate(document))
    assert list(compare(KIND, None, again, live)) == []
