"""Whole objects there and back.

Whatever the emulator can hold is imported, applied to an empty workspace, and is the same there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.emulator.validation.template_rules import FIELD_SHAPES
from cioform.kinds import find_kinds
from cioform.language.conditions import decode_filter, encode_filter
from cioform.language.messages.template.template_members import TEMPLATE_MEMBERS
from tests.support.sandbox_project import SandboxProject

KINDS = find_kinds()
Record = dict[str, Any]

SENDERS = [
    {"id": 1, "name": "Acme", "email": "team@acme.com"},
    {"id": 2, "name": "Help", "email": "help@acme.com"},
]
GIVEN: dict[str, list[Record]] = {
    "identities": SENDERS,
    "subscription_topics": [{"id": 5, "name": "News"}],
    "object_types": [{"id": 1, "name": "accounts"}],
}
"""What cioform does not create: it is the same in both workspaces."""
OWN: dict[str, list[Record]] = {
    "layouts": [{"id": 1, "name": "Main", "body": "<p>{{ content }}</p>"}],
    "segments": [{"id": 10, "name": "VIP", "type": "static"}],
}

TEXT = "{{customer.first_name}} ümläut\nline"
TEMPLATE_VALUES: Record = {
    "layout_id": 1,
    "from_identity_id": 1,
    "reply_to_identity_id": 2,
    "bcc": "archive@acme.com",
    "fake_bcc": True,
    "cc": "boss@acme.com",
    "recipient": "{{customer.second_email}}",
    "subject": TEXT,
    "body": f"<p>{TEXT}</p>",
    "body_json": '{"title": "T", "body": "B", "link": "app://home", "data": {"a": 1}}',
    "image_url": "https://acme.com/a.png",
    "body_amp": "<html amp4email>",
    "body_plain": f"{TEXT}\n",
    "preprocessor": "none",
    "url": "https://acme.com/hook",
    "headers": '[{"name": "X-Tag", "value": "a"}]',
    "preheader_text": "Before",
    "template_engine": "legacy",
    "deleted": True,
    "request_method": "put",
    "weight": 3,
    "test_group_id": 1,
    "recipient_environment_id": 1,
    "newsletter_id": 1,
    "short_link_domain_id": 1,
    "webhook_config_id": 1,
}
"""A value that says something for each writable member."""

UNNAMED = (
    *("test_group_id", "recipient_environment_id", "newsletter_id", "short_link_domain_id"),
    "webhook_config_id",
)
"""Ids of things that cioform has no kind for: left out of files by name."""

DECIDED_BY_PLACE = ("template_type", "language", "name", "editor", "whatsapp")
"""Members with tests of their own."""


def test_the_table_names_every_writable_member() -> None:
    assert {*TEMPLATE_VALUES, *DECIDED_BY_PLACE} == set(FIELD_SHAPES) == set(TEMPLATE_MEMBERS)


def project_in(folder: Path) -> SandboxProject:
    project = SandboxProject(folder, kinds=KINDS)
    project.seed(**GIVEN)
    return project


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SandboxProject]:
    project = project_in(tmp_path / "source")
    project.seed(**OWN)
    yield project
    project.store.close()


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[SandboxProject]:
    project = project_in(tmp_path / "copy")
    yield project
    project.store.close()


def carry(source: SandboxProject, copy: SandboxProject) -> None:
    """Import everything of `source`, and apply the files to `copy`."""
    with source.open() as session:
        result = session.import_()
    assert result.left == ()
    plan = source.plan()
    assert plan.is_empty, plan
    shutil.copytree(source.folder, copy.folder, dirs_exist_ok=True)
    plan = copy.plan()
    assert not plan.blocked, plan.blocked
    outcome = copy.apply(plan)
    assert outcome.complete, "\n".join(d.detail for e in outcome.results for d in e.diagnostics)
    assert copy.plan().is_empty


ASSIGNED = (
    *("id", "created", "updated", "created_at", "updated_at"),
    *("campaign_id", "action_id", "transactional_message_id"),
)
REFERENCES = ("layout_id", "from_identity_id", "reply_to_identity_id")
"""Ids that have names, in e-mails only."""


def stable(record: Record, *assigned: str) -> Record:
    """Return what a record says, without the ids that Customer.io assigns."""
    return {
        name: json.loads(value) if name == "body_json" and value else value
        for name, value in record.items()
        if name not in (*ASSIGNED, *assigned) and value not in (None, "", [], "{}")
    }


def templates(project: SandboxProject) -> list[Record]:
    """Return the templates of a workspace, without names, and ids that no file can name."""
    records = project.content()["templates"]
    found = [stable(each, *unnamed_ids(each), "name") for each in records]
    return sorted(found, key=lambda each: json.dumps(each, sort_keys=True))


def unnamed_ids(template: Record) -> tuple[str, ...]:
    references = () if template["template_type"] == "email" else REFERENCES
    return (*UNNAMED, *references)


def edges_between(before: Record, after: Record) -> list[Record]:
    ends = {"from": str(before["id"]), "to": str(after["id"])}
    ways = WAYS.get(before["type"])
    if ways is None:
        return [{**ends, "type": "continue"}]
    return [{**ends, "type": "branch", "index": i} for i in range(ways)]


def campaign(actions: list[Record], **fields: Any) -> dict[str, list[Record]]:
    """Return the records of a campaign with these actions in a row."""
    every = [*actions, {"id": 1099, "type": "exit_action"}]
    edges = [edge for a, b in pairwise(every) for edge in edges_between(a, b)]
    record = {
        "id": 1,
        "name": "C",
        "type": "transactional",
        "event": "signed_up",
        "event_type": "event",
        "workflow_action_ids": [each["id"] for each in every],
        "edges": edges,
        **fields,
    }
    return {"campaigns": [record], "actions": [{**each, "campaign_id": 1} for each in every]}


IDS = ("id", "campaign_id", "action_id", "template_id")
Content = dict[str, list[Record]]


def side_by_side(contents: Iterable[Content]) -> Content:
    """Return the records of several campaigns, each with IDs and a name of its own."""
    together: Content = {}
    for number, content in enumerate(contents, 1):
        for collection, records in content.items():
            moved = [_with_own_ids(each, number) for each in records]
            together[collection] = [*together.get(collection, ()), *moved]
    return together


def _with_own_ids(record: Record, number: int) -> Record:
    more = 10_000 * number
    new = {name: value + more if name in IDS else value for name, value in record.items()}
    if "edges" not in new:
        return new
    edges = [
        {**each, "from": str(int(each["from"]) + more), "to": str(int(each["to"]) + more)}
        for each in new["edges"]
    ]
    ids = [each + more for each in new["workflow_action_ids"]]
    return {**new, "name": f"{new['name']} {number}", "edges": edges, "workflow_action_ids": ids}


ELEMENT = {"type": "attribute", "field": "plan", "operator": "eq", "value": "pro"}
CONDITION = encode_filter([ELEMENT])
OWN_MEMBERS: dict[str, Record] = {
    "delay_seconds_action": {"delay": 3600},
    "delay_time_window_action": {
        "start_time": "09:00",
        "end_time": "17:00",
        "days": [1, 2],
        "zone": "customer_time_zone",
        "fallback_zone": "Europe/Berlin",
    },
    "randomized_delay_action": {"min_delay": 60, "max_delay": 120},
    "conditional_wait_action": {
        "multi_conditions": [CONDITION],
        "delay": 86400,
        "exit_type": "continue",
    },
    "conditional_branch_action": {"conditions": CONDITION},
    "multi_split_branch_action": {"multi_conditions": [CONDITION, CONDITION]},
    "random_cohort_branch_action": {"cohorts": [300, 700], "cohort_names": ["A", "B"]},
    "attribute_update_action": {"attribute_name": "a", "attribute_value": "{{event.b}}"},
    "create_event_action": {"event_name": "again", "event_data": {"a": [1]}},
    "static_seg_update_action": {"segment_id": 10, "operation": "remove"},
    "batch_update_action": {"objects": [{"type": 1}]},
    "collection_query_action": {"collection": "c", "limit": 2},
}
"""The members of each type of step that is not a message, besides those of every action."""

WAYS = {
    "conditional_wait_action": 2,
    "conditional_branch_action": 2,
    "multi_split_branch_action": 3,
    "random_cohort_branch_action": 2,
}


def common_members(action_type: str) -> Record:
    """Return every member that all types of actions have, each with a value that says something."""
    condition = {"preconditions": CONDITION} if action_type in MESSAGE_CHANNELS else {}
    return {
        "id": 1001,
        "type": action_type,
        "name": "hello",
        "sub_type": "special",
        "tracked": False,
        "can_convert": False,
        "send_to_unsubscribed": True,
        "frequency_cap_mode": "cap_9",
        "unheard_of": {"a": [1]},
        **condition,
    }


def without_ids(action: Record) -> Record:
    return stable(action, "template_id")


def test_steps_of_every_type(source: SandboxProject, copy: SandboxProject) -> None:
    contents: list[Content] = []
    steps = [{**common_members(each), **members} for each, members in OWN_MEMBERS.items()]
    for action_type, channel in MESSAGE_CHANNELS.items():
        owner = {"id": 101, "action_id": 1001, "campaign_id": 1, "template_type": channel}
        message = {**common_members(action_type), "template_id": 101, "sending_state": "off"}
        contents.append({**campaign([message]), "templates": [{**owner, **TEMPLATE_VALUES}]})
        steps.append(message)
    contents += [campaign([{**step}]) for step in steps if "template_id" not in step]
    source.seed(**side_by_side(contents))
    carry(source, copy)
    assert templates(copy) == templates(source)
    theirs = {each["type"]: without_ids(each) for each in copy.content()["actions"]}
    for step in steps:
        assert theirs[step["type"]] == without_ids(step)


@pytest.mark.parametrize(
    ("action_type", "members"),
    [
        ("create_event_action", {"event_name": " "}),
        ("attribute_update_action", {"attribute_name": " ", "attribute_value": "x"}),
    ],
)
def test_a_step_without_a_name_that_a_file_may_say(
    action_type: str, members: Record, source: SandboxProject
) -> None:
    source.seed(**campaign([{"id": 1001, "type": action_type, "name": "hello", **members}]))
    with source.open() as session:
        assert session.import_().left == ()
    assert source.plan().is_empty
    [file] = (source.folder / "campaigns").rglob("*.yaml")
    assert f"action: {action_type}" in file.read_text()


@pytest.mark.parametrize(
    ("action_type", "member", "value"),
    [
        ("whatsapp_action", "whatsapp", {"template": "hi"}),
        ("email_action", "headers", '[{"name": "X", "value": "1"}, {"name": "X", "value": "2"}]'),
        ("webhook_action", "headers", '[{"name": "X", "value": 1}]'),
        ("push_action", "body_json", "[1]"),
        ("in_app_action", "body_json", "not JSON"),
        ("push_action", "body_json", ""),
    ],
)
def test_a_value_that_no_word_could_write(
    action_type: str, member: str, value: Any, source: SandboxProject, copy: SandboxProject
) -> None:
    owner = {"id": 101, "action_id": 1001, "campaign_id": 1, "subject": "S", "body": "B"}
    template = {
        **owner,
        "url": "https://acme.com",
        "template_type": MESSAGE_CHANNELS[action_type],
        member: value,
    }
    message = {"id": 1001, "type": action_type, "name": "hello", "template_id": 101}
    source.seed(**campaign([message]), templates=[template])
    carry(source, copy)
    [theirs] = copy.content()["templates"]
    assert theirs[member] == value or not value


def test_an_email_whose_styles_are_not_written_into_its_elements(
    source: SandboxProject, copy: SandboxProject
) -> None:
    owner = {"id": 101, "action_id": 1001, "campaign_id": 1, "template_type": "email"}
    template = {**owner, "subject": "S", "body": "B", "preprocessor": ""}
    message = {"id": 1001, "type": "email_action", "name": "hello", "template_id": 101}
    source.seed(**campaign([message]), templates=[template])
    carry(source, copy)
    [theirs] = copy.content()["templates"]
    assert theirs["preprocessor"] == ""


TRANSACTIONAL_TYPES = ("email", "push", "twilio", "whatsapp", "in_app", "inbox")


@pytest.mark.parametrize("message_type", TRANSACTIONAL_TYPES)
def test_a_transactional_message(
    message_type: str, source: SandboxProject, copy: SandboxProject
) -> None:
    message = {
        "id": 1,
        "name": "M",
        "description": "D",
        "state": "draft",
        "type": message_type,
        "trigger_name": "SEND_M",
        "template_id": 101,
        "link_tracking": False,
        "open_tracking": False,
        "send_to_unsubscribed": False,
        "hide_message_body": True,
        "queue_drafts": True,
    }
    owner = {"transactional_message_id": 1, "template_type": message_type, **TEMPLATE_VALUES}
    languages = [
        {**owner, "id": 101, "language": ""},
        {**owner, "id": 102, "language": "es", "subject": "S", "fake_bcc": False,
         "layout_id": None},
        {"id": 103, "transactional_message_id": 1, "template_type": message_type, "language": "fr",
         "name": "M", "subject": "Vide", "body": "Vide", "from_identity_id": 2, "recipient": "",
         "body_json": '{"title": "Vide", "body": "", "link": ""}'},
    ]  # fmt: skip
    source.seed(transactional_messages=[message], templates=languages)
    carry(source, copy)
    [theirs] = copy.content()["transactional_messages"]
    expected = {**stable(message, "template_id"), "has_sent_message": False}
    assert stable(theirs, "template_id") == expected
    assert templates(copy) == templates(source)


@pytest.mark.parametrize(
    ("message_type", "member", "value"),
    [("email", "headers", '[{"name": "X", "value": 1}]'), ("whatsapp", "body_json", "[1]")],
)
def test_a_language_without_what_no_word_of_its_message_could_write(
    message_type: str, member: str, value: str, source: SandboxProject, copy: SandboxProject
) -> None:
    message = {"id": 1, "name": "M", "state": "draft", "type": message_type, "template_id": 101}
    owner = {"transactional_message_id": 1, "template_type": message_type, "body": "B"}
    main = {**owner, "id": 101, "language": "", "subject": "S", member: value}
    language = {**owner, "id": 102, "language": "es", "subject": "T"}
    source.seed(transactional_messages=[message], templates=[main, language])
    carry(source, copy)
    found = {each["language"]: each[member] for each in copy.content()["templates"]}
    assert (found[""], found["es"] in (None, "", "[]", "{}")) == (value, True)


def test_a_body_with_a_byte_order_mark(source: SandboxProject, copy: SandboxProject) -> None:
    """A file cannot have one that is sent, and around HTML it means nothing."""
    layouts = [{"id": 2, "name": "Marked", "body": "\ufeff<p>{{ content }}</p>\r\n"}]
    message = {"id": 1, "name": "M", "state": "draft", "type": "email", "template_id": 101}
    owner = {"transactional_message_id": 1, "template_type": "email", "subject": "S"}
    template = {**owner, "id": 101, "language": "", "body": "\ufeff<p>Hi</p>"}
    source.seed(layouts=layouts, transactional_messages=[message], templates=[template])
    carry(source, copy)
    assert [each["body"] for each in copy.content()["templates"]] == ["<p>Hi</p>"]


TRIGGERS: dict[str, Record] = {
    "seg_attr": {"trigger": {"and": [{"segment": {"id": 10}}]}},
    "transactional": {
        "event": "e",
        "event_type": "event",
        "anchors": encode_filter([{**ELEMENT, "field": "a"}]),
        "filters": CONDITION,
        "attribute_filters": {"and": [{"field": "amount", "operator": "gt", "value": "5"}]},
    },
    "date": {
        "date_triggered_attribute": "birthday",
        "date_triggered_frequency": "yearly",
        "date_triggered_start_time": "10:30",
        "date_triggered_zone": "customer_time_zone",
        "date_triggered_fallback_zone": "Europe/Berlin",
        "date_triggered_lead_days": 3,
        "filters": CONDITION,
    },
    "form": {"event": "f", "filters": CONDITION},
    "object": {
        "object_campaign": {"object_type_id": 1},
        "object_attribute_triggers": [{"name": "a", "type": "Updated"}],
        "audience": {"type": 1, "person_filters": ""},
        "filters": CONDITION,
    },
    "relationship": {
        "relationship_campaign": {"object_type_id": 1},
        "audience": {"type": 0},
        "filters": CONDITION,
    },
    "webhook": {"webhook_id": 7, "filters": CONDITION},
    "triggered_broadcast": {"filters": CONDITION},
}
REENTRY = {
    "restart_mode": "rematch",
    "restart_min_interval": 86400,
    "frequency_cap_mode": "cap_3",
}
SETTINGS: Record = {
    "description": "D",
    "global_exit_conditions": [{"segment": {"id": 10}}],
    "exit_on_trigger_or_filter_not_matched": True,
    "use_message_limits": False,
    "send_to_unsubscribed": True,
    "conversion": "paid",
    "conversion_type": "perform_event",
    "conversion_action": "opening",
    "conversion_window": 86400,
    "subscription_topic_id": 5,
}


@pytest.mark.parametrize("campaign_type", TRIGGERS)
def test_the_settings_of_a_campaign(
    campaign_type: str, source: SandboxProject, copy: SandboxProject
) -> None:
    no_reentry = campaign_type in ("relationship", "triggered_broadcast")
    fields = {**SETTINGS, **TRIGGERS[campaign_type], **({} if no_reentry else REENTRY)}
    step = {"id": 1001, "type": "delay_seconds_action", "name": "pause", "delay": 60}
    no_event = {"event": "", "event_type": ""}
    source.seed(**campaign([step], **{**no_event, **fields, "type": campaign_type}))
    carry(source, copy)
    ids = ("edges", "workflow_action_ids", "first_started")
    [mine], [theirs] = source.content()["campaigns"], copy.content()["campaigns"]
    assert meaning(stable(theirs, *ids)) == meaning(stable(mine, *ids))


def meaning(fields: Record) -> Record:
    """Return the fields of a campaign with the filters that restrict who enters as one."""
    encoded = [fields.get(name, "") for name in ("anchors", "filters")]
    elements = [each for text in encoded if text for each in decode_filter(text)]
    rest = {name: value for name, value in fields.items() if name not in ("anchors", "filters")}
    return {**rest, "elements": sorted(elements, key=str)}


@pytest.mark.parametrize("action_type", ["email_action", "push_action"])
def test_a_message_made_in_another_editor_is_compared_and_not_created(
    action_type: str, source: SandboxProject, copy: SandboxProject
) -> None:
    message = {"id": 1001, "type": action_type, "name": "hello", "template_id": 101}
    owner = {"id": 101, "action_id": 1001, "campaign_id": 1, "subject": "S", "editor": "bee"}
    template = {**owner, "template_type": MESSAGE_CHANNELS[action_type], "body": "<p>B</p>"}
    source.seed(**campaign([message]), templates=[template])
    with source.open() as session:
        session.import_()
    assert source.plan().is_empty
    [file] = (source.folder / "campaigns").rglob("*.yaml")
    assert "editor: bee" in file.read_text()
    shutil.copytree(source.folder, copy.folder, dirs_exist_ok=True)
    [blocked] = copy.plan().blocked
    assert 'editor "bee"' in blocked.hint


@pytest.mark.parametrize(
    "fields",
    [
        {"global_exit_conditions": [{"event": {"etype": 3}}]},
        {"conversion": "10", "conversion_type": "enter_segment", "conversion_window": 60},
        {"restart_mode": "interval", "restart_min_interval": 60},
        {"attribute_filters": {"field": "a", "operator": "odd", "value": "1"}},
        {"filters": encode_filter([{**ELEMENT, "operator": "odd"}])},
    ],
)
def test_settings_that_have_no_words(fields: Record, source: SandboxProject) -> None:
    step = {"id": 1001, "type": "delay_seconds_action", "name": "pause", "delay": 60}
    source.seed(**campaign([step], **fields))
    with source.open() as session:
        assert session.import_().left == ()
    assert source.plan().is_empty
    assert not source.plan().changes


LEAF = {"event": {"type": "event", "name": "e", "filters": {}}, "times": 1, "within": 0}


@pytest.mark.parametrize(
    "conditions",
    [
        {"and": [{"or": [{**LEAF, "times": 3, "within": 60, "inverse": True}]}]},
        {"and": []},
        {"and": [{"segment": {"id": 10}}]},
        None,
    ],
)
def test_a_segment(conditions: Any, source: SandboxProject, copy: SandboxProject) -> None:
    record = {"id": 11, "name": "S", "description": "D", "conditions": conditions}
    source.seed(segments=[*OWN["segments"], record])
    carry(source, copy)
    [theirs] = [each for each in copy.content()["segments"] if each["name"] == "S"]
    assert theirs["description"] == "D"
    copied = copy.plan()
    assert copied.is_empty
