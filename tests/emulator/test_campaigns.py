"""Campaigns: triggers, actions, and what the service silently resets."""

import pytest

from cioform.emulator.wire.filter_encoding import decode_filter, encode_filter

ANCHOR = encode_filter([{"type": "attribute", "field": "plan", "operator": "eq", "value": "pro"}])


def test_create_accepts_a_trigger_but_does_not_store_it(world):
    body = {"campaign": {"name": "x", "type": "seg_attr", "trigger": {"and": []}}}
    created = world.journeys.post("/campaigns", json=body).json()["campaign"]
    read = world.read(created["id"])
    assert (read["campaign"]["trigger"], read["campaign"]["state"]) == (None, "draft")
    assert [each["type"] for each in read["actions"]] == ["exit_action"]
    assert read["campaign"]["actions"] == []


def test_campaign_types_that_can_be_created(make_world):
    for behavior, kind, status in (
        ({}, "behavioral", 422),
        ({"allow_behavioral": True}, "behavioral", 200),
        ({}, "seg_attr", 200),
        ({"create_type_none_only": True}, "seg_attr", 422),
        ({}, "nonsense", 422),
    ):
        body = {"campaign": {"name": "x", "type": kind}}
        assert make_world(**behavior).journeys.post("/campaigns", json=body).status_code == status


def test_behavioral_campaigns_have_a_gate_before_the_exit(make_world):
    world = make_world(allow_behavioral=True)
    for kind in ("behavioral", "none"):
        body = {"campaign": {"name": "x", "type": kind}}
        number = world.journeys.post("/campaigns", json=body).json()["campaign"]["id"]
        world.put(number, "recipients", type="behavioral", anchors=ANCHOR).raise_for_status()
        read = world.read(number)
        assert [each["type"] for each in read["actions"]] == [
            "filter_match_delay_action",
            "exit_action",
        ]
        gate, end = read["campaign"]["workflow_action_ids"]
        assert read["campaign"]["edges"] == [world.edge(gate, end)]


def test_recipients_is_a_full_replace_with_silent_resets(world):
    campaign, _ = world.event_campaign()
    rich = {"event": "signed_up", "filters": ANCHOR, "attribute_filters": {}, "restart_mode": "x"}
    world.put(campaign, "recipients", **rich).raise_for_status()
    assert world.read(campaign)["campaign"]["filters"] == ANCHOR
    world.put(campaign, "recipients", event="signed_in").raise_for_status()
    after = world.read(campaign)["campaign"]
    assert (after["event"], after["filters"], after["restart_mode"]) == ("signed_in", "", "")
    assert (after["attribute_filters"], after["type"]) == (None, "transactional")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"type": "transactional"}, 422),
        ({"type": "seg_attr"}, 422),
        ({"type": "seg_attr", "trigger": ANCHOR}, 422),
        ({"type": "seg_attr", "trigger": {"and": [{"segment": {"id": 999}}]}}, 422),
        ({"type": "seg_attr", "trigger": {"and": [{"attribute": {"attribute": "x"}}]}}, 422),
        (
            {
                "type": "seg_attr",
                "trigger": {"and": [{"attribute": {"field": "x", "operator": "exists"}}]},
                "filters": ANCHOR,
            },
            422,
        ),
        ({"type": "transactional", "event": "x", "filters": "!!"}, 422),
        (
            {
                "type": "transactional",
                "event": "x",
                "filters": encode_filter({"and": [{"or": []}]}),
            },
            500,
        ),
        (
            {
                "type": "transactional",
                "event": "x",
                "filters": encode_filter([{"type": "segment", "id": 3, "inverse": True}]),
            },
            500,
        ),
        ({"type": "transactional", "event": "x", "attribute_filters": []}, 422),
        ({"type": "transactional", "event": "x", "attribute_filters": "{}"}, 422),
        ({"type": "behavioral", "anchors": ANCHOR}, 422),
        ({"type": "object", "object_campaign": {}, "audience": {"type": 0}}, 400),
        ({"event": "x"}, 422),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X-Validate": "strict"}])
def test_invalid_recipients(world, fields, status, headers):
    body = {"campaign": {"name": "x", "type": "none"}}
    number = world.journeys.post("/campaigns", json=body).json()["campaign"]["id"]
    write = {"campaign": {"update_type": "recipients", **fields}}
    response = world.journeys.put(f"/campaigns/{number}", json=write, headers=headers)
    assert response.status_code == status
    assert world.read(number)["campaign"]["type"] == "none"


