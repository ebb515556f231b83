"""Campaigns: triggers, actions, and what the service silently resets."""

import pytest

from cioform.emulator.wire.filter_encoding import decode_filter, encode_filter

ANCHOR = encode_filter([{"type": "attribute", "field": "plan", "operator": "eq", "value": "pro"}])


def test_create_accepts_a_trigger_but_does_not_store_it(emulator):
    body = {"campaign": {"name": "x", "type": "seg_attr", "trigger": {"and": []}}}
    created = emulator.journeys.post("/campaigns", json=body).json()["campaign"]
    read = emulator.read(created["id"])
    assert (read["campaign"]["trigger"], read["campaign"]["state"]) == (None, "draft")
    assert [each["type"] for each in read["actions"]] == ["exit_action"]
    assert read["campaign"]["actions"] == []


def test_campaign_types_that_can_be_created(make_emulator):
    for behavior, kind, status in (
        ({}, "behavioral", 422),
        ({"allow_behavioral": True}, "behavioral", 200),
        ({}, "seg_attr", 200),
        ({"create_type_none_only": True}, "seg_attr", 422),
        ({}, "nonsense", 422),
    ):
        body = {"campaign": {"name": "x", "type": kind}}
        assert (
            make_emulator(**behavior).journeys.post("/campaigns", json=body).status_code == status
        )


def test_behavioral_campaigns_have_a_gate_before_the_exit(make_emulator):
    emulator = make_emulator(allow_behavioral=True)
    for kind in ("behavioral", "none"):
        body = {"campaign": {"name": "x", "type": kind}}
        number = emulator.journeys.post("/campaigns", json=body).json()["campaign"]["id"]
        emulator.put(number, "recipients", type="behavioral", anchors=ANCHOR).raise_for_status()
        read = emulator.read(number)
        assert [each["type"] for each in read["actions"]] == [
            "filter_match_delay_action",
            "exit_action",
        ]
        gate, end = read["campaign"]["workflow_action_ids"]
        assert read["campaign"]["edges"] == [emulator.edge(gate, end)]


def test_recipients_is_a_full_replace_with_silent_resets(emulator):
    campaign, _ = emulator.event_campaign()
    rich = {"event": "signed_up", "filters": ANCHOR, "attribute_filters": {}, "restart_mode": "x"}
    emulator.put(campaign, "recipients", **rich).raise_for_status()
    assert emulator.read(campaign)["campaign"]["filters"] == ANCHOR
    emulator.put(campaign, "recipients", event="signed_in").raise_for_status()
    after = emulator.read(campaign)["campaign"]
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
def test_invalid_recipients(emulator, fields, status, headers):
    body = {"campaign": {"name": "x", "type": "none"}}
    number = emulator.journeys.post("/campaigns", json=body).json()["campaign"]["id"]
    write = {"campaign": {"update_type": "recipients", **fields}}
    response = emulator.journeys.put(f"/campaigns/{number}", json=write, headers=headers)
    assert response.status_code == status
    assert emulator.read(number)["campaign"]["type"] == "none"


def test_the_type_cannot_change(emulator):
    campaign, _ = emulator.event_campaign()
    trigger = {"and": [{"attribute": {"field": "x", "operator": "exists"}}]}
    assert emulator.put(campaign, "recipients", type="seg_attr", trigger=trigger).status_code == 422


def test_date_fields_are_stored_as_sent_and_reset_if_omitted(emulator):
    body = {"campaign": {"name": "x", "type": "date"}}
    number = emulator.journeys.post("/campaigns", json=body).json()["campaign"]["id"]
    dates = {"date_triggered_attribute": "born_on", "frequency": "yearly", "lead_days": 2}
    emulator.put(number, "recipients", **dates).raise_for_status()
    assert dates.items() <= emulator.read(number)["campaign"].items()
    emulator.put(number, "recipients", date_triggered_attribute="born_on").raise_for_status()
    assert emulator.read(number)["campaign"]["lead_days"] is None


