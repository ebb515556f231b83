"""Snippets, segments, layouts, senders, tags and limits: validation and usage."""

import pytest


def test_snippet_names_are_unique_and_values_trimmed(emulator):
    created = emulator.app.post(
        "/snippets", json={"name": " main address ", "value": "\n1 High St "}
    )
    assert created.json()["snippet"]["value"] == "1 High St"
    assert created.json()["snippet"]["name"] == "main address"
    again = emulator.app.post("/snippets", json={"name": "main address", "value": "x"})
    assert again.status_code == 422
    assert "A snippet with that name already exists" in again.text
    for value in ("   ", "x" * 16_001, "{{ snippets.other }}", "{% if snippets['a'] %}{% endif %}"):
        response = emulator.app.put("/snippets", json={"name": "main address", "value": value})
        assert response.status_code == 422
    assert (
        emulator.app.put("/snippets", json={"name": "main address", "value": "2"}).json()[
            "snippet"
        ]["value"]
        == "2"
    )


@pytest.mark.parametrize(
    "text", ["{{ snippets.footer }}", "{{snippets['footer']}}", '{{ snippets["footer"] }}']
)
def test_a_snippet_in_use_cannot_be_deleted(emulator, text):
    snippet = {"snippet": {"name": "footer", "value": "x"}}
    number = emulator.journeys.post("/snippets", json=snippet).json()["snippet"]["id"]
    layout = {"layout": {"name": "Main", "body": "{{ content }}" + text}}
    emulator.journeys.post("/layouts", json=layout).raise_for_status()
    refused = emulator.app.delete("/snippets/footer")
    assert (refused.status_code, "unable to delete snippet in use" in refused.text) == (400, True)
    assert emulator.journeys.delete(f"/snippets/{number}").status_code == 409
    usage = emulator.journeys.get(f"/snippets/{number}/usage").json()["usage"]
    assert usage == {"layouts": [1], "templates": []}
    emulator.journeys.delete("/layouts/1").raise_for_status()
    assert emulator.app.delete("/snippets/footer").status_code == 204


def test_snippet_names_in_the_path(emulator):
    for name in ("main address", "a/b", "50% off+more", "größe"):
        emulator.app.post("/snippets", json={"name": name, "value": "x"}).raise_for_status()
        path = "/snippets/" + "".join(f"%{byte:02X}" for byte in name.encode())
        assert emulator.app.delete(path).status_code == 204
    assert emulator.app.delete("/snippets/nobody").status_code == 404


def test_segment_conditions_read_back_with_a_catalog_id(emulator):
    number = emulator.segment()
    read = emulator.journeys.get(f"/segments/{number}").json()["segment"]["conditions"]
    event = read["and"][0]["or"][0]["event"]
    assert isinstance(event.pop("id"), int)
    assert read == emulator.attribute_became("plan", "trial")
    assert "conditions" not in emulator.journeys.get("/segments").json()["segments"][0]
    assert "conditions" not in emulator.app.get(f"/segments/{number}").json()["segment"]


def test_conditions_sent_back_as_read_are_unchanged(emulator):
    number = emulator.segment()
    read = emulator.journeys.get(f"/segments/{number}").json()["segment"]
    body = {key: read[key] for key in ("name", "description", "type", "conditions")}
    emulator.journeys.put(f"/segments/{number}", json={"segment": body}).raise_for_status()
    assert emulator.audit(action="updated")[0]["attribute_names"] == []


def test_usage_of_a_segment_in_encoded_conditions(emulator):
    number = emulator.segment()
    anchors = emulator.encoded(
        [{"type": "segments_negatable", "segments": [number], "negate": True}]
    )
    by_filter, _ = emulator.event_campaign("by filter")
    emulator.put(by_filter, "recipients", event="x", filters=anchors).raise_for_status()
    by_step, end = emulator.event_campaign("by step")
    wait = {"type": "conditional_wait_action", "multi_conditions": [anchors], "exit_type": "never"}
    emulator.add(by_step, [wait], [emulator.edge(-1, end, 0)]).raise_for_status()
    used_by = emulator.app.get(f"/segments/{number}/used_by").json()["used_by"]
    assert used_by["campaigns"] == [by_filter, by_step]


