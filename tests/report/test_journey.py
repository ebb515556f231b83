"""A journey in the terminal and as Mermaid, compared with the exact text."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.data.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.campaign.trigger.trigger_types import TRIGGER_TYPES
from cioform.language.workflow import STEP_TYPES, assign_ids
from cioform.report.journey.build import build_journey, is_drawable
from cioform.report.journey.condition_text import condition_text
from cioform.report.journey.header_text import TRIGGER_TEXTS, journey_notes, trigger_text
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.outline import outline
from cioform.report.journey.tree import render_tree
from cioform.report.styling import Styler

EXIT: dict[str, Any] = {"exit": True}
TRIAL = {"attribute": "plan", "is": "trial"}


def campaign(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Onboarding", "workflow": assign_ids(steps), "messages": {}, **more}


def graph(edges: str, **nodes: dict[str, Any]) -> dict[str, Any]:
    """Return a campaign in graph form; `edges` has the form `a>b a0>c`."""
    links = []
    for edge in edges.split():
        source, target = edge.split(">")
        branch = {"branch": int(source[-1])} if source[-1].isdigit() else {}
        links.append({"from": source.rstrip("012"), "to": target, **branch})
    listed = [{"id": name, **node} for name, node in nodes.items()]
    return {"name": "G", "workflow": {"graph": {"nodes": listed, "edges": links}}}


WHOLE = campaign(
    {"id": "welcome", "email": {}},
    {"wait": "2d"},
    {
        "id": "active",
        "if": {"all": [TRIAL, {"not": {"segment": "quiet"}}]},
        "then": [EXIT],
        "else": [{"id": "nudge", "push": {}}],
    },
    {"id": "half", "random_branches": [{"percent": 60, "then": [{"wait": "1h"}]}, {"percent": 40}]},
    {"id": "last", "webhook": {}},
    description="For everybody\nwho signs up.",
    trigger={"event": "signed_up", "where": {"attribute": "source", "is": ["ad", "friend"]}},
    reentry={"mode": "every_match", "cooldown": "30d"},
    exit={"when": {"segment": "paying"}, "stops_matching": True},
    messages={
        "welcome": {"type": "email", "subject": "Hello {% if vip %}dear {% endif %}you"},
        "nudge": {"type": "push", "title": "Still there?"},
        "last": {"type": "webhook", "url": "https://example.com/done"},
    },
)
TREE = """\
Onboarding
For everybody who signs up.

