"""Campaigns: files, canonical form and conversations with the emulator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.errors import OutcomeUnknownError, PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.language.workflow import walk
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Response
from cioform.model.resource import Resource
from cioform.model.router import choose_route, unsupported_hint
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, UpdateRoute, Verb
from cioform.plan.compare.diff import compare
from cioform.plan.matching.adoption import document_edits
from cioform.plan.writes.dry_run import dry_run
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of, without_exits
from tests.support.known import known
from tests.support.operations import route_of

WELCOME = """\
name: Welcome
description: Two messages for everybody who signs up.
trigger:
  event: signed_up
exit:
  stops_matching: true
workflow:
  - id: welcome
    email:
      subject: Welcome to Acme
      body: |
        <p>Good to have you, {{customer.first_name}}.</p>
  - id: pause
    wait: 2d
  - id: activated_yet
    if:
      attribute: activated
      is: true
    then:
      - exit
  - id: nudge
    push:
      title: Still there?
      body: Your first project takes two minutes.
"""
PAUSE = "  - id: pause\n    wait: 2d\n"
LADDER = """\
name: reengage_3d
trigger: {segment: trial}
exit: {when: {segment: paying}}
workflow:
  - id: has_app
    if: {attribute: has_mobile_app, is: true}
    then:
      - id: nudge
        push: {title: Come back, body: We miss you, link: "app://home"}
      - exit
    else:
      - id: mail
        email:
          subject: Come back
          from: team@acme.com
          layout: plain
          body: <p>Hi</p>
          sending: automatic
      - exit
"""
LOOP = """\
name: loop
trigger:
  event: agreement_created
  where: {attribute: amount, greater_than: 10}
  audience: {all: [{segment: trial}, {attribute: plan, is: pro}]}
reentry: {mode: every_match, cooldown: 1d}
message_limits: false
send_to_unsubscribed: true
workflow:
  - id: one
    name: The first
    push: {title: T, body: B}
  - id: pending
    if: {segment: paying}
    then:
      - {id: two_hours, wait: 2h}
      - id: again
        if: {attribute: a, exists: true}
        then: []
        else:
          - id: text
            sms: {body: Hello, to: "{{customer.phone}}"}
    else:
      - id: tell
        webhook: {url: "https://example.com/x", headers: {A: b}, body: "{}"}
  - {id: last, wait: 1d}
