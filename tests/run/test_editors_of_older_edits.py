"""Editors of fields that are in no file: an edit of one survives an apply, and keeps its editor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cioform.emulator.store.record_types import AUDIT
from cioform.plan.change import Drift
from cioform.report.plan.parts.drift_items import view_drifted_object, when_changed
from cioform.report.plan.parts.fields import DisplayOptions
from tests.run.test_drift_editors import Log, attributed, drift_of, edit, project_with
from tests.support.sandbox_project import SandboxProject

BCC = "hello.email.bcc"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new = project_with(tmp_path, "fields")
    yield new
    new.store.close()


def apply_new_subject(project: SandboxProject, subject: str) -> None:
    """Write the message of which somebody edited another field."""
    steps = [
        {"id": "hello", "email": {"subject": subject, "body": "<p>Hello</p>"}},
        {"id": "again", "email": {"subject": "Again", "body": "<p>Again</p>"}},
    ]
    file = {"name": "Welcome", "trigger": {"event": "signed_up"}, "workflow": steps}
    project.write("campaigns/welcome.yaml", file)
    assert project.apply().complete


def note_of(drift: Drift) -> str:
    return view_drifted_object(drift, DisplayOptions()).note


def forget_edits_of(project: SandboxProject, field: str) -> None:
    """Let the log have no entry about a field, as one that does not go back that far."""
    data = project.store.workspace_data("acme")
    for entry in data.all(AUDIT):
        names = [each for each in entry["attribute_names"] if each != field]
        data.save(AUDIT, {**entry, "attribute_names": names or ["other"]})


@pytest.mark.parametrize("pause", [2, 3600])
@pytest.mark.parametrize("applies", [1, 2])
def test_an_edit_keeps_its_editor_after_an_apply(
    project: SandboxProject, pause: int, applies: int
) -> None:
    edit(project, "jane@acme.com", "hello", "bcc", "jane@acme.com")
    edit(project, "mallory@acme.com", "hello", "bcc", "arch@acme.com")
    for number in range(applies):
        project.time.now += pause
        apply_new_subject(project, f"Hello {number}")
    drift = drift_of(project)
    # Who changed it last made the value; the edits before may be older than what is recorded.
    assert attributed(drift) == {BCC: ({"mallory@acme.com"}, True)}
    assert drift.editor is not None
    assert drift.editor.at is not None
    assert drift.applied_at is not None
    assert drift.editor.at < drift.applied_at
    assert when_changed([drift]) == ""
    assert (drift.since, note_of(drift)[:27]) == (None, "changed by mallory@acme.com")


def test_somebody_else_may_have_edited_another_field_since(project: SandboxProject) -> None:
    edit(project, "mallory@acme.com", "hello", "bcc", "arch@acme.com")
    apply_new_subject(project, "Hi")
    project.time.now += 3600
    edit(project, "bob@acme.com", "again", "subject", "Once more")
    drift = drift_of(project)
    assert attributed(drift) == {
        BCC: ({"mallory@acme.com"}, True),
        "again.email.subject": ({"bob@acme.com"}, True),
    }
    assert drift.editor is not None
    assert drift.editor.who == "bob@acme.com"
    assert note_of(drift) == "changed by bob@acme.com and mallory@acme.com"


def test_who_edits_that_field_of_another_message_did_not_make_this_edit(
    project: SandboxProject,
) -> None:
    edit(project, "mallory@acme.com", "hello", "bcc", "arch@acme.com")
    apply_new_subject(project, "Hi")
    project.time.now += 3600
    edit(project, "bob@acme.com", "again", "bcc", "bob@acme.com")
    assert attributed(drift_of(project)) == {
        BCC: ({"mallory@acme.com"}, True),
        "again.email.bcc": ({"bob@acme.com"}, True),
    }


def test_who_edits_such_a_field_after_the_apply_made_its_value(project: SandboxProject) -> None:
    edit(project, "mallory@acme.com", "hello", "bcc", "arch@acme.com")
    apply_new_subject(project, "Hi")
    project.time.now += 3600
    edit(project, "bob@acme.com", "hello", "bcc", "bob@acme.com")
    drift = drift_of(project)
    assert attributed(drift) == {BCC: ({"bob@acme.com"}, True)}
    assert when_changed([drift]) == " since the last apply"


def test_a_program_is_named_but_not_cioform(project: SandboxProject) -> None:
    edit(project, "", "hello", "bcc", "arch@acme.com")
    project.time.now += 3600
    apply_new_subject(project, "Hi")
    [(editors, is_certain)] = attributed(drift_of(project)).values()
    assert (len(editors), is_certain) == (1, True)
    assert not any("@" in each for each in editors)
    forget_edits_of(project, "bcc")
    drift = drift_of(project)
    assert (drift.editor, drift.editors) == (None, ())
    assert note_of(drift) == "changed at an unknown time"


@pytest.mark.parametrize("log", ["refused", "empty"])
def test_nothing_is_said_of_the_time_without_a_log(tmp_path: Path, log: Log) -> None:
    project = project_with(tmp_path, log)
    edit(project, "mallory@acme.com", "hello", "bcc", "arch@acme.com")
    apply_new_subject(project, "Hi")
    assert note_of(drift_of(project)) == "changed at an unknown time"
    project.store.close()


def test_entries_without_fields_name_everybody_who_may_have_done_it(tmp_path: Path) -> None:
    project = project_with(tmp_path, "no fields")
    edit(project, "mallory@acme.com", "hello", "bcc", "arch@acme.com")
    apply_new_subject(project, "Hi")
    project.time.now += 3600
    assert attributed(drift_of(project)) == {BCC: ({"mallory@acme.com"}, True)}
    edit(project, "bob@acme.com", "hello", "cc", "bob@acme.com")
    both = ({"mallory@acme.com", "bob@acme.com"}, False)
    assert attributed(drift_of(project)) == {BCC: both, "hello.email.cc": both}
    project.store.close()
