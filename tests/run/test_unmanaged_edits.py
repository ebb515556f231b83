"""Fields that no file sets: somebody who edits one is seen, and never overwritten."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from cioform.config.read.parsing.parse import parse_first
from cioform.core.address import Address
from cioform.core.data.paths import format_path
from cioform.core.errors import ConfigError
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Action, Drift
from cioform.plan.plan import Plan, PreferredSide, is_conflict
from cioform.plan.review.on_drift import reverting_changes
from cioform.plan.selecting.scope import Scope
from cioform.report.plan.drift import view_drift
from cioform.report.plan.exit_code import drift_exit_code
from cioform.report.plan.text import render_differences, render_plan
from cioform.report.plan.view import view_plan
from tests.kinds.test_whole_objects import (
    GIVEN,
    OWN,
    REFERENCES,
    TEMPLATE_VALUES,
    UNNAMED,
    campaign,
    common_members,
)
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

WELCOME = Address("campaign", "welcome")
RECEIPT = Address("transactional", "receipt")
CAMPAIGN: dict[str, Any] = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [
        {"id": "hello", "email": {"subject": "Hello", "body": "<p>Hello</p>"}},
        {"id": "pause", "wait": "1d"},
    ],
}
MESSAGE = {"name": "Receipt", "email": {"subject": "Thanks", "body": "<p>Thanks</p>"}}


def with_email(**fields: Any) -> dict[str, Any]:
    """Return the campaign with more fields in its e-mail."""
    hello, pause = CAMPAIGN["workflow"]
    email = {**hello["email"], **fields}
    return {**CAMPAIGN, "workflow": [{"id": "hello", "email": email}, pause]}


def apply_files(project: SandboxProject) -> None:
    project.seed(**GIVEN)
    project.write("campaigns/welcome.yaml", CAMPAIGN)
    project.write("transactional/receipt.yaml", MESSAGE)
    project.write("layouts/main.yaml", {"name": "Main", "body": "<p>{{ content }}</p>"})
    assert project.apply().complete
    assert drift_of(project) == ()
    assert project.plan().changes == ()


@pytest.fixture
def applied(copy_of: CopyOf) -> SandboxProject:
    """Return a project with a campaign, a message and a layout that were applied."""
    return copy_of(apply_files)


def drift_of(
    project: SandboxProject, apis: frozenset[Api] = BOTH_APIS, target: tuple[str, ...] = ()
) -> tuple[Drift, ...]:
    with project.open(apis) as opened:
        return opened.drift_report(Scope(target)).drift


def values_of(drift: tuple[Drift, ...]) -> dict[str, tuple[Any, Any]]:
    """Return what the only drift shows, each field with its two values; all are in no file."""
    if not drift:
        return {}
    (item,) = drift
    assert [each.path for each in item.fields] == list(item.unmanaged)
    return {format_path(each.path): (each.before, each.after) for each in item.fields}


def edit_template(project: SandboxProject, owner: str = "action_id", **members: Any) -> None:
    """Change the template of the campaign, or that of the message, as a person does."""
    templates = project.content()["templates"]
    project.seed(templates=[{**t, **(members if t.get(owner) else {})} for t in templates])


def edit_action(project: SandboxProject, action_type: str, **members: Any) -> None:
    actions = project.content()["actions"]
    changed = [{**a, **(members if a["type"] == action_type else {})} for a in actions]
    project.seed(actions=changed)


def plan(project: SandboxProject, prefer: PreferredSide | None = None) -> Plan:
    with project.open() as opened:
        return opened.plan(prefer=prefer)


@pytest.mark.parametrize("is_blank", [True, False])
@pytest.mark.parametrize("action_type", MESSAGE_CHANNELS)
def test_every_member_that_somebody_edits_is_seen(
    action_type: str, is_blank: bool, project: SandboxProject
) -> None:
    """Whatever an imported message has, or has not: an edit of any one member is drift.

    Those that are in no file are never written by a plan.
    """
    channel = MESSAGE_CHANNELS[action_type]
    members = {**common_members(action_type), "template_id": 101}
    written = TEMPLATE_VALUES
    if is_blank:
        members = {n: members[n] for n in ("id", "type", "name", "template_id")}
        members["tracked"] = True
        written = {"subject": "S", "body": "B", "url": "https://acme.com"}
    owner = {"id": 101, "action_id": 1001, "campaign_id": 1, "template_type": channel}
    project.seed(**GIVEN, **OWN)
    project.seed(**campaign([members]), templates=[{**owner, **written}])
    with project.open() as opened:
        assert opened.import_().left == ()
    assert drift_of(project) == ()
    (template,) = project.content()["templates"]
    ids = {*UNNAMED, *(REFERENCES if channel != "email" else ())}
    unmanaged: dict[str, Any] = {}
    for member, value in TEMPLATE_VALUES.items():
        edited = value if is_blank else blank(value)
        if member in ids or template.get(member) == edited:
            continue
        project.seed(templates=[{**template, member: edited}])
        found = drift_of(project, target=("campaign.*",))
        assert found, member
        if len(found[0].unmanaged) == len(found[0].fields):
            unmanaged[member] = edited
    project.seed(templates=[{**template, **unmanaged}])
    if is_blank:
        assert {"bcc", "cc", "weight"} <= unmanaged.keys()
    assert project.plan().is_empty
    assert bool(project.plan().unmanaged_edits) is bool(unmanaged)


def blank(value: Any) -> Any:
    return "" if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("member", "value", "path"),
    [
        ("sub_type", "special", "hello.raw.sub_type"),
        ("can_convert", False, "hello.raw.can_convert"),
        ("unheard_of", {"a": 1}, "hello.raw.unheard_of.a"),
        ("tracked", False, "hello.email.track.links"),
    ],
)
def test_members_of_a_step(member: str, value: Any, path: str, applied: SandboxProject) -> None:
    edit_action(applied, "email_action", **{member: value})
    assert path in values_of(drift_of(applied))
    assert applied.plan().is_empty


def test_styles_that_somebody_keeps_out_of_the_elements(applied: SandboxProject) -> None:
    edit_template(applied, preprocessor="")
    found = values_of(drift_of(applied, target=("campaign.*",)))
    assert found == {"hello.email.raw.preprocessor": ("premailer", "")}
    assert applied.plan().is_empty


def test_members_of_a_step_that_is_no_message(applied: SandboxProject) -> None:
    edit_action(applied, "delay_seconds_action", unheard_of=[1])
    assert values_of(drift_of(applied)) == {"pause.raw.unheard_of": (None, [1])}


def test_members_of_the_exit_that_no_file_names(applied: SandboxProject) -> None:
    """The exit is a step then, and the state has it once, or every later command refused it."""
    edit_action(applied, "exit_action", unheard_of=1)
    assert [*values_of_any(drift_of(applied))] == ["exit_1.raw.unheard_of"]
    applied.apply(plan(applied, PreferredSide.LIVE))
    assert drift_of(applied) == ()
    edit_action(applied, "exit_action", unheard_of=None)
    applied.apply(plan(applied, PreferredSide.LIVE))
    assert (drift_of(applied), applied.plan().changes) == ((), ())


def values_of_any(drift: tuple[Drift, ...]) -> dict[str, tuple[Any, Any]]:
    """Return what drift shows, each field with its two values."""
    return {format_path(e.path): (e.before, e.after) for item in drift for e in item.fields}


def test_settings_that_no_file_sets(applied: SandboxProject) -> None:
    (record,) = applied.content()["campaigns"]
    applied.seed(campaigns=[{**record, "subscription_topic_id": 5, "frequency_cap_mode": "cap_3"}])
    assert values_of(drift_of(applied)) == {
        "reentry.frequency_cap": (None, "cap_3"),
        "topic": ("none", "topic#5"),
    }
    paid = {"conversion": "paid", "conversion_type": "perform_event", "conversion_window": 86400}
    applied.seed(campaigns=[{**record, **paid}])
    ((before, after),) = values_of(drift_of(applied)).values()
    assert (before, after["event"], after["within"]) == ("none", "paid", "1d")
    applied.seed(campaigns=[record])
    (layout,) = applied.content()["layouts"]
    applied.seed(layouts=[{**layout, "archived": True}])
    assert values_of(drift_of(applied)) == {"archived": (False, True)}
    assert applied.plan().is_empty


def test_a_language_that_somebody_added(applied: SandboxProject) -> None:
    templates = applied.content()["templates"]
    (template,) = (each for each in templates if each.get("transactional_message_id"))
    spanish = {**template, "id": 900, "language": "es", "subject": "Gracias", "bcc": "a@acme.com"}
    applied.seed(templates=[*templates, spanish])
    assert values_of(drift_of(applied)) == {
        "email.translations.es.bcc": ("", "a@acme.com"),
        "email.translations.es.body": (None, "<p>Thanks</p>"),
        "email.translations.es.subject": (None, "Gracias"),
    }


def test_what_only_an_unmanaged_language_uses_is_kept(applied: SandboxProject) -> None:
    """The reason says where it is used, because no file does."""
    applied.write("snippets/thanks.yaml", {"name": "thanks", "value": "Gracias"})
    applied.apply()
    templates = applied.content()["templates"]
    (template,) = (each for each in templates if each.get("transactional_message_id"))
    spanish = {**template, "id": 900, "language": "es", "body": "{{ snippets.thanks }}"}
    applied.seed(templates=[*templates, spanish])
    (applied.folder / "snippets/thanks.yaml").unlink()
    [blocked] = applied.plan().blocked
    assert blocked.hint.startswith(
        "It is used by transactional.receipt (in email.translations.es.body, not in its file) "
        "after this plan too, and what is in use cannot be deleted."
    )


def test_pull_takes_it_into_the_file(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com", headers='[{"name": "X-A", "value": "1"}]')
    edit_action(applied, "delay_seconds_action", unheard_of=[1])
    edit_template(applied, "transactional_message_id", cc="b@acme.com")
    with applied.open() as opened:
        pullable = opened.pullable(Scope())
        result = opened.pull(pullable)
    assert (result.left, {*result.addresses}) == ((), {WELCOME, RECEIPT})
    text = (applied.folder / "campaigns/welcome.yaml").read_text()
    assert '"bcc": "a@acme.com"' in text or "bcc: a@acme.com" in text
    made = applied.plan()
    assert made.is_empty
    assert made.unmanaged_edits == ()
    assert {each.address for each in made.drift} == {WELCOME, RECEIPT}  # until it is recorded
    assert not any(each.unmanaged for each in drift_of(applied))
    applied.apply(made)
    assert drift_of(applied) == ()
    assert applied.plan().changes == ()
    edit_template(applied, bcc="other@acme.com")
    (drift,) = drift_of(applied)
    assert drift.unmanaged == ()  # it is managed now


def test_an_apply_of_something_else_leaves_the_edit(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    hello, pause = CAMPAIGN["workflow"]
    applied.write(
        "campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [hello, {**pause, "wait": "2d"}]}
    )
    made = applied.plan()
    assert [str(each.address) for each in made.unmanaged_edits] == ["campaign.welcome"]
    assert applied.apply(made).complete
    assert values_of(drift_of(applied)) == {"hello.email.bcc": ("", "a@acme.com")}
    (template,) = (each for each in applied.content()["templates"] if each.get("action_id"))
    assert template["bcc"] == "a@acme.com"


def test_prefer_live_records_the_edit(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    made = plan(applied, PreferredSide.LIVE)
    assert (made.is_empty, len(made.unmanaged_edits)) == (True, 1)
    applied.apply(made)
    assert drift_of(applied) == ()
    assert applied.plan().unmanaged_edits == ()
    edit_template(applied, bcc="b@acme.com")
    assert values_of(drift_of(applied)) == {"hello.email.bcc": ("(another value)", "b@acme.com")}
    edit_template(applied, bcc="")
    assert values_of(drift_of(applied)) == {"hello.email.bcc": ("(another value)", "")}
    with applied.open() as opened:
        result = opened.pull(opened.pullable(Scope()))
    (left,) = result.left
    assert "`cioform apply acme --target campaign.welcome --prefer live`" in left
    edit_template(applied, bcc="a@acme.com")
    assert drift_of(applied) == ()


def test_a_field_that_leaves_the_file_is_recorded_as_it_is(applied: SandboxProject) -> None:
    applied.write("campaigns/welcome.yaml", with_email(bcc="a@acme.com"))
    applied.apply()
    applied.write("campaigns/welcome.yaml", CAMPAIGN)
    applied.apply()
    assert drift_of(applied) == ()
    edit_template(applied, bcc="b@acme.com")
    assert values_of(drift_of(applied)) == {"hello.email.bcc": ("(another value)", "b@acme.com")}


def test_an_edit_of_a_field_that_leaves_the_file_stays_an_edit(applied: SandboxProject) -> None:
    applied.write("campaigns/welcome.yaml", with_email(bcc="a@acme.com"))
    applied.apply()
    edit_template(applied, bcc="spy@acme.com")
    applied.write("campaigns/welcome.yaml", CAMPAIGN)
    applied.apply()
    assert values_of(drift_of(applied)) == {"hello.email.bcc": ("(another value)", "spy@acme.com")}
    applied.apply(plan(applied, PreferredSide.LIVE))
    assert drift_of(applied) == ()


@pytest.mark.parametrize(
    ("in_file", "conflicts", "drifted"),
    [("ours@acme.com", 1, 1), ("", 0, 1), ("theirs@acme.com", 0, 1)],
)
def test_a_field_that_a_file_takes_up_is_compared_as_any_other(
    in_file: str, conflicts: int, drifted: int, applied: SandboxProject
) -> None:
    edit_template(applied, bcc="theirs@acme.com")
    applied.write("campaigns/welcome.yaml", with_email(bcc=in_file))
    made = applied.plan()
    assert (made.summary["conflict"], made.summary["drift"]) == (conflicts, drifted)
    assert made.unmanaged_edits == ()
    assert bool(made.visible_changes) is (in_file != "theirs@acme.com")


def test_a_field_that_nobody_edited_is_only_changed_by_the_file(applied: SandboxProject) -> None:
    applied.write("campaigns/welcome.yaml", with_email(bcc="ours@acme.com"))
    made = applied.plan()
    assert (made.summary["conflict"], made.summary["drift"]) == (0, 0)


def test_a_state_without_a_record_claims_nothing(applied: SandboxProject) -> None:
    forget_records(applied)
    edit_template(applied, bcc="a@acme.com")
    with applied.open() as opened:
        report = opened.drift_report()
    assert (report.drift, report.unrecorded) == ((), 3)
    assert [drift_exit_code(report), drift_exit_code(report, strict=True)] == [0, 8]
    text = render_differences(view_drift("acme", report))
    assert "the fields that are in no file were not compared in 3 objects." in text
    assert "Not recorded: the state has no earlier values" in text
    made = applied.plan()
    assert (made.is_empty, made.unmanaged_edits) == (True, ())
    assert newly_recorded(made) == {"campaign.welcome": {"hello.email.bcc": "a@acme.com"}}
    applied.apply(made)
    edit_template(applied, bcc="b@acme.com")
    assert values_of(drift_of(applied)) == {"hello.email.bcc": ("(another value)", "b@acme.com")}


def test_a_plan_that_adopts_names_what_no_file_has(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    (applied.state_folder / "state.json").unlink()
    (applied.state_folder / "state.json.backup").unlink(missing_ok=True)
    made = applied.plan()
    assert newly_recorded(made) == {"campaign.welcome": {"hello.email.bcc": "a@acme.com"}}
    assert "Recorded for the first time" in render_plan(view_plan(made))
    applied.apply(made)
    assert applied.plan().newly_recorded == ()


def newly_recorded(plan: Plan) -> dict[str, dict[str, Any]]:
    return {
        str(item.address): {format_path(each.path): each.after for each in item.fields}
        for item in plan.newly_recorded
    }


def forget_records(project: SandboxProject) -> None:
    """Make the state one of a version of cioform that recorded no unmanaged fields."""
    file = project.state_folder / "state.json"
    state = json.loads(file.read_text())
    for resource in state["resources"].values():
        resource.pop("unmanaged", None)
    file.write_text(json.dumps(state))


def test_what_a_credential_cannot_read_is_no_edit(applied: SandboxProject) -> None:
    edit_action(applied, "email_action", sub_type="special")
    edit_template(applied, bcc="a@acme.com", body_plain="Hi", name="Internal")
    applied.apply(plan(applied, PreferredSide.LIVE))
    assert drift_of(applied) == ()
    assert drift_of(applied, frozenset({Api.APP})) == ()
    with applied.open(frozenset({Api.APP})) as opened:
        report = opened.drift_report()
        assert opened.pullable().is_partly_read
    assert report.unmanaged_unreadable == 2
    view = view_drift("acme", report)
    assert view.headline.endswith(", but 1 object could not be looked at.")
    assert not view.is_all_clear
    assert ("2 objects", "fields that are in no file") in [
        (item.address, item.note) for section in view.sections for item in section.items
    ]


def test_what_only_the_app_api_has_read_is_recorded_once_all_is_read(
    applied: SandboxProject,
) -> None:
    forget_records(applied)
    edit_template(applied, "transactional_message_id", cc="a@acme.com", body_plain="Hi")
    applied.apply(apis=frozenset({Api.APP}))
    assert drift_of(applied) == ()
    edit_template(applied, "transactional_message_id", cc="b@acme.com", body_plain="Hello")
    assert values_of(drift_of(applied)) == {"email.cc": ("(another value)", "b@acme.com")}
    applied.apply()
    edit_template(applied, "transactional_message_id", cc="b@acme.com", body_plain="Hi")
    assert "email.plain" in values_of(drift_of(applied))


def test_new_names_of_parts_and_objects_are_no_edits(applied: SandboxProject) -> None:
    (layout,) = applied.content()["layouts"]
    edit_template(applied, layout_id=layout["id"], bcc="a@acme.com")
    applied.apply(plan(applied, PreferredSide.LIVE))
    applied.remove("layouts/main.yaml")
    applied.write("layouts/frame.yaml", {"name": "Main", "body": "<p>{{ content }}</p>"})
    hello, pause = CAMPAIGN["workflow"]
    renamed = {**CAMPAIGN, "workflow": [{**hello, "id": "hi", "was": "hello"}, pause]}
    applied.write("campaigns/welcome.yaml", renamed)
    assert applied.apply().complete
    assert drift_of(applied) == ()
    assert applied.plan().changes == ()
    edit_template(applied, bcc="b@acme.com")
    assert values_of(drift_of(applied)) == {"hi.email.bcc": ("(another value)", "b@acme.com")}


def test_what_a_file_ignores_is_no_drift(applied: SandboxProject) -> None:
    ignoring = {"ignore": ["hello.email.bcc", "pause.raw"], "because": "Jane does it."}
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, **ignoring})
    applied.apply()
    edit_template(applied, bcc="a@acme.com", cc="c@acme.com")
    edit_action(applied, "delay_seconds_action", unheard_of=[1])
    assert values_of(drift_of(applied)) == {"hello.email.cc": ("", "c@acme.com")}


def test_what_a_change_of_ours_takes_along_is_no_edit(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    applied.apply(plan(applied, PreferredSide.LIVE))
    _, pause = CAMPAIGN["workflow"]
    push = {"id": "hello", "push": {"title": "Hello", "body": "Hello"}}
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [push, pause]})
    assert applied.apply().complete
    assert drift_of(applied) == ()
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [pause]})
    assert applied.apply().complete
    assert drift_of(applied) == ()
    assert applied.plan().changes == ()


def test_an_edit_that_a_deletion_would_lose_is_drift(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    applied.remove("campaigns/welcome.yaml")
    made = applied.plan()
    assert [each.address for each in made.drift] == [WELCOME]
    assert reverting_changes(made) == made.visible_changes
    (drift,) = drift_of(applied)
    assert (len(drift.fields), drift.unmanaged) == (1, ())


def test_a_replacement_says_what_it_loses(applied: SandboxProject) -> None:
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "trigger": {"form": "survey"}})
    (change,) = applied.plan().changes
    assert change.action is Action.REPLACE
    assert "in no file" not in change.reason
    edit_template(applied, bcc="a@acme.com")
    edit_action(applied, "delay_seconds_action", unheard_of=[1])
    made = applied.plan()
    assert ([each.address for each in made.drift], made.unmanaged_edits) == ([WELCOME], ())
    (change,) = made.changes
    assert reverting_changes(made) == (change,)
    lost = "what is in no file is lost: hello.email.bcc and pause.raw.unheard_of"
    assert change.reason.endswith(f"; {lost}")
    applied.apply()
    assert drift_of(applied) == ()  # the new object has a record of its own


def test_a_step_that_is_replaced_says_what_it_loses(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    edit_action(applied, "delay_seconds_action", unheard_of=[1])
    _, pause = CAMPAIGN["workflow"]
    sms = {"id": "hello", "sms": {"body": "Hello"}}
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [sms, pause]})
    made = applied.plan()
    (change,) = made.changes
    assert reverting_changes(made) == (change,)
    assert "what is in no file is lost: " in change.reason
    assert "hello.email.bcc" in change.reason
    assert "pause" not in change.reason
    assert [format_path(each.path) for item in made.drift for each in item.fields] == [
        "hello.email.bcc"
    ]
    (left,) = made.unmanaged_edits
    assert [format_path(each.path) for each in left.fields] == ["pause.raw.unheard_of"]
    assert is_conflict(change)
    assert plan(applied, PreferredSide.LIVE).kept[0].fields == ("hello.email", "hello.sms")
    applied.apply(plan(applied, PreferredSide.CONFIG))
    assert values_of(drift_of(applied)) == {"pause.raw.unheard_of": (None, [1])}


def test_what_somebody_removes_as_a_whole_is_not_listed_again(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    applied.apply(plan(applied, PreferredSide.LIVE))
    (record,) = applied.content()["campaigns"]
    first, *rest = record["workflow_action_ids"]
    edges = [each for each in record["edges"] if each["from"] != str(first)]
    applied.seed(
        campaigns=[{**record, "workflow_action_ids": rest, "edges": edges}],
        actions=[each for each in applied.content()["actions"] if each["id"] != first],
    )
    (drift,) = drift_of(applied)
    assert drift.unmanaged == ()


WORDS = """\
Drift in acme: 1 object changed since the last apply

  ~ campaign.welcome  changed
      hello.email.bcc: (another value) -> b@acme.com  (in no file)
      hello.email.plain:  (in no file)
        + One
        + Two

      Apply does not change a field that is not in the file. A pull writes it into the file.
      Of its former value the state has only a digest.