def test_the_type_cannot_change(world):
    campaign, _ = world.event_campaign()
    trigger = {"and": [{"attribute": {"field": "x", "operator": "exists"}}]}
    assert world.put(campaign, "recipients", type="seg_attr", trigger=trigger).status_code == 422


def test_date_fields_are_stored_as_sent_and_reset_if_omitted(world):
    body = {"campaign": {"name": "x", "type": "date"}}
    number = world.journeys.post("/campaigns", json=body).json()["campaign"]["id"]
    dates = {"date_triggered_attribute": "born_on", "frequency": "yearly", "lead_days": 2}
    world.put(number, "recipients", **dates).raise_for_status()
    assert dates.items() <= world.read(number)["campaign"].items()
    world.put(number, "recipients", date_triggered_attribute="born_on").raise_for_status()
    assert world.read(number)["campaign"]["lead_days"] is None


def test_plain_base64_decodes_to_no_filter():
    assert decode_filter("W10=") == []
    assert decode_filter("eyJhbmQiOltdfQ==") == []
    assert encode_filter([]) == "JTVCJTVE"
    assert decode_filter(encode_filter([{"a": "ü/%'"}])) == [{"a": "ü/%'"}]


def test_an_update_type_writes_only_its_own_fields(world):
    campaign, _ = world.event_campaign()
    world.put(campaign, "name_and_description", name="New", event="x", use_message_limits=False)
    world.put(campaign, "global_settings", name="Newer", send_to_unsubscribed=True)
    assert world.put(campaign, "nonsense", name="Newest").status_code == 200
    after = world.read(campaign)["campaign"]
    assert (after["name"], after["event"]) == ("New", "signed_up")
    assert (after["use_message_limits"], after["send_to_unsubscribed"]) == (True, True)


def test_the_update_type_can_be_in_the_query(world):
    campaign, _ = world.event_campaign()
    path = f"/campaigns/{campaign}?update_type=name_and_description"
    world.journeys.put(path, json={"campaign": {"name": "New"}}).raise_for_status()
    assert world.read(campaign)["campaign"]["name"] == "New"


def test_exit_conditions_need_their_own_update_type_and_shape(world):
    campaign, _ = world.event_campaign()
    exits = [{"segment": {"id": world.segment()}}]
    response = world.put(campaign, "exit_and_conversion", global_exit_conditions=exits)
    assert response.status_code == 200
    assert world.read(campaign)["campaign"]["global_exit_conditions"] is None
    world.put(campaign, "exit_conditions", global_exit_conditions=exits)
    assert world.read(campaign)["campaign"]["global_exit_conditions"] == exits
    wrong = {"and": exits}
    assert world.put(campaign, "exit_conditions", global_exit_conditions=wrong).status_code == 200
    assert world.read(campaign)["campaign"]["global_exit_conditions"] is None


def test_a_put_returns_the_previous_state(make_world):
    for stale, name in ((True, "Welcome"), (False, "New")):
        world = make_world(put_returns_previous=stale)
        campaign, _ = world.event_campaign()
        response = world.put(campaign, "name_and_description", name="New").json()
        assert response["campaign"]["name"] == name
        assert world.read(campaign)["campaign"]["name"] == "New"


def test_ids_of_new_actions_count_from_minus_n(world):
    campaign, end = world.event_campaign()
    actions = [
        {"type": "delay_seconds_action", "name": "first", "delay": 60, "id": -1},
        {"type": "email_action", "name": "second", "id": -2},
    ]
    edges = [world.edge(-2, -1), world.edge("-1", end)]
    world.add(campaign, actions, edges).raise_for_status()
    read = world.read(campaign)
    ids = {each["name"]: each["id"] for each in read["actions"]}
    assert read["campaign"]["edges"] == [
        world.edge(ids["first"], ids["second"]),
        world.edge(ids["second"], end),
    ]
    assert read["campaign"]["workflow_action_ids"] == [end, ids["first"], ids["second"]]


def test_a_message_gets_an_empty_template(world):
    campaign, step = world.email_campaign()
    action = world.journeys.get(f"/actions/{step}").json()["action"]
    assert (action["sending_state"], action["has_content"]) == ("automatic", False)
    template = world.journeys.get(f"/templates/{action['template_id']}").json()["template"]
    assert (template["action_id"], template["campaign_id"]) == (step, campaign)
    content = {"template": {"subject": "Hi", "body": "x"}}
    world.journeys.put(f"/templates/{action['template_id']}", json=content).raise_for_status()
    action = world.journeys.get(f"/actions/{step}").json()["action"]
    assert (action["subject"], action["has_content"], action["has_subject"]) == ("Hi", True, True)


