"""Campaigns: files, canonical form, and conversations with the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from cioform.base.address import Address
from cioform.base.errors import InDoubt, PlanRefused, RemoteRefused
from cioform.base.value import UNKNOWN
from cioform.emulator.rules import Rules
from cioform.emulator.server import make_app
from cioform.emulator.store import Store
from cioform.emulator.transport import InProcess
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.language.conditions import encode_text
from cioform.model.access import Credentials, Endpoint
from cioform.model.conversation import Api, Request, Response
from cioform.model.kind import Bound, Found, Live, Verb
from cioform.model.names import Names
from cioform.plan.diff import compare
from cioform.plan.rehearse import rehearse
from cioform.remote.connect import HttpProvider, connect
from cioform.remote.pace import Rates
from cioform.run.drive import drive

HOST = "http://emulator.test"
Attributes = dict[str, Any]


def wanted(text: str) -> Attributes:
    return KIND.attributes(Campaign.model_validate(yaml.safe_load(text)))


def route(verb: Verb, api: Api = Api.JOURNEYS) -> Any:
    return next(r.talk for r in KIND.routes if r.verb is verb and r.api is api)


def without_exits(parts: Any) -> dict[str, str]:
    return {step: own_id for step, own_id in parts.items() if not step.startswith("exit")}


@dataclass
class World:
    """An emulated workspace, and what a plan knows of it."""

    rules: Rules = field(default_factory=lambda: Rules(rate_limit=None))
    sent: list[Request] = field(default_factory=list)
    last_kinds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = Store.open(":memory:")
        workspace = store.workspace("acme")
        app = make_app(store, self.rules)
        keys = workspace.credentials
        self.provider: HttpProvider = connect(
            Endpoint(HOST, HOST, HOST),
            credentials(keys),
            workspace.environment_id,
            rates=Rates(app=None, journeys=None),
            transport=InProcess(app),
        )
        self.names = Names()
        segments = [self.segment(name) for name in ("Trial", "Paying")]
        team = {"name": "Team", "email": "team@acme.com", "template_type": "email"}
        plain = {"name": "Plain", "body": "{{ content }}"}
        sender = self.send("POST", "~/identities", {"identity": team})["identity"]["id"]
        layout = self.send("POST", "~/layouts", {"layout": plain})["layout"]["id"]
        self.names = Names(
            ids={
                Address("segment", "trial"): segments[0],
                Address("segment", "paying"): segments[1],
                Address("layout", "plain"): str(layout),
            },
            known={"sender": {"team@acme.com": str(sender)}},
        )

    def segment(self, name: str) -> str:
        leaf = {"event": {"type": "event", "name": name, "filters": {}},
                "times": 1, "within": 0, "inverse": False}  # fmt: skip
        body = {"name": name, "type": "dynamic", "conditions": {"and": [{"or": [leaf]}]}}
        return str(self.send("POST", "~/segments", {"segment": body})["segment"]["id"])

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self.provider.send(Request(Api.JOURNEYS, method, path, body)).body

    def drive(self, conversation: Any) -> Any:
        """Hold a conversation, keeping what it sends."""

        def kept(talk: Any) -> Iterator[Any]:
            answer, error = None, None
            while True:
                try:
                    asked = talk.send(answer) if error is None else talk.throw(error)
                except StopIteration as end:
                    return end.value
                self.sent += [asked] if isinstance(asked, Request) else asked
                answer, error = None, None
                try:
                    answer = yield asked
                except RemoteRefused as refusal:
                    error = refusal

        self.sent.clear()
        return drive(kept(conversation), self.provider)

    def create(self, attributes: Attributes) -> Bound:
        bound: Bound = self.drive(route(Verb.CREATE)(KIND.parse(attributes), self.names))
        self.bind(bound)
        return bound

    def bind(self, bound: Bound) -> None:
        parts = {("campaign", bound.remote_id): bound.parts}
        self.names = Names(self.names.ids, self.names.known, parts)

    def live(self, remote_id: str, api: Api = Api.JOURNEYS) -> Live:
        found = self.drive(route(Verb.READ, api)(Found(remote_id, "", api, {"id": remote_id})))
        return Live("campaign", found, KIND.decode(found, self.names))

    def apply(self, remote_id: str, attributes: Attributes, api: Api = Api.JOURNEYS) -> list[str]:
        """Bring a campaign to `attributes`, look that nothing is left, and give the writes."""
        live = self.live(remote_id, api)
        paths = [change.path for change in compare(KIND, None, attributes, live.attributes)]
        assert paths
        args = (live, KIND.parse(attributes), self.names, paths)
        planned = [r.method for r in rehearse(route(Verb.UPDATE, api)(*args)) if r.writes]
        self.bind(self.drive(route(Verb.UPDATE, api)(*args)))
        writes = [str(request) for request in self.sent if request.writes]
        self.last_kinds = self.kinds_sent()
        assert planned == [write.split()[0] for write in writes]
        assert self.left(remote_id, attributes) == []
        return writes

    def left(self, remote_id: str, attributes: Attributes) -> list[Any]:
        return list(compare(KIND, None, attributes, self.live(remote_id).attributes))

    def kinds_sent(self) -> list[str]:
        return [
            request.query.get("update_type", str(request).split("/")[-2])
            for request in self.sent
            if request.writes
        ]


def credentials(keys: Any) -> Credentials:
    from cioform.base.value import Secret

    return Credentials(
        app_api_key=Secret(keys.app_api_key),
        service_account_token=Secret(keys.service_account_token),
    )


WELCOME = KIND.example
LADDER = """\
name: reengage_3d
trigger: {segment: segment.trial}
exit: {when: {segment: segment.paying}}
workflow:
  - id: has_app
    if: {attribute: has_mobile_app, is: true}
    then:
      - id: nudge
        push: {title: Come back, body: We miss you, link: "app://home"}
      - exit: {}
    else:
      - id: mail
        email:
          subject: Come back
          from: team@acme.com
          layout: layout.plain
          body: <p>Hi</p>
          sending: automatic
      - exit: {}
