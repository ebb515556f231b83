"""A plan file is read completely or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.address import Address
from cioform.core.data.json_value import digest
from cioform.core.diagnostic import Location
from cioform.core.errors import PlanError
from cioform.model.part_change import PartAction, PartChange
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.apply_window import WindowStatus
from cioform.plan.approvals import NeededApproval
from cioform.plan.change import (
    Action,
    Attribution,
    BlockedChange,
    Change,
    Drift,
    Editor,
    FieldChange,
    NamedAudience,
    Origin,
    PlannedRequest,
    UnmanagedUser,
    User,
)
from cioform.plan.omissions import KeptFields, OmittedChange, UnmanagedFields, UnreadableFields
from cioform.plan.plan import OnDrift, Plan, PlanHeader, PreferredSide
from cioform.plan.policy_violation import PolicyViolation
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.plan.text_warning import TextWarning
from tests.support.examples import EXAMPLES

A, B = Address("segment", "a"), Address("segment", "b")
FIELDS = (FieldChange(("x", 0, "1"), None, {"y": ["ü", 1, 1.5, True, None]}, Origin.CONFLICT),)
WHOLE = Plan(
    header=PlanHeader(
        "acme", 7, "l", 3, 1_760_000_000, "c0ffee", (Api.APP, Api.JOURNEYS), ("a.*",), ("b.*",),
        PreferredSide.LIVE, OnDrift.KEEP, 4.0, settings_from="c0", changed_settings=("rate",),
        rolls_back="r", window=WindowStatus(False, 1_760_000_000, "Europe/London", "sale"),
    ),
    changes=(
        Change(
            A, Action.UPDATE, "12", "A", "why", FIELDS, Reach(ReachState.RUNNING, 9), "f", Api.APP,
            (PlannedRequest(Api.APP, "PUT", "/v1/x", {"a": [None]}, "tag t"),), {"name": "A"},
            {"s": "1"}, (B,), B, True, True, 2, FIELDS,
            (User(B, ReachState.LIVE, 3, (str(A),), False, "2"),), True,
            (PartChange("s", PartAction.REPLACE, 4),),
            same_name=("13",), is_gated=True, kept={"x": "0"},
            selects_people=True, audiences=(NamedAudience("segment.c", 1, 2),),
            unmanaged_users=(
                UnmanagedUser("campaign", "5", "Promo", ReachState.RUNNING, (str(B),)),
            ),
            unmanaged_users_unknown=True,
            people_let_in=60,
            lets_in_unknown=True,
            possible_users=(UnmanagedUser("newsletter", "7", "Weekly", ReachState.SCHEDULED),),
            unknown_users_may_be_live=True,
            unmanaged_record={"x": "0"},
            name_from=B,
        ),
        Change(B, Action.FORGET),
    ),
    blocked=(BlockedChange(B, Action.CREATE, FIELDS, "a hint", (), Location("a.yaml", 1)),),
    drift=(
        Drift(
            A, "12", FIELDS, True, "13", ("14",), Editor("jane", 5, "UI"),
            (Attribution((("x", 0, "1"),), (Editor("jane", 5, "UI"),), False),), 3, 2,
            (("x", 0, "1"),),
        ),
        Drift(B, "1", ()),
    ),
    unreadable=(UnreadableFields(A, ("x",)),),
    kept=(KeptFields(A, ("x",)),),
    unmanaged_edits=(UnmanagedFields(A, FIELDS),),
    newly_recorded=(UnmanagedFields(A, FIELDS),),
    left=(OmittedChange(B, Action.CREATE, "why", True),),
    known={"sender": {"team@acme.com": "1"}},
    unbound={"segment.c": "9"},
    rolled_back={"segment.a": "r"},
    rebuilds=("campaign.onboarding",),
    growth_not_judged=("segment.vip",),
    people_not_judged=("campaign.welcome",),
    managed_elsewhere={"segment.a": "github.com/crm/journeys/a.yaml"},
    breaches=(PolicyViolation("quiet", True, "Not at night.", "a.yaml:1: No.", A, (A, B)),),
    warnings=(TextWarning("DT101", "Value", "Write it.", A, Location("a.yaml", 1, 2)),),
    approvals=(NeededApproval("crm", ("jane",), 1, ("segment.a",), ("jane",)),),
    unchanged=4,
    excluded={"campaign.legacy_*": 2},
    unmanaged=5,
    not_listed=("tag",),
    read_requests=6,
)  # fmt: skip


def test_a_plan_round_trips() -> None:
    assert decode_plan(encode_plan(WHOLE)) == WHOLE
    assert decode_plan(encode_plan(Plan(WHOLE.header))) == Plan(WHOLE.header)


def test_the_example_sets_every_field() -> None:
    """A new field of a plan must be in the example, so that its round trip is tested."""
    empty, default = Plan(WHOLE.header), Change(B, Action.FORGET)
    assert all(getattr(WHOLE, name) != getattr(empty, name) for name in names(empty) - {"header"})
    unset = names(default) - {"address", "action"}
    assert all(getattr(WHOLE.changes[0], name) != getattr(default, name) for name in unset)


def names(value: Any) -> set[str]:
    return set(type(value).__dataclass_fields__)


def edited(**content: Any) -> str:
    """Return the plan file with other content and a valid checksum."""
    document = json.loads(encode_plan(WHOLE)) | content
    del document["checksum"]
    return json.dumps({**document, "checksum": digest(document)})


def encode_with_window(**fields: Any) -> str:
    header = json.loads(encode_plan(WHOLE))["header"]
    return edited(header={**header, "window": {**header["window"], **fields}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"format": 2}',
        "[" * 100_000,
        encode_plan(WHOLE)[:-20],
        encode_plan(WHOLE).replace('"12"', '"13"', 1),
        encode_plan(WHOLE).replace("why", "\\ud800", 1),
        edited(changes=[{"address": "nonsense"}]),
        edited(changes=[{"address": 5}]),
        edited(header={}),
        edited(changes={"a": 1}),
        encode_with_window(time_zone="Nowhere/X"),
        encode_with_window(time_zone="../../etc/passwd"),
        encode_with_window(until=10**15),
    ],
)
def test_invalid_plan_files(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        decode_plan(text, "cioform plan acme --out plan.json")
    assert [each.summary for each in caught.value.diagnostics] == ["Invalid plan file"]
    assert "\n    cioform plan acme --out plan.json" in caught.value.diagnostics[0].detail


@pytest.mark.parametrize("number", [0, 1, "2", None, [1]])
def test_another_format_is_refused_as_such(number: Any) -> None:
    with pytest.raises(PlanError) as caught:
        decode_plan(edited(format=number))
    assert [each.summary for each in caught.value.diagnostics] == ["Unsupported plan file format"]


ENCODED = encode_plan(WHOLE)


@settings(max_examples=4 * EXAMPLES)
@given(position=st.floats(0, 1, exclude_max=True), replacement=st.characters(codec="utf-8"))
def test_a_plan_file_with_any_other_character_is_refused(position: float, replacement: str) -> None:
    at = int(position * len(ENCODED))
    try:
        plan = decode_plan(ENCODED[:at] + replacement + ENCODED[at + 1 :])
    except PlanError:
        return
    assert plan == WHOLE