@pytest.mark.parametrize(("setting", "codes"), [("once", [500, 200]), ("always", [500, 500])])
def test_adding_actions_can_fail_although_done(make_world, setting, codes):
    world = make_world(add_actions_500=setting)
    for code in codes:
        campaign, end = world.event_campaign()
        response = world.add(campaign, [{"type": "email_action"}], [world.edge(-1, end)])
        assert response.status_code == code
        assert len(world.read(campaign)["actions"]) == 2


def test_deleting_actions_requires_name_and_edges(world):
    campaign, step = world.email_campaign()
    template = world.read(campaign)["actions"][1]["template_id"]
    top = {"action_ids": [step]}
    assert world.put(campaign, "delete_actions", top, edges=[]).status_code == 422
    done = world.put(campaign, "delete_actions", top, name="Welcome", edges=[])
    assert done.status_code == 200
    assert [each["type"] for each in world.read(campaign)["actions"]] == ["exit_action"]
    assert world.journeys.get(f"/templates/{template}").status_code == 404


def test_a_rejected_write_changes_nothing(world):
    campaign, _ = world.event_campaign()
    before = world.store.dump("acme")
    assert world.add(campaign, [{"type": "email_action"}], []).status_code == 422
    assert world.store.dump("acme") == before


REQUIRED = {
    "type": "email_action",
    "sub_type": "",
    "tracked": True,
    "can_convert": True,
    "send_to_unsubscribed": False,
    "frequency_cap_mode": "no_cap",
}


def test_a_put_replaces_the_whole_action(world):
    _, step = world.email_campaign()
    first = {**REQUIRED, "name": "hello", "sending_state": "draft", "preconditions": ANCHOR}
    world.journeys.put(f"/actions/{step}", json={"action": first}).raise_for_status()
    assert world.journeys.get(f"/actions/{step}").json()["action"]["preconditions"] == ANCHOR
    world.journeys.put(f"/actions/{step}", json={"action": REQUIRED}).raise_for_status()
    after = world.journeys.get(f"/actions/{step}").json()["action"]
    assert (after["name"], after["sending_state"], after["preconditions"]) == ("", "automatic", "")
    assert after["template_id"]


@pytest.mark.parametrize("key", ["type", *(key for key in REQUIRED if key != "type")])
def test_required_fields_of_an_action(world, key):
    _, step = world.email_campaign()
    part = {name: value for name, value in REQUIRED.items() if name != key}
    response = world.journeys.put(f"/actions/{step}", json={"action": part})
    assert response.status_code == (400 if key == "type" else 422)


@pytest.mark.parametrize("change", [{"type": "push_action"}, {"sub_type": "other"}])
def test_the_type_of_an_action_cannot_change(world, change):
    _, step = world.email_campaign()
    response = world.journeys.put(f"/actions/{step}", json={"action": {**REQUIRED, **change}})
    assert response.status_code == 500


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ({"type": "nonsense_action"}, 400),
        ({"type": "email_action", "sending_state": "later"}, 422),
        ({"type": "conditional_wait_action", "exit_type": "leave"}, 422),
        ({"type": "conditional_wait_action", "exit_type": "continue", "delay": 0}, 422),
        ({"type": "random_cohort_branch_action", "cohorts": [500, 400]}, 422),
        ({"type": "randomized_delay_action", "min_delay": 9, "max_delay": 3}, 422),
        ({"type": "email_action", "preconditions": "!!"}, 422),
        (
            {
                "type": "conditional_branch_action",
                "conditions": encode_filter([{"type": "message", "event": {}}]),
            },
            500,
        ),
        ({"type": "filter_match_delay_action"}, 422),
    ],
)
def test_invalid_actions(world, action, status):
    campaign, end = world.event_campaign()
    assert world.add(campaign, [action], [world.edge(-1, end)]).status_code == status


def test_a_wait_can_have_a_message_condition(world):
    campaign, end = world.event_campaign()
    opened = encode_filter(
        [{"type": "message", "event": {"name": "output_1", "type": "clicked_email"}}]
    )
    wait = {
        "type": "conditional_wait_action",
        "multi_conditions": [opened],
        "exit_type": "continue",
        "delay": 60,
    }
    edges = [world.edge(-1, end, 0), world.edge(-1, end, 1)]
    assert world.add(campaign, [wait], edges).status_code == 200


