"""A/B tests, people at actions, and the formats of actions that no source records."""

import pytest

from cioform.emulator.validation.workflow_graph import checked_edges
from cioform.emulator.wire.errors import ApiError

TEST = {"type": "randomized"}


def test_a_message_becomes_an_ab_test_with_two_variants(emulator):
    campaign, email = emulator.email_campaign()
    template = emulator.read(campaign)["actions"][1]["template_id"]
    emulator.journeys.put(
        f"/templates/{template}", json={"template": {"subject": "Hi", "body": "B"}}
    )
    before = emulator.read(campaign)["campaign"]
    response = emulator.journeys.post(
        f"/actions/{email}/test", json={**TEST, "campaign_id": str(campaign)}
    )
    assert response.status_code == 200
    after = emulator.read(campaign)
    actions = {each["id"]: each for each in after["actions"]}
    test = actions[email]
    assert (test["type"], test["allocations"]) == ("split_randomized_action", [50, 50])
    assert "template_id" not in test
    assert after["campaign"]["edges"] == before["edges"]
    assert after["campaign"]["workflow_action_ids"] == before["workflow_action_ids"]
    variants = [actions[number] for number in test["action_ids"]]
    assert [each["subject"] for each in variants] == ["Hi", "Hi"]
    assert len({each["template_id"] for each in variants}) == 2
    assert emulator.journeys.get(f"/templates/{template}").status_code == 404


@pytest.mark.parametrize("wrong", [{"campaign_id": "9"}, {"type": "sequential"}])
def test_invalid_requests_for_an_ab_test(emulator, wrong):
    campaign, email = emulator.email_campaign()
    body = {**TEST, "campaign_id": str(campaign), **wrong}
    assert emulator.journeys.post(f"/actions/{email}/test", json=body).status_code == 422
    end = emulator.read(campaign)["actions"][0]["id"]
    body = {**TEST, "campaign_id": str(campaign)}
    assert emulator.journeys.post(f"/actions/{end}/test", json=body).status_code == 422


def test_deleting_an_ab_test_deletes_its_variants(emulator):
    campaign, email = emulator.email_campaign()
    end = emulator.read(campaign)["actions"][0]["id"]
    emulator.journeys.post(f"/actions/{email}/test", json={**TEST, "campaign_id": str(campaign)})
    emulator.put(
        campaign, "delete_actions", {"action_ids": [email]}, name="Welcome", edges=[]
    ).raise_for_status()
    assert [each["id"] for each in emulator.read(campaign)["actions"]] == [end]


def test_an_ab_test_of_a_running_campaign_is_gated(emulator):
    campaign, email = emulator.email_campaign()
    emulator.run(campaign)
    body = {**TEST, "campaign_id": str(campaign)}
    assert emulator.journeys.post(f"/actions/{email}/test", json=body).status_code == 403


@pytest.mark.parametrize(
    ("ways", "given", "legal"),
    [("either", 1, True), ("either", 2, True), ("one", 2, False), ("two", 1, False)],
)
def test_branch_counts_of_a_wait_without_a_timeout(ways, given, legal):
    wait = {"id": 1, "type": "conditional_wait_action", "exit_type": "never"}
    edges = [{"from": "1", "to": "2", "type": "branch", "index": i} for i in range(given)]
    if legal:
        assert len(checked_edges([wait, {"id": 2, "type": "exit_action"}], edges, ways)) == given
    else:
        with pytest.raises(ApiError, match="wrong number"):
            checked_edges([wait, {"id": 2, "type": "exit_action"}], edges, ways)


@pytest.mark.parametrize(
    ("behavior", "step", "shown"),
    [
        ({"window_format": "minutes"},
         {"type": "delay_time_window_action", "start_time": "09:30", "days": [0, 1]},
         {"start_time": 570, "days": ["sunday", "monday"]}),
        ({"window_format": "seconds"},
         {"type": "delay_time_window_action", "start_time": "09:30"}, {"start_time": 34200}),
        ({"segment_step_format": "remove"},
         {"type": "static_seg_update_action", "operation": "remove"}, {"remove": True}),
        ({"data_step_extra_members": True},
         {"type": "create_event_action", "event_name": "x"}, {"data_version": 2}),
    ],
)  # fmt: skip
def test_actions_read_back_in_each_format(make_emulator, behavior, step, shown):
    emulator = make_emulator(**behavior)
    campaign, end = emulator.event_campaign()
    emulator.add(campaign, [step], [emulator.edge(-1, end)]).raise_for_status()
    action = emulator.read(campaign)["actions"][1]
    assert {name: action[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("list", [{"action_id": 1001, "count": 0}, {"action_id": 1002, "count": 7}]),
     ("map", {"1001": {"waiting": 0}, "1002": {"waiting": 7}})],
)  # fmt: skip
def test_people_are_counted_by_action(make_emulator, shape, expected):
    emulator = make_emulator(action_status=shape)
    campaign, _ = emulator.email_campaign()
    actions = [
        {**each, "people": 7 if each["type"] == "email_action" else 0}
        for each in emulator.store.dump("acme")["actions"]
    ]
    emulator.store.seed("acme", {"actions": actions})
    response = emulator.journeys.get(f"/campaigns/{campaign}/action_status").json()
    assert response == {"action_status": expected}
    assert "people" not in emulator.read(campaign)["actions"][1]


@pytest.mark.parametrize(
    ("setting", "kind", "status"),
    [("either", "api_triggered", 200), ("triggered_broadcast", "api_triggered", 422),
     ("api_triggered", "triggered_broadcast", 422), ("api_triggered", "api_triggered", 200)],
)  # fmt: skip
def test_types_of_api_triggered_campaigns(make_emulator, setting, kind, status):
    emulator = make_emulator(api_trigger=setting)
    response = emulator.journeys.post("/campaigns", json={"campaign": {"name": "x", "type": kind}})
    assert response.status_code == status


def test_a_topic_must_exist(emulator):
    campaign, _ = emulator.event_campaign()
    assert emulator.put(campaign, "global_settings", subscription_topic_id=5).status_code == 422
    emulator.store.seed("acme", {"subscription_topics": [{"id": 5, "name": "News"}]})
    emulator.put(campaign, "global_settings", subscription_topic_id=5).raise_for_status()
    assert emulator.read(campaign)["campaign"]["subscription_topic_id"] == 5
    emulator.put(campaign, "global_settings", subscription_topic_id=None).raise_for_status()
    assert emulator.read(campaign)["campaign"]["subscription_topic_id"] is None
