"""Names by which files refer to objects, and that pass from one object to another."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.emulator.store.record_types import IDENTITY
from cioform.plan.plan import Plan
from cioform.plan.selecting.scope import Scope
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

DOMAINS = [{"id": 1, "domain": "acme.com", "verified": True}]
UNDO = "in the files, with the uses of its new"


def senders(project: SandboxProject, **emails: str) -> None:
    for name, email in emails.items():
        project.write(f"senders/{name}.yaml", {"name": name, "email": f"{email}@acme.com"})


def letters(project: SandboxProject, subject: str = "S", **senders: str) -> None:
    """Write campaigns that send from these senders."""
    for name, sender in senders.items():
        sender = sender if sender[0] == "." else f"{sender}@acme.com"
        email = {"subject": subject, "body": "B", "from": sender.removeprefix(".")}
        workflow = [{"id": "hello", "email": email}]
        campaign = {"name": name, "trigger": {"event": "e"}, "workflow": workflow}
        project.write(f"campaigns/{name}.yaml", campaign)


def tags(project: SandboxProject, **names: str) -> None:
    for address, name in names.items():
        project.write(f"tags/{address}.yaml", {"name": name})


def tagged(project: SandboxProject, **tags: str) -> None:
    """Write campaigns that have one tag each."""
    for name, tag in tags.items():
        wait = [{"id": "pause", "wait": "1d"}]
        campaign = {"name": name, "trigger": {"event": "e"}, "tags": [tag], "workflow": wait}
        project.write(f"campaigns/{name}.yaml", campaign)


@pytest.fixture
def two_senders(project: SandboxProject) -> SandboxProject:
    project.seed(domains=DOMAINS)
    senders(project, team="team", bill="bill")
    letters(project, a="team", b="bill")
    project.apply()
    return project


def change_addresses(project: SandboxProject, names: dict[str, str]) -> None:
    """Change addresses of senders, as a person does."""
    data = project.store.workspace_data("acme")
    for sender in data.all(IDENTITY):
        if new := names.get(sender["email"].partition("@")[0]):
            data.save(IDENTITY, {**sender, "email": f"{new}@acme.com"})


def sent_from(project: SandboxProject) -> dict[str, str]:
    """Return the address that each campaign sends from, as recipients see it."""
    content = project.content()
    emails = {each["id"]: each["email"] for each in content["identities"]}
    campaigns = {each["id"]: each["name"] for each in content["campaigns"]}
    return {
        campaigns[each["campaign_id"]]: emails[each["from_identity_id"]].partition("@")[0]
        for each in content["templates"]
        if each.get("campaign_id") in campaigns
    }


def planned(plan: Plan) -> list[str]:
    return [str(change.address) for change in plan.changes]


def blocked(plan: Plan) -> dict[str, str]:
    return {str(item.address): item.hint for item in plan.blocked}


def assert_settled(project: SandboxProject) -> None:
    plan = project.plan()
    assert (plan.is_empty, plan.drift, plan.blocked) == (True, (), ())


def test_a_chain_of_senders_is_refused_while_files_use_the_name(
    two_senders: SandboxProject,
) -> None:
    senders(two_senders, team="news", bill="team")
    plan = two_senders.plan()
    assert plan.changes == ()
    found = blocked(plan)
    assert list(found) == ["sender.bill", "sender.team"]
    assert found["sender.bill"] == found["sender.team"]
    assert found["sender.bill"].startswith(
        'sender.bill takes the email "team@acme.com", which sender.team has now, and in the files '
        "campaign.a refers to a sender by it."
    )
    assert f"Undo the change of sender.bill {UNDO} email, apply" in found["sender.bill"]
    senders(two_senders, bill="bill")
    letters(two_senders, a="news")
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)
    senders(two_senders, bill="team")
    letters(two_senders, b="team")
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)
    assert sent_from(two_senders) == {"a": "news", "b": "team"}


def test_a_chain_of_senders_is_made_if_files_call_them_by_their_files(
    two_senders: SandboxProject,
) -> None:
    senders(two_senders, team="news", bill="team")
    letters(two_senders, "New", a=".team", b=".bill")
    plan = two_senders.plan()
    assert planned(plan) == ["sender.team", "campaign.a", "sender.bill", "campaign.b"]
    fields = {field.path[-1] for change in plan.changes for field in change.fields}
    assert fields == {"subject", "email"}
    users = {str(c.address): [str(user.address) for user in c.users] for c in plan.changes}
    assert (users["sender.team"], users["sender.bill"]) == (["campaign.a"], ["campaign.b"])
    assert two_senders.apply(plan).complete
    assert_settled(two_senders)
    assert sent_from(two_senders) == {"a": "news", "b": "team"}


@pytest.mark.parametrize(
    "references", [{}, {"a": "bill", "b": "team"}, {"a": ".team", "b": ".bill"}]
)
def test_an_exchange_of_senders_is_refused(
    two_senders: SandboxProject, references: dict[str, str]
) -> None:
    senders(two_senders, team="bill", bill="team")
    letters(two_senders, **references)
    plan = two_senders.plan()
    assert plan.changes == ()
    found = blocked(plan)
    assert {"sender.bill", "sender.team"} <= found.keys()
    for address in ("sender.bill", "sender.team"):
        assert "sender.bill and sender.team exchange their emails" in found[address]
        assert "Give sender.bill an email that is free, apply" in found[address]
    senders(two_senders, team="team", bill="free")
    letters(two_senders, a="team", b="free")
    assert two_senders.apply(two_senders.plan()).complete
    senders(two_senders, team="bill")
    letters(two_senders, a="bill")
    assert two_senders.apply(two_senders.plan()).complete
    senders(two_senders, bill="team")
    letters(two_senders, b="team")
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)
    assert sent_from(two_senders) == {"a": "bill", "b": "team"}


def test_a_new_sender_takes_an_address_that_another_gives_up(two_senders: SandboxProject) -> None:
    senders(two_senders, team="news", fresh="team")
    found = blocked(two_senders.plan())
    assert list(found) == ["sender.fresh", "sender.team"]
    assert f"Undo the change of sender.fresh {UNDO}" in found["sender.fresh"]
    letters(two_senders, a="news")
    plan = two_senders.plan()
    assert planned(plan) == ["sender.team", "sender.fresh"]
    assert two_senders.apply(plan).complete
    assert_settled(two_senders)
    assert sent_from(two_senders) == {"a": "news", "b": "bill"}


def test_a_sender_takes_the_address_of_one_that_is_removed(two_senders: SandboxProject) -> None:
    two_senders.remove("senders/team.yaml")
    senders(two_senders, bill="team")
    letters(two_senders, b="team", new="team")
    plan = two_senders.plan()
    assert plan.changes == ()
    found = blocked(plan)
    assert list(found) == ["campaign.b", "campaign.new", "sender.bill", "sender.team"]
    assert f"Undo the change of sender.bill {UNDO}" in found["campaign.b"]


def test_the_address_of_a_sender_without_a_file_is_refused(project: SandboxProject) -> None:
    project.seed(domains=DOMAINS, identities=[{"id": 90, "name": "X", "email": "team@acme.com"}])
    senders(project, bill="bill")
    letters(project, a="team", b="bill")
    project.apply()
    bound = project.bindings()[Address("sender", "bill")]
    bill = {"name": "bill", "email": "team@acme.com", "remote_id": bound}
    project.write("senders/bill.yaml", bill)
    letters(project, b=".bill")
    plan = project.plan()
    assert plan.changes == ()
    assert "which another sender (ID 90) has now" in blocked(plan)["sender.bill"]


def test_two_senders_of_one_address(two_senders: SandboxProject) -> None:
    """Files refer to them by their full names then, and the change of one is no drift of a file."""
    for name, sender in {"a": "team", "b": "bill"}.items():
        bound = two_senders.bindings()[Address("sender", sender)]
        content = {"name": sender, "email": "team@acme.com", "remote_id": bound}
        two_senders.write(f"senders/{sender}.yaml", content)
        letters(two_senders, **{name: f".{sender} <team@acme.com>"})
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)


def test_a_sender_whose_address_another_one_gets_too(two_senders: SandboxProject) -> None:
    """It is called by its full name from then on, which is no drift of what uses it."""
    letters(two_senders, a=".team", b=".bill")
    assert_settled(two_senders)
    senders(two_senders, bill="team")
    letters(two_senders, "New", b=".team")
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)
    assert sent_from(two_senders) == {"a": "team", "b": "team"}


def test_a_sender_that_becomes_the_same_as_another(two_senders: SandboxProject) -> None:
    """None of its names is its own, so what uses one of them is known by the ID."""
    letters(two_senders, a=".team", b=".bill")
    two_senders.write("senders/bill.yaml", {"name": "team", "email": "team@acme.com"})
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)


def test_a_sender_takes_an_address_that_somebody_changed(two_senders: SandboxProject) -> None:
    """What was applied with that address still means the other sender."""
    change_addresses(two_senders, {"team": "other"})
    senders(two_senders, bill="team")
    letters(two_senders, b=".bill")
    plan = two_senders.plan()
    assert [str(item.address) for item in plan.drift] == ["sender.team"]
    two_senders.apply(plan)
    assert two_senders.plan().drift == ()
    senders(two_senders, bill="news")
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)


def test_a_new_sender_has_the_address_that_somebody_gave_to_a_blocked_one(
    two_senders: SandboxProject,
) -> None:
    """The plan knew the sender that has the address, so nobody has created it since."""
    change_addresses(two_senders, {"team": "other"})
    two_senders.write("senders/team.yaml", {"name": "team", "email": "team@other.com"})
    letters(two_senders, a=".team")
    senders(two_senders, new="other")
    plan = two_senders.plan()
    assert planned(plan) == ["sender.new"]
    assert {result.status for result in two_senders.apply(plan).results} == {ChangeStatus.DONE}


@pytest.mark.parametrize("scope", [Scope(), Scope(exclude=("sender.team",))])
def test_a_sender_that_does_not_get_its_new_address(
    two_senders: SandboxProject, scope: Scope
) -> None:
    """What is applied beside it counts as sent from the address that it has."""
    two_senders.write("senders/team.yaml", {"name": "team", "email": "team@other.com"})
    letters(two_senders, "New", a=".team")
    plan = two_senders.plan(scope=scope)
    assert planned(plan) == ["campaign.a"]
    assert two_senders.apply(plan).complete
    assert planned(two_senders.plan(scope=scope)) == []
    senders(two_senders, team="news")
    assert two_senders.plan().drift == ()
    assert two_senders.apply(two_senders.plan()).complete
    senders(two_senders, team="team")
    letters(two_senders, "Newer", a="team")
    assert two_senders.apply(two_senders.plan()).complete
    assert_settled(two_senders)


def test_a_run_beside_a_blocked_address_is_rolled_back(two_senders: SandboxProject) -> None:
    """Its journal calls the sender by the address that it has, as the state does."""
    two_senders.write("senders/team.yaml", {"name": "team", "email": "team@other.com"})
    letters(two_senders, "New", a=".team")
    run = two_senders.apply().run
    with two_senders.open() as opened:
        assert opened.roll_back(opened.plan_rollback(run), NO_GUARDS).complete


SHARED = "in the workspace or in the files, so a reference to it has to be more exact. Write"


def test_an_address_of_several_senders_is_ambiguous(project: SandboxProject) -> None:
    rows = [{"id": n, "name": f"N{n}", "email": "n@acme.com"} for n in (8, 9)]
    project.seed(domains=DOMAINS, identities=rows)
    letters(project, a="n")
    assert blocked(project.plan()) == {
        "campaign.a": f'More than one sender has the name "n@acme.com" {SHARED} '
        "`N8 <n@acme.com>` or `N9 <n@acme.com>`."
    }


def test_an_address_that_several_senders_get_is_ambiguous(two_senders: SandboxProject) -> None:
    senders(two_senders, team="both", bill="both")
    letters(two_senders, a="both")
    hint = blocked(two_senders.plan())["campaign.a"]
    assert f'"both@acme.com" {SHARED} `bill` or `team`.' in hint


def test_what_needs_the_name_of_a_blocked_tag_is_blocked(project: SandboxProject) -> None:
    tags(project, life="lifecycle")
    tagged(project, a="lifecycle", b="x")
    project.apply()
    tags(project, life="lc")
    tagged(project, b="lc")
    plan = project.plan()
    assert plan.changes == ()
    found = blocked(plan)
    assert found["campaign.b"] == "It refers to tag.life, which is blocked too."
    assert "campaign.a still refers to it" in found["tag.life"]


def test_a_sender_that_is_out_of_the_scope_of_the_plan(two_senders: SandboxProject) -> None:
    """Its new name is not there after this plan."""
    senders(two_senders, team="news", bill="team")
    plan = two_senders.plan(scope=Scope(("sender.team",)))
    assert "campaign.a still refers to it" in blocked(plan)["sender.team"]


def test_a_tag_that_is_in_no_file_of_a_campaign_is_in_use(project: SandboxProject) -> None:
    tags(project, life="lifecycle")
    tagged(project, a="lifecycle")
    project.apply()
    wait = [{"id": "pause", "wait": "1d"}]
    project.write("campaigns/a.yaml", {"name": "a", "trigger": {"event": "e"}, "workflow": wait})
    project.remove("tags/life.yaml")
    hint = blocked(project.plan())["tag.life"]
    assert hint.startswith("It is used by campaign.a (in tags, not in its file) after this plan")


def test_a_chain_of_tags_is_refused_while_files_use_the_name(project: SandboxProject) -> None:
    tags(project, life="lifecycle", second="second")
    tagged(project, a="lifecycle", b="second")
    project.apply()
    tags(project, life="lc", second="lifecycle")
    tagged(project, b="lifecycle")
    plan = project.plan()
    assert plan.changes == ()
    found = blocked(plan)
    assert list(found) == ["campaign.b", "tag.life", "tag.second"]
    assert 'tag.second takes the name "lifecycle", which tag.life has now' in found["tag.life"]
    assert "campaign.a and campaign.b refer to a tag by it" in found["tag.life"]
    tags(project, second="second")
    tagged(project, a="lc", b="second")
    assert project.apply(project.plan()).complete
    tags(project, second="lifecycle")
    tagged(project, b="lifecycle")
    assert project.apply(project.plan()).complete
    assert_settled(project)


def test_the_users_of_a_tag_are_those_of_now(project: SandboxProject) -> None:
    """Another tag takes its name, so the name alone does not tell which one is used."""
    tags(project, life="lifecycle", second="second")
    tagged(project, a="lifecycle")
    project.apply()
    tags(project, life="lc", second="lifecycle")
    tagged(project, a="lc")
    plan = project.plan()
    users = {
        str(change.address): [str(user.address) for user in change.users]
        for change in plan.changes
        if change.address.kind == "tag"
    }
    assert users == {"tag.life": ["campaign.a"], "tag.second": []}
    assert project.apply(plan).complete
    assert_settled(project)


def written(kind: str, name: str) -> dict[str, Any]:
    if kind == "segment":
        return {"name": name, "manual": True}
    return {"name": name, "trigger": {"event": "e"}, "workflow": [{"id": "p", "wait": "1d"}]}


@pytest.mark.parametrize("kind", ["segment", "campaign"])
def test_a_new_object_takes_a_name_that_objects_may_share(
    project: SandboxProject, kind: str
) -> None:
    """The object that has it now was there before the plan."""
    project.write(f"{kind}s/x.yaml", written(kind, "A"))
    project.apply()
    project.write(f"{kind}s/x.yaml", written(kind, "B"))
    project.write(f"{kind}s/a.yaml", written(kind, "A"))
    assert project.apply(project.plan()).complete
    assert_settled(project)
