"""Every step type and every trigger type: created, read, imported and changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.wire.filter_encoding import encode_filter
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.plan.compare.diff import compare
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of
from tests.support.campaign_steps import EVERY_STEP
from tests.support.known import known
from tests.support.sandbox_project import SandboxProject

VARIANTS = [
    Behavior(rate_limit=None),
    Behavior(rate_limit=None, window_format="minutes", untimed_wait_branches="one"),
    Behavior(rate_limit=None, window_format="seconds", segment_step_format="remove"),
    Behavior(rate_limit=None, data_step_extra_members=True, template_put="merge"),
    Behavior(rate_limit=None, edges_index_always=True, action_status="map"),
    Behavior(rate_limit=None, add_actions_500="always", put_returns_previous=False),
]


@pytest.fixture
def sandbox() -> CampaignSandbox:
    return CampaignSandbox()


def with_topic(sandbox: CampaignSandbox) -> CampaignSandbox:
    sandbox.store.seed("acme", {"subscription_topics": [{"id": 5, "name": "News"}]})
    return sandbox


@pytest.mark.parametrize("behavior", VARIANTS, ids=str)
def test_every_step_type_reads_back_unchanged(behavior: Behavior) -> None:
    sandbox = with_topic(CampaignSandbox(behavior))
    attributes = attributes_of(EVERY_STEP)
    bound = sandbox.create(attributes)
    assert sandbox.differences(bound.remote_id, attributes) == []
    live = sandbox.live(bound.remote_id)
    document = KIND.to_document(live.attributes)
    again = KIND.attributes(Campaign.model_validate(yaml.safe_load(yaml.safe_dump(document))))
    assert list(compare(KIND, None, again, live.attributes)) == []
    assert "graph" not in document


def test_an_import_is_as_a_person_would_write_it(sandbox: CampaignSandbox) -> None:
    bound = with_topic(sandbox).create(attributes_of(EVERY_STEP))
    document = KIND.to_document(sandbox.live(bound.remote_id).attributes)
    written = yaml.safe_load(EVERY_STEP)
    for name in ("trigger", "reentry", "goal", "tags", "topic"):
        assert document[name] == written[name]
    steps, expected = document["workflow"], written["workflow"]
    assert [step["id"] for step in steps] == [step["id"] for step in expected]
    of_messages = {"hello", "who", "subject_test"}  # which come back with more fields
    for step, as_written in zip(steps, expected, strict=True):
        assert step["id"] in of_messages or step == as_written


def test_an_unbound_campaign_is_matched_by_names_and_keeps_its_actions(
    sandbox: CampaignSandbox,
) -> None:
    attributes = attributes_of(EVERY_STEP)
    bound = with_topic(sandbox).create(attributes)
    sandbox.forget()
    live = sandbox.live(bound.remote_id)
    assert live.decoded.parts["short"] == bound.parts["short"]
    [wait] = [step for step in known(live.attributes)["workflow"] if step["id"] == "read"]
    assert wait["wait_until"]["any"][0] == {"opened": "hello"}
    assert sandbox.apply(bound.remote_id, attributes, allow_unchanged=True) == []


def test_unsupported_members_of_a_step_are_imported_and_otherwise_unmanaged() -> None:
    sandbox = CampaignSandbox(Behavior(rate_limit=None, data_step_extra_members=True))
    text = "name: T\ntrigger: {event: e}\nworkflow: [{id: tell, send_event: x}]\n"
    bound = sandbox.create(attributes_of(text))
    assert sandbox.differences(bound.remote_id, attributes_of(text)) == []
    [step] = KIND.to_document(sandbox.live(bound.remote_id).attributes)["workflow"]
    assert step["send_event"]["data"] == {"data_version": 2, "on_error": {"retry": True}}
    other = text.replace("x}", "{name: x, data: {on_error: {retry: false}}}}")
    sandbox.apply(bound.remote_id, attributes_of(other), allow_differences=True)
    [put] = sandbox.last_writes
    assert known(put.body)["action"]["on_error"] == {"retry": False}
    assert known(put.body)["action"]["data_version"] == 2


MESSAGES = {
    "email": ("email: {subject: S, body: B}", "subject: S"),
    "sms": ("sms: {body: S}", "body: S"),
    "whatsapp": ("whatsapp: {body: S, content: {template: hi}}", "body: S"),
    "in_app": ("in_app: {content: {title: S}}", "title: S"),
    "slack": ('slack: {body: S, channel: "#sales"}', "body: S"),
}


@pytest.mark.parametrize("keyword", MESSAGES)
def test_an_ab_test_of_any_type_that_exists_is_read_and_changed(
    sandbox: CampaignSandbox, keyword: str
) -> None:
    message, before = MESSAGES[keyword]
    start = "name: T\ntrigger: {event: e}\nworkflow:\n"
    bound = sandbox.create(attributes_of(f"{start}  - {{id: x, {message}}}\n"))
    body = {"campaign_id": bound.remote_id, "type": "randomized"}
    sandbox.send("POST", f"~/actions/{bound.parts['x']}/test", body)
    live = sandbox.live(bound.remote_id)
    [step] = KIND.to_document(live.attributes)["workflow"]
    assert [keyword in variant for variant in step["ab_test"]] == [True, True]
    sandbox.bind(type(bound)(bound.remote_id, live.decoded.parts))
    ids = [variant["id"] for variant in step["ab_test"]]
    changed = message.replace(before, f"{before}2")
    text = (
        f"{start}  - id: x\n    ab_test:\n"
        f"      - {{id: {ids[0]}, name: x A, percent: 70, {changed}}}\n"
        f"      - {{id: {ids[1]}, name: x B, percent: 30, {message}}}\n"
    )
    sandbox.apply(bound.remote_id, attributes_of(text))
    assert sandbox.differences(bound.remote_id, attributes_of(text)) == []


def test_a_new_ab_test_of_a_type_that_no_source_records_is_blocked(
    sandbox: CampaignSandbox,
) -> None:
    variants = "[{id: a, percent: 50, sms: {body: A}}, {id: b, percent: 50, sms: {body: B}}]"
    text = f"name: T\ntrigger: {{event: e}}\nworkflow: [{{id: x, ab_test: {variants}}}]\n"
    with pytest.raises(PlanError, match="does not know whether the API can make one of `sms`"):
        sandbox.create(attributes_of(text))
    assert "test" not in str(sandbox.last_writes)


def test_a_wait_refers_to_the_action_of_its_step(sandbox: CampaignSandbox) -> None:
    bound = with_topic(sandbox).create(attributes_of(EVERY_STEP))
    wire: JsonValue = sandbox.live(bound.remote_id).found.wire
    from cioform.language.conditions import decode_filter

    [wait] = [a for a in wire["actions"] if a["name"] == "read"]
    [element] = decode_filter(wait["multi_conditions"][0])
    assert element["event"]["name"] == f"output_{bound.parts['hello']}"


MORE = "      - if: {attribute: z, is: 1}\n        then: [exit]\n"


@pytest.mark.parametrize(
    ("before", "after", "writes"),
    [
        ("days: [mon, wed]", "days: [mon, fri]", ["actions"]),
        ("time_zone: person, fallback_time_zone: Europe/London", "time_zone: Europe/London",
         ["actions"]),
        ("{min: 1h, max: 2d}", "{min: 1h, max: 3d}", ["actions"]),
        ("timeout: 3d", "timeout: 4d", ["actions"]),
        ("opened: hello", "clicked: hello", ["actions"]),
        ("- event: purchased", "- event: paid", ["actions"]),
        ("set_attributes: {keen: true}", "set_attributes: {keen: false}", ["actions"]),
        ("send_event: fell_silent", "send_event: asleep", ["actions"]),
        ("add_to_segment: trial", "remove_from_segment: trial", ["actions"]),
        ("{collection: prices, limit: 3}", "{collection: prices, limit: 4}", ["actions"]),
        ("      - if: {segment: trial}\n", "      - if: {attribute: x, is: 1}\n",
         ["actions"]),
        ("      - if: {all: [{attribute: plan, is: pro}, {attribute: seats, greater_than: 3}]}\n",
         "", ["actions", "edges"]),
        ("    else:", MORE + "    else:", ["actions", "add_actions"]),
        ("Hello there", "Good day", ["templates"]),
        ("sending: automatic", "sending: draft", ["actions"]),
        ("position: top", "position: bottom", ["templates"]),
        ("body: A new one", "body: Another", ["templates"]),
        ("template: hi", "template: ho", ["templates"]),
        ("goal: {event: purchased, within: 7d}", "goal: none", ["exit_and_conversion"]),
        ("within: 7d", "within: 8d", ["exit_and_conversion"]),
        ("topic: topic#5", "topic: none", ["global_settings"]),
    ],
)  # fmt: skip
def test_a_change_sends_only_the_requests_it_needs(
    sandbox: CampaignSandbox, before: str, after: str, writes: list[str]
) -> None:
    bound = with_topic(sandbox).create(attributes_of(EVERY_STEP))
    sandbox.apply(bound.remote_id, attributes_of(edited_text(before, after)))
    assert sandbox.last_kinds == writes


def edited_text(before: str, after: str) -> str:
    assert before in EVERY_STEP
    return EVERY_STEP.replace(before, after, 1)


def test_tags_are_created_attached_and_detached(sandbox: CampaignSandbox) -> None:
    bound = with_topic(sandbox).create(attributes_of(EVERY_STEP))
    ids = {
        tag["name"]: tag["id"] for tag in known(sandbox.live(bound.remote_id).found.wire)["tags"]
    }
    writes = sandbox.apply(
        bound.remote_id, attributes_of(edited_text("[autumn, onb", "[spring, onb"))
    )
    assert writes == [
        "POST ~/tags",
        "POST ~/campaigns/1/tags",
        f"DELETE ~/campaigns/1/tags/{ids['autumn']}",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [(("percent: 33.4", "percent: 40"), ("percent: 66.6", "percent: 60")),
     (("percent: 70", "percent: 60"), ("percent: 30", "percent: 40"))],
)  # fmt: skip
def test_percentages_are_one_request(
    sandbox: CampaignSandbox, one: tuple[str, str], other: tuple[str, str]
) -> None:
    bound = with_topic(sandbox).create(attributes_of(EVERY_STEP))
    sandbox.apply(bound.remote_id, attributes_of(edited_text(*one).replace(*other, 1)))
    assert sandbox.last_kinds == ["actions"]


def test_an_ab_test_keeps_its_variants(sandbox: CampaignSandbox) -> None:
    one = "name: T\ntrigger: {event: e}\nworkflow:\n  - id: hi\n    push: {title: A, body: B}\n"
    two = (
        "name: T\ntrigger: {event: e}\nworkflow:\n  - id: hi\n    ab_test:\n"
        "      - {id: a, percent: 50, push: {title: A, body: B}}\n"
        "      - {id: b, percent: 50, push: {title: C, body: D}}\n"
    )
    bound = sandbox.create(attributes_of(two))
    three = two + "      - {id: c, percent: 0, push: {title: C, body: D}}\n"
    with pytest.raises(PlanError, match="no API adds or removes"):
        sandbox.apply(bound.remote_id, attributes_of(three))
    sandbox.apply(bound.remote_id, attributes_of(one.replace("id: hi", "id: other")))
    assert [a["type"] for a in known(sandbox.live(bound.remote_id).found.wire)["actions"]] == [
        "exit_action",
        "push_action",
    ]
    with pytest.raises(PlanError, match="only tests with two"):
        sandbox.create(attributes_of(three))


def test_a_wait_with_an_unreachable_branch_does_not_change(sandbox: CampaignSandbox) -> None:
    text = (
        "name: T\ntrigger: {event: e}\nworkflow:\n  - id: w\n"
        "    wait_until: {attribute: a, is: b}\n    timeout: never\n    on_timeout: []\n"
        "  - {id: p, push: {title: A, body: B}}\n"
    )
    attributes = attributes_of(text)
    bound = sandbox.create(attributes)
    live = sandbox.live(bound.remote_id)
    assert len(known(live.found.wire)["campaign"]["edges"]) == 3
    assert KIND.to_document(live.attributes)["workflow"][0]["on_timeout"] == []
    assert sandbox.differences(bound.remote_id, attributes) == []
    sandbox.apply(bound.remote_id, attributes_of(text.replace("    on_timeout: []\n", "")))
    assert len(known(sandbox.live(bound.remote_id).found.wire)["campaign"]["edges"]) == 2


_ONE = "email: {subject: A, body: B}"
_OTHER = "email: {subject: C, body: D}"
_PUSH = "push: {title: A, body: B}"
_TEST = [f"{{id: a, percent: 50, {_ONE}}}", f"{{id: b, percent: 50, {_OTHER}}}"]


def with_test(*variants: str, name: str = "t") -> list[str]:
    return [f"{{id: {name}, ab_test: [{', '.join(variants)}]}}"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (with_test(*_TEST), [f"{{id: a, {_ONE}}}"], "`a` is a variant of the A/B test `t`"),
        ([f"{{id: a, {_ONE}}}"], with_test(*_TEST), "`a` is a step of its own in Customer.io"),
        (with_test(*_TEST), with_test(*_TEST, name="u"), "a variant of the A/B test `u` in the"),
        ([f"{{id: t, {_ONE}}}"], with_test(*_TEST), "`t` is a message in Customer.io and an A/B"),
        (
            with_test(*_TEST),
            with_test(_TEST[0], _TEST[1].replace("id: b", "id: c")),
            "the variant `b` in Customer.io, and only `a`, `c` in the file",
        ),
        (
            with_test(*_TEST),
            with_test(*(each.replace(_ONE, _PUSH).replace(_OTHER, _PUSH) for each in _TEST)),
            "`a` is a variant of another type in Customer.io and `push` in the file",
        ),
    ],
)
def test_the_ids_of_ab_tests_do_not_pass_to_other_steps(
    sandbox: CampaignSandbox, before: list[str], after: list[str], reason: str
) -> None:
    def attributes(steps: list[str]) -> dict[str, Any]:
        return attributes_of(f"name: T\ntrigger: {{event: e}}\nworkflow: [{', '.join(steps)}]\n")

    bound = sandbox.create(attributes(before))
    content = sandbox.live(bound.remote_id).found.wire
    with pytest.raises(PlanError, match=re.escape(reason)):
        sandbox.apply(bound.remote_id, attributes(after))
    assert sandbox.live(bound.remote_id).found.wire == content


TRIGGERS = {
    "event": "{event: bought, where: {attribute: amount, greater_than: 5}, "
    "audience: {segment: trial}}",
    "condition": "{all: [{segment: trial}, {attribute: plan, is: pro}]}",
    "date": "{date: birthday, repeats: yearly, at: '08:30', time_zone: person, "
    "fallback_time_zone: UTC, days_before: 3, audience: {segment: trial}}",
    "date after": "{date: trial_end, time_zone: Europe/London, days_after: 2}",
    "form": "{form: contact_us, audience: {attribute: plan, is: pro}}",
    "object": "{object: {object_campaign: {type_id: 1, event: created}, "
    "object_attribute_triggers: [{type: Updated, field: status}], audience: {type: 1}}}",
    "relationship": "{relationship: {relationship_campaign: {type_id: 1}, audience: {type: 0}}}",
    "webhook": "{webhook: 12}",
    "api": "{api: true}",
}


@pytest.mark.parametrize("sort", TRIGGERS)
def test_every_trigger_type_round_trips(sandbox: CampaignSandbox, sort: str) -> None:
    steps = "workflow: [{id: hi, push: {title: T, body: B}}]\n"
    attributes = attributes_of(f"name: T\ntrigger: {TRIGGERS[sort]}\n{steps}")
    bound = sandbox.create(attributes)
    live = sandbox.live(bound.remote_id)
    assert live.attributes["trigger"] == attributes["trigger"]
    assert sandbox.differences(bound.remote_id, attributes) == []
    document = KIND.to_document(live.attributes)
    assert attributes_of(yaml.safe_dump(document))["trigger"] == attributes["trigger"]
    if sort not in ("relationship", "api"):
        again = attributes_of(f"name: T\ntrigger: {TRIGGERS[sort]}\nreentry: every_match\n{steps}")
        sandbox.apply(bound.remote_id, again)


def test_a_date_is_read_in_either_spelling_and_written_in_the_one_read(
    sandbox: CampaignSandbox,
) -> None:
    steps = "workflow: [{id: hi, push: {title: T, body: B}}]\n"
    bound = sandbox.create(attributes_of(f"name: T\ntrigger: {{date: d, time_zone: UTC}}\n{steps}"))
    plain = {"frequency": "monthly", "start_time": "10:00", "zone": "UTC", "lead_days": 2}
    fields = {"type": "date", "date_triggered_attribute": "d", **plain}
    body = {"campaign": {"update_type": "recipients", **fields}}
    sandbox.send("PUT", f"~/campaigns/{bound.remote_id}", body)
    message = {
        "date": "d",
        "repeats": "monthly",
        "at": "10:00",
        "time_zone": "UTC",
        "days_before": 2,
    }
    assert sandbox.live(bound.remote_id).attributes["trigger"] == message
    later = "{date: d, repeats: monthly, at: '11:00', time_zone: UTC, days_before: 2}"
    sandbox.apply(bound.remote_id, attributes_of(f"name: T\ntrigger: {later}\n{steps}"))
    [write] = sandbox.last_writes
    assert known(write.body)["campaign"]["start_time"] == "11:00"


@pytest.mark.parametrize("kind", ["triggered_broadcast", "api_triggered"])
def test_both_names_of_an_api_trigger_are_read(kind: str) -> None:
    sandbox = CampaignSandbox()
    made = sandbox.send("POST", "~/campaigns", {"campaign": {"name": "T", "type": kind}})
    attributes = attributes_of("name: T\ntrigger: {api: true}\nworkflow: []\n")
    assert sandbox.differences(str(made["campaign"]["id"]), attributes) == []


def test_an_old_behavioral_campaign_is_read_and_not_changed() -> None:
    sandbox = CampaignSandbox(Behavior(rate_limit=None, allow_behavioral=True))
    text = "name: T\ntrigger: {behavioral: {segment: trial}}\nworkflow: []\n"
    with pytest.raises(PlanError, match="no longer accepts"):
        sandbox.create(attributes_of(text))
    assert not [request for request in sandbox.sent if request.writes]
    made = sandbox.send("POST", "~/campaigns", {"campaign": {"name": "T", "type": "behavioral"}})
    remote_id = str(made["campaign"]["id"])
    elements = [{"type": "segments_negatable", "segments": [10], "negate": False}]
    recipients = {"update_type": "recipients", "anchors": encode_filter(elements)}
    sandbox.send("PUT", f"~/campaigns/{remote_id}", {"campaign": recipients})
    sandbox.apply(remote_id, attributes_of(text))  # which writes the settings that the API left
    assert sandbox.live(remote_id).attributes["trigger"] == {"behavioral": {"segment": "trial"}}
    steps = "workflow: [{id: w, wait: 1d}]"
    sandbox.apply(remote_id, attributes_of(text.replace("workflow: []", steps)))
    assert sandbox.last_kinds == ["add_actions"]


MISTAKES: list[tuple[str, tuple[Any, ...], str]] = [
    ("wait_window: {from: '9', to: '21:00', time_zone: UTC}", ("wait_window", "from"), "09:00"),
    ("wait_window: {from: '09:00', to: '09:00', time_zone: UTC}", ("wait_window",), "never opens"),
    ("wait_window: {from: '09:00', to: '21:00'}", ("wait_window", "time_zone"),
     "time_zone: Europe/London"),
    ("wait_window: {days: [mon, mon], from: '09:00', to: '21:00', time_zone: UTC}",
     ("wait_window", "days"), "each day once"),
    ("wait_window: {from: '09:00', to: '10:00', time_zone: UTC, fallback_time_zone: UTC}",
     ("wait_window",),
     "only for `time_zone: person`"),
    ("wait_random: {min: 2d, max: 1d}", ("wait_random",), "is longer than"),
    ("wait_until: {segment: trial}", ("timeout",), "timeout: 3d  # or never"),
    ("{wait_until: {segment: trial}, timeout: 0s}", ("timeout",), "never waits"),
    ("{wait_until: {segment: trial}, timeout: 30000d}", ("timeout",), "not be longer than 24855d"),
    ("wait: 100000000000000000000d", ("wait",), "must not be longer than 24855d"),
    ("wait_random: {min: 1d, max: 24856d}", ("wait_random", "max"), "not be longer than 24855d"),
    ("{wait_until: {opened: nope}, timeout: 1d}", ("wait_until", "opened"), "has the ID `nope`"),
    ("if: {event: bought}", ("if",), "cannot test `event`"),
    ("branches: [{then: []}]", ("branches", 0, "if"), "if: {segment: vip}"),
    ("random_branches: [{percent: 50}, {percent: 40}]", ("random_branches",), "add up to 90"),
    ("random_branches: [{percent: 33.33}, {percent: 66.67}]",
     ("random_branches", 0, "percent"), "one decimal"),
    ("random_branches: [{percent: '5'}, {percent: 95}]",
     ("random_branches", 0, "percent"), 'not the text "5"; for example 33.3'),
    ("ab_test: [{id: a, percent: 50, sms: {body: B}}, {id: b, percent: 40, sms: {body: B}}]",
     ("ab_test",), "the last should be 50"),
    ("set_attributes: {a: 1, b: 2}", ("set_attributes",), "a step for each"),
    ("add_to_segment: ''", ("add_to_segment",), "at least 1 character"),
    ("send_event: ''", ("send_event",), "needs the name of an event"),
    ("exit: {now: true}", (), "has no fields"),
    ("{wait: 1d, timeout: 3d}", ("timeout",), "has no field `timeout`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "at", "expected_message"), MISTAKES, ids=[m[0][:40] for m in MISTAKES]
)
def test_problems_of_a_step_have_their_paths(
    step: str, at: tuple[Any, ...], expected_message: str
) -> None:
    body = "{id: s, " + step.removeprefix("{").removesuffix("}" if step[0] == "{" else "") + "}"
    text = f"name: T\ntrigger: {{event: e}}\nworkflow: [{body}]\n"
    with pytest.raises(ValidationError) as caught:
        Campaign.model_validate(yaml.safe_load(text))
    found = [(tuple(e["loc"]), e["msg"]) for e in caught.value.errors()]
    assert any(
        path == ("workflow", 0, *at) and expected_message in message for path, message in found
    ), found


TRIGGER_MISTAKES = [
    ("trigger: {date: birthday}", ("trigger", "time_zone"), "Field required"),
    ("trigger: {date: d, time_zone: UTC, days_before: 1, days_after: 1}", ("trigger",), "not both"),
    ("trigger: {api: false}", ("trigger", "api"), "True"),
    ("trigger: {event: e, were: {}}", ("trigger", "were"), "Extra inputs"),
    ("trigger: {raw: {type: form, event: x}}", ("trigger",), "trigger: {form: x}"),
    ("trigger: {raw: {type: odd, filters: '???'}}", ("trigger", "raw", "filters"), "base64"),
    ("trigger: {event: ' '}", ("trigger", "event"), "more than white space"),
    ("trigger: {form: ' '}", ("trigger", "form"), "more than white space"),
    ("trigger: {date: ' ', time_zone: UTC}", ("trigger", "date"), "more than white space"),
    ("trigger: {date: d, time_zone: UTC, days_before: 99999}", ("trigger", "days_before"), "24855"),
    ("trigger: {event: e}\ngoal: {event: p, within: 0d}", ("goal", "within"), "remove the line"),
    ("trigger: {event: e}\ngoal: {event: p, within: 99999d}", ("goal", "within"), "24855d"),
    ("trigger: {event: e}\ngoal: {event: ' '}", ("goal", "event"), "more than white space"),
    ("trigger: {event: e}\ngoal: {within: 1d}", ("goal",), "event: purchased"),
    ("trigger: {event: e}\nexit: {when: {event: x}}", ("exit", "when"), "cannot test `event`"),
]


@pytest.mark.parametrize(("lines", "at", "expected_message"), TRIGGER_MISTAKES)
def test_problems_of_a_trigger_are_reported(
    lines: str, at: tuple[Any, ...], expected_message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Campaign.model_validate(yaml.safe_load(f"name: T\n{lines}\nworkflow: []\n"))
    found = [(tuple(e["loc"]), e["msg"]) for e in caught.value.errors()]
    assert any(path[: len(at)] == at and expected_message in message for path, message in found), (
        found
    )


def test_all_problems_are_reported_at_once() -> None:
    steps = [
        {"id": "w", "wait": "two"},
        {"emial": {}},
        {"id": "A", "push": {"title": "x"}},
        {"id": "r", "random_branches": [{"percent": 1}, {"percent": 1}]},
    ]
    with pytest.raises(ValidationError) as caught:
        Campaign.model_validate({"name": "T", "trigger": {"event": "e"}, "workflow": steps})
    assert {tuple(e["loc"][1:3]) for e in caught.value.errors()} == {
        (0, "wait"), (1, "emial"), (2, "id"), (2, "push"), (3, "random_branches"),
    }  # fmt: skip


def test_a_raw_node_must_be_encoded() -> None:
    graph = {
        "nodes": [
            {"id": "a", "action": "odd_action", "raw": {"multi_conditions": ["%%%"]}},
            {"id": "e", "exit": True},
        ],
        "edges": [{"from": "a", "to": "e"}],
    }
    with pytest.raises(ValidationError, match="base64"):
        Campaign.model_validate({"name": "T", "trigger": {"event": "e"}, "graph": graph})


def test_a_live_campaign_with_500_levels_is_read_and_not_changed() -> None:
    # It is nested more deeply than a file can be, so it is imported as a graph.
    nodes: list[Any] = [{"id": f"i{n}", "if": {"attribute": "a", "is": 1}} for n in range(500)]
    nodes += [{"id": f"x{n}", "exit": True} for n in range(500)] + [{"id": "exit", "exit": True}]
    edges = []
    for n in range(500):
        edges.append({"from": f"i{n}", "to": f"i{n + 1}" if n < 499 else "exit", "branch": 0})
        edges.append({"from": f"i{n}", "to": f"x{n}", "branch": 1})
    attributes = KIND.attributes(
        Campaign.model_validate(
            {"name": "T", "trigger": {"event": "e"}, "graph": {"nodes": nodes, "edges": edges}}
        )
    )
    assert KIND.normalize(attributes)["workflow"]
    assert KIND.to_document(attributes)["graph"]["nodes"][0]["id"] == "i0"


def test_a_third_variant_loads_and_only_creating_it_is_blocked(tmp_path: Path) -> None:
    """Corrections 2026-11, row 27."""
    project = SandboxProject(tmp_path)
    variants = [
        {"id": name, "percent": percent, "push": {"title": name, "body": "b"}}
        for name, percent in (("a", 34), ("b", 33), ("c", 33))
    ]
    workflow = [{"id": "test", "ab_test": variants}]
    document = {"name": "C", "trigger": {"event": "e"}, "workflow": workflow}
    project.write("campaigns/c.yaml", document)
    plan = project.plan()
    [item] = plan.blocked
    assert not plan.changes
    assert "`test` has 3 variants, and the API can create only tests with two" in item.hint