Next:
    cioform pull acme campaign.welcome
"""


def test_the_words_on_screen(applied: SandboxProject) -> None:
    edit_template(applied, bcc="a@acme.com")
    applied.apply(plan(applied, PreferredSide.LIVE))
    edit_template(applied, bcc="b@acme.com", body_plain="One\nTwo\n")
    with applied.open() as opened:
        report = opened.drift_report()
    quiet = [replace(each, applied_at=None) for each in report.drift]
    text = render_differences(view_drift("acme", replace(report, drift=tuple(quiet))))
    assert text == WORDS


@pytest.mark.parametrize("named", [{}, {"name": "Say hello"}])
def test_a_renamed_step_is_one_edit(named: dict[str, Any], project: SandboxProject) -> None:
    """The template keeps the name that it got from its step, which is no edit of the template."""
    hello, pause = CAMPAIGN["workflow"]
    project.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [{**hello, **named}, pause]})
    project.apply()
    assert drift_of(project) == ()
    edit_action(project, "email_action", name="Jane's hello")
    (item,) = drift_of(project)
    assert [(format_path(f.path), f.before, f.after) for f in item.fields] == [
        ("hello.name", named.get("name"), "Jane's hello")
    ]
    # The file has the new name, and the name of the template is recorded as it is.
    steps = [{**hello, "name": "Jane's hello"}, pause]
    project.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": steps})
    project.apply()
    assert drift_of(project) == ()
    assert project.plan().is_empty


@pytest.mark.parametrize("name", ["Jane's hello", ""])
def test_a_pull_of_a_renamed_step_writes_its_name_only(name: str, project: SandboxProject) -> None:
    hello, pause = CAMPAIGN["workflow"]
    steps = [{**hello, "name": "Hello there"}, pause]
    project.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": steps})
    project.apply()
    edit_action(project, "email_action", name=name)
    assert pulled_step(project) == {**hello, **({"name": name} if name else {})}


def test_a_step_with_a_former_id_that_somebody_renames_is_one_edit(applied: SandboxProject) -> None:
    hello, pause = CAMPAIGN["workflow"]
    moved = {**hello, "id": "greeting", "was": "hello"}
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [moved, pause]})
    applied.apply()
    edit_action(applied, "email_action", name="Jane's hello")
    (item,) = drift_of(applied)
    assert [format_path(each.path) for each in item.fields] == ["greeting.name"]
    assert pulled_step(applied) == {**moved, "name": "Jane's hello"}


def test_the_name_of_a_template_is_not_lost_with_a_renamed_step(applied: SandboxProject) -> None:
    edit_action(applied, "email_action", name="Jane's hello")
    _, pause = CAMPAIGN["workflow"]
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "workflow": [pause]})
    (change,) = applied.plan().visible_changes
    assert "raw.name" not in change.reason + str(change.fields)


def test_a_file_cannot_name_a_template(applied: SandboxProject) -> None:
    applied.write("campaigns/welcome.yaml", with_email(raw={"name": "Other"}))
    with pytest.raises(ConfigError, match="that of its step or message"):
        applied.plan()


def pulled_step(project: SandboxProject) -> Any:
    """Return the first step of the file after a pull of everything."""
    with project.open() as opened:
        assert opened.pull(opened.pullable()).left == ()
    return parse_first((project.folder / "campaigns/welcome.yaml").read_text(), "")["workflow"][0]


def test_a_renamed_message_is_one_edit(applied: SandboxProject) -> None:
    messages = applied.content()["transactional_messages"]
    applied.seed(transactional_messages=[{**each, "name": "Receipts"} for each in messages])
    (item,) = drift_of(applied)
    assert [format_path(f.path) for f in item.fields] == ["name"]
    applied.write("transactional/receipt.yaml", {**MESSAGE, "name": "Receipts"})
    applied.apply()
    assert drift_of(applied) == ()


def test_what_the_file_set_until_now_is_not_recorded_for_the_first_time(
    applied: SandboxProject,
) -> None:
    applied.write("campaigns/welcome.yaml", with_email(bcc="a@acme.com"))
    assert applied.apply().complete
    forget_records(applied)
    edit_template(applied, cc="b@acme.com")
    applied.write("campaigns/welcome.yaml", CAMPAIGN)
    assert newly_recorded(applied.plan()) == {"campaign.welcome": {"hello.email.cc": "b@acme.com"}}


def test_what_a_replacement_deletes_is_not_recorded(applied: SandboxProject) -> None:
    forget_records(applied)
    edit_template(applied, cc="b@acme.com")
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "trigger": {"form": "survey"}})
    made = applied.plan()
    (change,) = made.visible_changes
    assert change.action is Action.REPLACE
    assert "hello.email.cc" in change.reason
    assert newly_recorded(made) == {}
