"""An ID in `raw` is never taken for another object in another workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.store.record_types import CAMPAIGN
from cioform.language.conditions import encode_filter, raw_references, references
from cioform.plan.change import Action
from cioform.plan.review.decisions import Decisions
from cioform.plan.selecting.scope import Scope
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

TWO = {"type": "segments_negatable", "segments": [10, 12], "negate": False}
ODD = {"segment": {"id": 10, "odd": 1}}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (TWO, ["segment#10", "segment#12"]),
        (ODD, ["segment#10"]),
        ({"and": [{"or": [{"segment": {"id": "10"}}, ODD]}]}, ["segment#10"]),
        ([ODD, {"event": {"etype": 3}}], ["segment#10", "event_type#3"]),
        (encode_filter([TWO]), ["segment#10", "segment#12"]),
        ([encode_filter([TWO])], ["segment#10", "segment#12"]),
        ({"type": "date", "filters": encode_filter([TWO])}, ["segment#10", "segment#12"]),
        ({"type": "object_attribute", "type_id": 1, "x": 2}, ["object_type#1"]),
        ({"segment": {"id": True}, "segments": None, "type_id": "", "value": "MTI="}, []),
        ("", []),
        (None, []),
    ],
)
def test_the_places_of_ids_are_known(raw: Any, expected: list[str]) -> None:
    assert [each.text for each in raw_references(raw, ())] == expected


def test_an_id_in_raw_is_a_reference_of_the_condition() -> None:
    found = list(references({"all": [{"segment": "vip"}, {"raw": ODD}]}))
    assert [(each.text, each.path, each.in_raw) for each in found] == [
        ("vip", ("all", 0, "segment"), False),
        ("segment#10", ("all", 1, "raw"), True),
    ]


def write(project: SandboxProject, fields: dict[str, Any]) -> str:
    """Write a campaign, beside a segment that exists. Return the ID of the segment."""
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    assert project.apply().complete
    (row,) = project.content()["segments"]
    steps = [{"id": "pause", "wait": "1d"}]
    document = {"name": "C", "trigger": {"event": "e"}, "workflow": steps, **fields}
    project.write("campaigns/c.yaml", document)
    return str(row["id"])


NEGATABLE = {"raw": {"type": "segments_negatable", "segments": ["ID"], "negate": True, "odd": 1}}
SEGMENT = {"raw": {"segment": {"id": "ID", "odd": 1}}}
PAUSE = {"id": "pause", "wait": "1d"}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"trigger": SEGMENT}, "trigger.raw"),
        ({"trigger": {"event": "e", "audience": NEGATABLE}}, "trigger.audience.raw"),
        ({"trigger": {"event": "e"}, "exit": {"when": SEGMENT}}, "exit.when.raw"),
        ({"workflow": [{"id": "fork", "if": NEGATABLE, "then": [PAUSE]}]}, "fork.if.raw"),
    ],
)
def test_a_copied_file_is_blocked_and_the_object_is_named(
    project: SandboxProject, fields: dict[str, Any], place: str
) -> None:
    remote_id = write(project, {})
    write(project, json.loads(json.dumps(fields).replace('"ID"', remote_id)))
    plan = project.plan()
    assert not plan.changes
    (blocked,) = plan.blocked
    assert f"`{place}` names the segment with the ID {remote_id}. Neither the live" in blocked.hint
    assert 'Here it is the ID of "vip".' in blocked.hint
    assert blocked.location is not None
    assert blocked.location.line is not None


def test_what_the_workspace_or_the_state_has_can_be_written(
    project: SandboxProject, tmp_path: Path
) -> None:
    remote_id = int(write(project, {"trigger": {"segment": "vip"}}))
    assert project.apply().complete
    data = project.store.workspace_data("acme")
    (campaign,) = data.all(CAMPAIGN)
    wire = {"and": [{"segment": {"id": remote_id, "odd": 1}}]}
    data.save(CAMPAIGN, {**campaign, "trigger": wire})
    copy = project.second_checkout(tmp_path / "copy")
    with copy.open() as opened:
        result = opened.import_()
    assert result.ids_in_raw == (
        f"campaign.c: `trigger.raw` has the ID `segment#{remote_id}` (vip).",
    )
    assert result.is_complete
    assert copy.plan().is_empty
    data.remove(CAMPAIGN, campaign["id"])
    plan = copy.plan()
    assert [each.action for each in plan.changes] == [Action.CREATE]
    assert copy.apply(plan, guards=NO_GUARDS).complete


def without_raw(project: SandboxProject) -> tuple[str, str]:
    """Take an ID in raw out of a file. Return the run that wrote that, and the former file."""
    remote_id = write(project, {"trigger": {"segment": "vip"}})
    assert project.apply().complete
    data = project.store.workspace_data("acme")
    (campaign,) = data.all(CAMPAIGN)
    odd = {"segment": {"id": int(remote_id), "odd": 1}}
    data.save(CAMPAIGN, {**campaign, "trigger": {"and": [odd]}})
    path = project.folder / "campaigns/c.yaml"
    with project.open() as opened:
        opened.import_(Scope(("campaign.c",)), force=True)
    former = path.read_text()
    assert "odd" in former
    write(project, {"trigger": {"segment": "vip"}})
    done = project.apply()
    assert done.complete
    return done.run, former


def test_a_rollback_writes_an_id_in_raw_again(project: SandboxProject) -> None:
    run, former = without_raw(project)
    with project.open() as opened:
        rollback = opened.plan_rollback(run)
        assert not rollback.plan.blocked
        assert opened.roll_back(rollback, NO_GUARDS, saved=Decisions()).complete
    project.write("campaigns/c.yaml", former)
    assert project.plan().is_empty


def test_a_file_that_goes_back_is_blocked_and_names_the_rollback(project: SandboxProject) -> None:
    _, former = without_raw(project)
    project.write("campaigns/c.yaml", former)
    (blocked,) = project.plan().blocked
    assert "cioform rollback acme RUN" in blocked.hint


def test_an_id_that_the_workspace_lacks_is_blocked_too(project: SandboxProject) -> None:
    write(project, {"trigger": {"raw": {"segment": {"id": 999, "odd": 1}}}})
    (blocked,) = project.plan().blocked
    assert "The workspace has no segment with the ID 999." in blocked.hint