@pytest.mark.parametrize("base", [0, 1])
def test_the_list_pages_from_its_first_page_number(make_world, base):
    world = make_world(page_base=base)
    for number in range(5):
        world.journeys.post("/campaigns", json={"campaign": {"name": f"c{number}"}})

    def names(page):
        response = world.journeys.get("/campaigns", params={"page": page, "size": 2}).json()
        assert response["meta"]["pagination"]["total"] == 5
        return [each["name"] for each in response["campaigns"]]

    assert [names(base + place) for place in range(4)] == [["c0", "c1"], ["c2", "c3"], ["c4"], []]
    assert names(base - 1) == ["c0", "c1"]


def test_the_list_has_twenty_on_a_page_and_can_be_searched(world):
    for number in range(21):
        world.journeys.post("/campaigns", json={"campaign": {"name": f"c{number}"}})
    assert len(world.journeys.get("/campaigns").json()["campaigns"]) == 20
    found = world.journeys.get("/campaigns", params={"search": "C20"}).json()["campaigns"]
    assert [each["name"] for each in found] == ["c20"]


def test_index_on_every_edge_is_configurable(make_world):
    world = make_world(edges_index_always=True)
    campaign, _ = world.email_campaign()
    assert world.read(campaign)["campaign"]["edges"][0]["index"] == 0


def test_deleting_a_campaign_deletes_its_actions(world):
    campaign, step = world.email_campaign()
    assert world.journeys.delete(f"/campaigns/{campaign}").status_code == 204
    assert world.journeys.get(f"/actions/{step}").status_code == 404
    content = world.store.dump("acme")
    assert (content["actions"], content["templates"]) == ([], [])


def test_the_app_api_lists_messages_ten_at_a_time_without_the_workflow(world):
    campaign, end = world.event_campaign()
    actions = [{"type": "delay_seconds_action", "delay": 60}]
    actions += [{"type": "email_action", "name": f"m{number}"} for number in range(12)]
    edges = [world.edge(place, place + 1) for place in range(-13, -1)] + [world.edge(-1, end)]
    world.add(campaign, actions, edges).raise_for_status()
    first = world.app.get(f"/campaigns/{campaign}/actions").json()
    params = {"start": first["next"]}
    last = world.app.get(f"/campaigns/{campaign}/actions", params=params).json()
    assert (len(first["actions"]), len(last["actions"]), last["next"]) == (10, 2, "")
    shown = world.app.get(f"/campaigns/{campaign}").json()["campaign"]
    assert ("edges" in shown, len(shown["actions"])) == (False, 12)
    assert shown["event_name"] == "signed_up"


def test_the_app_api_writes_the_content_of_a_message(world):
    campaign, step = world.email_campaign()
    path = f"/campaigns/{campaign}/actions/{step}"
    body = {"subject": "Hi", "body": "<p>x</p>", "sending_state": "draft", "headers": "[]"}
    action = world.app.put(path, json=body).json()["action"]
    assert (action["id"], action["subject"], action["sending_state"]) == (step, "Hi", "draft")
    assert world.read(campaign)["actions"][1]["subject"] == "Hi"
    assert world.app.put(path, json={"sending_state": "later"}).status_code == 422
    assert world.app.put(path, json={"headers": []}).status_code == 422
    assert world.app.get(f"{path}/language/es").status_code == 404
    assert world.app.get(f"/campaigns/{campaign}/actions/1").status_code == 404


def test_sms_recipients_read_back_blank(make_world):
    for blank, recipient in ((True, ""), (False, "{{customer.phone}}")):
        world = make_world(sms_recipient_blank=blank)
        campaign, end = world.event_campaign()
        world.add(campaign, [{"type": "twilio_action"}], [world.edge(-1, end)]).raise_for_status()
        [action] = world.app.get(f"/campaigns/{campaign}/actions").json()["actions"]
        assert (action["type"], action["recipient"]) == ("twilio", recipient)


def test_the_list_can_be_filtered_by_type_and_state(world):
    event, _ = world.event_campaign()
    world.journeys.post("/campaigns", json={"campaign": {"name": "other"}}).raise_for_status()
    world.run(event)
    for params in ({"type[]": "transactional"}, {"state": "running"}):
        listed = world.journeys.get("/campaigns", params=params).json()
        assert [each["id"] for each in listed["campaigns"]] == [event]
        assert listed["meta"]["pagination"]["total"] == 1
