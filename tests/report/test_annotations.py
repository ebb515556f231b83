"""Plans and drift as annotations: levels, lines, and the formats of other tools."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

from cioform.core.address import Address
from cioform.core.diagnostic import Location
from cioform.kinds import find_kinds
from cioform.model.resource import Resource
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, BlockedChange, Drift, FieldChange
from cioform.plan.drift import DriftReport, NotLookedAt
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.omissions import UnreadableFields
from cioform.plan.plan import Plan
from cioform.report.annotations.annotation import Level
from cioform.report.annotations.formats import FORMATS
from cioform.report.fleet.result import drift_result
from cioform.report.plan.annotate import drift_annotations, locator, plan_annotations
from cioform.report.plan.exit_code import drift_exit_code
from tests.report.test_plan_text import complete_plan
from tests.support.plans import HEADER, HOSTILE

FOOTER = Address("snippet", "footer")
FILE = "workspaces/acme/snippets/footer.yaml"
RESOURCE = Resource(
    FOOTER,
    {"name": "footer", "value": "x"},
    location=Location(FILE, 1),
    positions={("value",): Location(FILE, 2, 8)},
)
LOCATE = locator({FOOTER: RESOURCE}, find_kinds())


def test_a_plan_has_its_guards_first_then_what_reaches_people() -> None:
    plan = complete_plan()
    found = plan_annotations(plan, find_guard_violations(plan, Guards()), LOCATE)
    levels = [each.level for each in found]
    assert levels == sorted(levels, key=[Level.ERROR, Level.WARNING, Level.NOTE].index)
    assert found[0].rule == "guard-allow-delete"
    assert {each.rule for each in found if each.level is Level.WARNING} == {
        "plan-blocked", "plan-update"
    }  # fmt: skip
    update = next(each for each in found if each.rule == "plan-update")
    assert update.message == (
        "update campaign.welcome (running, 1,204 people): changed in the files\n"
        "Fields: subject, body"
    )


def test_an_annotation_is_at_the_line_of_the_changed_field() -> None:
    fields = (FieldChange(("value",), "a", "b"),)
    assert LOCATE(FOOTER, fields) == Location(FILE, 2, 8)
    assert LOCATE(FOOTER, (FieldChange(("other",), "a", "b"),)) == Location(FILE, 1)
    assert LOCATE(Address("snippet", "gone"), fields) is None


def test_drift_is_a_warning_at_the_file() -> None:
    drift = Drift(FOOTER, "footer", (FieldChange(("value",), "a", "b"),))
    report = DriftReport((drift,), (), (NotLookedAt(FOOTER, "nobody can read it"),), 1)
    changed, not_looked_at = drift_annotations("acme", report, LOCATE)
    assert changed.message == "snippet.footer was changed: value."
    assert not_looked_at.message == (
        "It is not known whether snippet.footer was changed: nobody can read it."
    )
    github = FORMATS["github"]([changed], "cioform drift")
    assert github == (
        f"::warning file={FILE},line=2,col=8,title=Changed outside of Git (drift)::"
        "snippet.footer was changed: value.\n"
    )


def test_fields_in_no_file_that_cannot_be_read_are_a_note() -> None:
    report = DriftReport((), (), (), 3, unmanaged_unreadable=2)
    [note] = drift_annotations("acme", report, LOCATE)
    assert (note.rule, note.message) == (
        "not-compared",
        "Customer.io did not return all fields of 2 objects to these credentials.",
    )
    assert drift_result("acme", 1, report, 0).text == "not all fields compared"
    assert (drift_exit_code(report), drift_exit_code(report, strict=True)) == (0, 8)


def test_drift_that_looked_at_nothing_is_no_success() -> None:
    unreadable = (UnreadableFields(FOOTER, ("value",)),)
    incomplete, hidden = drift_annotations("acme", DriftReport((), unreadable, (), 0), LOCATE)
    assert (incomplete.rule, incomplete.level, incomplete.address) == (
        "not-looked-at",
        Level.WARNING,
        "acme",
    )
    assert (hidden.rule, hidden.level) == ("not-compared", Level.NOTE)
    assert 'failures="1"' in FORMATS["junit"]([incomplete, hidden], "cioform drift")


def test_every_format_can_be_read_whatever_a_plan_says() -> None:
    blocked = tuple(BlockedChange(FOOTER, Action.UPDATE, (), text) for text in HOSTILE[:-1])
    found = plan_annotations(Plan(HEADER, blocked=blocked), (), LOCATE)
    texts = {name: render(found, "cioform plan") for name, render in FORMATS.items()}
    assert len(ET.fromstring(texts["junit"]).findall("testcase/failure")) == len(found)
    assert len(json.loads(texts["sarif"])["runs"][0]["results"]) == len(found)
    assert len(json.loads(texts["gitlab"])) == len(found)
    assert len(texts["github"].splitlines()) == len(found)
