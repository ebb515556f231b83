"""Round trips of workflows: random trees and graphs with every step type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cioform.core.address import Address
from cioform.core.errors import PlanError
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.codec.actions import encode_action, expand_variants
from cioform.kinds.campaign.codec.decode_workflow import decode_messages, decode_workflow
from cioform.kinds.campaign.codec.graph_codec import from_graph, to_graph
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import STEP_MODELS, CodecContext
from cioform.kinds.campaign.sync.steps.edges import encode_edges
from cioform.kinds.campaign.wire.wire_types import WireReply
from cioform.language.messages.template_message import encode_template
from cioform.language.workflow import assign_ids, variants_of, walk, workflow_problems
from cioform.model.references.names import Names
from cioform.services.validation import validate
from tests.support.campaign_steps import EVERY_STEP
from tests.support.examples import EXAMPLES
from tests.support.known import known

ROOT = Path(__file__).parent.parent.parent
NAMES = Names(
    ids={Address("segment", name): str(i) for i, name in enumerate(("trial", "paying"), 3)},
    known={"sender": {"team@acme.com": "9"}},
)


def wire_of(attributes: Mapping[str, Any], names: Names) -> tuple[WireReply, dict[str, str]]:
    """Return the wire form of a workflow and the action ids of its steps."""
    graph = to_graph(attributes["workflow"])
    every = list(expand_variants(graph.nodes))
    ids = {node.id: str(1000 + i) for i, node in enumerate(every)}
    context = CodecContext(names, ids)
    actions: list[Any] = []
    templates: dict[str, Any] = {}
    for node in every:
        message = attributes["messages"].get(node.id)
        action: dict[str, Any] = {"id": int(ids[node.id]), **encode_action(node, context)}
        if "ab_test" in node.fields:
            action["action_ids"] = [int(ids[v["id"]]) for v in node.fields["ab_test"]]
        if message is not None:
            action |= {"template_id": 5000 + action["id"], "sending_state": message["sending"]}
            templates[str(action["template_id"])] = encode_template(message, names)
        actions.append(action)
    campaign = {"edges": encode_edges(graph, ids, None)}
    return WireReply(campaign=campaign, actions=actions, templates=templates), ids


def round_trip(attributes: Mapping[str, Any], names: Names) -> dict[str, Any]:
    wire, ids = wire_of(attributes, names)
    workflow, parts = decode_workflow(wire, ids, names)
    messages = decode_messages(workflow, parts, wire, names)
    # Equivalent trees and graphs compile to the same actions and edges.
    again, _ = decode_workflow(*wire_of({**attributes, "workflow": workflow}, names), names)
    assert len(list(walk(again))) == len(list(walk(workflow)))
    return {**attributes, "workflow": workflow, "messages": messages}


def assert_same(desired: Mapping[str, Any], live: Mapping[str, Any]) -> None:
    """Assert that the live campaign has every field of the file. Messages may have more."""
    normal, back = KIND.normalize(dict(desired)), KIND.normalize(dict(live))
    assert normal["workflow"] == back["workflow"]
    assert set(normal["messages"]) == set(back["messages"])
    for step, message in normal["messages"].items():
        assert {name: back["messages"][step].get(name) for name in message} == message


@pytest.mark.parametrize("name", ["acme", "kidlearn", "reminders-test", "reminders-prod"])
def test_every_sample_campaign_round_trips(name: str) -> None:
    loaded, wrong = validate(ROOT, [name], {})
    assert wrong == ()
    resources = loaded[0].configuration.desired.resources
    names = Names(
        ids={address: str(i) for i, address in enumerate(resources, 1)},
        known={"sender": {known(r.attributes)["email"]: str(i) for i, (a, r) in
                          enumerate(resources.items(), 1) if a.kind == "sender"}},
    )  # fmt: skip
    campaigns = [r.attributes for a, r in resources.items() if a.kind == "campaign"]
    assert campaigns
    for attributes in campaigns:
        assert_same(attributes, round_trip(attributes, names))


def test_every_step_type_round_trips() -> None:
    attributes = KIND.attributes(Campaign.model_validate(yaml.safe_load(EVERY_STEP)))
    words = {
        word for _, step in walk(attributes["workflow"]) for word in step if word in STEP_MODELS
    }
    assert words >= set(STEP_MODELS) - {"sms", "webhook", "wait", "if"}
    assert_same(attributes, round_trip(attributes, NAMES))


def texts_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each text in a document."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_in(each, (*path, key))


def emptied(path: tuple[Any, ...]) -> dict[str, Any]:
    """Return the campaign with every step, with the text at a path empty."""
    document = named_steps()
    *parents, last = path
    parent: Any = document
    for key in parents:
        parent = parent[key]
    parent[last] = ""
    return document


def named_steps() -> dict[str, Any]:
    """Return the campaign with every step, each with a name."""
    document: dict[str, Any] = yaml.safe_load(EVERY_STEP)
    for path, step in walk(document["workflow"]):
        for item in (step, *(variant for _, variant in variants_of(step))):
            if isinstance(item, dict) and "exit" not in item:
                item["name"] = f"Step {path}"
    return document


@pytest.mark.parametrize("path", list(texts_in(named_steps())), ids=str)
def test_an_empty_text_is_refused_or_read_back(path: tuple[Any, ...]) -> None:
    try:
        attributes = KIND.attributes(Campaign.model_validate(emptied(path)))
        live = round_trip(attributes, NAMES)
    except (ValidationError, PlanError):
        return
    assert_same(attributes, live)


numbers = st.integers(0, 10**6)
periods = st.sampled_from(["30s", "90m", "2d", "1d12h"])
conditions = st.sampled_from(
    [
        {"segment": "trial"},
        {"not": {"segment": "paying"}},
        {"attribute": "plan", "is": "pro"},
        {"all": [{"attribute": "seats", "greater_than": 3}, {"segment": "trial"}]},
        {"event_attribute": "amount", "between": [1, 5]},
    ]
)
waits = st.one_of(
    conditions,
    st.sampled_from(
        [
            {"event": "paid"},
            {"any": [{"event": "paid"}, {"segment": "paying"}]},
            {"any": [{"all": [{"event": "a"}, {"attribute": "b", "is": 1}]}, {"event": "c"}]},
        ]
    ),
)
push = st.fixed_dictionaries({"title": st.just("T"), "body": st.sampled_from(["B", "{{ c }}"])})
messages = st.one_of(
    push.map(lambda said: {"push": said}),
    st.just({"email": {"subject": "S", "body": "<p>B</p>", "from": "team@acme.com"}}),
    st.just({"sms": {"body": "B"}}),
    st.just({"whatsapp": {"body": "B", "content": {"a": [1]}}}),
    st.just({"in_app": {"content": {"title": "T"}}}),
    st.just({"slack": {"body": "B", "channel": "#x"}}),
    st.just({"webhook": {"url": "https://a.example", "headers": {"A": "b"}, "body": "{}"}}),
)
clocks = st.sampled_from([("09:00", "21:00"), ("00:00", "24:00"), ("22:30", "06:15")])
windows = st.builds(
    lambda clock, days, zone: {"from": clock[0], "to": clock[1], **days, **zone},
    clocks,
    st.sampled_from([{}, {"days": ["sun"]}, {"days": ["mon", "sat", "sun"]}]),
    st.sampled_from(
        [{"time_zone": "UTC"}, {"time_zone": "person", "fallback_time_zone": "Africa/Cairo"}]
    ),
)
tests = st.tuples(numbers, st.integers(0, 100), messages).map(
    lambda three: {
        "ab_test": [
            {"id": f"{next(iter(three[2]))}_a{three[0]}", "percent": three[1], **three[2]},
            {
                "id": f"{next(iter(three[2]))}_b{three[0]}",
                "percent": 100 - three[1],
                "name": "B",
                **three[2],
            },
        ]
    }
)
plain = st.one_of(
    messages,
    tests,
    periods.map(lambda period: {"wait": period}),
    windows.map(lambda window: {"wait_window": window}),
    st.just({"wait_random": {"min": "1h", "max": "2d"}}),
    st.sampled_from([True, 3, "x", "{{ event.y }}"]).map(lambda v: {"set_attributes": {"a": v}}),
    st.just({"send_event": "again"}),
    st.sampled_from(["add_to", "remove_from"]).map(lambda way: {f"{way}_segment": "trial"}),
    st.just({"query_collection": {"collection": "c", "limit": 2}}),
    st.just({"batch_update": {"objects": [{"type": 1}]}}),
    st.just({"action": "llm_action", "raw": {"prompt": "x", "deep": {"a": [1]}}}),
    st.just({"send_event": {"name": "again", "data": {"event_data": {"a": 1}}}}),
)


def percentages(options: list[Any]) -> list[Any]:
    """Return random branches whose percentages, in tenths, add up to 100."""
    each = 1000 // len(options)
    tenths = [each] * (len(options) - 1) + [1000 - each * (len(options) - 1)]
    return [{"percent": t / 10, "then": steps} for t, steps in zip(tenths, options, strict=True)]


def branching(inner: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    cases = st.lists(
        st.fixed_dictionaries({"if": conditions, "then": inner}), min_size=1, max_size=3
    )
    return st.one_of(
        st.builds(lambda c, a, b: {"if": c, "then": a, "else": b}, conditions, inner, inner),
        st.builds(
            lambda c, t, a, b: {"wait_until": c, "timeout": t, "then": a, "on_timeout": b},
            waits, periods, inner, inner,
        ),
        st.builds(lambda c, a: {"wait_until": c, "timeout": "never", "then": a}, waits, inner),
        st.builds(lambda o, b: {"branches": o, "else": b}, cases, inner),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda ways: {"action": "multi_lang_branch_action", "raw": {"a": 1}, "ways": ways}
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda o: {"random_branches": percentages(o)}),
    )  # fmt: skip


def sequences(step: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    exits = [[], [{"exit": True}], [{"exit": True, "raw": {"x": 1}}]]
    return st.builds(
        lambda steps, end: [*steps, *end], st.lists(step, max_size=2), st.sampled_from(exits)
    )


trees = st.recursive(
    sequences(plain), lambda inner: sequences(plain | branching(inner)), max_leaves=8
)


def make_valid(tree: list[Any]) -> list[Any]:
    """Remove unreachable steps and duplicate ids until the tree is valid."""
    steps = assign_ids(tree)
    while found := workflow_problems(steps):
        path = found[0][0]
        path = path[: path.index("ab_test")] if "ab_test" in path else path
        holder: Any = steps
        for part in path[:-1]:
            holder = holder[part]
        del holder[path[-1] :]
    return steps


@settings(max_examples=EXAMPLES)
@given(trees)
def test_any_tree_round_trips(tree: list[Any]) -> None:
    model = Campaign.model_validate(
        {"name": "T", "trigger": {"event": "e"}, "workflow": make_valid(tree)}
    )
    attributes = KIND.attributes(model)
    back = round_trip(attributes, NAMES)
    assert_same(attributes, back)
    assert isinstance(back["workflow"], list)
    document = KIND.to_document(back)
    assert_same(KIND.attributes(Campaign.model_validate(document)), back)


@settings(max_examples=EXAMPLES)
@given(trees, st.randoms(use_true_random=False))
def test_any_graph_round_trips(tree: list[Any], chance: Any) -> None:
    """Shuffle nodes and edges, add a node of an unknown type, and write it all as a graph."""
    model = Campaign.model_validate(
        {"name": "T", "trigger": {"event": "e"}, "workflow": make_valid(tree)}
    )
    attributes = KIND.attributes(model)
    wire, ids = wire_of(attributes, NAMES)
    unknown = {"id": 1, "type": "llm_action", "name": "Odd", "prompt": "x", "deep": {"a": [1]}}
    root = next(
        (str(a["id"]) for a in wire["actions"]
         if str(a["id"]) not in {e["to"] for e in wire["campaign"]["edges"]}
         and not any(a["id"] in (b.get("action_ids") or ()) for b in wire["actions"])),
    )  # fmt: skip
    edges = [*wire["campaign"]["edges"], {"from": "1", "to": root, "type": "continue"}]
    actions: list[Any] = [*wire["actions"], unknown]
    chance.shuffle(edges)
    chance.shuffle(actions)
    extended: WireReply = {**wire, "campaign": {"edges": edges}, "actions": actions}
    workflow, parts = decode_workflow(extended, ids, NAMES)
    messages = decode_messages(workflow, parts, extended, NAMES)
    assert workflow[0]["action"] == "llm_action"
    assert workflow[0]["raw"] == {"prompt": "x", "deep": {"a": [1]}}
    decoded = {**attributes, "workflow": from_graph(to_graph(workflow)), "messages": messages}
    assert_same({**attributes, "workflow": workflow, "messages": messages}, decoded)
    again = KIND.attributes(Campaign.model_validate(KIND.to_document(decoded)))
    assert_same(again, decoded)
    assert_same(again, round_trip(again, NAMES))
