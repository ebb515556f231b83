"""The live-data gate and the audit log."""

import pytest

ACTION = {
    "action": {
        "type": "email_action",
        "sub_type": "",
        "tracked": True,
        "can_convert": True,
        "send_to_unsubscribed": False,
        "frequency_cap_mode": "no_cap",
    }
}
TEMPLATE = {"template": {"subject": "New"}}


NAME = {"campaign": {"update_type": "name_and_description", "name": "New"}}
SEGMENT = {"segment": {"name": "New", "type": "dynamic", "conditions": {"and": []}}}
WRITES = {
    "campaign": ("PUT", "/campaigns/{campaign}", NAME),
    "campaign deleted": ("DELETE", "/campaigns/{campaign}", None),
    "action": ("PUT", "/actions/{step}", ACTION),
    "template": ("PUT", "/templates/{template}", TEMPLATE),
    "segment": ("PUT", "/segments/{segment}", SEGMENT),
}


def write(emulator, name, ids):
    method, path, body = WRITES[name]
    return emulator.journeys.request(method, path.format(**ids), json=body)


def campaign_in_use(emulator):
    """Return the ids of a campaign with one email and a segment as its exit condition."""
    number = emulator.segment()
    campaign, step = emulator.email_campaign()
    exits = [{"segment": {"id": number}}]
    emulator.put(campaign, "exit_conditions", global_exit_conditions=exits).raise_for_status()
    template = emulator.journeys.get(f"/actions/{step}").json()["action"]["template_id"]
    return {"campaign": campaign, "step": step, "template": template, "segment": number}


@pytest.mark.parametrize("name", WRITES)
def test_a_service_account_may_not_write_live_data(emulator, name):
    ids = campaign_in_use(emulator)
    emulator.run(ids["campaign"])
    before = emulator.store.dump("acme")
    response = write(emulator, name, ids)
    assert response.status_code == 403
    error = response.json()["errors"][0]
    assert error["code"] == "mcp_missing_write_live"
    assert "/settings/ai" in error["detail"]
    assert emulator.store.dump("acme") == before


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("way", ["draft", "stopped", "allowed", "no gate"])
def test_when_the_gate_is_open(make_emulator, way, name):
    emulator = make_emulator(live_data_gate=way != "no gate")
    ids = campaign_in_use(emulator)
    if way != "draft":
        emulator.run(ids["campaign"])
    if way == "stopped":
        emulator.put(
            ids["campaign"], "state", client=emulator.ui, state="stopped"
        ).raise_for_status()
    if way == "allowed":
        emulator.store.seed("acme", {"settings": {"edit_live_data": True}})
    assert write(emulator, name, ids).is_success


def test_people_and_app_keys_are_not_gated(emulator):
    ids = campaign_in_use(emulator)
    campaign, step = ids["campaign"], ids["step"]
    emulator.run(campaign)
    emulator.put(campaign, "name_and_description", client=emulator.ui, name="A").raise_for_status()
    path = f"/campaigns/{campaign}/actions/{step}"
    assert emulator.app.put(path, json={"subject": "B"}).status_code == 200


def test_only_a_person_can_start_a_campaign(make_emulator):
    emulator = make_emulator(live_data_gate=False)
    campaign, _ = emulator.event_campaign()
    assert emulator.put(campaign, "state", state="running").status_code == 403
    emulator.clock.now += 60
    emulator.run(campaign)
    read = emulator.read(campaign)["campaign"]
    assert (read["state"], read["first_started"]) == ("running", int(emulator.clock.now))
    assert emulator.app.get("/campaigns").json()["campaigns"][0]["active"] is True


def test_every_write_records_its_actor(emulator):
    emulator.clock.now += 10
    emulator.ui.post("/snippets", json={"snippet": {"name": "a", "value": "1"}})
    emulator.journeys.put("/snippets/1", json={"snippet": {"name": "b", "value": "1"}})
    emulator.app.put("/snippets", json={"name": "b", "value": "2"})
    emulator.person("bob@acme.example").delete("/snippets/1")
    entries = emulator.audit()
    expected = [
        (e["action"], e["source"], e["user_email"], e["service_account_name"]) for e in entries
    ]
    assert expected == [
        ("deleted", "UI", "bob@acme.example", None),
        ("updated", "App API", None, None),
        ("updated", "API", None, "acme service account"),
        ("created", "UI", "ann@acme.example", None),
    ]
    assert entries[2] == {
        "id": 2,
        "created_at": int(emulator.clock.now),
        "action": "updated",
        "object_type": "snippet",
        "object_id": "1",
        "object_name": "b",
        "attribute_names": ["name"],
        "user_id": None,
        "user_email": None,
        "service_account_id": entries[2]["service_account_id"],
        "service_account_name": "acme service account",
        "ip_addr": "127.0.0.1",
        "campaign_id": None,
        "transactional_message_id": None,
        "source": "API",
    }
    assert isinstance(entries[2]["service_account_id"], int)


def test_a_template_names_its_owner(emulator):
    campaign, _ = emulator.email_campaign()
    message = {"transactional_message": {"name": "Receipt"}}
    emulator.journeys.post("/transactional_messages", json=message).raise_for_status()
    second, first = emulator.audit(object_type="template")
    assert (first["campaign_id"], first["transactional_message_id"]) == (campaign, None)
    assert (second["campaign_id"], second["transactional_message_id"]) == (None, 1)
    assert {e["object_type"] for e in emulator.audit(campaign_id=campaign)} == {
        "campaign",
        "action",
        "template",
    }


def test_the_log_is_paginated(emulator):
    for number in range(5):
        emulator.ui.post("/snippets", json={"snippet": {"name": f"s{number}", "value": "x"}})
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        response = emulator.journeys.get("/audit_logs", params=params).json()
        seen += [each["id"] for each in response["audit_logs"]]
        cursor = response["meta"]["next_cursor"]
        if cursor is None:
            break
    assert seen == [5, 4, 3, 2, 1]
    params = {"sort_order": "asc", "limit": 2, "cursor": 3}
    oldest = emulator.journeys.get("/audit_logs", params=params).json()["audit_logs"]
    assert [each["id"] for each in oldest] == [4, 5]
    assert emulator.journeys.get("/audit_log/3").json()["audit_log"]["id"] == 3


def test_the_log_can_be_filtered_by_time_object_and_attribute(emulator):
    emulator.ui.post("/snippets", json={"snippet": {"name": "a", "value": "1"}})
    emulator.clock.now += 600
    emulator.ui.put("/snippets/1", json={"snippet": {"value": "2"}})
    since = "2025-10-09T09:00:00+00:00"
    assert [e["action"] for e in emulator.audit(start_time=since)] == ["updated"]
    assert [e["action"] for e in emulator.audit(end_time=since)] == ["created"]
    assert [e["id"] for e in emulator.audit(attribute_name="value", action="updated")] == [2]
    assert emulator.audit(object_type="snippet", object_id=7) == []
    response = emulator.journeys.get("/audit_logs", params={"start_time": "2025-10-09T08:30:00"})
    assert response.status_code == 400


def test_only_a_person_can_add_a_language(emulator):
    campaign, step = emulator.email_campaign()
    body = {"template": {"action_id": step, "language": "es"}}
    assert emulator.journeys.post("/templates", json=body).status_code == 403
    assert emulator.ui.post("/templates", json=body).status_code == 200
    assert emulator.ui.post("/templates", json=body).status_code == 422
    [template] = emulator.journeys.get(f"/campaigns/{campaign}").json()["templates"]
    assert (template["action_id"], template["language"]) == (step, "es")