"""


@pytest.fixture
def sandbox() -> CampaignSandbox:
    return CampaignSandbox()


@pytest.mark.parametrize("text", [WELCOME, LADDER, LOOP])
def test_a_created_campaign_reads_back_as_desired(sandbox: CampaignSandbox, text: str) -> None:
    attributes = attributes_of(text)
    expected = [
        str(r).replace("(id of this campaign)", "1")
        for r in dry_run(
            route_of(KIND, CreateRoute).operation(
                KIND.parse(attributes), WriteContext(sandbox.names)
            )
        )
    ]
    bound = sandbox.create(attributes)
    assert len(expected) == len(sandbox.sent)
    live = sandbox.live(bound.remote_id)
    assert list(compare(KIND, None, attributes, live.attributes)) == []
    assert live.decoded.reach.state == "draft"
    assert without_exits(live.decoded.parts) == without_exits(bound.parts)
    document = KIND.to_document(live.attributes)
    again = KIND.attributes(Campaign.model_validate(document))
    assert list(compare(KIND, None, again, live.attributes)) == []


def test_messages_are_created_as_drafts(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    assert known(sandbox.sent[0].body)["campaign"]["type"] == "none"
    [added] = [r for r in sandbox.sent if r.query.get("update_type") == "add_actions"]
    assert [a["id"] for a in known(added.body)["actions"]] == [-5, -4, -3, -2, -1]
    assert {a.get("sending_state") for a in known(added.body)["actions"]} == {"draft", None}
    actions = known(sandbox.live(bound.remote_id).found.wire)["actions"]
    assert {a["sending_state"] for a in actions if "template_id" in a} == {"draft"}


def test_an_unchanged_campaign_is_not_written(sandbox: CampaignSandbox) -> None:
    attributes = attributes_of(LADDER)
    bound = sandbox.create(attributes)
    assert sandbox.differences(bound.remote_id, attributes) == []


def test_an_unbound_campaign_is_matched_by_the_names_of_its_steps(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(LOOP))
    sandbox.names = Names(sandbox.names.ids, sandbox.names.known)
    live = sandbox.live(bound.remote_id)
    ids = [step["id"] for step in known(live.attributes)["workflow"]]
    assert ids == ["the_first", "pending", "last"]
    document = KIND.to_document(live.attributes)
    assert document["workflow"][0]["name"] == "The first"
    assert "trigger" in document


def test_an_adopted_campaign_keeps_its_actions(
    sandbox: CampaignSandbox,
) -> None:
    attributes = attributes_of(LOOP)
    bound = sandbox.create(attributes)
    sandbox.names = Names(sandbox.names.ids, sandbox.names.known)
    assert sandbox.apply(bound.remote_id, attributes) == []
    live = sandbox.live(bound.remote_id)
    assert without_exits(live.decoded.parts) == without_exits(bound.parts)


@pytest.mark.parametrize(
    ("before", "after", "writes"),
    [
        ("name: Welcome", "name: Willkommen", ["name_and_description"]),
        ("event: signed_up", "event: joined", ["recipients"]),
        ("exit:\n", "exit:\n  when: {segment: paying}\n", ["exit_conditions"]),
        ("workflow:", "message_limits: false\nworkflow:", ["global_settings"]),
        ("subject: Welcome to Acme", "subject: Hi", ["templates"]),
        ("      subject: W", "      sending: automatic\n      subject: W", ["actions"]),
        ("wait: 2d", "wait: 3d", ["actions"]),
        ("      is: true\n    then", "      is: false\n    then", ["actions"]),
        (PAUSE, "", ["delete_actions"]),
        ("  - id: nudge", "  - id: more\n    push: {title: T, body: B}\n  - id: nudge",
         ["add_actions", "templates"]),
        ("  - id: nudge", "  - id: poke", ["add_actions", "templates", "delete_actions"]),
        ("    then:\n      - exit\n", "    then: []\n", ["delete_actions"]),
    ],
)  # fmt: skip
def test_a_change_sends_only_the_requests_it_needs(
    sandbox: CampaignSandbox, before: str, after: str, writes: list[str]
) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    assert before in WELCOME
    sandbox.apply(bound.remote_id, attributes_of(WELCOME.replace(before, after, 1)))
    assert sandbox.last_kinds == writes


def test_unchanged_steps_keep_their_actions(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    turned = WELCOME.replace(PAUSE, "").replace("  - id: welcome", PAUSE + "  - id: welcome")
    sandbox.apply(bound.remote_id, attributes_of(turned))
    assert sandbox.live(bound.remote_id).decoded.parts == bound.parts
    assert sandbox.last_kinds == ["edges"]


def test_wrapping_a_step_in_a_branch_keeps_it(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    wrapped = WELCOME.replace(
        WELCOME[WELCOME.index("  - id: nudge") :],
        "  - id: has_app\n    if: {attribute: app, is: true}\n    then:\n      - id: nudge\n"
        "        push: {title: Still there, body: Your first project takes two minutes.}\n"
        "    else:\n      - id: other\n        sms: {body: Hi}\n",
    ).replace(PAUSE, "")  # fmt: skip
    sandbox.apply(bound.remote_id, attributes_of(wrapped))
    parts = sandbox.live(bound.remote_id).decoded.parts
    assert parts["nudge"] == bound.parts["nudge"]
    assert "pause" not in parts


def test_manual_edits_are_detected_and_reverted(sandbox: CampaignSandbox) -> None:
    attributes = attributes_of(LADDER)
    bound = sandbox.create(attributes)
    template = next(
        a["template_id"] for a in known(sandbox.live(bound.remote_id).found.wire)["actions"]
        if a["type"] == "email_action"
    )  # fmt: skip
    original = sandbox.send("GET", f"~/templates/{template}")["template"]
    unchanged = ("body", "from_identity_id", "layout_id", "recipient")
    edited = {name: original[name] for name in unchanged} | {
        "subject": "Edited",
        "cc": "boss@acme.com",
    }
    sandbox.send("PUT", f"~/templates/{template}", {"template": edited})
    [change] = sandbox.differences(bound.remote_id, attributes)
    assert change.path == ("messages", "mail", "subject")
    sandbox.apply(bound.remote_id, attributes)
    after = sandbox.send("GET", f"~/templates/{template}")["template"]
    assert (after["subject"], after["cc"]) == ("Come back", "boss@acme.com")


def test_omitted_fields_of_a_message_do_not_change(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(LADDER))
    shorter = attributes_of(LADDER.replace("          from: team@acme.com\n", ""))
    assert sandbox.differences(bound.remote_id, shorter) == []
    sandbox.apply(bound.remote_id, attributes_of(LADDER.replace(
        "          from: team@acme.com\n", "").replace("<p>Hi</p>", "<p>Ho</p>")))  # fmt: skip
    assert (
        known(sandbox.live(bound.remote_id).attributes)["messages"]["mail"]["from"]
        == "team@acme.com"
    )


@pytest.mark.parametrize("rule", ["once", "always"])
def test_an_addition_that_succeeded_despite_a_500_continues(rule: Any) -> None:
    sandbox = CampaignSandbox(Behavior(rate_limit=None, add_actions_500=rule))
    attributes = attributes_of(WELCOME)
    bound = sandbox.create(attributes)
    assert sandbox.differences(bound.remote_id, attributes) == []


def test_an_addition_of_unknown_outcome_that_is_not_found_raises() -> None:
    talk: Any = route_of(KIND, CreateRoute).operation(
        KIND.parse(attributes_of(WELCOME)), WriteContext()
    )
    answer: Any = None
    doubt = OutcomeUnknownError.of("Outcome not known", "The line was cut.")
    base: JsonValue = {
        "campaign": {"id": 1, "edges": []},
        "actions": [{"id": 9, "type": "exit_action"}],
    }
    asked = talk.send(None)
    while asked.query.get("update_type") != "add_actions":
        answer = Response(200, base if asked.method == "GET" else {"campaign": {"id": 1}})
        asked = talk.send(answer)
    look = talk.throw(doubt)
    assert str(look) == "GET ~/campaigns/1"
    with pytest.raises(OutcomeUnknownError):
        talk.send(Response(200, base))


def test_a_trigger_keeps_its_type(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    other = attributes_of(WELCOME.replace("  event: signed_up", "  segment: trial"))
    with pytest.raises(PlanError, match="cannot change the type"):
        sandbox.apply(bound.remote_id, other)


def test_a_trigger_of_another_type_reads_back_unchanged(sandbox: CampaignSandbox) -> None:
    attributes = attributes_of("""\
