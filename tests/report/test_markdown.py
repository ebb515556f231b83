"""A plan as a pull request comment: it fits, and nothing in it is more than text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings

from cioform.core.address import Address
from cioform.model.reach import Reach, ReachState
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Change, FieldChange, Origin
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.report.journey.build import build_journey
from cioform.report.plan.comments.comment import Part, fit
from cioform.report.plan.comments.markdown import MAX_COMMENT_LENGTH, render_markdown
from cioform.report.plan.comments.markdown_text import code, plain, prose
from cioform.report.plan.parts.extras import ItemExtras
from cioform.report.plan.report import plan_report
from cioform.report.plan.view import view_plan
from tests.report.test_journey import campaign
from tests.report.test_plan_text import complete_plan
from tests.support.plans import HEADER, HOSTILE, large_plan, plans


def markdown(plan: Plan, limit: int = MAX_COMMENT_LENGTH) -> str:
    violations = find_guard_violations(plan, Guards())
    return render_markdown(plan_report(view_plan(plan, violations)), limit)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_comment_begins_with_the_verdict_and_what_is_needed() -> None:
    out = markdown(complete_plan())
    assert out.startswith("### Plan for acme: 1 to create; 1 to update; 1 to delete; 1 in conflict")
    verdict, guards, table, details = map(
        out.index, ("⛔ **Apply would refuse", "**Guards: ", "| | resource", "<details>")
    )
    assert verdict < guards < table < details
    row = "| `~` | `campaign.welcome` | changed in the files | **running, 1,204 people** |"
    assert row in out
    assert "jane@acme.com" not in out  # a mention would notify a person


def test_scalars_are_a_removed_and_an_added_line_in_the_nesting_of_yaml() -> None:
    fields = (
        FieldChange(("remind", "push", "title"), "We miss you", "Ready?"),
        FieldChange(("remind", "push", "link"), None, "https://a.io"),
        FieldChange(("remind", "only_if", "any", 1, "older_than"), "4w", None),
        FieldChange(("name",), "a", "b", Origin.CONFLICT),
    )
    change = Change(Address("campaign", "c"), Action.UPDATE, fields=fields)
    assert """```diff
  remind:
    push:
-     title: We miss you
+     title: Ready?
+     link: https://a.io
    only_if:
      any[1]:
-       older_than: 4w
! name:  # changed on both sides
- name: a
+ name: b
```""" in markdown(Plan(HEADER, (change,)))


def test_what_reaches_people_is_first() -> None:
    plan = large_plan(4)
    removed = Change(
        Address("tag", "old"), Action.DELETE, "9", reason="removed", reach=Reach(ReachState.DRAFT)
    )
    out = markdown(replace(plan, changes=(*plan.changes, removed)))
    rows = re.findall(r"^\| `.*?` \| `(.*?)` ", out, re.MULTILINE)
    assert rows == ["snippet.s1", "snippet.s3", "tag.old", "snippet.s0", "snippet.s2"]


def test_thousands_of_changes_fit_and_what_is_left_out_is_counted() -> None:
    view = view_plan(large_plan(20), find_guard_violations(large_plan(2), Guards()))
    out = render_markdown(plan_report(replace(view, changes=view.changes * 100)))
    assert 60_000 < units(out) <= MAX_COMMENT_LENGTH
    assert out.startswith("### Plan for acme: 20 to update")
    assert "**Guards: " in out
    assert "```diff\n" in out
    note = out.splitlines()[-1]
    assert re.fullmatch(
        r"_Left out, because a comment has at most 65,536 characters: rows of the table "
        r"\([\d,]+\), details of changes \([\d,]+\)\. `--html FILE` writes everything to a page\._",
        note,
    )


def test_diagrams_are_left_out_first() -> None:
    journey = build_journey(campaign({"id": "hello", "wait": "2d"}))
    plan = Plan(HEADER, (Change(Address("campaign", "c"), Action.CREATE, reason="new"),))
    view = view_plan(plan, extras=[ItemExtras(journey=journey)])
    whole = render_markdown(plan_report(view))
    assert "\n```mermaid\nflowchart TD\n" in whole
    short = render_markdown(plan_report(view), units(whole) - 1)
    assert "mermaid" not in short
    assert "journeys (1)" in short


@settings(max_examples=12)
@given(plans)
def test_nothing_in_a_plan_is_more_than_text(plan: Plan) -> None:
    out = markdown(plan)
    assert units(out) <= MAX_COMMENT_LENGTH
    assert units(markdown(plan, 3_000)) <= 3_000
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out)
    outside = re.sub(r"^(`{3,})\w+\n.*?^\1$", "", out, flags=re.MULTILINE | re.DOTALL)
    spans = re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    assert set(re.findall(r"(?<!\\)<[^>]*>", spans)) <= {
        "<br>", "<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"
    }  # fmt: skip
    assert outside.count("<details>") == outside.count("</details>")
    prose = re.sub(r"<code>.*?</code>", "", spans)
    assert not re.search(r"@\w|(?<!\\)\[|://\w|www\.", prose)


def test_hostile_text_is_escaped() -> None:
    for text in HOSTILE:
        shown = plain(text)
        assert not re.search(r"(?<!\\)[<>\[\]`*_~$&]", shown)
        assert "\n" not in shown
    assert plain("1. Buy") == "1\u2060. Buy"
    assert plain("- Buy") == "\\- Buy"
    assert code("a`b|c") == r"``a`b\|c``"
    assert code("`") == "`` ` ``"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write `live_edits: yes` or no", "write `live_edits: yes` or no"),
        ("`a_b` of *x*", "`a_b` of \\*x\\*"),
        ("one ` alone `", "one ` alone `"),
        ("an odd ` <b>", "an odd \\` \\<b\\>"),
        ("`a | b`", "`a \\| b`"),
        ("`` @jane ``", "\\`` @jane `\\`"),
    ],
)
def test_code_in_a_sentence_of_ours(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_what_an_item_says_is_on_a_line_of_its_own() -> None:
    """A new line alone is no line break outside of comments."""
    out = markdown(complete_plan())
    assert "- `allow_delete`\\\n  " in out
    assert "<br>" not in out
    assert "\\\n\n" not in out  # it would be shown


@pytest.mark.parametrize(("size", "in_row", "times"), [(5_000, False, 20), (5_000, True, 1)])
def test_what_has_no_room_is_rendered_a_few_times_only(size: int, in_row: bool, times: int) -> None:
    rendered: list[int] = []

    def render() -> str:
        rendered.append(size)
        return "x" * size

    # The first part makes sure that not everything fits.
    first = Part(0, lambda: "y" * 9_000, "large parts")
    parts = [first, *(Part(1, render, "journeys", in_row=in_row) for _ in range(10_000))]
    text = fit(parts, 4_000, "See the page.")
    assert len(text) <= 4_000
    assert "journeys" in text.rpartition("Left out")[2]
    assert len(rendered) == times


def test_what_has_nothing_to_show_takes_no_room_from_others() -> None:
    """A diagram that is too long to be drawn is empty."""
    texts = ["y" * 9_000, *[""] * 30, "a small journey"]
    parts = [Part(at, partial(str, text), "journeys") for at, text in enumerate(texts)]
    text = fit(parts, 4_000, "See the page.")
    assert text.startswith("a small journey\n")
    assert "journeys (1)" in text
