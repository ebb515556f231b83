"""Who uses a shared object, and what that forbids."""

from __future__ import annotations

import shutil
from dataclasses import replace

import httpx
import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Json
from cioform.core.errors import PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.kinds import find_kinds
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.objects.snapshot import Binding, Listing, LiveSnapshot
from cioform.model.reach import ReachState
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import Resource
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.plan import Plan
from cioform.plan.reach.reference_graph import ObjectTexts, build_graph
from cioform.plan.reach.uses import UseFinder
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.plan.selecting.scope import Scope
from cioform.report.plan.comments.markdown import render_markdown
from cioform.report.plan.report import plan_report
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.run.applying.run_summary import summarize_run
from cioform.run.events import ChangeStatus
from cioform.state.runs import RunInfo
from tests.support.sandbox_project import BOTH_APIS, NO_GUARDS, SandboxProject

FOOTER = {"name": "footer", "value": "Acme Inc"}
LAYOUT = {"name": "L", "body": "{{ content }} {{ snippets.footer }}"}


IMPRINT = {**FOOTER, "name": "imprint"}
WITH_IMPRINT = {**LAYOUT, "body": "{{ content }} {{ snippets.imprint }}"}


def rename_footer(project: SandboxProject, layout: dict[str, str]) -> Plan:
    """Plan a snippet with another name, and the layout that uses it."""
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("snippets/footer.yaml", IMPRINT)
    project.write("layouts/l.yaml", layout)
    return project.plan()


def test_a_replaced_snippet_is_there_all_the_time(project: SandboxProject) -> None:
    plan = rename_footer(project, WITH_IMPRINT)
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("snippet.footer", "replace"),
        ("layout.l", "update"),
        ("snippet.footer", "delete"),
    ]
    assert decode_plan(encode_plan(plan)) == plan
    before = len(project.writes)
    assert project.apply(plan).complete
    assert [each.split()[0] for each in project.writes[before:]] == ["POST", "PUT", "DELETE"]
    assert project.names_in("snippets") == ["imprint"]
    assert project.bindings()[Address.parse("snippet.footer")] == "imprint"
    assert project.plan().is_empty


