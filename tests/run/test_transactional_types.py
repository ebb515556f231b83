"""Transactional messages of every type, in a sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import KindFields
from tests.support.sandbox_project import SandboxProject

BLOCKS: dict[str, dict[str, Any]] = {
    "email": {"subject": "Hi", "body": "<p>Hi</p>", "plain": "Hi", "cc": "team@acme.com"},
    "push": {"title": "Hi", "body": "There", "link": "app://home"},
    "sms": {"body": "Your code: {{trigger.code}} ", "to": "{{customer.phone}}"},
    "whatsapp": {"body": "Hi"},
    "in_app": {"content": {"text": "Hi"}},
    "inbox": {"content": {"text": "Hi"}},
}


@pytest.mark.parametrize("block", BLOCKS)
def test_every_type_is_created_changed_and_imported(project: SandboxProject, block: str) -> None:
    content = {"sending": "draft", "track": {"opens": False, "links": True}, **BLOCKS[block]}
    document = {"name": "M", block: content}
    project.replace_documents({"transactional/m.yaml": document})
    assert project.apply().complete
    assert project.plan().is_empty
    with project.open() as session:
        live: KindFields = session.show(Address("transactional", "m"), "live")
    assert {name: live[block][name] for name in content} == content

    project.replace_documents(
        {"transactional/m.yaml": {**document, block: {**content, "sending": "automatic"}}}
    )
    [change] = project.plan().changes
    assert [field.path for field in change.fields] == [(block, "sending")]
    assert project.apply().complete
    assert project.plan().is_empty


def test_the_type_cannot_change(project: SandboxProject) -> None:
    project.replace_documents({"transactional/m.yaml": {"name": "M", "email": BLOCKS["email"]}})
    assert project.apply().complete
    project.replace_documents({"transactional/m.yaml": {"name": "M", "push": BLOCKS["push"]}})
    [blocked] = project.plan().blocked
    assert "has the block `email` in Customer.io, and the file has `push`" in blocked.hint
