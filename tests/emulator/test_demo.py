"""The seed of the guided tour is what the API makes of it."""

import json
from importlib import resources
from pathlib import Path

SEED = resources.files("cioform.emulator") / "seeds" / "demo.json"
PEOPLE = {
    "Inactive 3+ days": 412,
    "Inactive 7+ days": 198,
    "Has the mobile app": 1530,
}
RECEIPT = {
    "": ("Your receipt", "<h1>Thank you, {{customer.first_name}}</h1>"),
    "es": ("Tu recibo", "<h1>Gracias, {{customer.first_name}}</h1>"),
    "fr": ("Votre reçu", "<h1>Merci, {{customer.first_name}}</h1>"),
}
LAYOUT = """<html><body>
{{ content }}
<p>{{ snippets["main address"] }} {{ snippets.legal }}</p>
<p><a href="{% unsubscribe_url %}">{{ snippets.unsubscribe_text }}</a></p>
</body></html>"""


def demo_content():
    return json.loads(SEED.read_text("utf-8"))


def build(emulator):
    """Make the demo workspace as a person at the browser would."""
    ui = emulator.ui
    for name, value in (
        ("main address", "Acme Ltd, 1 High Street, London"),
        ("legal", "Registered in England, no. 0123456"),
        ("unsubscribe_text", "Stop these e-mails"),
    ):
        ui.post("/snippets", json={"snippet": {"name": name, "value": value}}).raise_for_status()
    ui.post("/layouts", json={"layout": {"name": "Main", "body": LAYOUT}}).raise_for_status()
    for name, email in (("Acme", "team@acme.example"), ("Acme Billing", "billing@acme.example")):
        ui.post("/identities", json={"identity": {"name": name, "email": email}})
    segments = build_segments(emulator)
    build_receipt(emulator)
    build_reset(emulator)
    build_welcome(emulator, segments)
    build_reengagement(emulator, segments)
    build_news(emulator)
    return finished(emulator)


def build_segments(emulator):
    made = {}
    for name, attribute, value, operator in (
        ("Inactive 3+ days", "last_active_at", "-259200", "timestamp_lt"),
        ("Inactive 7+ days", "last_active_at", "-604800", "timestamp_lt"),
        ("Has the mobile app", "has_mobile_app", "true", "eq"),
    ):
        conditions = emulator.attribute_became(attribute, value, operator)
        body = {"name": name, "description": "", "type": "dynamic", "conditions": conditions}
        made[name] = emulator.ui.post("/segments", json={"segment": body}).json()["segment"]["id"]
    body = {"name": "Beta testers", "type": "manual"}
    manual = emulator.ui.post("/segments", json={"segment": body}).json()["segment"]["id"]
    members = {"type": "add", "ids": [f"person_{n}" for n in range(1, 13)]}
    emulator.ui.put(f"/segments/{manual}/members", json=members).raise_for_status()
    return made


def write(emulator, template, **fields):
    """Change those members of a template and no other."""
    before = emulator.ui.get(f"/templates/{template}").json()["template"]
    kept = {key: before[key] for key in ("name", "recipient", "subject", "body", "layout_id")}
    body = {"template": kept | fields}
    emulator.ui.put(f"/templates/{template}", json=body).raise_for_status()


def build_receipt(emulator):
    body = {"name": "Receipt", "trigger_name": "PAYMENT_RECEIVED", "msg_type": "email"}
    made = emulator.ui.post("/transactional_messages", json={"transactional_message": body}).json()
    path = f"/transactional_messages/{made['transactional_message']['id']}"
    for language in ("es", "fr"):
        emulator.ui.post(path + "/translations", json={"translation": {"language": language}})
    for template in emulator.ui.get(path).json()["templates"]:
        subject, text = RECEIPT[template["language"]]
        write(emulator, template["id"], subject=subject, body=text, layout_id=1, from_identity_id=2)
    state = {"update_type": "state", "state": "active"}
    emulator.ui.put(path, json={"transactional_message": state}).raise_for_status()


def build_reset(emulator):
    body = {"name": "Password reset", "trigger_name": "USER_PASSWORD_RESET"}
    made = emulator.ui.post("/transactional_messages", json={"transactional_message": body}).json()
    write(
        emulator,
        made["transactional_message"]["template_id"],
        subject="Reset your password",
        body='<a href="{{trigger.reset_link}}">Choose a new password</a>',
        layout_id=1,
        from_identity_id=1,
    )


def build_welcome(emulator, segments):
    campaign, end = emulator.event_campaign("Welcome", emulator.ui)
    actions = [
        {"type": "email_action", "name": "welcome", "sending_state": "draft"},
        {"type": "delay_seconds_action", "name": "two days", "delay": 172800},
        {"type": "email_action", "name": "first steps", "sending_state": "draft"},
    ]
    edges = [emulator.edge(-3, -2), emulator.edge(-2, -1), emulator.edge(-1, end)]
    top = {"actions": actions}
    emulator.put(campaign, "add_actions", top, client=emulator.ui, edges=edges).raise_for_status()
    exits = [{"segment": {"id": segments["Inactive 7+ days"]}}]
    emulator.put(campaign, "exit_conditions", client=emulator.ui, global_exit_conditions=exits)
    steps = emulator.read(campaign)["actions"]
    write_message(emulator, steps[1], "Welcome to Acme", "<p>Hello {{customer.first_name}}</p>")
    write_message(emulator, steps[3], "Three first steps", "<p>Begin here.</p>")


