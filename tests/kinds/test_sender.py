"""Senders: read over both APIs, referred to only by a unique name, created at verified domains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.emulator.protocol.behavior import Behavior
from cioform.kinds.sender import KIND
from cioform.model.objects.live_object import RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Paging, Request
from cioform.model.routing.routes import ListRoute
from cioform.plan.review.decisions import Decisions
from tests.support.operations import converse, route_of
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

ACME = {"id": 1, "name": "Acme", "email": "team@acme.com"}
ANNA = {"id": 2, "name": "Anna", "email": "team@acme.com"}
BARE = {"id": 3, "name": "", "email": "noreply@acme.com"}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new_project = SandboxProject(tmp_path)
    yield new_project
    new_project.store.close()


def listed(api: Api, answer: Any) -> tuple[Request, list[RemoteObject]]:
    [request], found = converse(route_of(KIND, ListRoute, api).operation(), answer)
    return request, found


def test_journeys_lists_senders_of_email() -> None:
    request, [found] = listed(Api.JOURNEYS, {"identities": [ACME]})
    assert (str(request), dict(request.query)) == ("GET ~/identities", {"type": "email"})
    assert (found.remote_id, found.identity) == ("1", "team@acme.com")
    assert KIND.decode(found, Names()).attributes == {"name": "Acme", "email": "team@acme.com"}


def test_a_filter_that_is_ignored_is_noticed() -> None:
    phone = {"id": 9, "name": "Acme", "email": "", "phone": "+1555"}
    _, found = listed(Api.JOURNEYS, {"identities": [phone, ACME]})
    assert [each.remote_id for each in found] == ["1"]


def test_the_app_api_also_lists_phone_numbers_in_pages() -> None:
    phone = {"id": 9, "name": "Acme", "email": None, "phone": "+1555"}
    request, found = listed(Api.APP, {"sender_identities": [phone, ACME]})
    assert (request.paging, request.items) == (Paging.CURSOR, "sender_identities")
    assert [each.remote_id for each in found] == ["1"]


def test_a_shared_email_address_does_not_identify_a_sender() -> None:
    _, found = listed(Api.JOURNEYS, {"identities": [ACME, ANNA, BARE]})
    assert [each.aliases for each in found] == [
        ("Acme <team@acme.com>",),
        ("Anna <team@acme.com>",),
        ("noreply@acme.com",),
    ]


def test_two_equal_senders_have_no_name() -> None:
    _, found = listed(Api.JOURNEYS, {"identities": [ACME, {**ACME, "id": 5}]})
    assert [each.aliases for each in found] == [(), ()]


WELCOME = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [{"id": "hello", "email": {"subject": "Hi", "body": "Hi", "from": "new@acme.com"}}],
}
NEW = {"name": "New", "email": "new@acme.com"}
VERIFIED = {"id": 1, "domain": "acme.com", "verified": True}
UNVERIFIED = {"id": 1, "domain": "acme.com", "verified": False}


def test_a_sender_is_created_before_the_messages_that_come_from_it(project: SandboxProject) -> None:
    project.seed(domains=[VERIFIED])
    project.replace_documents({"senders/new.yaml": NEW, "campaigns/a_welcome.yaml": WELCOME})
    plan = project.plan()
    assert [str(change.address) for change in plan.changes] == ["sender.new", "campaign.a_welcome"]
    assert [(r.method, r.path) for r in plan.changes[0].requests] == [("POST", "~/identities")]
    assert project.apply(plan).complete
    [sender] = project.content()["identities"]
    assert (sender["name"], sender["email"]) == ("New", "new@acme.com")
    templates = project.content()["templates"]
    assert [each["from_identity_id"] for each in templates] == [sender["id"]]
    assert project.plan().is_empty


def test_a_saved_plan_creates_a_sender_first_without_the_files_too(project: SandboxProject) -> None:
    project.seed(domains=[VERIFIED])
    project.replace_documents({"senders/new.yaml": NEW, "campaigns/a_welcome.yaml": WELCOME})
    plan = project.plan()
    project.replace_documents({})
    with project.open() as workspace:
        outcome = workspace.apply(plan, NO_GUARDS, check_files=False, saved=Decisions())
    assert outcome.complete
    assert [str(each.address) for each in outcome.results] == ["sender.new", "campaign.a_welcome"]


def test_a_sender_is_renamed_in_place_and_its_messages_stay(project: SandboxProject) -> None:
    project.seed(domains=[VERIFIED], identities=[{"id": 7, **NEW}])
    project.replace_documents({"senders/new.yaml": NEW, "campaigns/welcome.yaml": WELCOME})
    project.apply()
    renamed = {"name": "Newer", "email": "newer@acme.com"}
    step = {"id": "hello", "email": {"subject": "Hi", "body": "Hi", "from": "newer@acme.com"}}
    project.write("senders/new.yaml", renamed)
    [blocked] = project.plan().blocked
    assert str(blocked.address) == "sender.new"
    assert 'still refers to it as "new@acme.com". Write "newer@acme.com" there' in blocked.hint
    project.write("campaigns/welcome.yaml", {**WELCOME, "workflow": [step]})
    plan = project.plan()
    written = [str(change.address) for change in plan.changes if change.action.writes]
    assert written == ["sender.new"]
    assert project.apply(plan).complete
    assert project.plan().is_empty
    assert project.plan().drift == ()
    assert [each["email"] for each in project.content()["identities"]] == ["newer@acme.com"]


def test_a_sender_at_an_unverified_domain_is_blocked_with_the_records(
    project: SandboxProject,
) -> None:
    project.seed(domains=[UNVERIFIED])
    project.replace_documents({"senders/new.yaml": NEW, "campaigns/welcome.yaml": WELCOME})
    plan = project.plan()
    assert plan.changes == ()
    blocked = {str(each.address): each.hint for each in plan.blocked}
    assert list(blocked) == ["campaign.welcome", "sender.new"]
    assert "The domain acme.com is not verified (MX, SPF, DKIM, DMARC)." in blocked["sender.new"]
    assert "TXT acme.com v=spf1 include:mailgun.org ~all" in blocked["sender.new"]


def test_a_sender_at_an_unknown_domain_is_blocked(project: SandboxProject) -> None:
    project.write("senders/new.yaml", NEW)
    [blocked] = project.plan().blocked
    assert "acme.com is not a sending domain of this workspace" in blocked.hint


@pytest.mark.parametrize("hidden", [True, False])
def test_a_domain_that_cannot_be_read_is_warned_of(project: SandboxProject, hidden: bool) -> None:
    if hidden:
        project.behavior = Behavior(rate_limit=None, domains_show_verified=False)
        project = project.second_checkout(project.root)
    else:
        project.inject_fault("status:403", path="domains", times=9)
    project.seed(domains=[UNVERIFIED])
    project.write("senders/new.yaml", NEW)
    [change] = project.plan().changes
    assert change.reason == "new in the files; whether acme.com is verified could not be read"


def test_a_sender_in_use_cannot_be_deleted(project: SandboxProject) -> None:
    project.seed(domains=[VERIFIED])
    project.replace_documents({"senders/new.yaml": NEW, "campaigns/welcome.yaml": WELCOME})
    project.apply()
    project.remove("senders/new.yaml")
    [blocked] = project.plan().blocked
    assert "It is used by campaign.welcome" in blocked.hint
    project.remove("campaigns/welcome.yaml")
    assert [str(each.address) for each in project.plan().changes] == [
        "campaign.welcome",
        "sender.new",
    ]
    with project.open() as session:
        session.forget(Address("campaign", "welcome"))
    [blocked] = project.plan().blocked
    assert "Messages use it" in blocked.hint


def test_a_new_sender_needs_a_name(project: SandboxProject) -> None:
    project.seed(domains=[VERIFIED])
    project.write("senders/new.yaml", {"email": "new@acme.com"})
    [blocked] = project.plan().blocked
    assert blocked.hint.startswith("A new sender needs a `name`")


def test_the_app_api_cannot_create_a_sender(project: SandboxProject) -> None:
    project.write("senders/new.yaml", NEW)
    [blocked] = project.plan(frozenset({Api.APP})).blocked
    assert "This needs a service account token" in blocked.hint