def test_an_unused_segment_can_be_deleted(emulator):
    number = emulator.segment()
    campaign, end = emulator.event_campaign()
    step = {"type": "static_seg_update_action", "segment_id": number}
    emulator.add(campaign, [step], [emulator.edge(-1, end)]).raise_for_status()
    usage = emulator.journeys.get(f"/segments/{number}/usage").json()
    assert [each["id"] for each in usage["campaigns"]] == [campaign]
    emulator.journeys.delete(f"/campaigns/{campaign}").raise_for_status()
    assert emulator.journeys.delete(f"/segments/{number}").status_code == 204


@pytest.mark.parametrize(
    "conditions",
    [
        {"and": [{"attribute": {"field": "plan"}}]},
        {"and": [{"or": [{"attribute": {"field": "plan", "operator": "eq", "value": "x"}}]}]},
        {"or": [{"event": {"type": "event", "name": "x"}}]},
        {"and": {"or": []}},
        {"and": [{"or": [{"and": [{"or": []}]}]}]},
        {"and": [{"or": [{"event": {"name": "x"}}]}]},
        [],
        "JTVCJTVE",
    ],
)
def test_a_wrong_shape_of_conditions_is_500(emulator, conditions):
    body = {"segment": {"name": "x", "type": "dynamic", "conditions": conditions}}
    assert emulator.journeys.post("/segments", json=body).status_code == 500
    assert emulator.store.dump("acme")["segments"] == []


def test_a_flat_and_is_configurable(make_emulator):
    leaf = {"event": {"type": "event", "name": "x", "filters": {}}, "times": 1}
    body = {"segment": {"name": "x", "type": "dynamic", "conditions": {"and": [leaf]}}}
    assert make_emulator().journeys.post("/segments", json=body).status_code == 200
    assert (
        make_emulator(allow_flat_and=False).journeys.post("/segments", json=body).status_code == 500
    )


def test_segments_can_be_nested_one_level_deep(emulator):
    inner = emulator.segment("inner")

    def of(number):
        tree = {"and": [{"or": [{"segment": {"id": number, "inverse": True}}]}]}
        return {"segment": {"name": f"of {number}", "type": "dynamic", "conditions": tree}}

    outer = emulator.journeys.post("/segments", json=of(inner)).json()["segment"]["id"]
    assert emulator.journeys.post("/segments", json=of(outer)).status_code == 422
    assert emulator.journeys.post("/segments", json=of(9999)).status_code == 422
    assert emulator.journeys.delete(f"/segments/{inner}").status_code == 409
    usage = emulator.journeys.get(f"/segments/{inner}/usage").json()
    assert [each["id"] for each in usage["segments"]] == [outer]


def test_a_put_replaces_the_whole_segment(emulator):
    number = emulator.segment()
    conditions = emulator.attribute_became("plan", "pro")
    without_name = {"segment": {"type": "dynamic", "conditions": conditions}}
    assert emulator.journeys.put(f"/segments/{number}", json=without_name).status_code == 422
    without_conditions = {"segment": {"name": "x", "type": "dynamic"}}
    assert emulator.journeys.put(f"/segments/{number}", json=without_conditions).status_code == 422
    static = {"segment": {"name": "x", "type": "static"}}
    assert emulator.journeys.put(f"/segments/{number}", json=static).status_code == 422
    body = {"segment": {"name": "Pro users", "type": "dynamic", "conditions": conditions}}
    assert emulator.journeys.put(f"/segments/{number}", json=body).status_code == 200
    assert emulator.app.get(f"/segments/{number}").json()["segment"]["name"] == "Pro users"


def test_a_new_segment_is_building_and_then_complete(emulator):
    body = {"name": "x", "conditions": emulator.attribute_became("plan", "pro")}
    created = emulator.journeys.post("/segments", json={"segment": body}).json()["segment"]
    assert created["state"] == "build"
    status = emulator.journeys.get(f"/segments/{created['id']}/status").json()["status"]
    assert status["state"] == "complete"


def test_the_app_api_creates_manual_segments_and_the_track_api_fills_them(emulator):
    created = emulator.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    assert created["type"] == "manual"
    path = f"/segments/{created['id']}"
    assert emulator.journeys.get(path).json()["segment"]["type"] == "static"
    emulator.track.post(path + "/add_customers", json={"ids": ["a", "b", "a"]}).raise_for_status()
    emulator.track.post(path + "/remove_customers", json={"ids": ["b", "c"]}).raise_for_status()
    assert emulator.app.get(path + "/membership").json()["ids"] == ["a"]
    assert emulator.app.get(path + "/customer_count").json()["count"] == 1
    assert emulator.journeys.get(path + "/count").json() == {"count": 1}
    assert emulator.app.delete(path).status_code == 204
    dynamic = emulator.segment()
    assert emulator.app.delete(f"/segments/{dynamic}").status_code == 400
    refused = emulator.track.post(f"/segments/{dynamic}/add_customers", json={"ids": ["a"]})
    assert (refused.status_code, "errors" in refused.json()["meta"]) == (400, True)