def test_a_snippet_is_renamed_together_with_its_file(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.remove("snippets/footer.yaml")
    project.write("snippets/imprint.yaml", {**IMPRINT, "was": "snippet.footer"})
    project.write("layouts/l.yaml", WITH_IMPRINT)
    assert project.apply().complete
    assert project.names_in("snippets") == ["imprint"]
    assert project.bindings()[Address.parse("snippet.imprint")] == "imprint"
    assert project.plan().is_empty


def test_a_snippet_whose_former_name_stays_in_use_is_not_replaced(project: SandboxProject) -> None:
    plan = rename_footer(project, LAYOUT)
    (item,) = plan.blocked
    assert "layout.l still uses its former name" in item.hint
    assert not plan.changes


def test_a_former_object_stays_if_its_users_do_not_change(project: SandboxProject) -> None:
    plan = rename_footer(project, WITH_IMPRINT)
    project.inject_fault("status:422", "PUT", "layouts")
    replaced, user, deleted = project.apply(plan, keep_going=True).results
    assert (replaced.status, deleted.status) == (ChangeStatus.DONE, ChangeStatus.SKIPPED)
    assert user.status is not ChangeStatus.DONE
    assert project.names_in("snippets") == ["footer", "imprint"]
    assert '"footer", is still in the workspace' in deleted.diagnostics[-1].detail
    plan = project.plan()
    assert [(str(change.address), change.action) for change in plan.changes] == [
        ("layout.l", "update"),
        ("snippet.footer_former", "delete"),
    ]
    assert project.apply(plan).complete
    assert project.names_in("snippets") == ["imprint"]
    assert project.plan().changes == ()
    assert Address.parse("snippet.footer_former") not in project.bindings()


def test_a_replacement_that_is_cut_off_loses_nothing(project: SandboxProject) -> None:
    plan = rename_footer(project, WITH_IMPRINT)
    project.inject_fault("cut-after", "DELETE", "snippets")
    assert project.apply(plan).complete
    assert project.bindings()[Address.parse("snippet.footer")] == "imprint"
    assert project.names_in("snippets") == ["imprint"]
    assert project.plan().is_empty


def test_a_forged_deletion_of_a_former_object_is_refused(project: SandboxProject) -> None:
    plan = rename_footer(project, WITH_IMPRINT)
    forged = replace(plan, changes=plan.changes[-1:])
    with pytest.raises(PlanError, match="a file describes it"):
        project.apply(forged)


def test_a_replacement_counts_once(project: SandboxProject) -> None:
    plan = rename_footer(project, WITH_IMPRINT)
    assert (plan.summary["replace"], plan.summary["delete"]) == (1, 0)
    guards = replace(NO_GUARDS, allow_delete=False, allow_replace=False, max_deletes=1)
    assert [item.guard for item in find_guard_violations(plan, guards)] == ["allow_replace"]
    outcome = project.apply(plan)
    summary = summarize_run(RunInfo(id=outcome.run, command="apply"), outcome, 0, 1)
    assert summary.title == "1 replaced, 1 updated"


def test_a_layout_that_a_message_keeps_is_not_deleted(project: SandboxProject) -> None:
    """A message that leaves `layout` out keeps the one that it has."""
    project.write("layouts/l.yaml", {"name": "L", "body": "{{ content }}"})
    email = {"subject": "s", "body": "b", "layout": "l"}
    project.write("campaigns/c.yaml", campaign(workflow=[{"id": "mail", "email": email}]))
    project.apply()
    project.remove("layouts/l.yaml")
    edited = {"subject": "t", "body": "b"}
    project.write("campaigns/c.yaml", campaign(workflow=[{"id": "mail", "email": edited}]))
    blocked = {str(item.address): item.hint for item in project.plan().blocked}
    assert (
        "used by campaign.c (in mail.email.layout, not in its file) after this plan too"
        in blocked["layout.l"]
    )
    push = {"title": "t", "body": "b"}
    project.write("campaigns/c.yaml", campaign(workflow=[{"id": "mail", "push": push}]))
    assert project.plan().blocked == ()
    assert project.apply_until_empty().is_empty


def test_a_snippet_goes_after_its_last_use(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }}"})
    project.remove("snippets/footer.yaml")
    plan = project.plan()
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("layout.l", "update"),
        ("snippet.footer", "delete"),
    ]
    assert project.apply_until_empty().is_empty


def campaign(name: str = "C", **more: object) -> dict[str, object]:
    email = {"subject": "s", "body": "{{ snippets.footer }}"}
    return {
        "name": name,
        "trigger": {"event": "signed_up"},
        "workflow": [{"id": "mail", "email": email}],
        **more,
    }


def start(project: SandboxProject) -> None:
    """Start all campaigns, as a person would."""
    dump = project.store.dump("acme")
    campaigns = [{**row, "state": "running"} for row in dump["campaigns"]]
    project.store.seed("acme", {"campaigns": campaigns})


FOOTER_ONLY = Scope(("snippet.footer",))


