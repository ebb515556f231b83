"""Owners: whom a plan needs, by address and by what changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.kinds import find_kinds
from cioform.model.part_change import PartAction, PartChange
from cioform.model.settings.owners import FieldClass, Owner, classes_of
from cioform.plan.approvals import needed_approvals
from cioform.plan.change import Action, Change, FieldChange
from tests.support.command_line import CommandLine

SETTINGS = Path("workspaces/demo/workspace.yaml")
WELCOME = Path("workspaces/demo/campaigns/welcome/campaign.yaml")
ADDRESS = Path("workspaces/demo/snippets/main_address.yaml")
OWNERS = """\
owners:
  leads: {people: [jane, omar, kim], approvals: 2, addresses: ["campaign.*"]}
  copy: {people: [ada], fields: [copy], addresses: ["campaign.*"]}
  audience: {people: [bob], fields: [audience], addresses: ["campaign.*", "segment.*"]}
  legal: {people: [ines], fields: [legal]}
"""


@pytest.fixture(autouse=True)
def owners(cio: CommandLine) -> None:  # noqa: ARG001 - in a copy of the project
    SETTINGS.write_text(SETTINGS.read_text() + OWNERS)


def asked(cio: CommandLine, *approved: str, on_drift: str = "overwrite") -> dict[str, list[str]]:
    words = [word for name in approved for word in ("--approved-by", name)]
    done = cio("approvals", "demo", "--json", "--on-drift", on_drift, *words)
    answer = json.loads(done.out)
    assert (done.code == 0) == answer["approved"]
    return {
        each["owner"]: each["because"]
        for each in answer["approvals"]
        if len(each["approved_by"]) < each["approvals"]
    }


def test_a_subject_is_copy(cio: CommandLine) -> None:
    text = WELCOME.read_text()
    assert "subject: " in text
    WELCOME.write_text(text.replace("subject: ", "subject: New ", 1))
    assert asked(cio) == {
        "leads": ["campaign.welcome"],
        "copy": ["campaign.welcome (copy)"],
    }
    assert asked(cio, "jane", "ada") == {"leads": ["campaign.welcome"]}
    assert asked(cio, "jane", "omar", "ada") == {}
    assert asked(cio, "jane", "jane", "ada", "stranger") == {"leads": ["campaign.welcome"]}


def test_a_shared_text_asks_the_owners_of_its_users_and_the_legal_department(
    cio: CommandLine,
) -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("High Street", "Low Street"))
    found = asked(cio)
    assert list(found) == ["leads", "copy", "legal"]
    assert ", used by campaign." in found["leads"][0]
    assert found["legal"] == ["snippet.main_address (legal)"]
    shown = cio("plan", "demo", "--allow-live").out
    assert "Approvals: these owners have to approve the plan" in shown
    assert "legal  0 of 1" in shown
    assert "Can be approved by ines." in shown


def test_an_owner_of_every_field_is_asked_about_a_description_too(cio: CommandLine) -> None:
    WELCOME.write_text(WELCOME.read_text() + "description: For new people.\n")
    assert asked(cio) == {"leads": ["campaign.welcome"]}


def test_a_removed_step_asks_the_owner_of_the_audience(cio: CommandLine) -> None:
    """Who is behind it comes earlier to what follows."""
    WELCOME.write_text(WELCOME.read_text().replace("  - {id: two_days, wait: 2d}\n", ""))
    assert asked(cio)["audience"] == ["campaign.welcome (audience)"]


@pytest.mark.parametrize("reason", ["drift", "blocked"])
def test_a_change_that_waits_needs_the_approval(cio: CommandLine, reason: str) -> None:
    """A later apply makes it, and nobody is asked again."""
    text = WELCOME.read_text().replace("subject: ", "subject: New ", 1)
    if reason == "blocked":
        text = text.replace("from: team@", "from: nobody@", 1)
    else:
        assert cio("sandbox", "edit", "demo", "campaign.welcome", "description=x").code == 0
    WELCOME.write_text(text)
    found = asked(cio, on_drift="keep")
    assert found["copy"] == ["campaign.welcome (copy), not part of this plan"]
    shown = cio("plan", "demo", "--on-drift", "keep").out
    assert "0 to update" in shown
    assert "subject" in shown


def test_a_blocked_change_of_what_is_shared_needs_the_approval(cio: CommandLine) -> None:
    ADDRESS.unlink()
    [because] = asked(cio)["leads"]
    assert because.startswith("snippet.main_address, used by campaign.")
    assert because.endswith(", not part of this plan")


def test_an_edit_in_the_workspace_that_stays_needs_no_approval(cio: CommandLine) -> None:
    assert cio("sandbox", "edit", "demo", "campaign.welcome", "description=x").code == 0
    assert asked(cio, on_drift="keep") == {}
    assert asked(cio) == {"leads": ["campaign.welcome"]}


def test_nobody_is_asked_about_nothing(cio: CommandLine) -> None:
    done = cio("approvals", "demo")
    assert (done.code, done.out) == (0, "Nobody has to approve this plan.\n")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("approvals: 2", "approvals: 4", "4 approvals are needed, and `people` lists only 3"),
        ("[jane, omar, kim]", "[jane, jane]", "lists somebody twice"),
        ("[jane, omar, kim]", "[]", "people"),
        ("fields: [copy]", "fields: [price]", "price"),
        ("approvals: 2", "approvals: 0", "approvals"),
    ],
)
def test_owners_that_cannot_be(cio: CommandLine, old: str, new: str, problem: str) -> None:
    SETTINGS.write_text(SETTINGS.read_text().replace(old, new, 1))
    done = cio("validate", "demo")
    assert done.code == 3
    assert problem in done.out + done.err
    assert "workspace.yaml:" in done.out + done.err


def test_what_a_field_is_about() -> None:
    every = frozenset(FieldClass)
    assert classes_of(("email", "subject"), "a", "b") == {FieldClass.COPY}
    assert classes_of(("only_if", "any", 0), "a", "b") == {FieldClass.AUDIENCE}
    assert classes_of(("topic",), None, "news") == {FieldClass.LEGAL}
    assert classes_of(("name",), "a", "b", {"name"}) == frozenset()
    assert classes_of(("name",), "a", "b") == every
    assert classes_of(("something_new",), "a", "b") == every
    assert classes_of(("pause", "raw"), {"x": 1}, None) == every
    assert classes_of((), {"url": "a"}, {"url": "b"}) == every
    step: dict[str, Json] = {"id": "a", "email": {"subject": "Hi", "topic": "news"}}
    assert classes_of(("workflow",), None, [step]) == {FieldClass.COPY, FieldClass.LEGAL}
    mail: Json = {"id": "a", "email": {"subject": "Hi"}}
    branch: Json = {"name": "b", "percent": 50, "then": [mail, "exit"]}
    split: Json = {"id": "x", "random_branches": [branch]}
    assert classes_of((), None, split) == {FieldClass.COPY, FieldClass.AUDIENCE}


@pytest.mark.parametrize(
    "path",
    [
        ("email", "headers", "Reply-To"),
        ("email", "headers", "subject"),
        ("email", "layout"),
        ("email", "to"),
        ("email", "translations", "es", "to"),
        ("email", "translations", "es", "layout"),
        ("email", "translations", "body", "headers", "Bcc"),
        ("set_attributes", "body"),
        ("then", "webhook", "url"),
    ],
)
def test_a_field_of_no_class_counts_as_all(path: FieldPath) -> None:
    """Those who choose the names inside of it could choose that of another class."""
    every = frozenset(FieldClass)
    assert classes_of(path, "a", "b") == every
    *outer, last = path
    assert classes_of(tuple(outer), None, {str(last): "b"}) == every


@pytest.mark.parametrize("field", ["subject", "body", "preheader", "bcc", "sending"])
def test_a_field_of_a_language_is_of_the_class_that_the_message_has(field: str) -> None:
    one = classes_of(("email", field), "a", "b")
    assert classes_of(("email", "translations", "es", field), "a", "b") == one
    assert classes_of(("email", "translations"), None, {"es": {field: "b"}}) == one


def test_the_name_of_a_sender_is_seen_by_people() -> None:
    legal = Owner("legal", ("ines",), 1, ("*",), (FieldClass.LEGAL,))
    changes = [
        Change(Address(kind, "team"), Action.UPDATE, fields=(FieldChange(("name",), "T", "Team"),))
        for kind in ("sender", "segment")
    ]
    [needed] = needed_approvals(find_kinds(), changes, [legal])
    assert needed.because == ("sender.team (legal)",)


@pytest.mark.parametrize("step_id", ["call", "tags", "subject"])
def test_the_id_of_a_step_does_not_say_what_a_change_is_about(step_id: str) -> None:
    change = Change(
        Address("campaign", "welcome"),
        Action.UPDATE,
        fields=(
            FieldChange((step_id, "webhook", "url"), "https://a.example", "https://b.example"),
        ),
        changed_parts=(PartChange(step_id, PartAction.EDIT),),
    )
    legal = Owner("legal", ("ines",), 1, ("*",), (FieldClass.LEGAL,))
    [needed] = needed_approvals(find_kinds(), [change], [legal])
    assert needed.because == ("campaign.welcome (legal)",)