def build_reengagement(emulator, segments):
    made = emulator.ui.post(
        "/campaigns", json={"campaign": {"name": "Re-engagement, 3 days"}}
    ).json()
    campaign, end = made["campaign"]["id"], made["campaign"]["workflow_action_ids"][0]
    trigger = {"and": [{"segment": {"id": segments["Inactive 3+ days"]}}]}
    emulator.put(
        campaign,
        "recipients",
        client=emulator.ui,
        type="seg_attr",
        trigger=trigger,
        restart_mode="rematch",
        restart_min_interval=604800,
    ).raise_for_status()
    actions = [
        {
            "type": "conditional_branch_action",
            "name": "has the app",
            "conditions": emulator.attribute_is("has_mobile_app", "true"),
        },
        {"type": "push_action", "name": "nudge push"},
        {"type": "exit_action"},
        {"type": "email_action", "name": "nudge email"},
    ]
    edges = [
        emulator.edge(-4, -3, 0),
        emulator.edge(-4, -1, 1),
        emulator.edge(-3, -2),
        emulator.edge(-1, end),
    ]
    top = {"actions": actions}
    emulator.put(campaign, "add_actions", top, client=emulator.ui, edges=edges).raise_for_status()
    exits = [{"segment": {"id": segments["Inactive 7+ days"]}}]
    emulator.put(campaign, "exit_conditions", client=emulator.ui, global_exit_conditions=exits)
    steps = {each["name"]: each for each in emulator.read(campaign)["actions"]}
    push = {"title": "We miss you", "body": "Your streak is waiting.", "link": "acme://home"}
    write(
        emulator,
        steps["nudge push"]["template_id"],
        subject="We miss you",
        body_json=json.dumps(push),
    )
    write_message(emulator, steps["nudge email"], "We miss you", "<p>Come back.</p>")
    emulator.run(campaign)


def build_news(emulator):
    """Make a broadcast, whose audience and data come with each trigger."""
    made = emulator.ui.post("/campaigns", json={"campaign": {"name": "Product news"}}).json()
    campaign, end = made["campaign"]["id"], made["campaign"]["workflow_action_ids"][0]
    kind = "triggered_broadcast"
    emulator.put(campaign, "recipients", client=emulator.ui, type=kind).raise_for_status()
    top = {"actions": [{"type": "email_action", "name": "news", "sending_state": "automatic"}]}
    edges = [emulator.edge(-1, end)]
    emulator.put(campaign, "add_actions", top, client=emulator.ui, edges=edges).raise_for_status()
    [_, step] = emulator.read(campaign)["actions"]
    write_message(emulator, step, "{{trigger.headline}}", "<p>{{trigger.text}}</p>")
    emulator.run(campaign)


def write_message(emulator, step, subject, body):
    write(
        emulator,
        step["template_id"],
        subject=subject,
        body=body,
        layout_id=1,
        from_identity_id=1,
    )


def finished(emulator):
    """Return the content with people in its segments, live edits on, and without the audit log."""
    content = emulator.store.dump("acme")
    for segment in content["segments"]:
        segment["people"] = PEOPLE.get(segment["name"], segment["people"])
    return without_empty({**content, "audit_logs": [], "settings": {"edit_live_data": True}})


def without_empty(content):
    return {name: value for name, value in content.items() if value != []}


def test_the_seed_is_what_the_api_makes(emulator):
    made = build(emulator)
    assert demo_content() == made


def test_the_seed_can_be_planted_and_read(emulator):
    emulator.store.seed("tour", demo_content())
    assert without_empty(emulator.store.dump("tour")) == demo_content()
    tour = emulator.store.workspace("tour")
    app = emulator.client(tour.credentials.app_api_key, "/v1")
    counts = [
        app.get(f"/segments/{each['id']}/customer_count").json()["count"]
        for each in app.get("/segments").json()["segments"]
    ]
    assert counts == [412, 198, 1530, 12]
    contents = app.get("/transactional/PAYMENT_RECEIVED/contents").json()["contents"]
    assert [(each["language"], each["subject"]) for each in contents] == [
        (language, subject) for language, (subject, _) in RECEIPT.items()
    ]
    states = {each["name"]: each["state"] for each in app.get("/campaigns").json()["campaigns"]}
    assert states == {"Welcome": "draft", "Re-engagement, 3 days": "running"}


def regenerate(emulator) -> None:
    """Write the seed again; call it from a test when the demo workspace changes on purpose."""
    Path(str(SEED)).write_text(
        json.dumps(build(emulator), indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
