"""A plan as a page: one file that loads nothing, in which nothing of a workspace is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings

from cioform.core.address import Address
from cioform.model.reach import ReachState
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Change, FieldChange, User
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.report.journey.build import build_journey
from cioform.report.page.render import render_page
from cioform.report.page.side_by_side import marked_words, side_by_side
from cioform.report.plan.parts.extras import BodyPair, ItemExtras, UserRow
from cioform.report.plan.parts.fields import DisplayOptions, FieldView, view_fields
from cioform.report.plan.report import plan_report
from cioform.report.plan.view import view_plan
from tests.report.test_journey import campaign
from tests.support.plans import HEADER, HOSTILE, large_plan, plans

EVIL = "".join(HOSTILE)
EXTRAS = ItemExtras(
    users=(UserRow("campaign.welcome", "running", 412, "layout.main"),),
    journey=build_journey(campaign({"id": "hello", "wait": "2d"})),
    bodies=(BodyPair("hello.email.body", "<p>Hi</p>", f'<p>Hello</p><script src="{EVIL}">'),),
)


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def page_of(plan: Plan, extras: ItemExtras | None = None, limit: int | None = None) -> str:
    every = [extras] * len(plan.visible_changes) if extras else []
    report = plan_report(view_plan(plan, find_guard_violations(plan, Guards()), extras=every))
    return render_page(report) if limit is None else render_page(report, limit)


def test_a_page_has_verdict_guards_changes_users_journey_and_bodies() -> None:
    change = replace(large_plan(2).changes[1], reason="changed in the files")
    page = Elements(page_of(Plan(HEADER, (change,)), EXTRAS))
    assert "Apply would refuse this plan: 1 guard refuses it." in page.text
    assert "Pass --allow-live to allow it." in page.text
    assert "Used by 1 object" in page.text
    assert "412" in page.text
    [picture] = page.named("img")
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    assert "Onboarding" in page.text.split("Journey as text")[1]
    frames = page.named("iframe")
    assert [frame["sandbox"] for frame in frames] == ["", ""]
    assert "<p>Hi</p>" in frames[0]["srcdoc"]
    assert len({frame["title"] for frame in frames}) == 2
    assert [form.get("hidden") for form in page.named("form")] == [""]


def test_a_very_long_message_is_not_drawn() -> None:
    change = large_plan(2).changes[1]
    pair = replace(EXTRAS.bodies[0], before="<p>x</p>" * 125_001)
    page = Elements(page_of(Plan(HEADER, (change,)), replace(EXTRAS, bodies=(pair,))))
    assert len(page.named("iframe")) == 1
    assert "The message is not drawn: it has 1,000,008 characters." in page.text


def test_a_page_loads_nothing_and_runs_only_its_own_script() -> None:
    page = Elements(page_of(large_plan(2), EXTRAS))
    policy = page.named("meta")[1]["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert re.search(r"script-src 'sha256-[\w+/]{43}='", policy)
    assert len(page.named("script")) == 1
    for _, attributes in page.found:
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("src", "data:").startswith("data:")
        assert "href" not in attributes


@settings(max_examples=12)
@given(plans)
def test_nothing_in_a_plan_is_markup(plan: Plan) -> None:
    text = page_of(plan, EXTRAS)
    page = Elements(text)
    assert len(page.named("script")) == len(page.named("main")) == len(page.named("h1")) == 1
    assert len(page.named("article")) == len(plan.visible_changes)
    assert len(page.named("img")) == sum(1 for _ in plan.visible_changes)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page.text)


def test_words_are_marked_unless_nearly_all_differ() -> None:
    assert marked_words("ten minutes a day", "twelve minutes a day") == (
        ((True, "ten"), (False, " minutes a day")),
        ((True, "twelve"), (False, " minutes a day")),
    )
    assert marked_words("a b", "c d e") == (((False, "a b"),), ((False, "c d e"),))


def test_removed_lines_stand_beside_added_ones() -> None:
    change = FieldChange(("body",), "one\ntwo\nthree\nfour", "one\n2\nthree\nfour\nfive")
    [field] = view_fields(Action.UPDATE, (change,), DisplayOptions(context=1))
    rows = side_by_side(field)
    sides = [
        tuple("".join(text for _, text in side or ()) for side in (row.before, row.after))
        for row in rows
        if not row.hunk
    ]
    assert sides == [
        ("one", "one"), ("two", "2"), ("three", "three"), ("four", "four"), ("", "five")
    ]  # fmt: skip
    [row] = side_by_side(FieldView("name", before="(absent)", after="a"))
    assert (row.before, row.after) == (None, ((False, "a"),))


def test_a_page_that_would_be_too_large_says_what_it_leaves_out() -> None:
    change = Change(
        Address("layout", "main"), Action.UPDATE, "1",
        users=(User(Address("campaign", "c"), ReachState.RUNNING),),
        fields=(FieldChange(("body",), "<p>a</p>", "<p>b</p>"),),
    )  # fmt: skip
    plan = Plan(HEADER, (change,) * 60)
    whole = page_of(plan, EXTRAS)
    short = page_of(plan, EXTRAS, limit=560_000)
    assert len(short) < 560_000 < len(whole) + 500_000
    assert "Users, diagrams and messages of " in short
    assert short.count("<article") == 60
