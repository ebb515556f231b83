"""Transactional sends: rendering, deliveries, errors."""

import pytest


@pytest.fixture
def post(emulator):
    """Return a emulator with a receipt, its sender, its footer, and Ann."""
    emulator.ui.post(
        "/identities", json={"identity": {"name": "Acme", "email": "team@acme.example"}}
    )
    emulator.ui.post(
        "/snippets", json={"snippet": {"name": "legal", "value": "Acme {{customer.id}}"}}
    )
    layout = {"layout": {"name": "Main", "body": "[{{content}}|{{snippets.legal}}]"}}
    emulator.ui.post("/layouts", json=layout)
    created = emulator.ui.post(
        "/transactional_messages",
        json={"transactional_message": {"name": "Receipt", "trigger_name": "receipt"}},
    ).json()["transactional_message"]
    write(
        emulator,
        created["template_id"],
        subject="Receipt {{trigger.total}}",
        body="Hi {{customer.first_name}}",
        layout_id=1,
        from_identity_id=1,
    )
    emulator.message = created
    given = {"email": "ann@acme.example", "first_name": "Ann"}
    emulator.track.put("/customers/7", json=given).raise_for_status()
    return emulator


def write(emulator, number, **fields):
    given = {"recipient": "{{customer.email}}", **fields}
    emulator.ui.put(f"/templates/{number}", json={"template": given}).raise_for_status()


def send(emulator, channel="email", **more):
    body = {
        "transactional_message_id": "receipt",
        "identifiers": {"id": "7"},
        "message_data": {"total": 12},
        **more,
    }
    return emulator.app.post(f"/send/{channel}", json=body)


def delivered(emulator, **more):
    own = send(emulator, **more).raise_for_status().json()["delivery_id"]
    return emulator.app.get(f"/messages/{own}").raise_for_status().json()["message"]


def archived(emulator, message):
    response = emulator.app.get(f"/messages/{message['id']}/archived_message")
    return response.raise_for_status().json()["archived_message"]


def test_a_message_is_rendered(post):
    message = delivered(post)
    now = post.clock.now
    stamps = dict.fromkeys(("created", "attempted", "sent", "delivered"), now)
    assert (message["metrics"], message["failure_message"]) == (stamps, None)
    assert (message["subject"], message["recipient"]) == ("Receipt 12", "ann@acme.example")
    assert message["customer_identifiers"] == {
        "id": "7",
        "email": "ann@acme.example",
        "cio_id": "03000001",
    }
    assert archived(post, message)["body"] == "[Hi Ann|Acme 7]"
    assert archived(post, message)["from"] == "Acme <team@acme.example>"
    types = [e["type"] for e in post.app.get("/customers/7/activities").json()["activities"]]
    assert {"attempted_email", "sent_email", "delivered_email"} <= set(types)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("{{customer.last_name}}", "customer.last_name"),
        ("{{trigger.order.id}}", "trigger.order"),
        ("{% for i in trigger.items %}{% endfor %}", "trigger.items"),
        ("{{snippets.footr}}", "snippets.footr"),
        ("{{customer.last_name | upcase | default: 'x'}}", "customer.last_name"),
        ("{{now}}", "now"),
        ("{{unsubscribe_url}}", "unsubscribe_url"),
    ],
)
def test_an_unknown_variable_fails_the_delivery_and_is_named(post, text, missing):
    write(post, post.message["template_id"], subject="x", body=text)
    message = delivered(post)
    assert message["failure_message"].startswith(f"Variable '{missing}' is missing (body, line 1, ")
    assert set(message["metrics"]) == {"created", "failed"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{customer.last_name | default: 'there'}}", "there"),
        ("{% if customer.last_name != blank %}A{% else %}B{% endif %}", "B"),
        ("{% if customer.first_name != blank %}A{% else %}B{% endif %}", "A"),
        ("{% if customer.last_name %}A{% else %}B{% endif %}", "B"),
        ("{% assign n = customer.last_name %}({{n}})", "()"),
        ("{% if trigger.text > 3 %}A{% endif %}", "A"),
        ("{{ event.anything.at_all }}", ""),
        ("{{ 'now' | date: '%Y-%m-%d' }}", "2025-10-09"),
        ("{{ 1461866400 | date: '%H:%M', 'Europe/Rome' }}", "20:00"),
        ("{{ 1461866400 | add_day: 1 | date: '%Y-%m-%d' }}", "2016-04-29"),
        ("{{ trigger | to_json }}", '{"total":12,"text":"10"}'),
        ("{% cio_link url:https://acme.example track:true %}", "https://acme.example"),
        ("{{ delivery_id | size }}", "24"),
    ],
)
def test_liquid_that_renders(post, text, shown):
    write(post, post.message["template_id"], subject="x", body=text)
    message = delivered(post, message_data={"total": 12, "text": "10"})
    assert (message["failure_message"], archived(post, message)["body"]) == (None, shown)


