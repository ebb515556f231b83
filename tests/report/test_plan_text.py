"""The exact text of a plan in the terminal."""

from dataclasses import replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import Guards
from cioform.plan.change import (
    Action,
    Attribution,
    BlockedChange,
    Change,
    Drift,
    Editor,
    FieldChange,
    Origin,
    PlannedRequest,
)
from cioform.plan.drift import DriftReport, NothingBound
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.omissions import UnreadableFields
from cioform.plan.plan import Plan, PlanHeader, PreferredSide
from cioform.report.plan.drift import view_drift
from cioform.report.plan.parts.drift_items import view_drifted_object
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.text import render_differences, render_plan
from cioform.report.plan.view import view_plan
from cioform.report.styling import Styler, should_use_color
from cioform.report.values import escape_unprintable

HEADER = PlanHeader("acme", 1, "L", 3, 1_700_000_000, apis=(Api.APP, Api.JOURNEYS))
PUT = PlannedRequest(Api.APP, "PUT", "/v1/snippets")
FOOTER = Address("snippet", "footer")
WELCOME = Address("campaign", "welcome")
OLD = "<p>Acme Inc</p>\n<p>1 Main Street</p>\n<p>Springfield</p>\n<p>Bye</p>"
NEW = "<p>Acme Inc</p>\n<p>2 Main Street</p>\n<p>Springfield</p>\n<p>Bye</p>"
JANE = Editor("jane@acme.com", 1_763_000_000, "UI")
MINUTE = 1_762_999_980
"""The minute in which Jane edits."""
STOPPED = (FieldChange(("state",), "running", "stopped", Origin.DRIFT),)


def update(*fields: FieldChange, **more: Any) -> Change:
    change = Change(
        FOOTER, Action.UPDATE, "footer", reason="changed in the files", fields=fields,
        requests=(PUT,),
    )  # fmt: skip
    return replace(change, **more)


def test_the_kinds_that_nobody_counted_are_named() -> None:
    plan = text(update(), unmanaged=2, not_listed=("tag", "topic"))
    assert "  2 unmanaged objects ignored; kinds not listed: tag, topic\n" in plan
    assert "ignored; kind not listed: tag\n" in text(update(), unmanaged=2, not_listed=("tag",))


def text(*changes: Change, detail: DisplayOptions | None = None, **more: Any) -> str:
    return render_plan(view_plan(replace(Plan(HEADER, changes), **more), display=detail))


WHOLE = """\
Plan for acme: 1 to create, 1 to update, 1 to delete; 1 in conflict; 1 blocked; 1 drifted
  8 requests, about 0.8 s
  2 unmanaged objects ignored
  digest 09a2a1e7c646692ea34b15ab95fa3ae1b08de653044d69e322e5957519bfe068

  + snippet.legal  new in the files
      name: legal
      value:
        line 0
        line 1
        line 2
        line 3
        line 4
        line 5
        … 114 more lines (use --full to show them)

  ~ campaign.welcome  changed in the files · running, 1,204 people
    ! subject: Hi -> Hello  (changed on both sides)
      body:
        @@ -1,3 +1,3 @@
          <p>Acme Inc</p>
        - <p>1 Main Street</p>
        + <p>2 Main Street</p>
          <p>Springfield</p>

  - segment.old  its file was removed · draft

Drift: changed in the workspace since the last apply
  ~ campaign.welcome  changed by jane@acme.com, 2025-11-13 02:13 UTC, UI: subject

Blocked: not part of this plan
  + segment.trial_users
      Set a service account token in workspace.yaml and run:

          cioform plan acme

Not compared: Customer.io did not return these fields to these credentials
  ? segment.internal  conditions

Guards: apply refuses this plan
  ! allow_delete
      segment.old would be deleted, and deletions are not allowed. Pass --allow-delete to
      allow it.
  ! allow_live
      campaign.welcome is running. Pass --allow-live to allow it.
  ! conflict
      campaign.welcome was changed both in the files and in the workspace, to different
      values. Make the plan again with --prefer config to use the files, or with --prefer
      live to keep the workspace as it is.

Next:
    cioform plan acme --prefer config
    cioform plan acme --prefer live
"""


