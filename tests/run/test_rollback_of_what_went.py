"""What a run replaces, removes or deletes is shown whole, and its rollback makes the same again.

That includes what is in no file. What no write can make again is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.config.read.parsing.parse import parse_first
from cioform.core.data.leaves import leaves
from cioform.core.data.paths import FieldPath, format_path
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.model.paths.file_paths import part_path
from cioform.plan.change import Action, Change
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import parsed
from cioform.plan.plan import PreferredSide
from cioform.run.events import Outcome
from tests.kinds.test_whole_objects import (
    GIVEN,
    KINDS,
    OWN,
    OWN_MEMBERS,
    REENTRY,
    SETTINGS,
    TEMPLATE_VALUES,
    UNNAMED,
    Record,
    campaign,
    common_members,
    meaning,
    stable,
    templates,
)
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

KIND = KINDS["campaign"]
STEP_TYPES = [*MESSAGE_CHANNELS, *OWN_MEMBERS]
KEPT_IN_FILE = {
    **{word: {"subject", "body"} for word in ("email", "sms", "whatsapp", "slack")},
    "push": {"title", "body"},
    "in_app": {"content"},
    "webhook": {"url"},
    "query_collection": {"collection"},
    "batch_update": {"objects"},
    "send_event": {"name"},
}
"""What stays in the file of a step; most of it has to."""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new = SandboxProject(tmp_path, kinds=KINDS)
    new.seed(**GIVEN, **OWN)
    yield new
    new.store.close()


def seed_campaign(project: SandboxProject, action_type: str, **fields: Any) -> None:
    """Make a campaign with one step that has every member that can be written, and import it."""
    channel = MESSAGE_CHANNELS.get(action_type)
    members = {**common_members(action_type), **OWN_MEMBERS.get(action_type, {})}
    if channel is not None:
        owner = {"id": 101, "action_id": 1001, "campaign_id": 1, "template_type": channel}
        project.seed(templates=[{**owner, **TEMPLATE_VALUES}])
        members |= {"template_id": 101, "sending_state": "off"}
    project.seed(**campaign([members], **fields))
    with project.open() as session:
        assert session.import_().left == ()


def campaign_file(project: SandboxProject) -> Path:
    [file] = (project.folder / "campaigns").rglob("*.yaml")
    return file


def write(project: SandboxProject, document: Record) -> None:
    project.write(str(campaign_file(project).relative_to(project.folder)), document)


def take_out_of_the_file(project: SandboxProject) -> Record:
    """Leave in the file what it needs; return it. Customer.io has the rest."""
    document: Record = dict(parse_first(campaign_file(project).read_text(), "file"))
    [step, *rest] = document["workflow"]
    step = {
        name: {field: each for field, each in value.items() if field in KEPT_IN_FILE[name]}
        if name in KEPT_IN_FILE
        else value
        for name, value in step.items()
        if name not in ("raw", "name")
    }
    if "send_event" in step:
        step["send_event"] = step["send_event"]["name"]
    for name in ("tags", "topic", "goal", "description"):
        document.pop(name, None)
    document["workflow"] = [step, *rest]
    write(project, document)
    assert project.apply().complete
    assert project.plan().changes == ()
    return document


def prepare_step(project: SandboxProject, action_type: str) -> None:
    project.seed(**GIVEN, **OWN)
    seed_campaign(project, action_type)
    take_out_of_the_file(project)


def document_of(project: SandboxProject) -> Record:
    return dict(parse_first(campaign_file(project).read_text(), "file"))


def actions(project: SandboxProject) -> list[Record]:
    return [
        stable(each, "template_id", "action_ids")
        for each in project.content()["actions"]
        if not each["type"].endswith("exit_action")
    ]


def unmanaged_of(project: SandboxProject) -> set[str]:
    """Return the fields that the state knows to be in no file, by the paths of the file."""
    with project.open() as session:
        applied = session.applied().bindings
    [binding] = [each for address, each in applied.items() if address.kind == "campaign"]
    paths = [parsed(text) for text in binding.unmanaged or ()]
    return {format_path(part_path(KIND, path, binding.applied or {})) for path in paths}


def shown(change: Change) -> set[str]:
    """Return the paths of all values that a plan says will be gone."""
    found: set[str] = set()
    for item in change.fields:
        for path, _ in leaves((), item.before) if isinstance(item.before, dict) else [((), None)]:
            whole: FieldPath = (*item.path, *path)
            found |= {format_path(whole[:length]) for length in range(1, len(whole) + 1)}
    return found


def roll_back(project: SandboxProject, outcome: Outcome) -> Change:
    with project.open() as session:
        rollback = session.plan_rollback(outcome.run)
        assert rollback.plan.left == ()
        assert rollback.plan.blocked == ()
        [change] = [each for each in rollback.plan.changes if each.action.writes]
        done = session.roll_back(rollback, NO_GUARDS)
    assert done.complete, [each.diagnostics for each in done.results]
    return change


@pytest.mark.parametrize("is_removed", [False, True], ids=["replaced", "removed"])
@pytest.mark.parametrize("action_type", STEP_TYPES)
def test_a_step(action_type: str, is_removed: bool, copy_of: CopyOf) -> None:
    project = copy_of(prepare_step, action_type, kinds=KINDS)
    document = document_of(project)
    before = actions(project), templates(project)
    unmanaged = {text for text in unmanaged_of(project) if text.startswith("hello.")}
    assert any("unheard_of" in text for text in unmanaged)
    [step, *rest] = document["workflow"]
    other: Record = {"push": {"title": "T", "body": "B"}}
    if action_type == "push_action":
        other = {"wait": "9d"}
    steps = [{"id": "other", **other}] if is_removed else [{"id": step["id"], **other}]
    write(project, {**document, "workflow": [*steps, *rest]})
    plan = project.plan()
    [change] = plan.changes
    assert unmanaged <= shown(change)
    assert "what is in no file is lost: " in change.reason
    undone = roll_back(project, project.apply(plan))
    assert (actions(project), templates(project)) == before
    named = [name for name in UNNAMED if f".{name}" in undone.reason]
    assert named == ([*UNNAMED] if action_type in MESSAGE_CHANNELS else [])


@pytest.mark.parametrize("action_type", ["email_action", "delay_seconds_action"])
def test_a_campaign_that_is_replaced(action_type: str, project: SandboxProject) -> None:
    fields = {**SETTINGS, **REENTRY, "state": "stopped"}
    seed_campaign(project, action_type, **fields)
    document = take_out_of_the_file(project)
    before = actions(project), templates(project), objects(project, "campaign")
    unmanaged = unmanaged_of(project)
    assert {"topic", "goal.event"} <= unmanaged
    write(project, {**document, "trigger": {"form": "survey"}})
    plan = project.plan()
    [change] = plan.changes
    assert change.action is Action.REPLACE
    assert unmanaged <= shown(change)
    undone = roll_back(project, project.apply(plan))
    assert (actions(project), templates(project), objects(project, "campaign")) == before
    assert "it is deleted and created again as a draft" in undone.reason
    assert "cannot be restored: its state (stopped)" in undone.reason
    assert ("hello.email.test_group_id" in undone.reason) is (action_type == "email_action")


TRIGGER = {"trigger": {"form": "survey"}}


@pytest.mark.parametrize(
    "change",
    [TRIGGER, {"workflow": [{"id": "other", "wait": "9d"}]}, None],
    ids=["replaced", "removed step", "deleted"],
)
def test_a_language_that_no_api_creates(change: Record | None, project: SandboxProject) -> None:
    """The rest is restored, and the files can have it."""
    seed_campaign(project, "email_action")
    [template] = project.content()["templates"]
    project.seed(templates=[template, {**template, "id": 102, "language": "es"}])
    document = take_out_of_the_file(project)
    with project.open() as session:
        session.apply(session.plan(prefer=PreferredSide.LIVE), NO_GUARDS)
    file = campaign_file(project)
    before = actions(project), [t for t in templates(project) if not t.get("language")]
    if change is None:
        file.unlink()
    else:
        write(project, {**document, **change})
    undone = roll_back(project, project.apply())
    assert "cannot be restored: hello.email.translations.es" in undone.reason
    assert (actions(project), templates(project)) == before
    file.parent.mkdir(exist_ok=True)
    project.write(str(file.relative_to(project.folder)), document)
    assert project.plan().is_empty


def test_a_variant_of_an_ab_test(project: SandboxProject) -> None:
    variants = [
        {"id": name, "percent": 50, "email": {"subject": name, "body": name}} for name in "vw"
    ]
    document: Record = {
        "name": "C",
        "trigger": {"event": "e"},
        "workflow": [{"id": "test", "ab_test": variants}],
    }
    project.write("campaigns/c.yaml", document)
    assert project.apply().complete
    content = project.content()
    project.seed(
        templates=[{**each, "bcc": "a@acme.com"} for each in content["templates"]],
        actions=[
            {**each, "unheard_of": [1]} if each["type"] == "email_action" else each
            for each in content["actions"]
        ],
    )
    with project.open() as session:
        session.apply(session.plan(prefer=PreferredSide.LIVE), NO_GUARDS)
    before = actions(project), templates(project)
    project.write("campaigns/c.yaml", {**document, "workflow": [{"id": "test", "wait": "1d"}]})
    plan = project.plan()
    [change] = plan.changes
    assert str(change.fields).count("a@acme.com") == str(change.fields).count("unheard_of") == 2
    roll_back(project, project.apply(plan))
    assert (actions(project), templates(project)) == before


def test_a_snippet_with_another_name_and_what_uses_it(project: SandboxProject) -> None:
    files = [
        {
            "snippets/a.yaml": {"name": name, "value": name},
            "layouts/x.yaml": {"name": "X", "body": f"<p>{{{{content}}}}{{{{snippets.{name}}}}}"},
        }
        for name in ("one", "two")
    ]
    outcomes = []
    for each in files:
        project.replace_documents(each)
        outcomes.append(project.apply())
    with project.open() as session:
        rollback = session.plan_rollback(outcomes[-1].run)
        assert rollback.plan.left == ()
        assert session.roll_back(rollback, NO_GUARDS).complete
    project.replace_documents(files[0])
    assert project.plan().is_empty
    assert project.names_in("snippets") == ["one"]


def test_a_sender_and_the_message_that_had_it(project: SandboxProject) -> None:
    """The message is restored with the sender that the rollback creates, which has another ID."""
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    senders = {f"senders/{n}.yaml": {"name": n, "email": f"{n}@acme.com"} for n in ("old", "new")}
    receipt = "transactional/receipt.yaml"

    def files(name: str) -> dict[str, Record]:
        message = {"subject": "s", "body": "b", "from": f"{name}@acme.com"}
        return {receipt: {"name": "R", "trigger_name": "R", "email": message}}

    project.replace_documents({**senders, **files("old")})
    project.apply()
    project.replace_documents({"senders/new.yaml": senders["senders/new.yaml"], **files("new")})
    outcome = project.apply()
    with project.open() as session:
        rollback = session.plan_rollback(outcome.run)
        assert (rollback.plan.left, rollback.plan.blocked) == ((), ())
        [update] = [each for each in rollback.plan.changes if each.action is Action.UPDATE]
        assert [field.after for field in update.fields] == ["old@acme.com"]
        assert session.roll_back(rollback, NO_GUARDS).complete
    project.replace_documents({**senders, **files("old")})
    assert project.plan().is_empty


DELETED: dict[str, tuple[str, Record]] = {
    "campaign": ("campaigns", {}),
    "segment": (
        "segments",
        {
            "name": "S",
            "description": "D",
            "conditions": {"and": [{"or": [{"segment": {"id": 10}}]}]},
        },
    ),
    "layout": ("layouts", {"name": "L", "body": "{{ content }}", "archived": True}),
    "snippet": ("snippets", {"name": "s", "value": "v"}),
    "transactional": (
        "transactional_messages",
        {
            "name": "M",
            "description": "D",
            "state": "active",
            "type": "email",
            "trigger_name": "SEND_M",
            "template_id": 102,
            "link_tracking": False,
            "send_to_unsubscribed": False,
            "hide_message_body": True,
        },
    ),
}
"""What is deleted besides a campaign: its collection and its members."""
SHARED = ("vip", "main")
"""The files of what is used."""


@pytest.mark.parametrize("kind", DELETED)
def test_what_is_deleted(kind: str, project: SandboxProject) -> None:
    if kind == "campaign":
        seed_campaign(project, "email_action", **SETTINGS, **REENTRY)
        take_out_of_the_file(project)
    else:
        seed_other(project, kind)
    before = objects(project, kind), actions(project), templates(project)
    files = (project.folder / KINDS[kind].folder).rglob("*.yaml")
    [own] = [each for each in files if each.stem not in SHARED]
    own.unlink()
    plan = project.plan()
    [change] = plan.visible_changes
    assert (change.action, change.address.kind) == (Action.DELETE, kind)
    assert "name" in shown(change)
    has_message = kind in ("campaign", "transactional")
    assert ("archive@acme.com" in str(change.fields)) is has_message
    undone = roll_back(project, project.apply(plan))
    assert (objects(project, kind), actions(project), templates(project)) == before
    assert ("its state (active)" in undone.reason) is (kind == "transactional")
    assert ("its metrics" in undone.reason) is has_message


def seed_other(project: SandboxProject, kind: str) -> None:
    collection, record = DELETED[kind]
    if kind == "transactional":
        owner = {"id": 102, "transactional_message_id": 11, "template_type": "email"}
        project.seed(templates=[{**owner, **TEMPLATE_VALUES, "language": ""}])
    project.seed(**{collection: [*project.content()[collection], {**record, "id": 11}]})
    with project.open() as session:
        assert session.import_().left == ()


def objects(project: SandboxProject, kind: str) -> list[Record]:
    """Return the object that is deleted, without what no write can set."""
    collection, _ = DELETED[kind]
    ids = ("edges", "workflow_action_ids", "first_started", "template_id", "state")
    return [
        meaning(stable(each, *ids))
        for each in project.content()[collection]
        if each["name"] not in ("VIP", "Main")
    ]


def test_a_step_under_another_id_is_another_one_even_with_the_same_name(
    project: SandboxProject,
) -> None:
    """What the plan says of the former step is true: nothing of it stays."""
    seed_campaign(project, "email_action")
    document = take_out_of_the_file(project)
    before = actions(project), templates(project)
    [step, *rest] = document["workflow"]
    write(project, {**document, "workflow": [{**step, "id": "hi", "name": "hello"}, *rest]})
    plan = project.plan()
    [change] = plan.changes
    assert "adds step hi, removes step hello" in change.reason
    outcome = project.apply(plan)
    assert outcome.complete
    assert "archive@acme.com" not in str(templates(project))
    roll_back(project, outcome)
    assert (actions(project), templates(project)) == before


def test_an_exit_on_a_branch_that_is_removed(project: SandboxProject) -> None:
    out = {"id": "out", "exit": True, "raw": {"can_convert": False, "unheard_of": [1]}}
    last = {"id": "bye", "wait": "1d"}
    document: Record = {"name": "C", "trigger": {"event": "e"}}
    branch = {"id": "x", "if": {"attribute": "a", "is": "b"}, "then": [out]}
    project.write("campaigns/c.yaml", {**document, "workflow": [branch, last]})
    assert project.apply().complete
    before = exits(project)
    project.write("campaigns/c.yaml", {**document, "workflow": [last]})
    plan = project.plan()
    [change] = plan.changes
    assert "unheard_of" in str(change.fields)
    assert change.reason.endswith(": removes step x")
    roll_back(project, project.apply(plan))
    assert exits(project) == before


def test_the_exit_of_a_branch_is_not_the_main_one(project: SandboxProject) -> None:
    """Both have members that are in no file, so that each has a generated id."""
    last = {"id": "bye", "wait": "1d"}
    branch = {"id": "x", "if": {"attribute": "a", "is": "b"}, "then": ["exit"]}
    document: Record = {"name": "C", "trigger": {"event": "e"}}
    project.write("campaigns/c.yaml", {**document, "workflow": [branch, last]})
    assert project.apply().complete
    members = {each["id"]: [number] for number, each in enumerate(exits(project, keeps_id=True))}
    every = project.content()["actions"]
    project.seed(actions=[{**a, "unheard_of": members.get(a["id"], [])} for a in every])
    with project.open() as session:
        session.apply(session.plan(prefer=PreferredSide.LIVE), NO_GUARDS)
    before = [each["unheard_of"] for each in exits(project)]
    project.write("campaigns/c.yaml", {**document, "workflow": [last]})
    roll_back(project, project.apply())
    assert [each["unheard_of"] for each in exits(project)] == before
    project.write("campaigns/c.yaml", {**document, "workflow": [branch, last]})
    assert project.plan().is_empty


def exits(project: SandboxProject, *, keeps_id: bool = False) -> list[Record]:
    found = [each for each in project.content()["actions"] if "exit" in each["type"]]
    return found if keeps_id else [stable(each) for each in found]