@pytest.mark.parametrize("text", ["{% if a %}", "{{ 'x' | bogus }}", "{% bogus %}"])
def test_invalid_liquid_is_stored_and_fails_the_delivery(post, text):
    write(post, post.message["template_id"], subject="x", body=text)
    message = delivered(post)
    assert message["failure_message"]
    assert "failed" in message["metrics"]


def test_unsubscribe_links_are_tags(post):
    write(post, post.message["template_id"], subject="x", body="{% unsubscribe_url %}")
    message = delivered(post)
    assert message["id"] in archived(post, message)["body"]


def test_an_unsubscribed_person_is_skipped_on_request(post):
    post.track.put("/customers/7", json={"unsubscribed": True})
    assert "sent" in delivered(post)["metrics"]
    message = delivered(post, send_to_unsubscribed=False)
    assert set(message["metrics"]) == {"created", "undeliverable"}
    assert "unsubscribed" in message["failure_message"]


def test_a_recipient_without_an_address(post):
    message = delivered(post, identifiers={"id": "nobody"})
    assert message["failure_message"] == (
        "Variable 'customer.id' is missing (snippet legal, line 1, column 8)"
    )
    post.track.put("/customers/8", json={"email": "", "first_name": "Bob"})
    write(post, post.message["template_id"], subject="x", body="x", recipient="{{trigger.none}}")
    assert delivered(post, to="bob@acme.example")["recipient"] == "bob@acme.example"
    write(post, post.message["template_id"], subject="x", body="x", recipient="")
    assert "undeliverable" in delivered(post)["metrics"]


def test_a_send_can_create_a_person(make_emulator):
    emulator = make_emulator(sends_create_people=True)
    body = {
        "identifiers": {"email": "new@acme.example"},
        "from": "a@acme.example",
        "to": "new@acme.example",
        "subject": "Hi",
        "body": "x",
    }
    assert emulator.app.post("/send/email", json=body).status_code == 200
    assert [each["email"] for each in emulator.store.dump("acme")["people"]] == ["new@acme.example"]


@pytest.mark.parametrize(
    ("more", "status", "expected"),
    [
        ({"identifiers": {"cio_id": "0300ffff"}}, 400, "cio_id"),
        ({"identifiers": {"id": "gone"}}, 400, "suppressed"),
        ({"send_at": 1_760_000_000 + 91 * 86_400}, 400, "90 days"),
        ({"send_at": "soon"}, 400, "90 days"),
        ({"message_data": [1]}, 400, "message_data"),
        ({"to": ",".join(["a@b.example"] * 16)}, 400, "15 recipients"),
        ({"attachments": {"a.pdf": "x" * (3 * 1024 * 1024)}}, 413, "2 MB"),
    ],
)
def test_invalid_sends(post, more, status, expected):
    post.track.post("/customers/gone/suppress")
    response = send(post, **more)
    assert (response.status_code, expected in response.json()["meta"]["error"]) == (status, True)
    assert post.app.get("/messages").json()["messages"] == []


