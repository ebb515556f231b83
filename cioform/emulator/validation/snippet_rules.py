"""The rules for snippets that both APIs share."""

import re
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import LAYOUT, SNIPPET, TEMPLATE, Record
from cioform.emulator.wire.errors import unprocessable

MAX_NAME_LENGTH = 150
MAX_VALUE_LENGTH = 16_000
SNIPPET_REFERENCE = re.compile(r"{[{%][^}%]*\bsnippets\s*[.\[]")
TEXT_FIELDS = ("body", "subject", "body_json", "preheader_text")


def checked_name(request: Request, name: Any, current_id: int | None = None) -> str:
    """Return the trimmed name. Raises 422 if it is blank, too long or taken (app facts, 5.2)."""
    trimmed = name.strip() if isinstance(name, str) else ""
    if not trimmed:
        raise unprocessable("name cannot be blank", "/name")
    if len(trimmed) > MAX_NAME_LENGTH:
        raise unprocessable(f"name is too long (maximum is {MAX_NAME_LENGTH} characters)", "/name")
    existing = request.workspace_data.find(SNIPPET, trimmed)
    if existing and existing["id"] != current_id:
        raise unprocessable("A snippet with that name already exists", "/name")
    return trimmed


def checked_value(value: Any) -> str:
    """Return the trimmed value. Raises 422 if it is blank, too long or uses another snippet."""
    trimmed = value.strip() if isinstance(value, str) else ""
    if not trimmed:
        raise unprocessable("value cannot be blank", "/value")
    if len(trimmed) > MAX_VALUE_LENGTH:
        raise unprocessable(
            f"value is too long (maximum is {MAX_VALUE_LENGTH} characters)", "/value"
        )
    if SNIPPET_REFERENCE.search(trimmed):
        raise unprocessable("snippets cannot reference other snippets", "/value")
    return trimmed


def find_snippet_usage(request: Request, name: str) -> list[tuple[str, Record]]:
    """Return the layouts and templates whose Liquid uses the snippet, each with its collection."""
    dotted = r"\.\s*" + re.escape(name) + r"\b"
    quoted = r"\[\s*['\"]" + re.escape(name) + r"['\"]\s*\]"
    pattern = re.compile(rf"\bsnippets\s*(?:{dotted}|{quoted})")
    users: list[tuple[str, Record]] = []
    for record_type in (LAYOUT, TEMPLATE):
        for record in request.workspace_data.all(record_type):
            texts = (record.get(key) for key in TEXT_FIELDS)
            if any(text and pattern.search(text) for text in texts):
                users.append((record_type.collection, record))
    return users