def complete_plan() -> Plan:
    body = "\n".join(f"line {n}" for n in range(120))
    subject = FieldChange(("subject",), "Hi", "Hello", Origin.CONFLICT)
    return Plan(
        HEADER,
        (
            Change(
                Address("snippet", "legal"), Action.CREATE, reason="new in the files",
                fields=(FieldChange(("name",), None, "legal"), FieldChange(("value",), None, body)),
                requests=(PUT,),
            ),
            update(
                subject, FieldChange(("body",), OLD, NEW),
                address=WELCOME, reach=Reach(ReachState.RUNNING, 1204),
            ),
            Change(
                Address("segment", "old"), Action.DELETE, "7", reason="its file was removed",
                reach=Reach(ReachState.DRAFT), requests=(PUT,),
            ),
        ),
        blocked=(
            BlockedChange(
                Address("segment", "trial_users"), Action.CREATE, (),
                "Set a service account token in workspace.yaml and run:\n\n    cioform plan acme",
            ),
        ),
        drift=(Drift(WELCOME, "1", (FieldChange(("subject",), "Hey", "Hi"),), editor=JANE),),
        unreadable=(UnreadableFields(Address("segment", "internal"), ("conditions",)),),
        unchanged=20,
        unmanaged=2,
    )  # fmt: skip


def test_the_complete_plan() -> None:
    plan = complete_plan()
    assert render_plan(view_plan(plan, find_guard_violations(plan, Guards()))) == WHOLE


def test_an_empty_plan_is_one_line() -> None:
    plan = Plan(HEADER, unchanged=23)
    assert render_plan(view_plan(plan)) == "No changes. acme matches the files (23 resources).\n"


def test_a_pattern_that_matches_nothing_is_reported() -> None:
    header = replace(HEADER, target=("snipet.*",))
    assert render_plan(view_plan(Plan(header))).startswith(
        "No resource in acme matches --target 'snipet.*'.\n"
    )
    assert "(3 resources in this scope)" in render_plan(view_plan(Plan(header, unchanged=3)))


def test_the_full_option_truncates_nothing() -> None:
    out = render_plan(view_plan(complete_plan(), display=DisplayOptions(full=True)))
    assert "line 119" in out
    assert "more line" not in out


def test_the_number_of_context_lines_is_an_option() -> None:
    change = update(FieldChange(("value",), OLD, NEW))
    assert "Springfield" not in text(change, detail=DisplayOptions(context=0))
    assert "Bye" not in text(change)
    assert "Bye" in text(change, detail=DisplayOptions(context=2))


def test_a_minified_line_is_wrapped_at_tags() -> None:
    before = "".join(f"<td>{n}</td>" for n in range(60))
    out = text(update(FieldChange(("value",), before, before.replace("<td>30<", "<td>31!<"))))
    assert "      value:  (reformatted for display)\n        …\n" in out
    assert "        - <td>30</td>\n        + <td>31!</td>\n" in out
    assert max(map(len, out.splitlines())) < 92


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Hi", "Hello", "Hi -> Hello"),
        ("1", 1, '"1" -> 1'),
        (True, "true", 'true -> "true"'),
        (None, "", '(absent) -> ""'),
        ("(absent)", None, '"(absent)" -> (absent)'),
        ("a ", "a", '"a " -> a'),
        ("a -> b", "b", '"a -> b" -> b'),
        ([1, "b"], [], "[1, b] -> []"),
        ("{{ event.x }}", "é 👋", "{{ event.x }} -> é 👋"),
        ("\x1b[2Jx", "x\u200b", r'"\u001b[2Jx" -> "x\u200b"'),
    ],
)
def test_values_are_shown_exactly(before: Json, after: Json, shown: str) -> None:
    assert f"      name: {shown}\n" in text(update(FieldChange(("name",), before, after)))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a\nb\n", "a\nc\n", ["  a", "- b", "+ c"]),
        ("a\nb", "a\nc\n", ["  a", "- b", "+ c", "+"]),
        ("a\nb\n", "a\nb", ["@@ -2,2 +2 @@", "  b", "-"]),
        (None, "a\nb\n", ["+ a", "+ b"]),
        ("a\nb\n", None, ["- a", "- b"]),
        (None, {"en": "a\nb\n"}, ["+ en: |", "+   a", "+   b"]),
    ],
)
def test_the_end_of_the_last_line_is_a_line_only_where_it_changes(
    before: Json, after: Json, lines: list[str]
) -> None:
    shown = text(update(FieldChange(("value",), before, after)))
    field = shown.partition("      value:\n")[2].partition("\n\n")[0]
    assert [line.removeprefix("        ") for line in field.split("\n")] == lines