def test_membership_is_paginated(emulator):
    created = emulator.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    path = f"/segments/{created['id']}"
    emulator.track.post(path + "/add_customers", json={"ids": ["a", "b", "c"]})
    first = emulator.app.get(path + "/membership", params={"limit": 2}).json()
    assert (first["ids"], first["next"]) == (["a", "b"], "2")
    last = emulator.app.get(path + "/membership", params={"limit": 2, "start": "2"}).json()
    assert (last["ids"], last["next"]) == (["c"], "")


def test_the_status_for_a_segment_in_use_is_configurable(make_emulator):
    emulator = make_emulator(delete_used_segment_status=422)
    number = emulator.segment()
    campaign, _ = emulator.event_campaign()
    exits = [{"segment": {"id": number}}]
    emulator.put(campaign, "exit_conditions", global_exit_conditions=exits).raise_for_status()
    assert emulator.journeys.delete(f"/segments/{number}").status_code == 422
    used_by = emulator.app.get(f"/segments/{number}/used_by").json()["used_by"]
    assert used_by["campaigns"] == [campaign]


def test_layouts_need_a_unique_name_and_the_content_tag(emulator):
    body = {"layout": {"name": "Main", "body": "<p>{{content}}</p>"}}
    created = emulator.journeys.post("/layouts", json=body).json()["layout"]
    assert created["archived"] is False
    assert emulator.journeys.post("/layouts", json=body).status_code == 422
    without = {"layout": {"name": "Other", "body": "<p></p>"}}
    assert emulator.journeys.post("/layouts", json=without).status_code == 422
    _, step = emulator.email_campaign()
    template = emulator.journeys.get(f"/actions/{step}").json()["action"]["template_id"]
    content = {"template": {"subject": "x", "layout_id": created["id"]}}
    emulator.journeys.put(f"/templates/{template}", json=content).raise_for_status()
    assert emulator.journeys.delete(f"/layouts/{created['id']}").status_code == 409
    users = emulator.journeys.get(f"/layouts/{created['id']}/actions").json()
    assert users == {"actions": [{"id": step, "campaign_id": 1}]}
    unknown = {"template": {"subject": "x", "layout_id": 99}}
    assert emulator.journeys.put(f"/templates/{template}", json=unknown).status_code == 422


def test_the_list_of_layouts_can_omit_bodies(make_emulator):
    emulator = make_emulator(layout_list_has_body=False)
    emulator.journeys.post("/layouts", json={"layout": {"name": "M", "body": "{{ content }}"}})
    assert "body" not in emulator.journeys.get("/layouts").json()["layouts"][0]
    assert "body" in emulator.journeys.get("/layouts/1").json()["layout"]


def test_senders_are_written_on_journeys_and_read_on_both_apis(emulator):
    for name in ("Ann", "Bob", "Cid"):
        body = {"identity": {"name": name, "email": f"{name}@acme.example"}}
        emulator.journeys.post("/identities", json=body).raise_for_status()
    first = emulator.app.get("/sender_identities", params={"limit": 2}).json()
    assert [each["address"] for each in first["sender_identities"]] == [
        "Ann <Ann@acme.example>",
        "Bob <Bob@acme.example>",
    ]
    last = emulator.app.get("/sender_identities", params={"start": first["next"]}).json()
    assert ([each["id"] for each in last["sender_identities"]], last["next"]) == ([3], "Mw==")
    after_last = emulator.app.get("/sender_identities", params={"start": last["next"]}).json()
    assert after_last == {"sender_identities": [], "next": ""}
    emulator.journeys.put("/identities/1", json={"identity": {"name": "Anna"}}).raise_for_status()
    sender = emulator.app.get("/sender_identities/1").json()["sender_identity"]
    assert (sender["name"], sender["email"]) == ("Anna", "Ann@acme.example")
    assert emulator.journeys.delete("/identities/3").status_code == 204