name: birthday
trigger: {raw: {type: date, date_triggered_attribute: birthday, start_time: noonish, zone: UTC}}
reentry: every_match
workflow: [{id: hi, push: {title: T, body: B}}]
""")
    bound = sandbox.create(attributes)
    live = sandbox.live(bound.remote_id)
    assert live.attributes["trigger"] == attributes["trigger"]
    sandbox.apply(bound.remote_id, {**attributes, "reentry": "once"})


def test_steps_of_unknown_types_are_imported_into_the_tree(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    wire: JsonValue = sandbox.live(bound.remote_id).found.wire
    nudge, end = bound.parts["nudge"], bound.parts["exit"]
    edges = [e for e in wire["campaign"]["edges"] if str(e["from"]) != nudge]
    split = {"type": "multi_lang_branch_action", "name": "Split", "languages": ["fr"]}
    chat = {"type": "llm_action", "name": "Chat", "prompt": "Be kind."}
    edges += [
        {"from": nudge, "to": "-2", "type": "continue"},
        {"from": "-2", "to": end, "type": "branch", "index": 0},
        {"from": "-2", "to": "-1", "type": "branch", "index": 1},
        {"from": "-1", "to": end, "type": "continue"},
    ]
    added = {"campaign": {"update_type": "add_actions", "edges": edges}, "actions": [split, chat]}
    sandbox.send("PUT", f"~/campaigns/{bound.remote_id}", added)
    live = sandbox.live(bound.remote_id)
    steps = {step["id"]: step for _, step in walk(known(live.attributes)["workflow"])}
    assert steps["split"]["action"] == "multi_lang_branch_action"
    assert steps["split"]["raw"] == {"languages": split["languages"]}
    assert steps["split"]["ways"] == [[], [steps["chat"]]]
    assert steps["chat"]["raw"] == {"prompt": "Be kind."}
    assert steps["welcome"] == {"id": "welcome", "email": {}}
    assert steps["pause"] == {"id": "pause", "wait": "2d"}

    document = json.loads(json.dumps(KIND.to_document(live.attributes)))
    again = KIND.attributes(Campaign.model_validate(document))
    assert list(compare(KIND, None, again, live.attributes)) == []
    sandbox.bind(WriteResult(bound.remote_id, live.decoded.parts))
    longer = json.loads(json.dumps(document).replace('"2d"', '"5d"'))
    writes = sandbox.apply(bound.remote_id, KIND.attributes(Campaign.model_validate(longer)))
    assert writes == [f"PUT ~/actions/{bound.parts['pause']}"]


def test_the_app_api_shows_messages_of_bound_steps_and_writes_them(
    sandbox: CampaignSandbox,
) -> None:
    attributes = attributes_of(LADDER)
    bound = sandbox.create(attributes)
    live = sandbox.live(bound.remote_id, Api.APP)
    assert live.attributes["workflow"] is UNKNOWN
    assert known(live.attributes)["messages"]["mail"]["subject"] == "Come back"
    assert known(live.attributes)["messages"]["mail"]["from"] == "team@acme.com"
    assert list(compare(KIND, attributes, attributes, live.attributes)) == []
    changed = attributes_of(LADDER.replace("subject: Come back", "subject: Hello").replace(
        "sending: automatic", "sending: draft"))  # fmt: skip
    paths = [c.path for c in compare(KIND, attributes, changed, live.attributes)]
    assert paths == [("messages", "mail", "sending"), ("messages", "mail", "subject")]
    update = route_of(KIND, UpdateRoute, Api.APP)
    assert all(update.covers(path) for path in paths)
    sandbox.drive(update.operation(live, KIND.parse(changed), WriteContext(sandbox.names, paths)))
    assert sandbox.differences(bound.remote_id, changed) == []


def test_the_app_api_shows_tags_and_the_event_of_a_trigger(sandbox: CampaignSandbox) -> None:
    attributes = attributes_of(LOOP + "tags: [b, a]\n")
    bound = sandbox.create(attributes)
    live = sandbox.live(bound.remote_id, Api.APP).attributes
    assert live["tags"] == ["a", "b"]
    assert live["trigger"] == {
        "event": "agreement_created", "where": UNKNOWN, "audience": UNKNOWN,
    }  # fmt: skip
    assert list(compare(KIND, attributes, attributes, live)) == []
    assert list(compare(KIND, None, attributes, live)) == []
    changed = attributes_of(LOOP.replace("_created", "_signed") + "tags: [b]\n")
    paths = {change.path for change in compare(KIND, attributes, changed, live)}
    assert {path[0] for path in paths} == {"tags", "trigger"}
    assert ("trigger", "event") in paths
    resource = Resource(Address("campaign", "loop"), changed)
    edits = document_edits(KIND, resource, live)
    assert edits[("trigger",)] == attributes["trigger"]
    assert edits[("tags",)] == ["b", "a"]


def test_the_app_api_shows_the_date_and_time_of_a_trigger(sandbox: CampaignSandbox) -> None:
    for zone, fallback in (("person", "Europe/Rome"), ("Europe/London", None)):
        trigger = {"date": "renewal", "repeats": "yearly", "at": "08:30", "time_zone": zone}
        fields = {**trigger, "days_before": 3} | (
            {"fallback_time_zone": fallback} if fallback else {}
        )
        wanted = attributes_of(yaml.safe_dump({**yaml.safe_load(LOOP), "trigger": fields}))
        bound = sandbox.create(wanted | {"name": zone})
        live: KindFields = sandbox.live(bound.remote_id, Api.APP).attributes
        assert {name: v for name, v in live["trigger"].items() if v is not UNKNOWN} == trigger
        assert list(compare(KIND, wanted, wanted, live | {"name": "loop"})) == []


@pytest.mark.parametrize("field", ["title", "body", "link"])
def test_the_text_of_a_push_is_sent_over_the_api_that_accepts_it(field: str) -> None:
    attributes, path = attributes_of(LADDER), ("messages", "nudge", field)
    taken = choose_route(KIND, UpdateRoute, frozenset(Api), [path], attributes)
    assert taken is not None
    assert taken.api is Api.JOURNEYS
    app = frozenset({Api.APP})
    assert choose_route(KIND, UpdateRoute, app, [path], attributes) is None
    assert "service_account_token" in unsupported_hint(KIND, Verb.UPDATE, app, [path], attributes)
    sending = ("messages", "nudge", "sending")
    assert choose_route(KIND, UpdateRoute, app, [sending], attributes) is not None


def test_the_app_api_needs_bindings_for_messages(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(LADDER))
    sandbox.names = Names(sandbox.names.ids, sandbox.names.known)
    assert sandbox.live(bound.remote_id, Api.APP).attributes["messages"] is UNKNOWN


def test_campaigns_are_listed_on_both_apis_and_deleted(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    for api in (Api.APP, Api.JOURNEYS):
        [found] = sandbox.drive(route_of(KIND, ListRoute, api).operation())
        assert (found.remote_id, found.identity) == (bound.remote_id, "Welcome")
        assert KIND.decode(found, sandbox.names).attributes["workflow"] is UNKNOWN
    sandbox.drive(route_of(KIND, DeleteRoute).operation(sandbox.live(bound.remote_id)))
    assert sandbox.drive(route_of(KIND, ListRoute).operation()) == []


def test_equivalent_spellings_are_equal() -> None:
    nested = WELCOME.replace("  - id: nudge\n", "    else:\n      - id: nudge\n")
    inside = attributes_of(nested.replace(
        "    push:\n      title: Still there?\n      body: Y",
        "        push:\n          title: Still there?\n          body: Y"))  # fmt: skip
    after = attributes_of(WELCOME)
    assert inside["workflow"] != after["workflow"]
    assert KIND.normalize(inside) == KIND.normalize(after)


def test_the_document_of_the_example_is_the_example() -> None:
    text = yaml.safe_load(WELCOME)
    assert KIND.to_document(attributes_of(WELCOME)) == text
    assert list(KIND.body_files(text)) == [(("workflow", 0, "email", "body"), "welcome.html")]


def test_references_have_the_paths_of_the_document() -> None:
    found = {(r.kind, r.text, r.path) for r in KIND.references(attributes_of(LADDER))}
    assert found == {
        ("segment", "trial", ("trigger", "segment")),
        ("segment", "paying", ("exit", "when", "segment")),
        ("sender", "team@acme.com", ("workflow", 0, "else", 0, "email", "from")),
        ("layout", "plain", ("workflow", 0, "else", 0, "email", "layout")),
    }
    assert ("trigger", "audience", "all", 0, "segment") in [
        r.path for r in KIND.references(attributes_of(LOOP))
    ]


@pytest.mark.parametrize(
    ("change", "at", "expected_message"),
    [
        (("    then:\n", "    thne:\n"), ("workflow", 2, "thne"), "has no field `thne`"),
        (("    email:", "    emial:"), ("workflow", 0, "emial"), "Did you mean `email`"),
        (("subject:", "subjet:"), ("workflow", 0, "email", "subjet"), "has no field `subjet`"),
        (("      title: Still there?\n", ""), ("workflow", 3, "push", "title"),
         "Missing required field"),
        (("wait: 2d", "wait: two"), ("workflow", 1, "wait"), "must be a duration"),
        (("  stops_matching: true", "  when: {attribute: a, is: b}"), ("exit", "when"),
         "only segments as exit conditions"),
        (("      is: true\n    then", "      si: true\n    then"), ("workflow", 2, "if"), "si"),
        (("  event: signed_up", "  evnt: signed_up"), ("trigger",), "event"),
        (("trigger:\n  event: signed_up\n", ""), (), "needs a trigger"),
        (("workflow:", "wf:"), ("wf",), "Extra inputs"),
        (("wait: 2d", "random_branches: []"), ("workflow", 1, "random_branches"),
         "is a list of branches"),
    ],
)  # fmt: skip
def test_problems_have_their_paths(
    change: tuple[str, str], at: Sequence[Any], expected_message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        attributes_of(WELCOME.replace(*change, 1))
    found = [(tuple(e["loc"]), e["msg"]) for e in caught.value.errors()]
    assert any(path == at and expected_message in text for path, text in found), found


def test_a_hundred_nested_branches_are_refused_with_a_hint() -> None:
    steps: list[Any] = [{"id": "w", "wait": "1d"}]
    for n in range(100):
        steps = [{"id": f"i{n}", "if": {"attribute": "a", "is": 1}, "then": steps}]
    with pytest.raises(ValidationError, match="nested more than 60 levels deep"):
        Campaign.model_validate({"name": "n", "trigger": {"event": "e"}, "workflow": steps})
