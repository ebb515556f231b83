"""What holds for snippets on both APIs."""

import re
from typing import Any

from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import LAYOUT, SNIPPET, TEMPLATE, Record
from cioform.emulator.wire.errors import invalid

LONGEST_NAME = 150
LONGEST_VALUE = 16_000
REFERENCE = re.compile(r"{[{%][^}%]*\bsnippets\s*[.\[]")


def checked_name(call: Call, given: Any, own_id: int | None = None) -> str:
    """The trimmed name, which must be free (app facts, 5.2)."""
    name = given.strip() if isinstance(given, str) else ""
    if not name:
        raise invalid("name cannot be blank", "/name")
    if len(name) > LONGEST_NAME:
        raise invalid(f"name is too long (maximum is {LONGEST_NAME} characters)", "/name")
    taken = call.space.find(SNIPPET, name)
    if taken and taken["id"] != own_id:
        raise invalid("A snippet with that name already exists", "/name")
    return name


def checked_value(given: Any) -> str:
    """The trimmed value: not blank, not too long, without another snippet in it."""
    value = given.strip() if isinstance(given, str) else ""
    if not value:
        raise invalid("value cannot be blank", "/value")
    if len(value) > LONGEST_VALUE:
        raise invalid(f"value is too long (maximum is {LONGEST_VALUE} characters)", "/value")
    if REFERENCE.search(value):
        raise invalid("snippets cannot reference other snippets", "/value")
    return value


def users(call: Call, name: str) -> list[tuple[str, Record]]:
    """The layouts and templates whose Liquid names the snippet."""
    plain = r"\.\s*" + re.escape(name) + r"\b"
    quoted = r"\[\s*['\"]" + re.escape(name) + r"['\"]\s*\]"
    pattern = re.compile(rf"\bsnippets\s*(?:{plain}|{quoted})")
    found: list[tuple[str, Record]] = []
    for thing in (LAYOUT, TEMPLATE):
        for record in call.space.all(thing):
            texts = (record.get(key) for key in ("body", "subject", "body_json", "preheader_text"))
            if any(text and pattern.search(text) for text in texts):
                found.append((thing.collection, record))
    return found
