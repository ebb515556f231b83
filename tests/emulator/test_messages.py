"""Transactional messages: templates, languages, sends."""

import json

import pytest


def message(emulator, name="Receipt", **fields):
    body = {"transactional_message": {"name": name, "msg_type": "email", **fields}}
    created = emulator.journeys.post("/transactional_messages", json=body).raise_for_status().json()
    return created["transactional_message"]


def template_of(emulator, number):
    return emulator.journeys.get(f"/templates/{number}").json()["template"]


def test_a_new_message_is_a_draft_with_a_template(emulator):
    created = message(emulator, trigger_name="receipt", subject="Hi", body="<p>x</p>")
    read = emulator.journeys.get(f"/transactional_messages/{created['id']}").json()
    assert read["transactional_message"]["state"] == "draft"
    [template] = read["templates"]
    assert template["id"] == created["template_id"]
    assert (template["language"], template["subject"], template["editor"]) == ("", "Hi", "html")
    assert template["transactional_message_id"] == created["id"]
    listed = emulator.journeys.get("/transactional_messages").json()["transactional_messages"]
    assert [each["id"] for each in listed] == [created["id"]]


@pytest.mark.parametrize("trigger", ["42", "x" * 192])
def test_invalid_trigger_names(emulator, trigger):
    body = {"transactional_message": {"name": "x", "trigger_name": trigger}}
    assert emulator.journeys.post("/transactional_messages", json=body).status_code == 422


def test_a_trigger_name_is_unique(emulator):
    message(emulator, trigger_name="receipt")
    body = {"transactional_message": {"name": "Other", "trigger_name": "receipt"}}
    assert emulator.journeys.post("/transactional_messages", json=body).status_code == 422


def test_a_message_is_updated_by_type(emulator):
    number = message(emulator)["id"]

    def put(**fields):
        path = f"/transactional_messages/{number}"
        return emulator.journeys.put(path, json={"transactional_message": fields})

    def now():
        response = emulator.journeys.get(f"/transactional_messages/{number}").json()
        return response["transactional_message"]

    put(update_type="name_and_description", name="Bill", link_tracking=False)
    assert (now()["name"], now()["link_tracking"]) == ("Bill", True)
    put(update_type="settings", name="Other", link_tracking=False, trigger_name="bill")
    assert (now()["name"], now()["link_tracking"], now()["trigger_name"]) == ("Bill", False, "bill")
    assert put(update_type="nonsense", name="Other").status_code == 200
    assert now()["name"] == "Bill"
    assert put(update_type="state", state="active").status_code == 403


def test_translations_are_copies_of_the_default(emulator):
    created = message(emulator, subject="Hi", body="<p>x</p>")
    path = f"/transactional_messages/{created['id']}/translations"
    spanish = emulator.journeys.post(path, json={"translation": {"language": "es"}}).json()[
        "template"
    ]
    assert (spanish["language"], spanish["body"]) == ("es", "<p>x</p>")
    again = emulator.journeys.post(path, json={"translation": {"language": "es"}})
    assert again.status_code == 422
    assert emulator.journeys.delete(f"/templates/{spanish['id']}").status_code == 204
    assert emulator.journeys.delete(f"/templates/{created['template_id']}").status_code == 422


def test_deleting_a_message_deletes_its_templates(emulator):
    created = message(emulator)
    assert emulator.journeys.delete(f"/transactional_messages/{created['id']}").status_code == 204
    assert emulator.journeys.get(f"/templates/{created['template_id']}").status_code == 404


def test_a_copy_is_a_draft_with_its_own_template(emulator):
    created = message(emulator, subject="Hi", trigger_name="receipt")
    other = emulator.store.workspace("other")
    path = f"/transactional_messages/{created['id']}/copy"
    here = emulator.journeys.post(path, json={}).json()["transactional_message"]
    assert (here["name"], here["state"], here["trigger_name"]) == ("[Copy] Receipt", "draft", "")
    assert here["template_id"] != created["template_id"]
    there = emulator.journeys.post(path, json={"copy_to_env": other.environment_id}).json()
    assert there["templates"][0]["subject"] == "Hi"
    assert len(emulator.store.dump("other")["transactional_messages"]) == 1


def test_a_template_write_resets_what_is_not_sent(emulator):
    created = message(emulator, subject="Hi", body="<p>x</p>")
    response = emulator.journeys.put(
        f"/templates/{created['template_id']}", json={"template": {"subject": "Hello"}}
    )
    assert response.json()["template"]["subject"] == "Hi", "the echo is the state before the write"
    after = template_of(emulator, created["template_id"])
    assert (after["subject"], after["body"], after["name"]) == ("Hello", "", "")
    assert (after["language"], after["template_type"]) == ("", "email")


def test_template_writes_are_configurable(make_emulator):
    emulator = make_emulator(template_put="merge", put_returns_previous=False)
    created = message(emulator, subject="Hi", body="<p>x</p>")
    response = emulator.journeys.put(
        f"/templates/{created['template_id']}", json={"template": {"subject": "Hello"}}
    )
    assert response.json()["template"]["subject"] == "Hello"
    assert template_of(emulator, created["template_id"])["body"] == "<p>x</p>"