def change_footer(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme Incorporated"})


def test_a_use_out_of_scope_is_looked_at(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    start(project)
    change_footer(project)
    before = len(project.sent)
    (change,) = project.plan(scope=FOOTER_ONLY).changes
    assert [(str(user.address), user.state) for user in change.users] == [("campaign.c", "running")]
    assert len(project.sent) - before <= 10
    with pytest.raises(PlanError, match=r"campaign\.c"):
        project.apply(project.plan(scope=FOOTER_ONLY), replace(NO_GUARDS, allow_live=False))


def test_an_excluded_user_is_looked_at(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    start(project)
    change_footer(project)
    (change,) = project.plan(scope=Scope(exclude=("campaign.*",))).changes
    assert [user.state for user in change.users] == ["running"]


@pytest.mark.parametrize("scope", [None, FOOTER_ONLY])
def test_a_user_that_was_started_since_makes_a_plan_stale(
    project: SandboxProject, scope: Scope | None
) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    change_footer(project)
    plan = project.plan(scope=scope)
    start(project)
    writes = len(project.writes)
    (result,) = project.apply(plan).results
    assert result.status is ChangeStatus.STALE
    assert "campaign.c, which uses it, was draft and became running" in result.diagnostics[0].detail
    assert len(project.writes) == writes


def test_a_user_that_cannot_be_looked_at_was_not_started(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    change_footer(project)
    plan = project.plan()
    project.inject_fault("status:503", "GET", "campaigns", times=99)
    writes = len(project.writes)
    (result,) = project.apply(plan).results
    assert result.status is ChangeStatus.FAILED
    assert "Started" not in result.diagnostics[0].summary
    assert len(project.writes) == writes


def test_a_user_that_was_deleted_since_does_not(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    change_footer(project)
    plan = project.plan(scope=FOOTER_ONLY)
    project.remove("campaigns/c.yaml")
    project.apply(project.plan(scope=Scope(("campaign.c",))))
    with pytest.raises(PlanError):
        project.apply(plan)  # of an older state
    assert project.apply(project.plan()).complete


def test_a_user_that_the_state_does_not_know_is_looked_at(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    start(project)
    change_footer(project)
    shutil.rmtree(project.state_folder)
    (change,) = project.plan(scope=FOOTER_ONLY).changes
    assert [user.state for user in change.users] == ["running"]


def test_a_user_that_no_credential_can_read_may_be_running(project: SandboxProject) -> None:
    project.write("layouts/l.yaml", LAYOUT)
    project.write("snippets/footer.yaml", FOOTER)
    project.apply()
    change_footer(project)
    apis = frozenset({Api.APP})
    (change,) = project.plan(apis, FOOTER_ONLY).changes
    assert [(str(user.address), user.state) for user in change.users] == [("layout.l", "unknown")]
    with_layout = {"subject": "s", "layout": "l", "body": "b"}
    project.write("campaigns/c.yaml", campaign(workflow=[{"id": "mail", "email": with_layout}]))
    project.apply(project.plan(scope=Scope(("campaign.c",))))
    (change,) = project.plan(apis, FOOTER_ONLY).changes
    assert [(str(user.address), user.state) for user in change.users] == [("campaign.c", "draft")]


def test_a_layout_in_scope_brings_the_snippet_that_it_names(project: SandboxProject) -> None:
    rename_footer(project, WITH_IMPRINT)
    scope = Scope(("layout.l",))
    plan = project.plan(scope=scope)
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("snippet.footer", "replace"),
        ("layout.l", "update"),
        ("snippet.footer", "delete"),
    ]
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }} {{ snippets.new }}"})
    project.write("snippets/footer.yaml", FOOTER)
    project.write("snippets/new.yaml", {**FOOTER, "name": "new"})
    plan = project.plan(scope=scope)
    assert [str(c.address) for c in plan.changes] == ["snippet.new", "layout.l"]


def test_a_text_is_blocked_with_the_snippet_that_it_names(project: SandboxProject) -> None:
    """Otherwise its messages would name nothing."""
    project.write("layouts/other.yaml", {**LAYOUT, "name": "Other"})
    plan = rename_footer(project, WITH_IMPRINT)
    assert {str(item.address) for item in plan.blocked} == {"snippet.footer", "layout.l"}
    assert plan.changes == ()


def test_what_the_settings_exclude_is_not_brought_along(project: SandboxProject) -> None:
    project.write(
        "workspace.yaml", "format: 1\nendpoint: sandbox\nexclude: [snippet.*, segment.in]\n"
    )
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.write("segments/in.yaml", {"name": "In", "manual": True})
    project.write("segments/out.yaml", {"name": "Out", "conditions": {"segment": "in"}})
    plan = project.plan()
    assert plan.changes == ()
    reasons = {str(item.address): item.hint for item in plan.blocked}
    assert reasons.keys() == {"layout.l", "segment.out"}
    assert "snippet.footer, which does not exist yet" in reasons["layout.l"]


def segment_used_by_a_stranger(project: SandboxProject) -> None:
    """Apply a segment that an unmanaged, running campaign uses."""
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    project.write("campaigns/promo.yaml", campaign("Promo", trigger={"segment": "vip"}))
    project.apply()
    start(project)
    project.remove("campaigns/promo.yaml")
    with project.open() as opened:
        opened.forget(Address.parse("campaign.promo"))


@pytest.mark.parametrize("apis", [BOTH_APIS, frozenset({Api.JOURNEYS})])
def test_an_unmanaged_user_of_a_segment_is_found(
    project: SandboxProject, apis: frozenset[Api]
) -> None:
    segment_used_by_a_stranger(project)
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True, "description": "new"})
    plan = project.plan(apis)
    (change,) = plan.changes
    (user,) = change.unmanaged_users
    assert (user.kind, user.name, user.state) == ("campaign", "Promo", "running")
    (violation,) = find_guard_violations(plan, replace(NO_GUARDS, allow_live=False))
    assert 'segment.vip is used by the unmanaged campaign "Promo"' in violation.detail
    assert "used by 1 object (1 running)" in render_plan(view_plan(plan))


def test_what_only_an_unmanaged_campaign_uses_may_be_refused_as_live(
    project: SandboxProject,
) -> None:
    segment_used_by_a_stranger(project)
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True, "description": "new"})
    assert [change.is_gated for change in project.plan().changes] == [True]
    project.write("workspace.yaml", "format: 1\nendpoint: sandbox\nlive_edits: no\n")
    assert [str(item.address) for item in project.plan().blocked] == ["segment.vip"]