def test_drafts_and_scheduled_sends(post):
    draft = delivered(post, queue_draft=True)
    assert set(draft["metrics"]) == {"created", "drafted"}
    later = delivered(post, send_at=int(post.clock.now) + 60)
    assert set(later["metrics"]) == {"created"}
    doomed = delivered(post, send_at=int(post.clock.now) + 60, body="{{ trigger.none }}")
    assert (set(doomed["metrics"]), doomed["failure_message"]) == ({"created"}, None)
    post.clock.now += 61
    own = post.app.get(f"/messages/{later['id']}").json()["message"]
    assert set(own["metrics"]) == {"created", "attempted", "sent", "delivered"}
    assert [e["id"] for e in post.app.get("/messages?drafts=true").json()["messages"]] == [
        draft["id"]
    ]


def test_delivery_takes_time(make_emulator):
    emulator = make_emulator(delivery_seconds=5.0)
    body = {"identifiers": {"id": "1"}, "from": "a@b.example", "subject": "s", "body": "b"}
    own = emulator.app.post("/send/email", json={**body, "to": "x@y.example"}).json()["delivery_id"]
    states = []
    for _ in range(2):
        states.append(set(emulator.app.get(f"/messages/{own}").json()["message"]["metrics"]))
        emulator.clock.now += 5
    assert "delivered" not in states[0]
    assert "delivered" in states[1]


def test_the_language_is_selected(post):
    path = f"/transactional_messages/{post.message['id']}/translations"
    created = post.ui.post(path, json={"translation": {"language": "es"}}).json()["template"]
    write(post, created["id"], subject="Recibo", body="Hola")
    assert delivered(post, language="es")["subject"] == "Recibo"
    assert delivered(post, language="fr")["subject"] == "Receipt 12"


def test_content_that_is_not_retained_is_404(post):
    message = delivered(post, disable_message_retention=True)
    assert post.app.get(f"/messages/{message['id']}/archived_message").status_code == 404


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("push", "push"),
        ("sms", "twilio"),
        ("in_app", "in_app"),
        ("inbox_message", "inbox"),
        ("whatsapp", "whatsapp"),
    ],
)
def test_every_channel(emulator, channel, kind):
    body = {
        "transactional_message_id": "made_now",
        "identifiers": {"id": "1"},
        "to": "+14155552671",
        "auto_create": True,
    }
    own = emulator.app.post(f"/send/{channel}", json=body).raise_for_status().json()["delivery_id"]
    assert emulator.app.get(f"/messages/{own}").json()["message"]["type"] == kind


def test_deliveries_are_filtered_and_paginated(post):
    own = [send(post).json()["delivery_id"] for _ in range(3)]
    failed = send(post, message_data={}).json()["delivery_id"]
    pieces = post.app.get("/messages", params={"limit": 2}).json()
    assert [e["id"] for e in pieces["messages"]] == [failed, own[2]]
    rest = post.app.get("/messages", params={"limit": 2, "start": pieces["next"]}).json()
    assert [e["id"] for e in rest["messages"]] == [own[1], own[0]]
    assert rest["next"] == ""
    picked = post.app.get("/messages", params={"metric": "failed"}).json()["messages"]
    assert [e["id"] for e in picked] == [failed]
    late = {"start_ts": int(post.clock.now) + 1}
    assert post.app.get("/messages", params=late).json()["messages"] == []
    assert post.app.get("/messages?type=push").json()["messages"] == []
    of_person = post.app.get("/customers/7/messages").json()["messages"]
    of_message = post.app.get("/transactional/receipt/messages?state=sent").json()["messages"]
    assert (len(of_person), len(of_message)) == (4, 3)
    assert post.app.get("/messages/nothing").status_code == 404


def test_a_list_of_suppressed_addresses_is_served_while_it_is_empty(post):
    """The members of a listed address are not recorded, nor is the answer for another type."""
    message = delivered(post)
    for suppression_type in ("blocks", "bounces", "invalid_emails", "spam_reports"):
        response = post.app.get(f"/esp/suppression/{suppression_type}")
        assert (response.status_code, response.json()) == (200, {"suppressions": None})
    assert post.app.get("/esp/suppression/other").status_code == 501
    report = {"delivery_id": message["id"], "metric": "bounced"}
    post.track.post("/metrics", json=report).raise_for_status()
    assert post.app.get("/esp/suppression/bounces").status_code == 501