def test_plain_base64_decodes_to_no_filter():
    assert decode_filter("W10=") == []
    assert decode_filter("eyJhbmQiOltdfQ==") == []
    assert encode_filter([]) == "JTVCJTVE"
    assert decode_filter(encode_filter([{"a": "ü/%'"}])) == [{"a": "ü/%'"}]


def test_an_update_type_writes_only_its_own_fields(emulator):
    campaign, _ = emulator.event_campaign()
    emulator.put(campaign, "name_and_description", name="New", event="x", use_message_limits=False)
    emulator.put(campaign, "global_settings", name="Newer", send_to_unsubscribed=True)
    assert emulator.put(campaign, "nonsense", name="Newest").status_code == 200
    after = emulator.read(campaign)["campaign"]
    assert (after["name"], after["event"]) == ("New", "signed_up")
    assert (after["use_message_limits"], after["send_to_unsubscribed"]) == (True, True)


def test_the_update_type_can_be_in_the_query(emulator):
    campaign, _ = emulator.event_campaign()
    path = f"/campaigns/{campaign}?update_type=name_and_description"
    emulator.journeys.put(path, json={"campaign": {"name": "New"}}).raise_for_status()
    assert emulator.read(campaign)["campaign"]["name"] == "New"


def test_exit_conditions_need_their_own_update_type_and_shape(emulator):
    campaign, _ = emulator.event_campaign()
    exits = [{"segment": {"id": emulator.segment()}}]
    response = emulator.put(campaign, "exit_and_conversion", global_exit_conditions=exits)
    assert response.status_code == 200
    assert emulator.read(campaign)["campaign"]["global_exit_conditions"] is None
    emulator.put(campaign, "exit_conditions", global_exit_conditions=exits)
    assert emulator.read(campaign)["campaign"]["global_exit_conditions"] == exits
    wrong = {"and": exits}
    assert (
        emulator.put(campaign, "exit_conditions", global_exit_conditions=wrong).status_code == 200
    )
    assert emulator.read(campaign)["campaign"]["global_exit_conditions"] is None


def test_a_put_returns_the_previous_state(make_emulator):
    for stale, name in ((True, "Welcome"), (False, "New")):
        emulator = make_emulator(put_returns_previous=stale)
        campaign, _ = emulator.event_campaign()
        response = emulator.put(campaign, "name_and_description", name="New").json()
        assert response["campaign"]["name"] == name
        assert emulator.read(campaign)["campaign"]["name"] == "New"


def test_ids_of_new_actions_count_from_minus_n(emulator):
    campaign, end = emulator.event_campaign()
    actions = [
        {"type": "delay_seconds_action", "name": "first", "delay": 60, "id": -1},
        {"type": "email_action", "name": "second", "id": -2},
    ]
    edges = [emulator.edge(-2, -1), emulator.edge("-1", end)]
    emulator.add(campaign, actions, edges).raise_for_status()
    read = emulator.read(campaign)
    ids = {each["name"]: each["id"] for each in read["actions"]}
    assert read["campaign"]["edges"] == [
        emulator.edge(ids["first"], ids["second"]),
        emulator.edge(ids["second"], end),
    ]
    assert read["campaign"]["workflow_action_ids"] == [end, ids["first"], ids["second"]]


def test_a_message_gets_an_empty_template(emulator):
    campaign, step = emulator.email_campaign()
    action = emulator.journeys.get(f"/actions/{step}").json()["action"]
    assert (action["sending_state"], action["has_content"]) == ("automatic", False)
    template = emulator.journeys.get(f"/templates/{action['template_id']}").json()["template"]
    assert (template["action_id"], template["campaign_id"]) == (step, campaign)
    content = {"template": {"subject": "Hi", "body": "x"}}
    emulator.journeys.put(f"/templates/{action['template_id']}", json=content).raise_for_status()
    action = emulator.journeys.get(f"/actions/{step}").json()["action"]
    assert (action["subject"], action["has_content"], action["has_subject"]) == ("Hi", True, True)