def test_control_characters_are_escaped() -> None:
    evil = "<p>\x1b[2J\u202e</p>\nend\x07  "
    out = text(update(FieldChange(("value",), OLD, evil)))
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert r"+ end\x07··" in out


def test_data_is_formatted_as_in_a_file() -> None:
    conditions: Json = {
        "all": [{"attribute": "plan", "is": "trial"}, {"event": "in", "where": {"a": 1}}]
    }
    out = text(update(FieldChange(("conditions",), None, conditions)))
    assert out.splitlines()[5:] == [
        "      conditions:",
        "        + all:",
        "        +   - attribute: plan",
        "        +     is: trial",
        "        +   - event: in",
        "        +     where:",
        "        +       a: 1",
        "",
        "Next:",
        "    cioform apply acme",
    ]


def test_state_only_changes_are_marked() -> None:
    move = Change(
        FOOTER,
        Action.MOVE,
        "x",
        reason="renamed from snippet.f",
        moved_from=Address("snippet", "f"),
    )
    out = text(move)
    assert "0 to delete, 1 to move\n  no requests; only the state file is updated\n" in out
    assert "  » snippet.footer  renamed from snippet.f · no requests\n" in out


def test_the_next_command_repeats_the_options_of_the_plan() -> None:
    header = replace(HEADER, target=("snippet.*",), prefer=PreferredSide.LIVE, apis=(Api.APP,))
    out = text(update(FieldChange(("value",), "a", "b")), header=header)
    assert "  planned with an App API key only\n" in out
    assert "    cioform apply acme --target 'snippet.*' --prefer live\n" in out
    plan = replace(Plan(header, (update(),)))
    assert "    cioform apply acme my.json\n" in render_plan(view_plan(plan, planfile="my.json"))


def test_a_plan_that_deletes_a_protected_resource_offers_no_apply() -> None:
    gone = Change(FOOTER, Action.DELETE, "x", protected=True, requests=(PUT,))
    plan = Plan(HEADER, (gone,))
    assert "cioform apply" not in render_plan(
        view_plan(plan, find_guard_violations(plan, Guards(allow_delete=True)))
    )


def test_color_changes_no_text() -> None:
    import re

    painted = render_plan(view_plan(complete_plan()), Styler(color=True))
    assert "\x1b[1;4;32m2\x1b[0m" in painted  # the one character that differs in the address
    assert (
        re.sub(r"\x1b\[[\d;]*m", "", painted).rstrip()
        == render_plan(view_plan(complete_plan())).rstrip()
    )


def test_color_needs_a_terminal_and_can_be_turned_off() -> None:
    assert should_use_color({}, is_terminal=True)
    assert not should_use_color({}, is_terminal=False)
    assert should_use_color({"FORCE_COLOR": "1"}, is_terminal=False)
    assert not should_use_color({"NO_COLOR": "1", "FORCE_COLOR": "1"}, is_terminal=True)
    assert not should_use_color({}, is_terminal=True, allowed=False)