starts on event signed_up where source is one of ad, friend
│  enters again on every match, after 30d at the earliest
│  leaves early when in segment paying, or when the trigger no longer matches
├─ email welcome "Hello…dear…you"
├─ wait 2d
├─ if active: plan is trial and not in segment quiet
│  ├─ yes
│  │  ╰─ exit
│  ╰─ no
│     ╰─ push nudge "Still there?"
├─ (only "no" continues)
├─ random_branches half: 2 branches
│  ├─ 60 %
│  │  ╰─ wait 1h
│  ╰─ 40 %: continues below
├─ (both branches continue)
├─ webhook last POST https://example.com/done
╰─ exit
"""


def test_a_journey_is_a_tree_with_its_trigger_on_top() -> None:
    assert render_tree(build_journey(WHOLE)) == TREE


def test_color_changes_no_text() -> None:
    painted = render_tree(build_journey(WHOLE), Styler(True))
    assert "\x1b[1memail\x1b[0m" in painted
    plain = painted
    for code in ("0", "1", "2", "36"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == TREE


MESSAGES = campaign(
    {
        "id": "subject",
        "ab_test": [
            {"id": "short", "percent": 40, "email": {}},
            {"id": "long", "percent": 60, "email": {}},
        ],
    },
    {"id": "nudge", "push": {}},
    {"id": "crm", "webhook": {}},
    {"id": "paid", "wait_until": {"event": "paid"}, "timeout": "never", "then": []},
    goal={"event": "bought", "within": "7d", "after": "receiving"},
    trigger={
        "date": "trial_ends", "days_before": 3, "at": "09:00", "time_zone": "Europe/London",
        "repeats": "yearly", "audience": {"attribute": "marketing_opt_in", "is": True},
    },
    messages={
        "short": {"type": "email", "subject": "Hi", "sending": "draft"},
        "long": {"type": "email", "subject": "Welcome to Acme", "sending": "automatic"},
        "nudge": {"type": "push", "title": "Still there?", "sending": "never"},
        "crm": {"type": "webhook", "url": "https://a.test", "body": "{}", "method": "put"},
    },
)  # fmt: skip
MESSAGES_TREE = """\
starts 3 days before the date in trial_ends at 09:00 (Europe/London), every year, only if
│    marketing_opt_in is true
│  goal: event bought within 7d of receiving a message
├─ ab_test subject
│  ├─ short · 40 %: "Hi" · sending: draft
│  ╰─ long · 60 %: "Welcome to Acme" · sending: automatic
├─ push nudge "Still there?" · sending: never
├─ webhook crm PUT https://a.test
├─ wait_until paid: did paid
│  ╰─ condition met: continues below
├─ (only "condition met" continues)
╰─ exit
"""


def test_messages_goal_and_date_trigger_are_complete() -> None:
    assert render_tree(build_journey(MESSAGES)) == f"Onboarding\n\n{MESSAGES_TREE}"
    flowchart = render_mermaid(build_journey(MESSAGES))
    assert (
        "ab_test subject<br/>short · 40 #37;#58; #34;Hi#34; · sending#58; draft<br/>" in flowchart
    )


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ({"segment": "new"}, "when in segment new"),
        ({"event": "e", "audience": TRIAL}, "on event e, only if plan is trial"),
        ({"date": "renewal", "time_zone": "person", "fallback_time_zone": "UTC", "at": "08:00"},
         "on the date in renewal at 08:00 (the person's time zone, or UTC if unknown)"),
        ({"date": "renewal", "days_after": 1, "at": "08:00", "time_zone": "UTC"},
         "1 day after the date in renewal at 08:00 (UTC)"),
        ({"form": "signup"}, "when form signup is submitted"),
        ({"webhook": 7}, "when webhook 7 is called"),
        ({"api": True}, "when triggered through the API"),
        ({"behavioral": {"segment": "old"}}, "when in segment old"),
        ({"object": {"a": 1}}, "on a change of an object"),
        ({"relationship": {"a": 1}}, "on a change of a relationship"),
    ],
)  # fmt: skip
def test_triggers_are_phrases(trigger: Any, text: str) -> None:
    assert trigger_text({"trigger": trigger}) == text


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ({"days": ["mon", "tue", "wed"], "time_zone": "UTC"}, "09:00 to 18:00, mon to wed (UTC)"),
        ({"days": ["mon", "wed"], "time_zone": "person"},
         "09:00 to 18:00, mon, wed (the person's time zone)"),
        ({"time_zone": "person", "fallback_time_zone": "UTC"},
         "09:00 to 18:00 (the person's time zone, or UTC if unknown)"),
    ],
)  # fmt: skip
def test_time_windows_are_phrases(window: Any, text: str) -> None:
    step = {"id": "w", "wait_window": {"from": "09:00", "to": "18:00", **window}}
    assert f"wait_window w: {text}\n" in render_tree(build_journey(campaign(step)))


def test_every_trigger_type_has_a_phrase_of_its_own() -> None:
    assert set(TRIGGER_TEXTS) == set(TRIGGER_TYPES)


def test_a_raw_trigger_and_a_raw_goal_are_shown_by_type() -> None:
    raw: Attributes = {"trigger": {"raw": {"type": "seg_attr"}}}
    assert trigger_text(raw) == "on a raw trigger of type seg_attr"
    goal: JsonValue = {"raw": {"conversion_type": "click", "conversion": 1}, "after": "sending"}
    assert journey_notes({"goal": goal | {"within": "1d"}}) == (
        "goal: a raw goal of type click within 1d, counted from sending",
    )


def test_an_empty_workflow_and_one_with_only_exits_are_drawn() -> None:
    assert render_tree(build_journey(campaign())).endswith("starts\n╰─ exit\n")
    steps = {"id": "a", "if": TRIAL, "then": [EXIT], "else": [EXIT]}
    assert render_tree(build_journey(campaign(steps))).endswith(
        "╰─ if a: plan is trial\n   ├─ yes\n   │  ╰─ exit\n   ╰─ no\n      ╰─ exit\n"
    )


@pytest.mark.parametrize("edges", ["a>b b>gone", "a>b gone>b", "a>gone gone>b"])
def test_a_step_that_only_an_edge_names_is_missing(edges: str) -> None:
    broken = build_journey(graph(edges, a={"wait": "1d"}, b={"wait": "2d"}))
    assert "missing step gone" in render_tree(broken)
    assert "missing step" in render_mermaid(broken)


def test_two_steps_with_one_id_are_drawn_once() -> None:
    twice = graph("a>b", a={"wait": "1d"}, b={"wait": "2d"})
    twice["workflow"]["graph"]["nodes"] *= 2
    assert len(build_journey(twice).nodes) == 3


def test_a_graph_that_is_a_tree_is_drawn_as_a_tree() -> None:
    lines: dict[str, Any] = {
        "a": {"if": TRIAL},
        "b": {"wait": "1d"},
        "c": {"wait": "2d"},
        "end": EXIT,
    }
    drawn = render_tree(build_journey(graph("a0>b a1>c b>c c>end", **lines)))
    assert drawn.splitlines()[3:] == [
        "├─ if a: plan is trial",
        "│  ├─ yes",
        "│  │  ╰─ wait b: 1d",
        "│  ╰─ no: continues below",
        "├─ (both branches continue)",
        "├─ wait c: 2d",
        "╰─ exit",
    ]


def test_a_crossing_branch_points_to_the_first() -> None:
    crossing = graph(
        "a0>b a1>c b0>d b1>e c0>d c1>e d>end e>end",
        a={"if": TRIAL}, b={"if": TRIAL}, c={"if": TRIAL},
        d={"wait": "1d"}, e={"action": "llm_action", "name": "Ask", "raw": {}}, end=EXIT,
    )  # fmt: skip
    drawn = render_tree(build_journey(crossing))
    assert drawn.count("-> wait d (shown elsewhere)") == 1
    assert drawn.count("-> llm e (shown elsewhere)") == 1
    assert drawn.count("llm e: Ask") == 1
    assert drawn.endswith("├─ (both branches continue)\n╰─ exit\n")


def test_a_cycle_is_drawn_once() -> None:
    cycle = graph("a>b b>c c>b", a={"wait": "1d"}, b={"wait": "2d"}, c={"wait": "3d"})
    assert render_tree(build_journey(cycle)).endswith(
        "├─ wait a: 1d\n├─ wait b: 2d\n├─ wait c: 3d\n╰─ -> wait b (shown elsewhere)\n"
    )


def test_a_thousand_nested_branches_are_drawn() -> None:
    steps: list[dict[str, Any]] = []
    for number in range(1000):
        steps = [{"id": f"s{number}", "if": TRIAL, "then": steps, "else": [EXIT]}]
    journey = build_journey(campaign(*steps))
    assert render_tree(journey).count("if s") == 1000
    assert len(outline(journey)) == 2


@pytest.mark.parametrize("keyword", sorted(set(STEP_TYPES) - {"exit"}))
def test_any_step_type_is_drawn(keyword: str) -> None:
    value: Any = {"some_member": 3, "other": ["x", {"deep": 1}]}
    if STEP_TYPES[keyword].has_options:
        value = [{"name": "One", "then": []}, {"unheard_of": TRIAL, "then": []}]
    if keyword == "ab_test":
        value = [{"id": "short", "percent": 50, "email": {}}, {"id": "long", "percent": 50}]
    step = {"id": "s", keyword: {} if STEP_TYPES[keyword].is_message else value}
    drawn = render_tree(build_journey(campaign(step)))
    assert f"─ {keyword} s" in drawn
    if keyword == "branches":
        assert "├─ One: continues below\n│  ├─ plan is trial: continues below" in drawn


def test_control_characters_are_escaped() -> None:
    messages = {"s": {"type": "sms", "body": "\x1b[31mred\x07\nnext \u202ereversed"}}
    drawn = render_tree(build_journey(campaign({"id": "s", "sms": {}}, messages=messages)))
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert r'sms s "\x1b[31mred\x07 next \u202ereversed"' in drawn


def test_long_text_is_truncated_inside_its_quotation_marks() -> None:
    messages = {"s": {"type": "sms", "body": "word " * 40}}
    drawn = render_tree(build_journey(campaign({"id": "s", "sms": {}}, messages=messages)))
    assert 'word wor…"\n' in drawn
    assert max(map(len, drawn.splitlines())) < 90


def test_an_unreadable_workflow_is_not_drawn() -> None:
    assert is_drawable(WHOLE)
    assert is_drawable(campaign())
    assert not is_drawable({"name": "x", "workflow": UNKNOWN})
    assert not is_drawable({"name": "x", "workflow": str(UNKNOWN)})
    assert not is_drawable({"name": "x"})


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"attribute": "plan", "is": "trial"}, "plan is trial"),
        ({"attribute": "plan", "is_not": ["a", "b"]}, "plan is none of a, b"),
        ({"attribute": "plan", "exists": False}, "plan does not exist"),
        ({"attribute": "age", "between": [1, 9]}, "age is between 1 and 9"),
        ({"attribute": "seen", "before": "3d ago"}, "seen is more than 3d ago"),
        ({"attribute": "seen", "after": "3d ago"}, "seen is later than 3d ago"),
        ({"attribute": "ends_at", "before": "7d from now"}, "ends_at is earlier than 7d from now"),
        ({"attribute": "ends_at", "after": "7d from now"}, "ends_at is more than 7d from now"),
        ({"attribute": "ends_at", "before": "now"}, "ends_at is in the past"),
        ({"attribute": "ends_at", "after": "now"}, "ends_at is in the future"),
        ({"attribute": "ends_at", "after": "2026-01-31"}, "ends_at is after 2026-01-31"),
        ({"event_attribute": "amount", "greater_than": 5}, "event amount is greater than 5"),
        ({"not": {"attribute": "plan", "is": 1}}, "not (plan is 1)"),
        (
            {"event": "x", "at_least": 3, "within_last": "14d"},
            "did x at least 3 times within the last 14d",
        ),
        ({"event": "x", "at_most": 1}, "did x at most 1 time"),
        ({"event": "x", "same": ["a", "b"]}, "did x with the same a, b"),
        (
            {"not": {"event": "login", "within_last": "14d"}},
            "did not do login within the last 14d",
        ),
        ({"not": {"event": "login"}}, "never did login"),
        ({"segment": "paying"}, "in segment paying"),
        ({"raw": {"x": [1]}}, "a raw condition"),
        ({"opened": "welcome"}, "opened welcome"),
        ([TRIAL, {"any": [TRIAL, TRIAL]}], "plan is trial and (plan is trial or plan is trial)"),
        ({"any": [TRIAL]}, "plan is trial"),
    ],
)  # fmt: skip
def test_conditions_are_described_in_words(condition: Any, text: str) -> None:
    assert condition_text(condition) == text


def test_a_condition_nested_too_deeply_is_truncated() -> None:
    condition: Any = TRIAL
    for _ in range(5000):
        condition = {"not": {"all": [condition]}}
    assert condition_text(condition).count("not (") < 10


MERMAID = """\
flowchart TD
    n0(["starts<br/>when in segment new"]):::start
    n1("email welcome<br/>#34;Say #34;hi#34;#34;"):::message
    n2{{"if active<br/>plan is trial"}}:::choice
    n3(["wait<br/>1d"]):::wait
    n4(["exit"]):::exit
    n0 --> n1
    n1 --> n2
    n2 -->|"yes"| n3
    n2 -->|"no"| n4
    n3 --> n4
    classDef start fill:#24292f,stroke:#24292f,color:#ffffff
    classDef message fill:#ddf4ff,stroke:#0969da,color:#0a3069
    classDef wait fill:#fff8c5,stroke:#9a6700,color:#4d2d00
    classDef choice fill:#fbefff,stroke:#8250df,color:#3e1f79
    classDef exit fill:#eaeef2,stroke:#57606a,color:#24292f