@pytest.mark.parametrize(("setting", "codes"), [("once", [500, 200]), ("always", [500, 500])])
def test_adding_actions_can_fail_although_done(make_emulator, setting, codes):
    emulator = make_emulator(add_actions_500=setting)
    for code in codes:
        campaign, end = emulator.event_campaign()
        response = emulator.add(campaign, [{"type": "email_action"}], [emulator.edge(-1, end)])
        assert response.status_code == code
        assert len(emulator.read(campaign)["actions"]) == 2


def test_deleting_actions_requires_name_and_edges(emulator):
    campaign, step = emulator.email_campaign()
    template = emulator.read(campaign)["actions"][1]["template_id"]
    top = {"action_ids": [step]}
    assert emulator.put(campaign, "delete_actions", top, edges=[]).status_code == 422
    done = emulator.put(campaign, "delete_actions", top, name="Welcome", edges=[])
    assert done.status_code == 200
    assert [each["type"] for each in emulator.read(campaign)["actions"]] == ["exit_action"]
    assert emulator.journeys.get(f"/templates/{template}").status_code == 404


def test_a_rejected_write_changes_nothing(emulator):
    campaign, _ = emulator.event_campaign()
    before = emulator.store.dump("acme")
    assert emulator.add(campaign, [{"type": "email_action"}], []).status_code == 422
    assert emulator.store.dump("acme") == before


REQUIRED = {
    "type": "email_action",
    "sub_type": "",
    "tracked": True,
    "can_convert": True,
    "send_to_unsubscribed": False,
    "frequency_cap_mode": "no_cap",
}


def test_a_put_replaces_the_whole_action(emulator):
    _, step = emulator.email_campaign()
    first = {**REQUIRED, "name": "hello", "sending_state": "draft", "preconditions": ANCHOR}
    emulator.journeys.put(f"/actions/{step}", json={"action": first}).raise_for_status()
    assert emulator.journeys.get(f"/actions/{step}").json()["action"]["preconditions"] == ANCHOR
    emulator.journeys.put(f"/actions/{step}", json={"action": REQUIRED}).raise_for_status()
    after = emulator.journeys.get(f"/actions/{step}").json()["action"]
    assert (after["name"], after["sending_state"], after["preconditions"]) == ("", "automatic", "")
    assert after["template_id"]


@pytest.mark.parametrize("key", ["type", *(key for key in REQUIRED if key != "type")])
def test_required_fields_of_an_action(emulator, key):
    _, step = emulator.email_campaign()
    part = {name: value for name, value in REQUIRED.items() if name != key}
    response = emulator.journeys.put(f"/actions/{step}", json={"action": part})
    assert response.status_code == (400 if key == "type" else 422)


@pytest.mark.parametrize("change", [{"type": "push_action"}, {"sub_type": "other"}])
def test_the_type_of_an_action_cannot_change(emulator, change):
    _, step = emulator.email_campaign()
    response = emulator.journeys.put(f"/actions/{step}", json={"action": {**REQUIRED, **change}})
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
def test_invalid_actions(emulator, action, status):
    campaign, end = emulator.event_campaign()
    assert emulator.add(campaign, [action], [emulator.edge(-1, end)]).status_code == status


def test_a_wait_can_have_a_message_condition(emulator):
    campaign, end = emulator.event_campaign()
    opened = encode_filter(
        [{"type": "message", "event": {"name": "output_1", "type": "clicked_email"}}]
    )
    wait = {
        "type": "conditional_wait_action",
        "multi_conditions": [opened],
        "exit_type": "continue",
        "delay": 60,
    }
    edges = [emulator.edge(-1, end, 0), emulator.edge(-1, end, 1)]
    assert emulator.add(campaign, [wait], edges).status_code == 200


@pytest.mark.parametrize("base", [0, 1])
def test_the_list_pages_from_its_first_page_number(make_emulator, base):
    emulator = make_emulator(page_base=base)
    for number in range(5):
        emulator.journeys.post("/campaigns", json={"campaign": {"name": f"c{number}"}})

    def names(page):
        response = emulator.journeys.get("/campaigns", params={"page": page, "size": 2}).json()
        assert response["meta"]["pagination"]["total"] == 5
        return [each["name"] for each in response["campaigns"]]

    assert [names(base + place) for place in range(4)] == [["c0", "c1"], ["c2", "c3"], ["c4"], []]
    assert names(base - 1) == ["c0", "c1"]