def test_what_an_unmanaged_object_uses_is_not_deleted(project: SandboxProject) -> None:
    segment_used_by_a_stranger(project)
    project.remove("segments/vip.yaml")
    plan = project.plan()
    (item,) = plan.blocked
    assert 'It is used by the unmanaged campaign "Promo"' in item.hint
    assert plan.changes == ()


def test_what_a_managed_object_uses_as_only_the_api_shows_is_not_deleted(
    project: SandboxProject,
) -> None:
    """A message may use a layout where cioform cannot look."""
    project.write("layouts/l.yaml", {"name": "L", "body": "{{ content }}"})
    mail = {"subject": "s", "body": "b"}
    project.write("transactional/receipt.yaml", {"name": "Receipt", "email": mail})
    project.apply()
    number = int(project.bindings()[Address.parse("transactional.receipt")])
    project.remove("layouts/l.yaml")

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        body = {"transactional_messages": [{"id": number}]}
        is_asked = request.url.path.endswith("layouts/1/transactional_messages")
        return httpx.Response(200, json=body) if is_asked else response

    assert [str(change.address) for change in project.plan().changes] == ["layout.l"]
    project.alter = alter
    plan = project.plan(frozenset({Api.JOURNEYS}))
    (item,) = plan.blocked
    assert item.hint.startswith("It is used by transactional.receipt (draft), and what is in use")
    assert plan.changes == ()
    project.remove("transactional/receipt.yaml")
    plan = project.plan(frozenset({Api.JOURNEYS}))
    assert [str(c.address) for c in plan.changes] == ["transactional.receipt", "layout.l"]


def test_an_api_that_does_not_tell_the_users_is_no_error(project: SandboxProject) -> None:
    segment_used_by_a_stranger(project)
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True, "description": "new"})
    project.inject_fault("status:403", "GET", "usage", times=9)
    (change,) = project.plan(frozenset({Api.JOURNEYS})).changes
    assert (change.unmanaged_users, change.unmanaged_users_unknown) == ((), True)


NOT_LOOKED_FOR = "Unmanaged objects that may use it were not looked up."


def layout_used_by_strangers(project: SandboxProject) -> None:
    """Change a layout that an unmanaged campaign and an unmanaged message use."""
    mail = {"subject": "s", "body": "b", "layout": "l"}
    layout = {"name": "L", "body": "{{ content }}"}
    project.write("layouts/l.yaml", layout)
    workflow = [{"id": "mail", "email": mail}]
    project.write("campaigns/promo.yaml", campaign("Promo", workflow=workflow))
    project.write("transactional/receipt.yaml", {"name": "Receipt", "email": mail})
    project.apply()
    start(project)
    for name in ("campaigns/promo.yaml", "transactional/receipt.yaml"):
        project.remove(name)
    with project.open() as opened:
        opened.forget(Address.parse("campaign.promo"))
        opened.forget(Address.parse("transactional.receipt"))
    project.write("layouts/l.yaml", {**layout, "body": "<p>{{ content }}</p>"})


