"""Whatever is in a workspace is imported, loads, and plans nothing, however unfinished it is."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cioform.emulator.store.record_types import ACTION, TEMPLATE, RecordType
from tests.support.campaign_steps import EVERY_STEP
from tests.support.sandbox_project import SandboxProject

MORE_STEPS = """\
  - {id: text, sms: {body: x}}
  - {id: hook, webhook: {url: "https://a.example", body: "{}"}}
  - id: maybe
    if: {attribute: a, is: b}
    then: [{id: ping, push: {title: a, body: b}}]
  - {id: pause, wait: 2d}
"""
DOCUMENTS: dict[str, Any] = {
    "segments/trial.yaml": {"name": "Trial", "manual": True},
    "segments/paying.yaml": {"name": "Paying", "manual": True},
    "campaigns/c/campaign.yaml": EVERY_STEP.replace("topic#5", "News") + MORE_STEPS,
    "transactional/mail.yaml": {"name": "Mail", "email": {"subject": "Hi", "body": "<p>Hi</p>"}},
    "transactional/text.yaml": {"name": "Text", "sms": {"body": "Hi"}},
}
OWN_MEMBERS = frozenset(
    {"id", "name", "type", "campaign_id", "action_id", "transactional_message_id", "template_id"}
    | {"template_type", "language", "action_ids", "deleted", "created", "updated"}
)
"""The members that Customer.io fills in itself."""
EMPTY: Mapping[type, Any] = {str: "", list: [], int: 0, float: 0, bool: False, dict: {}}


def workspace() -> SandboxProject:
    """Return a workspace with a step of every type and messages of several."""
    project = SandboxProject(Path(tempfile.mkdtemp()))
    project.seed(
        identities=[{"id": 1, "name": "Team", "email": "team@acme.com"}],
        subscription_topics=[{"id": 5, "name": "News"}],
    )
    project.replace_documents(DOCUMENTS)
    assert project.apply().complete
    return project


PROJECT = workspace()
RECORDS: Mapping[RecordType, list[Any]] = {
    record_type: PROJECT.store.workspace_data("acme").all(record_type)
    for record_type in (ACTION, TEMPLATE)
}
PLACES = [
    (record_type, at, member)
    for record_type, records in RECORDS.items()
    for at, record in enumerate(records)
    for member, value in record.items()
    if member not in OWN_MEMBERS and value not in (None, "", [], False)
]


def check_import(places: list[tuple[RecordType, int, str]], *, null: bool) -> None:
    """Empty members as the builder leaves them, and import into an empty folder."""
    data = PROJECT.store.workspace_data("acme")
    for record_type, records in RECORDS.items():
        for at, record in enumerate(records):
            members = [member for kind, i, member in places if (kind, i) == (record_type, at)]
            emptied = {m: None if null else EMPTY[type(record[m])] for m in members}
            data.save(record_type, {**record, **emptied})
    copy = PROJECT.second_checkout(Path(tempfile.mkdtemp()))
    with copy.open() as session:
        made = session.import_()
    assert made.left == ()
    plan = copy.plan()
    assert (plan.changes, plan.blocked, plan.drift) == ((), (), ())


@pytest.mark.parametrize("null", [True, False], ids=["null", "empty"])
@pytest.mark.parametrize("record_type", RECORDS, ids=lambda record_type: record_type.collection)
def test_steps_that_nobody_filled_in_are_imported(record_type: RecordType, null: bool) -> None:
    check_import([place for place in PLACES if place[0] is record_type], null=null)


@settings(max_examples=12, phases=[Phase.generate])
@given(st.lists(st.sampled_from(PLACES), max_size=25), st.booleans())
def test_any_half_finished_workspace_is_imported(
    places: list[tuple[RecordType, int, str]], null: bool
) -> None:
    check_import(places, null=null)


def test_a_managed_message_that_somebody_emptied_is_taken_into_its_file() -> None:
    project = workspace()
    data = project.store.workspace_data("acme")
    for template in data.all(TEMPLATE):
        data.save(TEMPLATE, {**template, "subject": "", "body": "", "body_json": None, "url": None})
    with project.open() as session:
        made = session.import_(force=True)
    assert made.left == ()
    plan = project.plan()
    assert (plan.changes, plan.blocked, plan.drift) == ((), (), ())