def test_the_list_has_twenty_on_a_page_and_can_be_searched(emulator):
    for number in range(21):
        emulator.journeys.post("/campaigns", json={"campaign": {"name": f"c{number}"}})
    assert len(emulator.journeys.get("/campaigns").json()["campaigns"]) == 20
    found = emulator.journeys.get("/campaigns", params={"search": "C20"}).json()["campaigns"]
    assert [each["name"] for each in found] == ["c20"]


def test_index_on_every_edge_is_configurable(make_emulator):
    emulator = make_emulator(edges_index_always=True)
    campaign, _ = emulator.email_campaign()
    assert emulator.read(campaign)["campaign"]["edges"][0]["index"] == 0


def test_deleting_a_campaign_deletes_its_actions(emulator):
    campaign, step = emulator.email_campaign()
    assert emulator.journeys.delete(f"/campaigns/{campaign}").status_code == 204
    assert emulator.journeys.get(f"/actions/{step}").status_code == 404
    content = emulator.store.dump("acme")
    assert (content["actions"], content["templates"]) == ([], [])


def test_the_app_api_lists_messages_ten_at_a_time_without_the_workflow(emulator):
    campaign, end = emulator.event_campaign()
    actions = [{"type": "delay_seconds_action", "delay": 60}]
    actions += [{"type": "email_action", "name": f"m{number}"} for number in range(12)]
    edges = [emulator.edge(place, place + 1) for place in range(-13, -1)] + [emulator.edge(-1, end)]
    emulator.add(campaign, actions, edges).raise_for_status()
    first = emulator.app.get(f"/campaigns/{campaign}/actions").json()
    params = {"start": first["next"]}
    last = emulator.app.get(f"/campaigns/{campaign}/actions", params=params).json()
    assert (len(first["actions"]), len(last["actions"]), last["next"]) == (10, 2, "")
    shown = emulator.app.get(f"/campaigns/{campaign}").json()["campaign"]
    assert ("edges" in shown, len(shown["actions"])) == (False, 12)
    assert shown["event_name"] == "signed_up"


def test_the_app_api_writes_the_content_of_a_message(emulator):
    campaign, step = emulator.email_campaign()
    path = f"/campaigns/{campaign}/actions/{step}"
    body = {"subject": "Hi", "body": "<p>x</p>", "sending_state": "draft", "headers": "[]"}
    action = emulator.app.put(path, json=body).json()["action"]
    assert (action["id"], action["subject"], action["sending_state"]) == (str(step), "Hi", "draft")
    assert emulator.read(campaign)["actions"][1]["subject"] == "Hi"
    assert emulator.app.put(path, json={"sending_state": "later"}).status_code == 422
    assert emulator.app.put(path, json={"headers": []}).status_code == 422
    assert emulator.app.get(f"{path}/language/es").status_code == 404
    assert emulator.app.get(f"/campaigns/{campaign}/actions/1").status_code == 404


def test_sms_recipients_read_back_blank(make_emulator):
    for blank, recipient in ((True, ""), (False, "{{customer.phone}}")):
        emulator = make_emulator(sms_recipient_blank=blank)
        campaign, end = emulator.event_campaign()
        emulator.add(
            campaign, [{"type": "twilio_action"}], [emulator.edge(-1, end)]
        ).raise_for_status()
        [action] = emulator.app.get(f"/campaigns/{campaign}/actions").json()["actions"]
        assert (action["type"], action["recipient"]) == ("twilio", recipient)


def test_the_list_can_be_filtered_by_type_and_state(emulator):
    event, _ = emulator.event_campaign()
    emulator.journeys.post("/campaigns", json={"campaign": {"name": "other"}}).raise_for_status()
    emulator.run(event)
    for params in ({"type[]": "transactional"}, {"state": "running"}):
        listed = emulator.journeys.get("/campaigns", params=params).json()
        assert [each["id"] for each in listed["campaigns"]] == [event]
        assert listed["meta"]["pagination"]["total"] == 1