def test_unmanaged_users_of_a_layout_are_found(project: SandboxProject) -> None:
    layout_used_by_strangers(project)
    plan = project.plan()
    (change,) = plan.changes
    assert [(u.kind, u.name, u.state) for u in change.unmanaged_users] == [
        ("campaign", "Promo", "running"),
        ("transactional", "Receipt", "draft"),
    ]
    assert NOT_LOOKED_FOR not in render_plan(view_plan(plan))
    assert find_guard_violations(plan, replace(NO_GUARDS, allow_live=False))
    project.remove("layouts/l.yaml")
    (item,) = project.plan().blocked
    assert 'It is used by the unmanaged campaign "Promo"' in item.hint


def test_a_newsletter_that_uses_a_layout_may_be_live(project: SandboxProject) -> None:
    project.write("layouts/l.yaml", {"name": "L", "body": "{{ content }}"})
    project.apply()
    project.write("layouts/l.yaml", {"name": "L", "body": "<p>{{ content }}</p>"})

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        is_asked = request.url.path.endswith("/newsletters")
        return httpx.Response(200, json={"newsletters": [{"id": 4}]}) if is_asked else response

    project.alter = alter
    (change,) = project.plan().changes
    (user,) = change.unmanaged_users
    assert (user.kind, user.remote_id, user.state.may_be_live) == ("newsletter", "4", True)


def test_users_that_cannot_be_found_are_not_passed_over(project: SandboxProject) -> None:
    project.behavior = Behavior(rate_limit=None, layout_usage="ids")
    project.app = make_app(
        project.store, project.behavior, project.faults, project.time.read, project.time.read
    )
    layout_used_by_strangers(project)
    project.write("snippets/footer.yaml", FOOTER)
    project.apply()
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    project.inject_fault("status:403", "GET", "usage", times=9)
    project.write("layouts/l.yaml", {"name": "L", "body": "<b>{{ content }}</b>"})
    plan = project.plan()
    view = view_plan(plan)
    assert [change.unmanaged_users_unknown for change in plan.changes] == [True, True]
    assert render_plan(view).count(NOT_LOOKED_FOR) == 2
    assert render_plan(view).count("no managed campaign or message uses it") == 2
    assert render_markdown(plan_report(view)).count(NOT_LOOKED_FOR) == 2
    assert encode_plan(plan).count('"unmanaged_users_unknown": true') == 2
    assert decode_plan(encode_plan(plan)) == plan


@pytest.mark.parametrize("kind", ["transactional", "campaigns"])
def test_an_app_key_alone_does_not_show_the_state_of_an_unmanaged_message(
    project: SandboxProject, kind: str
) -> None:
    document: dict[str, Json] = {"name": "Theirs", "email": {"subject": "S", "body": "B"}}
    if kind == "campaigns":
        steps: list[Json] = [{"id": "hello", "email": document.pop("email")}]
        document |= {"trigger": {"event": "e"}, "workflow": steps}
    other = project.second_checkout(project.root / "theirs")
    other.write(f"{kind}/m.yaml", document)
    other.apply()
    project.write("snippets/footer.yaml", FOOTER)
    project.apply()
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    [change] = project.plan(frozenset({Api.APP})).changes
    assert change.unknown_users_may_be_live is (kind == "transactional")


def test_an_app_key_alone_does_not_show_the_state_of_a_message_out_of_scope(
    project: SandboxProject,
) -> None:
    email = {"subject": "S", "body": "{{ snippets.footer }}"}
    project.write("snippets/footer.yaml", FOOTER)
    project.write("transactional/m.yaml", {"name": "M", "email": email})
    project.apply()
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    [change] = project.plan(frozenset({Api.APP}), Scope(("snippet.footer",))).changes
    [user] = change.users
    assert (str(user.address), user.state) == ("transactional.m", ReachState.UNKNOWN)
    assert change.may_be_live


