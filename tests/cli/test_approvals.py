"""Owners: whom a plan needs, by address and by what changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Json
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


def asked(cio: CommandLine, *approved: str) -> dict[str, list[str]]:
    words = [word for name in approved for word in ("--approved-by", name)]
    done = cio("approvals", "demo", "--json", *words)
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
    assert classes_of(("welcome", "email", "subject"), "a", "b") == {FieldClass.COPY}
    assert classes_of(("remind", "only_if", "any", 0), "a", "b") == {FieldClass.AUDIENCE}
    assert classes_of(("topic",), None, "news") == {FieldClass.LEGAL}
    assert classes_of(("name",), "a", "b", {"name"}) == frozenset()
    assert classes_of(("name",), "a", "b") == every
    assert classes_of(("something_new",), "a", "b") == every
    assert classes_of(("pause", "raw"), {"x": 1}, None) == every
    assert classes_of((), {"url": "a"}, {"url": "b"}) == every
    step: dict[str, Json] = {"id": "a", "email": {"subject": "Hi", "topic": "news"}}
    assert classes_of(("workflow",), None, [step]) == {FieldClass.COPY, FieldClass.LEGAL}


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
