"""Everything that can be written reads back equal.

Each field of each kind is set, changed and removed, and each change converges in one apply. Files
change together. So do the fields of one block; with CIOFORM_EXAMPLES, as in `.ci/nightly`, they
change one by one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.kinds import find_kinds
from tests.support.sandbox_project import SandboxProject

KINDS = find_kinds()
Document = dict[str, Any]
ONE_BY_ONE: Final = "CIOFORM_EXAMPLES" in os.environ

EMAIL_VALUES: dict[str, list[Any]] = {
    "sending": ["automatic", "never", "draft"],
    "track": [{"opens": False, "links": False}, {"opens": True, "links": True}],
    "from": ["team@acme.com", "help@acme.com"],
    "reply_to": ["help@acme.com", "none"],
    "to": ["{{customer.other}}", ""],
    "cc": ["a@acme.com", "", " "],
    "bcc": ["a@acme.com", ""],
    "subject": ["S", " blanks ", "{{x}}"],
    "preheader": ["P", ""],
    "headers": [{"X-A": "1"}, {"X-A": "", "X-B": "2"}, {}],
    "layout": ["main", "none"],
    "body": ["<p>B</p>", " <p>C</p>\n", "a\r\nb"],
    "plain": ["P\n", ""],
    "amp": ["<html amp4email>", ""],
    "raw": [
        {"preprocessor": "", "fake_bcc": True},
        {"fake_bcc": False, "preprocessor": "premailer"},
        {"weight": 3, "image_url": "https://a"},
        {"weight": None, "image_url": ""},
        {},
    ],
}
MESSAGES: dict[str, tuple[Document, dict[str, list[Any]]]] = {
    "email": ({"subject": "S0", "body": "B0"}, EMAIL_VALUES),
    "push": (
        {"title": "T0", "body": "B0"},
        {
            "title": ["T", " "],
            "body": ["B", "{{x}}"],
            "link": ["app://x", ""],
            "content": [{"sound": "a", "data": {}}, {"sound": ""}, {}],
            "raw": [{"cc": "a@b.c", "body": "b"}, {"cc": "", "body": ""}],
        },
    ),
    "sms": (
        {"body": "B0"},
        {"body": ["B ", " B"], "to": ["{{x}}", ""], "image_url": ["https://a", ""]},
    ),
    "whatsapp": (
        {"body": "B0"},
        {"body": ["B", ""], "to": ["{{x}}", ""], "content": [{"a": 1}, {"a": None}, {}]},
    ),
    "in_app": (
        {"content": {"a": 0}},
        {"content": [{"a": [1]}, {}], "body": ["B", ""]},
    ),
}
CAMPAIGN_MESSAGES: dict[str, tuple[Document, dict[str, list[Any]]]] = {
    **MESSAGES,
    "slack": (
        {"body": "B0"},
        {"body": ["B", " "], "channel": ["#a", ""], "url": ["https://hooks", ""]},
    ),
    "webhook": (
        {"url": "https://a/0"},
        {
            "url": ["https://a/1"],
            "method": ["put", "get", "post"],
            "headers": [{"A": "b"}, {}],
            "body": ["{}", " ", ""],
        },
    ),
}
STEP_VALUES: dict[str, list[Document]] = {
    "raw": [
        {"wait": "1d", "raw": {"can_convert": False, "x": 1}},
        {"wait": "1d", "raw": {"can_convert": True, "x": 0}},
        {"wait": "1d", "raw": {"x": ""}},
        {"wait": "1d", "raw": {"y": {"a": []}}},
    ],
    "only_if": [
        {"push": {"title": "T", "body": "B"}, "only_if": {"attribute": "a", "is": "b"}},
        {"push": {"title": "T", "body": "B"}, "only_if": {"segment": "vip"}},
    ],
    "wait": [{"wait": "1d"}, {"wait": "36h"}],
    "wait_random": [
        {"wait_random": {"min": "1h", "max": "2h"}},
        {"wait_random": {"min": "0s", "max": "2h"}},
    ],
    "wait_window": [
        {"wait_window": {"from": "09:00", "to": "10:00", "time_zone": "UTC"}},
        {"wait_window": {"from": "00:00", "to": "24:00", "time_zone": "person",
                         "fallback_time_zone": "UTC", "days": ["sun"]}},
        {"wait_window": {"from": "09:00", "to": "10:00", "time_zone": "person"}},
    ],
    "wait_until": [
        {"wait_until": {"event": "e"}, "timeout": "1d"},
        {"wait_until": {"event": "e", "same": "id"}, "timeout": "never"},
        {"wait_until": {"any": [{"event": "e"}, {"segment": "vip"}]}, "timeout": "2d"},
    ],
    "if": [
        {"if": {"segment": "vip"}},
        {"if": {"not": {"segment": "vip"}}},
        {"if": {"attribute": "a", "is": "3.10"}, "raw": {"x": 1}},
    ],
    "branches": [
        {"branches": [{"if": {"segment": "vip"}}]},
        {"branches": [{"if": {"segment": "vip"}}, {"if": {"attribute": "a", "exists": True}}]},
    ],
    "random_branches": [
        {"random_branches": [{"percent": 50}, {"percent": 50}]},
        {"random_branches": [{"percent": 33.3, "name": "A"}, {"percent": 66.7, "name": ""}]},
        {"random_branches": [{"percent": 10}, {"percent": 20}, {"percent": 70}]},
    ],
    "set_attributes": [
        {"set_attributes": {"a": True}},
        {"set_attributes": {"a": "true"}},
        {"set_attributes": {"a": 3.10}},
        {"set_attributes": {"b": ""}},
        {"set_attributes": {"b": " "}, "raw": {"x": 1}},
    ],
    "send_event": [
        {"send_event": "e"},
        {"send_event": {"name": "e", "data": {"a": 1, "b": ""}}},
        {"send_event": {"name": "e", "data": {"a": 0}}},
        {"send_event": {"name": "f", "data": {"b": [1]}}},
        {"send_event": "g"},
    ],
    "segment": [{"add_to_segment": "vip"}, {"remove_from_segment": "vip"}],
    "query_collection": [
        {"query_collection": {"collection": "c", "filters": []}},
        {"query_collection": {"collection": "c", "limit": 3, "filters": [{"a": 1}]}},
        {"query_collection": {"collection": "c", "limit": 0, "filters": []}},
        {"query_collection": {"collection_id": 1, "limit": None}},
    ],
    "batch_update": [
        {"batch_update": {"objects": [{"a": 1}]}},
        {"batch_update": {"objects": [], "x": "y"}},
    ],
    "name": [{"wait": "1d", "name": "Pause"}, {"wait": "1d", "name": "Other pause"}],
    "ab_test": [
        {"ab_test": [{"id": "v", "percent": 50, "email": {"subject": "1", "body": "1"}},
                     {"id": "w", "percent": 50, "email": {"subject": "2", "body": "2"}}]},
        {"ab_test": [{"id": "v", "percent": 10, "email": {"subject": "1", "body": "1"},
                      "only_if": {"segment": "vip"}, "raw": {"x": 1}},
                     {"id": "w", "percent": 90, "name": "W",
                      "email": {"subject": "2", "body": "3", "bcc": "a@b.c"}}]},
    ],
}  # fmt: skip
FIELDS: dict[str, tuple[Document, dict[str, list[Any]]]] = {
    "snippets": ({"name": "s", "value": "v"}, {"value": ["w", "a\n\nb\n", " x "]}),
    "layouts": (
        {"name": "L", "body": "{{ content }}"},
        {"name": ["M"], "body": ["<p>{{ content }}</p>\n", " {{content}} "]},
    ),
    "tags": ({"name": "t"}, {"name": ["u"]}),
    "segments": (
        {"name": "S", "conditions": {"attribute": "a", "is": "b"}},
        {
            "name": ["T", " T "],
            "description": ["D", " D ", ""],
            "conditions": [
                {"attribute": "a", "is": " b"},
                {"attribute": "a", "is": 3.10},
                {"attribute": "a", "is": True},
                {"attribute": "a", "exists": False},
                {"attribute": "a", "before": "3d ago"},
                {"attribute": "a", "after": "now"},
                {"attribute": "a", "before": "7d from now"},
                {"event": "e", "at_least": 3, "within_last": "14d"},
                {"event": "e", "at_most": 2},
                {"not": {"event": "e"}},
                {"any": [{"segment": "vip"}, {"attribute": "a", "between": [1, 5]}]},
                {"all": [{"any": [{"event": "e"}, {"not": {"segment": "vip"}}]}, {"event": "f"}]},
            ],
        },
    ),
    "campaigns": (
        {
            "name": "C",
            "trigger": {"event": "e"},
            "workflow": [{"id": "hi", "push": {"title": "T", "body": "B"}}],
        },
        {
            "name": ["D", " D "],
            "description": ["x", " ", ""],
            "tags": [["a", "b"], ["b"], []],
            "topic": ["News", "none"],
            "trigger": [
                {"event": "f"},
                {"event": "e", "where": {"attribute": "amount", "greater_than": 3}},
                {"event": "e", "audience": {"segment": "vip"}},
                {"event": "e", "audience": {"not": {"segment": "vip"}}},
            ],
            "reentry": [
                "every_match",
                {"mode": "every_match", "cooldown": "1d"},
                {"mode": "every_match", "frequency_cap": "cap_1"},
                {"mode": "once", "frequency_cap": "no_cap"},
                {"raw": {"restart_mode": "interval", "restart_min_interval": 60}},
                {"raw": {"restart_mode": "", "restart_min_interval": 60}},
                "once",
            ],
            "goal": [
                {"event": "g", "within": "7d"},
                {"event": "g"},
                {"event": "h", "after": "opening"},
                {"raw": {"conversion_type": "enter_segment", "conversion": "10"}, "within": "1d"},
                "none",
            ],
            "exit": [
                {"when": {"segment": "vip"}},
                {"stops_matching": True},
                {"when": {"segment": "vip"}, "stops_matching": False},
                {},
            ],
            "message_limits": [False, True],
            "send_to_unsubscribed": [True, False],
        },
    ),
    "transactional": (
        {"name": "M", "email": {"subject": "S", "body": "B"}},
        {
            "name": ["N"],
            "description": ["D", ""],
            "trigger_name": ["GO", ""],
            "send_to_unsubscribed": [True, False],
            "hide_message_body": [True, False],
        },
    ),
}
CAMPAIGN: Document = FIELDS["campaigns"][0]
LAST_STEP: Document = {"id": "bye", "push": {"title": "T", "body": "B"}}
TRIGGERS: dict[str, list[Document]] = {
    "segments and attributes": [
        {"segment": "vip"},
        {"all": [{"segment": "vip"}, {"attribute": "a", "is": "b"}]},
    ],
    "date": [
        {"date": "birthday", "time_zone": "UTC"},
        {"date": "birthday", "time_zone": "person", "fallback_time_zone": "UTC", "at": "10:30",
         "repeats": "yearly"},
        {"date": "birthday", "time_zone": "UTC", "audience": {"segment": "vip"}},
    ],
    "form": [{"form": "f"}, {"form": "g", "audience": {"segment": "vip"}}],
    "webhook": [{"webhook": 1}, {"webhook": 2}],
    "object": [
        {"object": {"object_campaign": {"a": 1}, "audience": {"type": 1}}},
        {"object": {"object_campaign": {"a": 2}, "audience": {}, "object_attribute_triggers": []}},
    ],
    "relationship": [
        {"relationship": {"relationship_campaign": {"a": 1}}},
        {"relationship": {"relationship_campaign": {"a": 2}, "audience": {"type": 0}}},
    ],
    "raw": [
        {"raw": {"type": "date", "date_triggered_attribute": "b", "start_time": "noonish"}},
        {"raw": {"type": "date", "date_triggered_attribute": "c", "zone": ""}},
    ],
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new = SandboxProject(tmp_path, Behavior(rate_limit=None), kinds=KINDS)
    new.seed(
        identities=[
            {"id": 1, "name": "Acme", "email": "team@acme.com"},
            {"id": 2, "name": "Help", "email": "help@acme.com"},
        ],
        subscription_topics=[{"id": 5, "name": "News"}],
    )
    new.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    new.write("layouts/main.yaml", {"name": "Main", "body": "{{ content }}"})
    new.apply()
    yield new
    new.store.close()


Series = dict[str, list[Document]]
"""The documents of some files, one after the other, by the files. All files change together."""


def file_of(folder: str, case: str = "x") -> str:
    name = case.replace(" ", "_")
    return f"{folder}/{name}/campaign.yaml" if folder == "campaigns" else f"{folder}/{name}.yaml"


def campaigns(case: str, documents: Iterable[Document]) -> Series:
    """Return the documents of a campaign that has the name of a case."""
    return {file_of("campaigns", case): [{**CAMPAIGN, "name": case, **each} for each in documents]}


def workflows(case: str, steps: Iterable[list[Any]]) -> Series:
    return campaigns(case, [{"workflow": each} for each in steps])


def converge(project: SandboxProject, documents: Mapping[str, Document]) -> list[str]:
    """Apply documents once. Return what does not converge."""
    for file, document in documents.items():
        project.write(file, document)
    plan = project.plan()
    if plan.blocked:
        return [f"{each.address}: {each.hint}" for each in plan.blocked]
    outcome = project.apply(plan)
    problems = [(result.address, result.diagnostics) for result in outcome.results]
    found = [f"{address}: {each.detail}" for address, all_ in problems for each in all_]
    return found + [f"{change.address}: {change.fields}" for change in project.plan().changes]


def converge_all(project: SandboxProject, series: Series) -> None:
    found: list[str] = []
    for number in range(max(map(len, series.values()))):
        documents = {file: each[number] for file, each in series.items() if number < len(each)}
        if problems := converge(project, documents):
            files = [f"{file}: {json.dumps(each)}" for file, each in documents.items()]
            found += [*problems, *files]
    assert not found, "\n\n".join(found)


def variants(base: Document, fields: dict[str, list[Any]]) -> list[Document]:
    """Return documents with each value of each field; the next takes the one before away."""
    alone = [{name: value} for name in fields for value in fields[name]]
    rounds = alone if ONE_BY_ONE else together(fields)
    return [base, *({**base, **values} for values in rounds), base]


def together(fields: dict[str, list[Any]]) -> list[Document]:
    """Return what sets the first value of all fields, then the second of all that have one..."""
    missing = object()
    columns = zip_longest(*fields.values(), fillvalue=missing)
    rounds = [dict(zip(fields, values, strict=True)) for values in columns]
    return [{k: v for k, v in each.items() if v is not missing} for each in rounds]


def test_the_fields_of_all_kinds(project: SandboxProject) -> None:
    series = {file_of(folder): variants(*each) for folder, each in FIELDS.items()}
    converge_all(project, series)


def test_the_fields_of_the_messages_of_campaigns(project: SandboxProject) -> None:
    series: Series = {}
    for word, each in CAMPAIGN_MESSAGES.items():
        series |= workflows(word, [[{"id": "hi", word: block}] for block in variants(*each)])
    converge_all(project, series)


def test_the_fields_of_transactional_messages(project: SandboxProject) -> None:
    series: Series = {}
    for word, (base, fields) in MESSAGES.items():
        blocks = [each for each in variants(base, fields) if each.get("sending") != "never"]
        translated = {k: v[:2] for k, v in fields.items() if k not in ("sending", "track")}
        translations: list[Document] = [{"es": each} for each in variants(base, translated)]
        blocks += [{**base, "translations": each} for each in [*translations, {"es": {}}, {}]]
        series[file_of("transactional", word)] = [{"name": word, word: block} for block in blocks]
    converge_all(project, series)


def test_all_steps(project: SandboxProject) -> None:
    series: Series = {}
    for case, values in STEP_VALUES.items():
        steps: list[Document] = [{"id": "x", **each} for each in values]
        bare = {k: v for k, v in steps[-1].items() if k not in ("raw", "only_if")}
        with_step = [[step, LAST_STEP] for step in [*steps, bare, steps[0]]]
        series |= workflows(case, [[LAST_STEP], *with_step, [LAST_STEP]])
    converge_all(project, series)


def test_the_members_of_exits(project: SandboxProject) -> None:
    members: list[Document] = [
        {"x": 1, "can_convert": False},
        {"x": 2, "can_convert": True},
        {"x": ""},
        {},
    ]
    ends: list[list[Any]] = [[{"id": "end", "exit": True, "raw": each}] for each in members]
    outs = [{"id": "out", "exit": True, "raw": {"y": [1]}}, "exit", {**ends[0][0], "id": "out"}]
    steps = [[LAST_STEP, *end] for end in [[], *ends, ["exit"], ends[0]]]
    steps += [
        [{"id": "x", "if": {"segment": "vip"}, "then": [out]}, LAST_STEP, *ends[1]] for out in outs
    ]
    converge_all(project, workflows("exits", steps))


def test_all_triggers(project: SandboxProject) -> None:
    series: Series = {}
    for case, triggers in TRIGGERS.items():
        series |= campaigns(case, [{"trigger": each} for each in [*triggers, triggers[0]]])
    converge_all(project, series)