def test_a_layout_that_nobody_can_list_leads_to_those_who_use_it(project: SandboxProject) -> None:
    """An App key alone, and no state: only the files say what lies between."""
    email: Json = {"subject": "S", "body": "B", "layout": "l"}
    steps: Json = [{"id": "hello", "email": email}]
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.write("campaigns/c.yaml", {"name": "C", "trigger": {"event": "e"}, "workflow": steps})
    project.apply()
    campaigns = project.content()["campaigns"]
    project.seed(campaigns=[{**each, "state": "running"} for each in campaigns])
    shutil.rmtree(project.state_folder)
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    plan = project.plan(frozenset({Api.APP}))
    users = {str(c.address): [str(u.address) for u in c.users] for c in plan.changes}
    assert users["snippet.footer"] == ["campaign.c"]
    guards = replace(NO_GUARDS, allow_live=False)
    assert "allow_live" in [item.guard for item in find_guard_violations(plan, guards)]


def test_a_use_that_the_same_plan_adds_counts(project: SandboxProject) -> None:
    message = {"sending": "draft", "subject": "S", "body": "B", "layout": "none"}
    project.write("layouts/l.yaml", LAYOUT)
    project.write("transactional/m.yaml", {"name": "M", "email": message})
    project.apply()
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }}"})
    project.write("transactional/m.yaml", {"name": "M", "email": {**message, "layout": "l"}})
    users = {str(c.address): [str(u.address) for u in c.users] for c in project.plan().changes}
    assert users == {"layout.l": ["transactional.m"], "transactional.m": []}


def test_what_nothing_uses_affects_nothing(project: SandboxProject) -> None:
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    project.apply()
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True, "description": "new"})
    assert "no campaign or message uses it" in render_plan(view_plan(project.plan()))


KINDS = find_kinds()
NAMES = Names(
    ids={
        Address("segment", "vip"): "12",
        Address("segment", "idle"): "7",
        Address("segment", "odd"): "trial",
    },
    known={"segment": {"People who pay": "12", "segment#7": "12"}},
)
"""Three segments, of which one is known by a name that looks like the id of another."""


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("segment#12", "segment.vip"),
        ("segment#99", None),
        ("segment#7", "segment.vip"),
        ("People who pay", "segment.vip"),
        ("idle", "segment.idle"),
        ("trial", "segment.trial"),
        ("campaign#12", None),
    ],
)
def test_what_a_reference_means(text: str, used: str | None) -> None:
    segment = KINDS["segment"]
    document = segment.model.model_validate({"name": "S", "conditions": {"segment": text}})
    resource = Resource(Address("segment", "s"), segment.attributes(document))
    pair = MatchedPair(resource.address, resource, None, None)
    finder = UseFinder(KINDS, NAMES, LiveSnapshot(Listing({}), {}, NAMES), [pair])
    assert finder.now(pair) == ({} if used is None else {Address.parse(used): True})


@pytest.mark.parametrize(
    ("name_in_file", "used"),
    [(None, {"snippet.footer"}), ("new", set()), ("old", {"snippet.footer"})],
)
def test_a_snippet_that_cannot_be_listed_has_its_last_name_until_a_file_says_another(
    name_in_file: str | None, used: set[str]
) -> None:
    footer, layout = Address("snippet", "footer"), Address("layout", "l")
    resource = Resource(footer, {"name": name_in_file, "value": "1"}) if name_in_file else None
    pairs = [
        MatchedPair(footer, resource, Binding(footer, "old", "old"), None, is_unlistable=True),
        MatchedPair(layout, Resource(layout, {"body": "{{ snippets.old }}"}), None, None),
    ]
    finder = UseFinder(KINDS, NAMES, LiveSnapshot(Listing({}), {}, NAMES), pairs)
    assert {*map(str, finder.now(pairs[1]))} == used


@pytest.mark.parametrize("is_read", [True, False])
def test_two_snippets_that_swap_their_names_are_not_mixed_up(is_read: bool) -> None:
    text: dict[str, Json] = {"body": "{{ snippets.x }}"}
    layout = Address("layout", "l")
    pairs = [
        MatchedPair(
            Address("snippet", key),
            Resource(Address("snippet", key), {"name": wanted, "value": "1"}),
            None,
            RemoteObject(key, name, Api.JOURNEYS, {}),
        )
        for key, name, wanted in (("a", "x", "y"), ("b", "y", "x"))
    ]
    user = MatchedPair(layout, Resource(layout, text), Binding(layout, "1", "l", text), None)
    found = LiveObject("layout", RemoteObject("1", "l", Api.JOURNEYS, {}), Decoded(text))
    live = LiveSnapshot(Listing({}), {layout: found} if is_read else {}, NAMES)
    finder = UseFinder(KINDS, NAMES, live, [*pairs, user])
    assert "snippet.a" in {*map(str, finder.now(user))}
    assert "snippet.b" in {*map(str, finder.after(user, None))}