def test_tags_are_attached_and_detached(emulator):
    tag = emulator.journeys.post("/tags", json={"tag": {"name": "updates"}}).json()["tag"]
    assert emulator.journeys.post("/tags", json={"tag": {"name": "updates"}}).status_code == 422
    campaign, _ = emulator.event_campaign()
    path = f"/campaigns/{campaign}/tags"
    assert emulator.journeys.post(path, json={"tag_ids": [tag["id"]]}).status_code == 400
    emulator.journeys.post(path, json={"tags": [tag]}).raise_for_status()
    assert emulator.read(campaign)["tags"] == [tag]
    assert emulator.app.get(f"/campaigns/{campaign}").json()["campaign"]["tags"] == ["updates"]
    assert emulator.journeys.delete(f"{path}/{tag['id']}").status_code == 204
    assert emulator.read(campaign)["tags"] == []


def test_a_put_replaces_the_whole_message_limit(emulator):
    limit = {"count": 5, "window_secs": 86400, "retry_window_secs": 3600}
    part = {"message_limit": {"count": 5}}
    assert emulator.journeys.put("/message_limits", json=part).status_code == 422
    emulator.journeys.put("/message_limits", json={"message_limit": limit}).raise_for_status()
    assert emulator.journeys.get("/message_limits").json() == {"message_limit": limit}


def test_workspaces_are_listed_account_wide(emulator):
    emulator.store.workspace("other")
    expected = emulator.app.get("/workspaces").json()["workspaces"]
    assert [each["name"] for each in expected] == ["acme", "other"]


def test_segments_can_be_filtered_by_type(emulator):
    dynamic = emulator.segment()
    manual = emulator.app.post("/segments", json={"segment": {"name": "m"}}).json()["segment"]["id"]
    for kind, number in (("dynamic", dynamic), ("static", manual)):
        params = {"type": kind, "short": "true"}
        listed = emulator.journeys.get("/segments", params=params).json()["segments"]
        assert [(each["id"], each["type"]) for each in listed] == [(number, kind)]


def test_a_segment_in_use_cannot_be_deleted_on_the_app_api(emulator):
    created = emulator.app.post("/segments", json={"segment": {"name": "m"}}).json()["segment"]
    campaign, _ = emulator.event_campaign()
    exits = [{"segment": {"id": created["id"]}}]
    emulator.put(campaign, "exit_conditions", global_exit_conditions=exits).raise_for_status()
    assert emulator.app.delete(f"/segments/{created['id']}").status_code == 400


def test_a_sender_in_use_cannot_be_deleted(emulator):
    for name in ("Ann", "Bob"):
        body = {"identity": {"name": name, "email": f"{name}@acme.example"}}
        emulator.journeys.post("/identities", json=body).raise_for_status()
    campaign, step = emulator.email_campaign()
    template = emulator.journeys.get(f"/actions/{step}").json()["action"]["template_id"]
    content = {"template": {"subject": "x", "reply_to_identity_id": 1}}
    emulator.journeys.put(f"/templates/{template}", json=content).raise_for_status()
    assert emulator.journeys.delete("/identities/1").status_code == 409
    assert emulator.app.get("/sender_identities/1/used_by").json()["campaigns"] == [campaign]
    free = emulator.journeys.get("/identities", params={"in_use": "false"}).json()["identities"]
    assert [each["name"] for each in free] == ["Bob"]


def test_archived_segments_are_not_listed_on_the_app_api(emulator):
    """Corrections 2026-11, row 19."""
    first, second = emulator.segment("Trial users"), emulator.segment("Archived")
    content = emulator.store.dump("acme")
    next(each for each in content["segments"] if each["id"] == second)["archived"] = True
    emulator.store.seed("acme", content)
    assert [each["id"] for each in emulator.app.get("/segments").json()["segments"]] == [first]
    assert emulator.app.get(f"/segments/{second}").status_code == 200


def test_members_that_no_document_has_are_shown_on_request(make_emulator):
    """Corrections 2026-11, row 20."""
    for shown in (False, True):
        emulator = make_emulator(undocumented_members=shown)
        number = emulator.segment()
        message = {"transactional_message": {"name": "Receipt", "trigger_name": "receipt"}}
        emulator.journeys.post("/transactional_messages", json=message).raise_for_status()
        segment = emulator.app.get(f"/segments/{number}").json()["segment"]
        [listed] = emulator.app.get("/transactional").json()["messages"]
        assert ("conditions" in segment, "trigger_name" in listed) == (shown, shown)