"""
LOOP = """\
name: loop
trigger:
  event: agreement_created
  where: {attribute: amount, greater_than: 10}
  audience: {all: [{segment: segment.trial}, {attribute: plan, is: pro}]}
reentry: {every_match: true, at_least_after: 1d}
message_limits: false
send_to_unsubscribed: true
workflow:
  - id: one
    name: The first
    push: {title: T, body: B}
  - id: pending
    if: {segment: segment.paying}
    then:
      - wait: 2h
      - id: again
        if: {attribute: a, exists: true}
        then: []
        else:
          - id: text
            sms: {body: Hello, recipient: "{{customer.phone}}"}
    else:
      - id: tell
        webhook: {url: "https://example.com/x", headers: {A: b}, body: "{}"}
  - wait: 1d
"""


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("text", [WELCOME, LADDER, LOOP])
def test_what_is_made_is_what_was_wanted(world: World, text: str) -> None:
    attributes = wanted(text)
    expected = [
        str(r).replace("(id of this campaign)", "1")
        for r in rehearse(route(Verb.CREATE)(KIND.parse(attributes), world.names))
    ]
    bound = world.create(attributes)
    assert len(expected) == len(world.sent)
    live = world.live(bound.remote_id)
    assert list(compare(KIND, None, attributes, live.attributes)) == []
    assert live.decoded.reach.state == "draft"
    assert without_exits(live.decoded.parts) == without_exits(bound.parts)
    document = KIND.document(live.attributes)
    again = KIND.attributes(Campaign.model_validate(document))
    assert list(compare(KIND, None, again, live.attributes)) == []


def test_messages_are_made_as_drafts(world: World) -> None:
    bound = world.create(wanted(WELCOME))
    assert world.sent[0].body["campaign"]["type"] == "none"
    [added] = [r for r in world.sent if r.query.get("update_type") == "add_actions"]
    assert [a["id"] for a in added.body["actions"]] == [-5, -4, -3, -2, -1]
    assert {a.get("sending_state") for a in added.body["actions"]} == {"draft", None}
    actions = world.live(bound.remote_id).found.wire["actions"]
    assert {a["sending_state"] for a in actions if "template_id" in a} == {"draft"}


def test_a_campaign_that_is_as_wanted_is_left_alone(world: World) -> None:
    attributes = wanted(LADDER)
    bound = world.create(attributes)
    assert world.left(bound.remote_id, attributes) == []


def test_an_unbound_campaign_is_told_by_the_names_of_its_steps(world: World) -> None:
    bound = world.create(wanted(LOOP))
    world.names = Names(world.names.ids, world.names.known)
    live = world.live(bound.remote_id)
    ids = [step["id"] for step in live.attributes["workflow"]]
    assert ids == ["the_first", "pending", "wait_2"]
    document = KIND.document(live.attributes)
    assert document["workflow"][0]["name"] == "The first"
    assert "trigger" in document


def test_an_adopted_campaign_keeps_the_actions_its_steps_are_named_after(world: World) -> None:
    attributes = wanted(LOOP)
    bound = world.create(attributes)
    world.names = Names(world.names.ids, world.names.known)
    assert world.apply(bound.remote_id, attributes) == []
    live = world.live(bound.remote_id)
    assert without_exits(live.decoded.parts) == without_exits(bound.parts)


@pytest.mark.parametrize(
    ("before", "after", "writes"),
    [
        ("name: Welcome", "name: Willkommen", ["name_and_description"]),
        ("event: signed_up", "event: joined", ["recipients"]),
        ("exit:\n", "exit:\n  when: {segment: segment.paying}\n", ["exit_conditions"]),
        ("workflow:", "message_limits: false\nworkflow:", ["global_settings"]),
        ("subject: Welcome to Acme", "subject: Hi", ["templates"]),
        ("      subject: W", "      sending: automatic\n      subject: W", ["actions"]),
        ("- wait: 2d", "- wait: 3d", ["actions"]),
        ("      is: true\n    then", "      is: false\n    then", ["actions"]),
        ("  - wait: 2d\n", "", ["delete_actions"]),
        ("  - id: nudge", "  - id: more\n    push: {title: T, body: B}\n  - id: nudge",
         ["add_actions", "templates"]),
        ("  - id: nudge", "  - id: poke", ["delete_actions", "add_actions", "templates"]),
        ("    then:\n      - exit: {}\n", "    then: []\n", ["delete_actions"]),
    ],
)  # fmt: skip
def test_only_the_calls_that_a_change_needs(
    world: World, before: str, after: str, writes: list[str]
) -> None:
    bound = world.create(wanted(WELCOME))
    assert before in WELCOME
    world.apply(bound.remote_id, wanted(WELCOME.replace(before, after, 1)))
    assert world.last_kinds == writes


def test_steps_that_stay_keep_their_actions(world: World) -> None:
    bound = world.create(wanted(WELCOME))
    turned = WELCOME.replace("  - wait: 2d\n", "").replace(
        "  - id: welcome", "  - wait: 2d\n  - id: welcome"
    )
    world.apply(bound.remote_id, wanted(turned))
    assert world.live(bound.remote_id).decoded.parts == bound.parts
    assert world.last_kinds == ["edges"]


def test_wrapping_a_step_in_a_branch_keeps_it(world: World) -> None:
    bound = world.create(wanted(WELCOME))
    wrapped = WELCOME.replace(
        WELCOME[WELCOME.index("  - id: nudge") :],
        "  - id: has_app\n    if: {attribute: app, is: true}\n    then:\n      - id: nudge\n"
        "        push: {title: Still there, body: Your first project takes two minutes.}\n"
        "    else:\n      - id: other\n        sms: {body: Hi}\n",
    ).replace("  - wait: 2d\n", "")  # fmt: skip
    world.apply(bound.remote_id, wanted(wrapped))
    parts = world.live(bound.remote_id).decoded.parts
    assert parts["nudge"] == bound.parts["nudge"]
    assert "wait_1" not in parts


def test_edits_by_hand_are_seen_and_put_back(world: World) -> None:
    attributes = wanted(LADDER)
    bound = world.create(attributes)
    template = next(
        a["template_id"] for a in world.live(bound.remote_id).found.wire["actions"]
        if a["type"] == "email_action"
    )  # fmt: skip
    there = world.send("GET", f"~/templates/{template}")["template"]
    same = ("body", "from_identity_id", "layout_id", "recipient")
    kept = {name: there[name] for name in same} | {"subject": "Edited", "cc": "boss@acme.com"}
    world.send("PUT", f"~/templates/{template}", {"template": kept})
    [change] = world.left(bound.remote_id, attributes)
    assert change.path == ("messages", "mail", "subject")
    world.apply(bound.remote_id, attributes)
    after = world.send("GET", f"~/templates/{template}")["template"]
    assert (after["subject"], after["cc"]) == ("Come back", "boss@acme.com")


def test_what_a_file_leaves_out_of_a_message_stays(world: World) -> None:
    bound = world.create(wanted(LADDER))
    shorter = wanted(LADDER.replace("          from: team@acme.com\n", ""))
    assert world.left(bound.remote_id, shorter) == []
    world.apply(bound.remote_id, wanted(LADDER.replace(
        "          from: team@acme.com\n", "").replace("<p>Hi</p>", "<p>Ho</p>")))  # fmt: skip
    assert world.live(bound.remote_id).attributes["messages"]["mail"]["from"] == "team@acme.com"


@pytest.mark.parametrize("rule", ["once", "always"])
def test_an_addition_that_answers_500_and_is_done_goes_on(rule: Any) -> None:
    world = World(Rules(rate_limit=None, add_actions_500=rule))
    attributes = wanted(WELCOME)
    bound = world.create(attributes)
    assert world.left(bound.remote_id, attributes) == []


def test_an_addition_in_doubt_that_is_not_there_is_raised() -> None:
    talk = route(Verb.CREATE)(KIND.parse(wanted(WELCOME)), Names())
    answer: Any = None
    doubt = InDoubt.of("Outcome not known", "The line was cut.")
    base = {"campaign": {"id": 1, "edges": []}, "actions": [{"id": 9, "type": "exit_action"}]}
    asked = talk.send(None)
    while asked.query.get("update_type") != "add_actions":
        answer = Response(200, base if asked.method == "GET" else {"campaign": {"id": 1}})
        asked = talk.send(answer)
    look = talk.throw(doubt)
    assert str(look) == "GET ~/campaigns/1"
    with pytest.raises(InDoubt):
        talk.send(Response(200, base))


def test_a_trigger_keeps_its_type(world: World) -> None:
    bound = world.create(wanted(WELCOME))
    other = wanted(WELCOME.replace("  event: signed_up", "  segment: segment.trial"))
    with pytest.raises(PlanRefused, match="never changes the type"):
        world.apply(bound.remote_id, other)


def test_a_trigger_of_another_sort_comes_back_whole(world: World) -> None:
    attributes = wanted("""\