"""


def test_a_journey_is_a_flowchart() -> None:
    attributes = campaign(
        {"id": "welcome", "email": {}},
        {"id": "active", "if": TRIAL, "then": [{"wait": "1d"}], "else": []},
        trigger={"segment": "new"},
        messages={"welcome": {"type": "email", "subject": 'Say "hi"'}},
    )
    assert render_mermaid(build_journey(attributes)) == MERMAID


@pytest.mark.parametrize(
    "text",
    ['"]; click n0 "javascript:x', "<img src=x onerror=y>", "%%{init: {}}%%", "|`c`#1;", "{{x}}"],
)  # fmt: skip
def test_text_is_escaped_in_a_flowchart(text: str) -> None:
    messages = {"s": {"type": "sms", "body": text}}
    line = render_mermaid(
        build_journey(campaign({"id": "s", "sms": {}}, messages=messages))
    ).splitlines()[2]
    assert line.startswith('    n1("sms s<br/>#34;')
    inner = line.removeprefix('    n1("').removesuffix('"):::message').replace("<br/>", " ")
    assert not set(inner) & set('"<>%|`{}[]')


def test_no_line_of_a_flowchart_becomes_a_list() -> None:
    drawn = render_mermaid(build_journey(campaign({"wait": "1. - one"}, {"wait": "- two"})))
    assert "wait<br/>1#46; - one" in drawn
    assert "wait<br/>#45; two" in drawn
