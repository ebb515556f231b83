"""What holds for snippets on both APIs."""

import re
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import LAYOUT, SNIPPET, TEMPLATE, Record
from cioform.emulator.wire.errors import unprocessable

MAX_NAME_LENGTH = 150
MAX_VALUE_LENGTH = 16_000
SNIPPET_REFERENCE = re.compile(r"{[{%][^}%]*\bsnippets\s*[.\[]")


def checked_name(request: Request, given: Any, current_id: int | None = None) -> str:
    """The trimmed name, which must be free (app facts, 5.2)."""
    name = given.strip() if isinstance(given, str) else ""
    if not name:
        raise unprocessable("name cannot be blank", "/name")
    if len(name) > MAX_NAME_LENGTH:
        raise unprocessable(f"name is too long (maximum is {MAX_NAME_LENGTH} characters)", "/name")
    taken = request.workspace_data.find(SNIPPET, name)
    if taken and taken["id"] != current_id:
        raise unprocessable("A snippet with that name already exists", "/name")
    return name


def checked_value(given: Any) -> str:
    """The trimmed value: not blank, not too long, without another snippet in it."""
    value = given.strip() if isinstance(given, str) else ""
    if not value:
        raise unprocessable("value cannot be blank", "/value")
    if len(value) > MAX_VALUE_LENGTH:
        raise unprocessable(
            f"value is too long (maximum is {MAX_VALUE_LENGTH} characters)", "/value"
        )
    if SNIPPET_REFERENCE.search(value):
        raise unprocessable("snippets cannot reference other snippets", "/value")
    return value


def find_snippet_usage(request: Request, name: str) -> list[tuple[str, Record]]:
    """The layouts and templates whose Liquid names the snippet."""
    plain = r"\.\s*" + re.escape(name) + r"\b"
    quoted = r"\[\s*['\"]" + re.escape(name) + r"['\"]\s*\]"
    pattern = re.compile(rf"\bsnippets\s*(?:{plain}|{quoted})")
    found: list[tuple[str, Record]] = []
    for record_type in (LAYOUT, TEMPLATE):
        for record in request.workspace_data.all(record_type):
            texts = (record.get(key) for key in ("body", "subject", "body_json", "preheader_text"))
            if any(text and pattern.search(text) for text in texts):
                found.append((record_type.collection, record))
    return found