name: birthday
raw_trigger: {type: date, date_triggered_attribute: birthday, frequency: yearly, zone: UTC}
reentry: {every_match: true}
workflow: [{id: hi, push: {title: T, body: B}}]
""")
    bound = world.create(attributes)
    live = world.live(bound.remote_id)
    assert live.attributes["raw_trigger"] == attributes["raw_trigger"]
    world.apply(bound.remote_id, {**attributes, "reentry": {"every_match": False}})


def test_steps_outside_our_words_come_as_a_graph(world: World) -> None:
    bound = world.create(wanted(WELCOME))
    wire = world.live(bound.remote_id).found.wire
    nudge, end = bound.parts["nudge"], bound.parts["exit"]
    edges = [e for e in wire["campaign"]["edges"] if str(e["from"]) != nudge]
    split = {"type": "multi_split_branch_action", "name": "Split",
             "multi_conditions": [encode_text([{"type": "attribute", "field": "a",
                                                "operator": "eq", "value": "1"}])]}  # fmt: skip
    chat = {"type": "in_app_action", "name": "Chat", "sending_state": "draft"}
    edges += [
        {"from": nudge, "to": "-2", "type": "continue"},
        {"from": "-2", "to": end, "type": "branch", "index": 0},
        {"from": "-2", "to": "-1", "type": "branch", "index": 1},
        {"from": "-1", "to": end, "type": "continue"},
    ]
    added = {"campaign": {"update_type": "add_actions", "edges": edges}, "actions": [split, chat]}
    world.send("PUT", f"~/campaigns/{bound.remote_id}", added)
    live = world.live(bound.remote_id)
    form = live.attributes["workflow"]["graph"]
    nodes = {node["id"]: node for node in form["nodes"]}
    assert nodes["split"]["action"] == "multi_split_branch_action"
    assert nodes["split"]["raw"]["multi_conditions"] == split["multi_conditions"]
    assert nodes["welcome"] == {"id": "welcome", "email": {}}
    assert nodes["wait_1"] == {"id": "wait_1", "wait": "2d"}
    assert {"from": "split", "to": "chat", "branch": 1} in form["edges"]

    document = json.loads(json.dumps(KIND.document(live.attributes)))
    again = KIND.attributes(Campaign.model_validate(document))
    assert list(compare(KIND, None, again, live.attributes)) == []
    world.bind(Bound(bound.remote_id, live.decoded.parts))
    longer = json.loads(json.dumps(document).replace('"2d"', '"5d"'))
    writes = world.apply(bound.remote_id, KIND.attributes(Campaign.model_validate(longer)))
    assert writes == [f"PUT ~/actions/{bound.parts['wait_1']}"]

    copy = KIND.attributes(Campaign.model_validate({**document, "name": "Copy"}))
    made = world.create(copy)
    assert world.left(made.remote_id, copy) == []


def test_the_app_api_shows_messages_of_bound_steps_and_writes_them(world: World) -> None:
    attributes = wanted(LADDER)
    bound = world.create(attributes)
    live = world.live(bound.remote_id, Api.APP)
    assert live.attributes["workflow"] is UNKNOWN
    assert live.attributes["messages"]["mail"]["subject"] == "Come back"
    assert live.attributes["messages"]["mail"]["from"] == "team@acme.com"
    assert list(compare(KIND, attributes, attributes, live.attributes)) == []
    changed = wanted(LADDER.replace("subject: Come back", "subject: Hello").replace(
        "sending: automatic", "sending: draft"))  # fmt: skip
    paths = [c.path for c in compare(KIND, attributes, changed, live.attributes)]
    assert paths == [("messages", "mail", "sending"), ("messages", "mail", "subject")]
    update = next(r for r in KIND.routes if r.verb is Verb.UPDATE and r.api is Api.APP)
    assert all(update.covers(path) for path in paths)
    world.drive(update.talk(live, KIND.parse(changed), world.names, paths))
    assert world.left(bound.remote_id, changed) == []


def test_a_push_is_out_of_reach_of_the_app_api(world: World) -> None:
    attributes = wanted(LADDER)
    bound = world.create(attributes)
    live = world.live(bound.remote_id, Api.APP)
    changed = KIND.parse(wanted(LADDER.replace("We miss you", "Hey")))
    update = route(Verb.UPDATE, Api.APP)
    with pytest.raises(PlanRefused, match="service_account_token"):
        rehearse(update(live, changed, world.names, [("messages", "nudge", "body")]))


def test_without_bindings_the_app_api_knows_no_messages(world: World) -> None:
    bound = world.create(wanted(LADDER))
    world.names = Names(world.names.ids, world.names.known)
    assert world.live(bound.remote_id, Api.APP).attributes["messages"] is UNKNOWN


def test_lists_on_both_apis_and_deletion(world: World) -> None:
    bound = world.create(wanted(WELCOME))
    for api in (Api.APP, Api.JOURNEYS):
        [found] = world.drive(route(Verb.LIST, api)())
        assert (found.remote_id, found.identity) == (bound.remote_id, "Welcome")
        assert KIND.decode(found, world.names).attributes["workflow"] is UNKNOWN
    world.drive(route(Verb.DELETE)(world.live(bound.remote_id)))
    assert world.drive(route(Verb.LIST)()) == []


def test_two_ways_to_say_the_same_are_equal() -> None:
    inside = wanted(WELCOME.replace("  - id: nudge\n", "    else:\n      - id: nudge\n").replace(
        "    push:\n      title: Still there?\n      body: Y",
        "        push:\n          title: Still there?\n          body: Y"))  # fmt: skip
    after = wanted(WELCOME)
    assert inside["workflow"] != after["workflow"]
    assert KIND.normal(inside) == KIND.normal(after)


def test_the_document_of_the_example_is_the_example() -> None:
    text = yaml.safe_load(WELCOME)
    assert KIND.document(wanted(WELCOME)) == text
    assert list(KIND.body_files(text)) == [(("workflow", 0, "email", "body"), ".welcome.html")]


def test_references_stand_where_the_document_has_them() -> None:
    found = {(r.kind, r.text, r.path) for r in KIND.references(wanted(LADDER))}
    assert found == {
        ("segment", "segment.trial", ("trigger", "segment")),
        ("segment", "segment.paying", ("exit", "when", "segment")),
        ("sender", "team@acme.com", ("workflow", 0, "else", 0, "email", "from")),
        ("layout", "layout.plain", ("workflow", 0, "else", 0, "email", "layout")),
    }
    assert ("trigger", "audience", "all", 0, "segment") in [
        r.path for r in KIND.references(wanted(LOOP))
    ]


@pytest.mark.parametrize(
    ("change", "at", "says"),
    [
        (("    then:\n", "    thne:\n"), ("workflow", 2, "thne"), "does not belong"),
        (("    email:", "    emial:"), ("workflow", 0, "emial"), "did you mean `email`"),
        (("subject:", "subjet:"), ("workflow", 0, "email", "subjet"), "is not a field"),
        (("      title: Still there?\n", ""), ("workflow", 3, "push", "title"), "is missing"),
        (("wait: 2d", "wait: two"), ("workflow", 1, "wait"), "not a duration"),
        (("  on_trigger_unmatched: true", "  when: {attribute: a, is: b}"), ("exit", "when"),
         "by segments only"),
        (("      is: true\n    then", "      si: true\n    then"), ("workflow", 2, "if"), "si"),
        (("  event: signed_up", "  evnt: signed_up"), ("trigger",), "event"),
        (("trigger:\n  event: signed_up\n", ""), (), "`raw_trigger`"),
        (("workflow:", "wf:"), ("wf",), "Extra inputs"),
        (("- wait: 2d", "- random: []"), ("workflow", 1, "random"), "`graph:`"),
    ],
)  # fmt: skip
def test_mistakes_are_told_where_they_are(
    change: tuple[str, str], at: Sequence[Any], says: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        wanted(WELCOME.replace(*change, 1))
    found = [(tuple(e["loc"]), e["msg"]) for e in caught.value.errors()]
    assert any(path == at and says in text for path, text in found), found


def test_the_first_hundred_nested_branches_are_refused_with_a_way_out() -> None:
    steps: list[Any] = [{"wait": "1d"}]
    for _ in range(100):
        steps = [{"if": {"attribute": "a", "is": 1}, "then": steps}]
    with pytest.raises(ValidationError, match="nested more than 60 deep"):
        Campaign.model_validate({"name": "n", "trigger": {"event": "e"}, "workflow": steps})