def test_metrics_of_a_delivery_are_reported(post):
    message = delivered(post)
    at = int(post.clock.now)
    for metric, more in (("opened", {}), ("clicked", {"href": "https://acme.example"})):
        report = {"delivery_id": message["id"], "metric": metric, "timestamp": at, **more}
        post.track.post("/metrics", json=report).raise_for_status()
    push = {"delivery_id": message["id"], "event": "converted", "timestamp": at}
    post.track.post("/push/events", json=push).raise_for_status()
    metrics = post.app.get(f"/messages/{message['id']}").json()["message"]["metrics"]
    assert {"opened", "clicked", "converted"} <= set(metrics)
    unknown = {"delivery_id": "nothing", "metric": "opened"}
    assert post.track.post("/metrics", json=unknown).status_code == 200
    assert post.track.post("/metrics", json={"metric": "eaten"}).status_code == 400
    links = post.app.get("/transactional/receipt/metrics/links?steps=1").json()["links"]
    [link] = links
    assert (link["link"]["href"], link["metric"]["series"]["clicked"]) == (
        "https://acme.example",
        [1],
    )


def test_deliveries_forget_a_deleted_person(post):
    message = delivered(post)
    post.track.delete("/customers/7")
    shown = post.app.get(f"/messages/{message['id']}").json()["message"]
    assert (shown["forgotten"], shown["recipient"], shown["customer_id"]) == (True, "", None)


def test_a_filter_error_fails_the_delivery(post):
    post.track.put("/customers/7", json={"n": "abc"}).raise_for_status()
    write(post, post.message["template_id"], subject="x", body="{{ customer.n | currency }}")
    message = delivered(post)
    assert set(message["metrics"]) == {"created", "failed"}
    assert message["failure_message"].startswith("Liquid error: ")


def test_variables_about_the_message(post):
    body = (
        "{{campaign.type}}|{{campaign.name}}|{{message.type}}|{{message.subject}}"
        "|{{message.preheader}}|{{layout.id}} {{layout.name}}"
    )
    fields = {"subject": "To {{customer.id}}", "preheader_text": "P", "layout_id": 1}
    write(post, post.message["template_id"], body=body, **fields)
    shown = archived(post, delivered(post))["body"]
    assert shown == "[transactional|Receipt|email|To 7|P|1 Main|Acme 7]"


def test_future_metrics_are_hidden(post):
    send(post, send_at=int(post.clock.now) + 5000).raise_for_status()
    kinds = {"attempted_email", "sent_email", "delivered_email"}

    def happened():
        found = post.app.get("/activities?limit=100").json()["activities"]
        return kinds & {each["type"] for each in found}

    assert happened() == set()
    post.clock.now += 5000
    assert happened() == kinds


def test_a_send_time_in_the_past_means_now(post):
    metrics = delivered(post, send_at=5)["metrics"]
    assert set(metrics.values()) == {post.clock.now}


@pytest.mark.parametrize("channel", ["push", "sms", "whatsapp", "in_app", "inbox_message"])
def test_only_an_email_can_be_sent_without_a_message(post, channel):
    body = {"subject": "s", "body": "b", "from": "a@b.example", "to": "a@b.example"}
    for named in (None, 0):
        response = send(post, channel, transactional_message_id=named, **body)
        assert response.status_code == (400 if named is None else 404)
        assert "transactional" in response.json()["meta"]["error"]


def test_an_identifier_must_be_text(post):
    fields = {"subject": "s", "body": "b", "recipient": "x@y.example"}
    write(post, post.message["template_id"], **fields)
    assert delivered(post, identifiers={"id": 99})["customer_id"] == "99"


def test_no_delivery_is_listed_twice_if_one_is_added(post):
    own = [send(post).json()["delivery_id"] for _ in range(4)]
    first = post.app.get("/messages?limit=2").json()
    send(post).raise_for_status()
    rest = post.app.get(f"/messages?limit=2&start={first['next']}").json()
    shown = [each["id"] for response in (first, rest) for each in response["messages"]]
    assert (shown, rest["next"]) == (own[::-1], "")
    assert post.app.get("/messages?start=nonsense").json()["messages"] == []
