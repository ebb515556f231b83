"""An import writes all of a language, also what it has in common with the default language.

A field that a file leaves out is unmanaged, so that nothing would compare it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.core.data.json_value import UNKNOWN
from cioform.emulator.store.record_types import TEMPLATE
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.language.messages.blocks import TRANSLATION_TYPES
from cioform.language.messages.message import translation_fields, without_defaults
from cioform.language.messages.template.template_members import FIELD_MEMBERS, NAMED_IN_EMAILS
from tests.kinds.test_whole_objects import (
    GIVEN,
    OWN,
    TEMPLATE_VALUES,
    TRANSACTIONAL_TYPES,
    campaign,
)
from tests.support.sandbox_project import SandboxProject

Record = dict[str, Any]

OTHER_VALUES: Record = {
    "layout_id": None,
    "from_identity_id": 2,
    "reply_to_identity_id": None,
    "headers": '[{"name": "X-Tag", "value": "b"}]',
    "body_json": '{"title": "U", "body": "C", "link": "app://away", "data": {"a": 2}}',
    "preprocessor": "premailer",
    "template_engine": "liquid",
    "fake_bcc": False,
    "deleted": False,
    "weight": 4,
    "request_method": "get",
}
"""What a person changes each member to; a text is changed to `edited`."""

KEYWORDS = {"twilio": "sms"}
STEP_TYPES = [each for each in MESSAGE_CHANNELS if each not in ("slack_action", "webhook_action")]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new = SandboxProject(tmp_path)
    new.seed(**GIVEN, **OWN)
    yield new
    new.store.close()


def languages_of(channel: str, **owner: Any) -> list[Record]:
    """Return the templates of a message whose languages say the same in every member."""
    same = {**TEMPLATE_VALUES, **owner, "template_type": channel}
    return [{**same, "id": 101, "language": ""}, {**same, "id": 102, "language": "es"}]


def seed_step(project: SandboxProject, action_type: str) -> str:
    channel = MESSAGE_CHANNELS[action_type]
    message = {"id": 1001, "type": action_type, "name": "hello", "template_id": 101}
    owner = {"action_id": 1001, "campaign_id": 1}
    project.seed(**campaign([message]), templates=languages_of(channel, **owner))
    return channel


def seed_transactional(project: SandboxProject, message_type: str) -> str:
    message = {"id": 1, "name": "M", "state": "draft", "type": message_type, "template_id": 101}
    templates = languages_of(message_type, transactional_message_id=1)
    project.seed(transactional_messages=[message], templates=templates)
    return message_type


CASES = [
    *(pytest.param(seed_step, each, id=each) for each in STEP_TYPES),
    *(pytest.param(seed_transactional, each, id=each) for each in TRANSACTIONAL_TYPES),
]


@pytest.mark.parametrize(("seed", "message_type"), CASES)
def test_an_edit_of_each_member_of_a_language_is_drift(
    project: SandboxProject, seed: Callable[[SandboxProject, str], str], message_type: str
) -> None:
    channel = seed(project, message_type)
    keyword = KEYWORDS.get(channel, channel)
    with project.open() as opened:
        opened.import_()
    assert project.plan().is_empty
    named = NAMED_IN_EMAILS if keyword == "email" else frozenset()
    raw = {"fake_bcc", "preprocessor", "template_engine", "deleted", "weight"}
    data = project.store.workspace_data("acme")
    for member in sorted(FIELD_MEMBERS[keyword] | named | raw):
        spanish = next(each for each in data.all(TEMPLATE) if each["id"] == 102)
        data.save(TEMPLATE, {**spanish, member: OTHER_VALUES.get(member, "edited")})
        with project.open() as opened:
            drift = opened.drift_report().drift
        paths = [path for each in drift for field in each.fields for path in [field.path]]
        assert paths, member
        assert all("es" in path for path in paths), (member, paths)
        data.save(TEMPLATE, spanish)


def test_a_language_repeats_the_layout_of_its_message() -> None:
    """The plain case: what is in common is in the file, what neither of the two says is not."""
    common = {"layout": "main", "cc": "boss@acme.com", "reply_to": "none", "bcc": ""}
    written = without_defaults(
        {"type": "email", **common, "translations": {"es": {**common, "subject": "Hola"}}}
    )
    spanish = {"cc": "boss@acme.com", "subject": "Hola", "layout": "main"}
    assert written == {
        "cc": "boss@acme.com",
        "layout": "main",
        "translations": {"es": spanish},
    }


@pytest.mark.parametrize("keyword", TRANSLATION_TYPES)
def test_what_the_default_language_alone_has_is_written_as_empty(keyword: str) -> None:
    fields = [each for each in translation_fields(keyword) if each not in ("raw", "content")]
    empty: Record = {each: "none" if each in ("layout", "reply_to") else "" for each in fields}
    empty |= {"headers": {}} if "headers" in fields else {}
    says = {each: {"X": "1"} if each == "headers" else "x" for each in fields}
    written = without_defaults({"type": keyword, **says, "translations": {"es": empty}})
    assert written["translations"]["es"] == empty
    unread = without_defaults({"type": keyword, **says, "translations": UNKNOWN})
    assert "translations" not in unread
