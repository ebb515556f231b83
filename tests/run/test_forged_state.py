"""States, journals and plans with valid checksums and values that no run has written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import CioformError, PlanError, StateError
from cioform.plan.change import Action, Change
from cioform.state.journal.replay import replay_journal
from cioform.storage.journal import encode_line
from tests.support.copied_projects import CopyOf
from tests.support.killed_run import apply_and_lose_the_end, title_of_run
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

NOTE, COPY = "snippet.note", "snippet.copy"


def apply_files(project: SandboxProject) -> None:
    project.write("snippets/note.yaml", {"name": "note", "value": "a"})
    conditions = {"all": [{"attribute": "plan", "is": "pro"}]}
    project.write("segments/vip.yaml", {"name": "VIP", "conditions": conditions})
    assert project.apply().complete


@pytest.fixture
def applied(copy_of: CopyOf) -> SandboxProject:
    """Return a project with a snippet and a segment that were applied."""
    return copy_of(apply_files)


def edit_state(project: SandboxProject, edit: Callable[[dict[str, Any]], None]) -> None:
    path = project.state_folder / "state.json"
    document = json.loads(path.read_text())
    edit(document["resources"])
    path.write_text(json.dumps(document))


def problem_of(work: Callable[[], object], error: type[CioformError] = StateError) -> str:
    with pytest.raises(error) as caught:
        work()
    (problem,) = caught.value.diagnostics
    return f"{problem.summary}: {problem.detail}"


def test_an_object_with_two_addresses_is_refused_until_one_is_forgotten(
    applied: SandboxProject,
) -> None:
    edit_state(applied, lambda bound: bound.update({COPY: bound[NOTE]}))
    before = applied.content()
    problem = problem_of(applied.plan)
    assert problem.startswith("Object bound twice: ")
    assert f"cioform state forget acme {NOTE}" in problem
    with applied.open() as opened:
        opened.forget(Address.parse(COPY))
    assert applied.plan().is_empty
    assert applied.content() == before


def test_a_kind_that_is_not_known_is_refused(applied: SandboxProject) -> None:
    edit_state(applied, lambda bound: bound.update({"gadget.x": bound[NOTE]}))
    problem = problem_of(applied.plan)
    assert problem.startswith("Unknown kind in the state: ")
    assert "cioform state forget acme gadget.x" in problem


@pytest.mark.parametrize(
    "remote_id", ["", ".", "..", "a/b", "../1", "1?a", "1#a", "1%2F", "1\\2", "1\0", "1 2", "1\x7f"]
)
def test_an_id_that_leads_to_another_path_is_refused(
    applied: SandboxProject, remote_id: str
) -> None:
    edit_state(applied, lambda bound: bound["segment.vip"].update(remote_id=remote_id))
    with applied.open() as opened:
        vip = Address.parse("segment.vip")
        for work in (applied.plan, partial(opened.show, vip, "live")):
            problem = problem_of(work)
            assert problem.startswith("State corrupt: What the state says of segment.vip cannot ")
            assert "cioform state forget acme segment.vip" in problem
        opened.forget(vip)
    assert not applied.plan().blocked


@pytest.mark.parametrize(
    "name",
    ["50% off", "a/b", "What?", "two words", "\U0001f468\u200d\U0001f469", "tab\there"],
)
def test_a_name_that_is_an_id_may_have_any_letter(applied: SandboxProject, name: str) -> None:
    applied.write("snippets/named.yaml", {"name": name, "value": "a"})
    assert applied.apply().complete
    assert applied.plan().is_empty
    (applied.folder / "snippets/named.yaml").unlink()
    assert applied.apply(guards=NO_GUARDS).complete


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_no_path_can_have_is_not_deleted(applied: SandboxProject, name: str) -> None:
    """A path that ends in two points means what is above: all snippets."""
    applied.write("snippets/named.yaml", {"name": name, "value": "a"})
    assert applied.apply().complete
    (applied.folder / "snippets/named.yaml").unlink()
    [blocked] = applied.plan().blocked
    assert blocked.hint.startswith(
        f'The name "{name}" has a special meaning in the path of a request'
    )


def test_a_name_that_is_an_id_is_a_text(applied: SandboxProject) -> None:
    edit_state(applied, lambda bound: bound[NOTE].update(remote_id=""))
    assert problem_of(applied.plan).startswith("State corrupt: ")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"a": "1", "b": "1"}, "its parts `a` and `b` have the same ID, 1"),
        ({"a": ""}, "'' is not a valid ID of its part `a`"),
        ({"a": "1/2"}, "'1/2' is not a valid ID of its part `a`"),
    ],
    ids=["doubled", "empty", "path"],
)
def test_impossible_ids_of_parts_are_refused(
    applied: SandboxProject, parts: dict[str, str], problem: str
) -> None:
    edit_state(applied, lambda bound: bound["segment.vip"].update(parts=parts))
    assert problem in problem_of(applied.plan)
    record = {"kind": "bound", "address": "segment.vip", "remote_id": "1", "parts": parts}
    assert f"Line 2 of r.ndjson is not what was written: of segment.vip, {problem}" in (
        problem_of_journal(record)
    )


def test_an_impossible_id_in_a_journal_is_refused(applied: SandboxProject) -> None:
    forged = {"address": "segment.vip", "remote_id": "a/b"}
    write_journal(applied, lineage="", **forged)
    assert problem_of(applied.plan).startswith("Journal corrupt: ")
    record = {"kind": "bound", "address": NOTE, "remote_id": "", "parts": {}}
    assert "'' is not a valid ID of an object" in problem_of_journal(record)


def test_a_state_that_is_a_link_is_refused(applied: SandboxProject) -> None:
    state = applied.state_folder / "state.json"
    elsewhere = applied.root / "elsewhere.json"
    state.replace(elsewhere)
    state.symlink_to(elsewhere)
    assert problem_of(applied.plan).startswith("State is a link: ")


OF_ANOTHER_FORM: dict[str, tuple[Any, ...]] = {
    "snippet.note value": (5, True, ["x"], {"a": 5}, None),
    "segment.vip name": (5, [], None),
    "segment.vip conditions": (5, "x", ["x"], {"a": 5}, {"all": {"a": 5}}, {"any": [{"a": 5}]}),
    "campaign.hello reentry": (5, "x", [], {"a": 5}),
    "campaign.hello trigger": ({"a": 5}, {"all": [5]}),
    "campaign.hello workflow": (["x"], {"a": 5}, [{"a": 5}]),
}


@pytest.mark.parametrize("place", OF_ANOTHER_FORM)
def test_applied_values_of_another_form_are_refused_and_no_difference(
    applied: SandboxProject, place: str
) -> None:
    address, name = place.split()
    if address.startswith("campaign"):
        workflow = [{"id": "pause", "wait": "1d"}]
        hello = {"name": "Hello", "trigger": {"event": "signed_up"}, "workflow": workflow}
        applied.write("campaigns/hello.yaml", {**hello, "reentry": "every_match"})
        applied.apply()
    for value in OF_ANOTHER_FORM[place]:
        edit_state(applied, lambda bound: bound[address]["applied"].update({name: value}))  # noqa: B023
        assert f"cioform state forget acme {address}" in problem_of(applied.plan), value
    with applied.open() as opened:
        problem_of(opened.drift)


def test_a_value_that_a_rule_of_now_refuses_is_no_damage(applied: SandboxProject) -> None:
    before = {"conditions": {"all": []}}
    edit_state(applied, lambda bound: bound["segment.vip"]["applied"].update(before))
    assert applied.plan().is_empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"remote_id": {"a": 1}},
        {"wanted": "x"},
        {"action": 5},
        {"address": "nonsense"},
        {"identity": 5},
        {"parts": ["x"]},
        {"parts": {"x": 5}},
    ],
    ids=str,
)
def test_a_journal_with_other_fields_is_corrupt(wrong: dict[str, Any]) -> None:
    begin = {"address": NOTE, "action": "update", "remote_id": "note", "wanted": None, **wrong}
    assert "Line 2 of r.ndjson" in problem_of_journal({"kind": "change-begin", **begin})


@pytest.mark.parametrize(
    "end",
    [
        {"kind": "bound", "address": NOTE, "remote_id": 5, "parts": {}},
        {"kind": "bound", "address": NOTE},
        {"kind": "change-failed", "address": NOTE, "in_doubt": False},
    ],
    ids=str,
)
def test_records_of_what_was_not_begun_are_checked_too(end: dict[str, Any]) -> None:
    assert "Line 2 of r.ndjson" in problem_of_journal(end)


ANNOUNCED = {"address": NOTE, "action": "update", "remote_id": "note", "identity": "note"}


@pytest.mark.parametrize(
    "changes",
    [
        "x",
        ["x"],
        [5],
        [{}],
        *([{**ANNOUNCED, name: 5}] for name in ANNOUNCED),
        [{**ANNOUNCED, "address": "nonsense"}],
    ],
    ids=str,
)
def test_announced_changes_of_another_form_are_corrupt(changes: Any) -> None:
    assert "Line 1 of r.ndjson" in problem_of_journal(changes=changes)


def problem_of_journal(*records: dict[str, Any], **begin: Any) -> str:
    """Return the error of the journal of a run that began so, and has these records."""
    content = b"".join(
        encode_line({**record, "seq": number, "at": "2026-01-01T00:00:00Z"})
        for number, record in enumerate(({"kind": "run-begin", "format": 2, **begin}, *records), 1)
    )
    return problem_of(lambda: replay_journal("r", "r.ndjson", content, lambda *_: None))


def write_journal(project: SandboxProject, **begin: Any) -> None:
    """Write the journal of a run that was cut while it created a snippet."""
    at = {"at": "2026-01-01T00:00:00Z"}
    change = {"address": COPY, "action": "create", "remote_id": None, "wanted": {"name": "x"}}
    records = [
        {"kind": "run-begin", "format": 2, "seq": 1, **at, **begin},
        {"kind": "change-begin", "seq": 2, **at, **change, **begin},
        {"kind": "request-begin", "seq": 3, **at, "api": "app", "method": "PUT", "path": "/x"},
    ]
    folder = project.state_folder / "journal"
    (folder / "20260101T000000Z-000000.ndjson").write_bytes(b"".join(map(encode_line, records)))


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        ({"lineage": "another", "workspace": "other"}, "Journal of another state"),
        ({"action": "frobnicate"}, "Journal corrupt"),
        ({"action": "move"}, "Journal corrupt"),
    ],
    ids=["lineage", "action", "no write"],
)
def test_a_journal_that_no_run_here_has_written_is_refused(
    applied: SandboxProject, forged: dict[str, Any], problem: str
) -> None:
    before = applied.content()
    write_journal(applied, **forged)
    assert problem_of(applied.plan).startswith(problem)
    assert applied.content() == before


@pytest.mark.parametrize(
    "forged",
    [
        Change(Address("gadget", "x"), Action.CREATE, wanted={"name": "x"}),
        Change(Address("snippet", "note"), Action.UPDATE, "note", wanted={"name": {"a": 1}}),
        Change(Address("snippet", "x"), Action.MOVE, "note", moved_from=Address("segment", "vip")),
    ],
    ids=["kind", "values", "moved"],
)
def test_a_forged_plan_is_refused_even_without_a_look_at_the_files(
    applied: SandboxProject, forged: Change
) -> None:
    plan = replace(applied.plan(), changes=(forged,))
    before = applied.content()

    def apply() -> None:
        with applied.open() as opened:
            opened.apply(plan, check_files=False)

    assert problem_of(apply, PlanError).startswith("Plan cannot be applied: ")
    assert applied.content() == before


def test_a_plan_needs_no_disk_that_can_be_written(
    applied: SandboxProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: path.stat().st_mtime_ns for path in applied.state_folder.rglob("*")}
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    monkeypatch.setattr(Path, "mkdir", _refuse)
    assert applied.plan().is_empty
    assert {path: path.stat().st_mtime_ns for path in applied.state_folder.rglob("*")} == files


def test_a_plan_after_a_killed_run_needs_no_room_on_the_disk(
    applied: SandboxProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.write("segments/vip.yaml", {"name": "VIP", "conditions": {"attribute": "x", "is": "y"}})
    run_id = apply_and_lose_the_end(applied)
    with monkeypatch.context() as patch:
        patch.setattr("cioform.state.local.local_store.replace_file", _refuse)
        assert applied.plan().is_empty
        with applied.open() as opened:
            assert opened.drift_report().drift == ()
        assert title_of_run(applied, run_id) == "1 in doubt"
    assert applied.plan().is_empty
    assert title_of_run(applied, run_id) == "1 settled as done"


def test_what_a_killed_run_began_to_refer_to_is_recognized(applied: SandboxProject) -> None:
    applied.seed(identities=[{"name": "Team", "email": "team@acme.com"}])  # not managed
    email = {"subject": "Hi", "body": "<p>Hi</p>", "from": "team@acme.com"}
    applied.write("transactional/receipt.yaml", {"name": "Receipt", "email": email})
    run_id = apply_and_lose_the_end(applied)
    assert applied.plan().is_empty
    assert title_of_run(applied, run_id) == "1 settled as done"


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError("a read-only disk")


@pytest.mark.parametrize(
    ("address", "field", "value"),
    [
        ("segment.vip", "conditions", {"all": 5}),
        ("segment.vip", "conditions", {"all": [{"event": "e", "at_most": "q"}]}),
        ("campaign.wait", "goal", {"event": "e", "after": "receiving", "within": "soon"}),
        ("campaign.wait", "workflow", [{"id": "pause", "wait": 5}]),
        ("campaign.wait", "workflow", [{"id": "pause"}]),
    ],
)
def test_values_of_another_form_are_no_spelling(
    applied: SandboxProject, address: str, field: str, value: object
) -> None:
    """What is live is spelled as it was applied, unless nothing can be applied so."""
    applied.write(
        "campaigns/wait.yaml",
        {
            "name": "Wait",
            "trigger": {"event": "e"},
            "goal": {"event": "e", "within": "2w"},
            "workflow": [{"id": "pause", "wait": "2w"}],
        },
    )
    assert applied.apply().complete
    edit_state(applied, lambda bound: bound[address]["applied"].update({field: value}))
    with applied.open() as opened:
        for look in (opened.drift, partial(opened.show, Address.parse(address), "live")):
            assert problem_of(look).startswith("State corrupt: ")