@pytest.mark.parametrize(
    ("body", "applied", "used"),
    [
        (UNKNOWN, "{{ snippets.x }}", {"snippet.a"}),
        (UNKNOWN, None, set()),
        ("plain", "{{ snippets.x }}", set()),
    ],
)
def test_what_could_not_be_read_counts_as_last_applied(
    body: Json, applied: Json, used: set[str]
) -> None:
    snippet, layout = Address("snippet", "a"), Address("layout", "l")
    pair = MatchedPair(snippet, None, None, RemoteObject("a", "x", Api.JOURNEYS, {}))
    binding = Binding(layout, "1", "l", {"body": applied} if applied else None)
    user = MatchedPair(layout, None, binding, None)
    found = LiveObject("layout", RemoteObject("1", "l", Api.APP, {}), Decoded({"body": body}))
    live = LiveSnapshot(Listing({}), {layout: found}, NAMES)
    assert {*map(str, UseFinder(KINDS, NAMES, live, [pair, user]).now(user))} == used


def test_what_a_reference_means_in_a_graph() -> None:
    """Only a text that can be no address is looked up among the names that people know."""
    segment, sender, message = KINDS["segment"], KINDS["sender"], KINDS["transactional"]
    email = {"from": "team@acme.com", "subject": "s", "body": "b"}
    conditions = {"any": [{"segment": each} for each in ("vip", "segment#12", "segment#99")]}
    graph = build_graph(
        [
            ObjectTexts("segment.paying", segment, {"name": "vip"}, remote_id="12"),
            ObjectTexts("segment.s", segment, {"name": "S", "conditions": conditions}),
            ObjectTexts("sender.team", sender, {"name": "Team", "email": "team@acme.com"}),
            ObjectTexts("transactional.receipt", message, {"name": "Receipt", "email": email}),
        ],
        KINDS,
    )
    assert graph.uses["segment.s"].keys() == {"segment.vip", "segment.paying", "segment#99"}
    assert graph.uses["transactional.receipt"].keys() == {"sender.team"}


def test_a_guard_says_why_a_use_is_uncertain(project: SandboxProject) -> None:
    computed = {"subject": "{{ snippets[customer.plan] }}", "body": "b"}
    project.write("campaigns/c.yaml", campaign(workflow=[{"id": "mail", "email": computed}]))
    assert project.apply().complete
    start(project)
    project.write("snippets/footer.yaml", FOOTER)
    violation = next(
        each
        for each in find_guard_violations(project.plan(), replace(NO_GUARDS, allow_live=False))
        if each.guard == "allow_live"
    )
    assert violation.detail == (
        "snippet.footer may be used by campaign.c (running, 0 people): Liquid there computes a "
        "name, or has it in `raw`, in a comment or in broken Liquid. A name that is written out "
        "makes this certain."
    )


def test_a_name_that_liquid_computes_may_be_that_of_any_snippet(project: SandboxProject) -> None:
    email = {"from": "team@acme.com", "subject": "{{ snippets[customer.plan] }}", "body": "b"}
    receipt = {"transactional/receipt.yaml": {"name": "Receipt", "email": email}}
    snippets = {f"snippets/{name}.yaml": {"name": name, "value": "1"} for name in ("a", "b")}
    project.seed(identities=[{"id": 1, "name": "Acme", "email": "team@acme.com"}])
    project.replace_documents({**receipt, **snippets})
    assert project.apply().complete
    snippets["snippets/a.yaml"]["value"] = "2"
    project.replace_documents({**receipt, "snippets/a.yaml": snippets["snippets/a.yaml"]})
    plan = project.plan()
    users = {change.address.name: change.users for change in plan.changes}
    assert (sorted(users), plan.blocked) == (["a", "b"], ())
    assert [(str(each.address), each.is_certain) for each in users["a"]] == [
        ("transactional.receipt", False)
    ]