@pytest.mark.parametrize(
    ("drift", "note"),
    [
        (Drift(WELCOME, "1", (), same_name=("7",), applied_at=MINUTE, editor=JANE),
         "no longer the only one with its name"),
        (Drift(WELCOME, "1", STOPPED, editor=JANE, since=MINUTE + 59,
               editors=(Attribution((("state",),), (JANE,), True),)),
         "stopped by jane@acme.com, 2025-11-13 02:13 UTC, UI"),
        (Drift(WELCOME, "1", STOPPED, editor=JANE, since=MINUTE - 60,
               editors=(Attribution((("state",),), (JANE,), True),)),
         "stopped by jane@acme.com, 2025-11-13 02:13 UTC, UI (first change 2025-11-13 02:12 UTC)"),
        (Drift(WELCOME, "1", STOPPED, applied_at=MINUTE),
         "stopped some time after 2025-11-13 02:13 UTC"),
        (Drift(WELCOME, "1", (), gone=True, applied_at=MINUTE),
         "deleted some time after 2025-11-13 02:13 UTC"),
    ],
)  # fmt: skip
def test_the_line_of_a_drifted_object_can_be_read_aloud(drift: Drift, note: str) -> None:
    assert view_drifted_object(drift, DisplayOptions()).note == note


def test_drift_of_several_objects_is_pulled_together() -> None:
    change = (FieldChange(("value",), "a", "b", Origin.DRIFT),)
    drift = (Drift(FOOTER, "footer", change), Drift(WELCOME, "1", change))
    shown = view_drift("acme", DriftReport(drift, (), (), 2))
    assert shown.next_commands == ("cioform plan acme", "cioform pull acme --all")


def test_drift_has_the_editor_the_time_and_the_fields() -> None:
    drift = (
        Drift(FOOTER, "footer", (FieldChange(("value",), "a", "b", Origin.DRIFT),), editor=JANE),
        Drift(WELCOME, "1", (), gone=True),
    )
    assert render_differences(view_drift("acme", DriftReport(drift, (), (), 2))) == (
        "Drift in acme: 2 objects changed since the last apply\n\n"
        "  ~ snippet.footer  changed by jane@acme.com, 2025-11-13 02:13 UTC, UI\n"
        "      value: a -> b\n\n"
        "  - campaign.welcome  deleted\n\n"
        "Next:\n    cioform plan acme\n    cioform pull acme snippet.footer\n"
    )
    assert (
        render_differences(view_drift("acme", DriftReport((), (), (), 1)))
        == "No drift. Everything that cioform manages in acme is as it was last applied.\n"
    )


@pytest.mark.parametrize(
    ("reason", "commands"),
    [
        (NothingBound.NO_FILES, ["import acme"]),
        (NothingBound.NOT_APPLIED, ["plan acme", "doctor acme"]),
        (NothingBound.OUT_OF_SCOPE, ["state list acme", "plan acme"]),
    ],
)
def test_drift_of_nothing_names_the_commands_that_fit(
    reason: NothingBound, commands: list[str]
) -> None:
    view = view_drift("acme", DriftReport((), (), (), 0, nothing_bound=reason))
    assert list(view.next_commands) == [f"cioform {each}" for each in commands]
    assert "changes cannot be detected" in view.headline


def test_characters_that_fonts_draw_as_nothing_are_shown_by_their_codes() -> None:
    hidden = "".join(map(chr, (0xE0041, 0xFE00, 0x3164, 0x2800)))
    shown = escape_unprintable(f"a{hidden}b\u200d\ufe0fc")
    assert shown == "a\\U000e0041\\ufe00\\u3164\\u2800b\u200d\\ufe0fc"
    emoji = "\u2764\ufe0f\u200d\U0001f525 1\ufe0f\u20e3 \u2139\ufe0f \u2194\ufe0f"
    assert escape_unprintable(emoji) == emoji
    assert escape_unprintable("Acme\ufe0f 7\ufe0f") == "Acme\\ufe0f 7\\ufe0f"


def test_the_requests_are_listed_in_their_order() -> None:
    requests = (
        PlannedRequest(Api.JOURNEYS, "GET", "~/layouts/1"),
        PlannedRequest(Api.JOURNEYS, "PUT", "~/layouts/1"),
    )
    layout = Change(Address("layout", "main"), Action.UPDATE, "1", requests=requests)
    text = render_plan(view_plan(Plan(HEADER, (layout,)), explain=True))
    assert (
        """Requests: in this order; apply also reads each object, and leaves out what is unnecessary
 1. GET ~/layouts/1  update layout.main, Journeys API
 2. PUT ~/layouts/1  update layout.main, Journeys API
"""
        in text
    )
    assert "Requests" not in render_plan(view_plan(Plan(HEADER, (layout,))))