@pytest.mark.parametrize(
    "fields",
    [
        {"request_method": ""},
        {"body_json": {"title": "x"}},
        {"headers": [{"name": "a", "value": "b"}]},
        {"headers": "not json"},
        {"from_identity_id": 99},
    ],
)
def test_invalid_templates(emulator, fields):
    number = message(emulator)["template_id"]
    for headers in ({}, {"X-Validate": "strict"}):
        response = emulator.journeys.put(
            f"/templates/{number}", json={"template": fields}, headers=headers
        )
        assert response.status_code == 422
    assert template_of(emulator, number)["request_method"] == ""


def test_content_of_other_editors_cannot_be_written(emulator):
    first, second = message(emulator, "a"), message(emulator, "b")
    content = emulator.store.dump("acme")
    content["templates"][0] |= {"editor": "bee", "body": "bee"}
    content["templates"][1] |= {"editor": "parcel", "body": "parcel"}
    emulator.store.seed("acme", content)
    bee, parcel = first["template_id"], second["template_id"]
    body = {"template": {"body": "ours"}}
    assert emulator.journeys.put(f"/templates/{bee}", json=body).status_code == 422
    assert emulator.journeys.put(f"/templates/{parcel}", json=body).status_code == 200
    assert template_of(emulator, parcel)["body"] == "parcel"
    for created in (first, second):
        path = f"/transactional/{created['id']}/content/{created['template_id']}"
        assert emulator.app.put(path, json={"body": "ours"}).status_code == 400


def test_the_app_api_writes_content_but_not_settings(emulator):
    created = message(emulator, trigger_name="receipt", subject="Hi", body="<p>x</p>")
    emulator.journeys.post("/identities", json={"identity": {"name": "A", "email": "a@b.example"}})
    path = f"/transactional/{created['id']}/content/{created['template_id']}"
    headers = [{"name": "X-One", "value": "1"}]
    written = emulator.app.put(path, json={"subject": "Hello", "from_id": 1, "headers": headers})
    content = written.json()["content"]
    assert (content["subject"], content["body"]) == ("Hello", "<p>x</p>")
    assert (content["from"], json.loads(content["headers"])) == ("A <a@b.example>", headers)
    assert template_of(emulator, created["template_id"])["from_identity_id"] == 1
    refused = emulator.app.put(path, json={"headers": json.dumps(headers)})
    assert (refused.status_code, "error" in refused.json()["meta"]) == (422, True)
    by_name = emulator.app.get("/transactional/receipt").json()["message"]
    assert (by_name["id"], "trigger_name" in by_name) == (created["id"], False)
    assert emulator.app.get(f"/transactional/{created['id']}/language/es").status_code == 404
    assert emulator.app.get(f"{path.replace('content', 'contents')}").status_code == 200


def test_a_send_is_stored_and_activates_the_message(emulator):
    created = message(emulator, trigger_name="receipt", subject="Hi")
    body = {
        "transactional_message_id": "receipt",
        "identifiers": {"email": "ann@acme.example"},
        "message_data": {"total": 12},
    }
    response = emulator.app.post("/send/email", json=body).json()
    assert response["queued_at"] == emulator.clock.now
    [delivery] = emulator.store.dump("acme")["deliveries"]
    assert (delivery["delivery_id"], delivery["message_data"]) == (
        response["delivery_id"],
        {"total": 12},
    )
    read = emulator.journeys.get(f"/transactional_messages/{created['id']}").json()
    assert read["transactional_message"]["state"] == "active"
    sent = emulator.app.get(f"/transactional/{created['id']}/messages").json()["messages"]
    assert [each["id"] for each in sent] == [response["delivery_id"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"transactional_message_id": "nobody", "identifiers": {"id": "1"}}, 404),
        ({"transactional_message_id": 99, "identifiers": {"id": "1"}}, 404),
        ({"transactional_message_id": "receipt"}, 400),
        ({"transactional_message_id": "receipt", "identifiers": {"id": "1", "email": "a"}}, 400),
        ({"identifiers": {"id": "1"}, "subject": "x"}, 400),
    ],
)
def test_send_errors_are_in_meta(emulator, body, status):
    message(emulator, trigger_name="receipt")
    response = emulator.app.post("/send/email", json=body)
    assert (response.status_code, list(response.json())) == (status, ["meta"])
    assert emulator.store.dump("acme")["deliveries"] == []


def test_a_send_can_create_the_message(emulator):
    body = {"transactional_message_id": "new_one", "identifiers": {"id": "1"}, "auto_create": True}
    assert emulator.app.post("/send/push", json=body).status_code == 200
    [created] = emulator.store.dump("acme")["transactional_messages"]
    assert (created["trigger_name"], created["type"]) == ("new_one", "push")
    assert emulator.app.post("/send/email", json=body).status_code == 400
