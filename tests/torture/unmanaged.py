"""What is in the workspace of every walk and in no file: nothing may change it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.support.sandbox_project import SandboxProject

Rows = Mapping[str, list[dict[str, Any]]]
"""The rows of each collection."""

SEEDED: Final[Rows] = {
    "identities": [{"name": "Acme", "email": "team@acme.com"}],
    "domains": [{"domain": "acme.com", "verified": True}],
    "subscription_topics": [{"id": 5, "name": "Offers", "description": ""}],
    "object_types": [{"id": 1, "name": "accounts"}],
    "tags": [{"name": "lifecycle"}],
}
WORKFLOW: Final = [
    {"id": "hi", "email": {"subject": "Hi", "from": "team@acme.com", "body": "Hi"}},
    {"id": "rest", "wait": "1d"},
]
DOCUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "snippets/theirs.yaml": {"name": "theirs", "value": "not ours"},
    "segments/theirs.yaml": {"name": "Theirs", "manual": True, "description": "not ours"},
    "layouts/theirs.yaml": {"name": "Theirs", "body": "{{ content }}"},
    "transactional/theirs.yaml": {"name": "Theirs", "sms": {"body": "not ours"}},
    "campaigns/theirs.yaml": {"name": "Theirs", "trigger": {"event": "x"}, "workflow": WORKFLOW},
}


@cache
def unmanaged_content() -> Rows:
    """Return the whole content of a workspace that has an unmanaged object of every kind."""
    with tempfile.TemporaryDirectory() as folder:
        project = SandboxProject(Path(folder))
        project.seed(**SEEDED)
        project.replace_documents(DOCUMENTS)
        assert project.apply().complete
        content = project.store.dump("acme")
        project.store.close()
    return {name: rows for name, rows in content.items() if name != "audit_logs"}


def unmanaged_rows(project: SandboxProject) -> Rows:
    """Return the unmanaged objects as they are."""
    content = project.content()
    return {
        name: [row for row in content[name] if row.get("id") in {each["id"] for each in rows}]
        for name, rows in unmanaged_content().items()
        if name in content and isinstance(rows, list) and rows and "id" in rows[0]
    }
