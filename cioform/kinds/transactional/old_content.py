"""The error for content where older files had it: outside of a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy

from cioform.core.data.json_value import JsonValue
from cioform.kinds.transactional.blocks import BLOCK_TYPES
from cioform.kinds.transactional.upgrading import OLD_FIELDS, upgrade_transactional
from cioform.model.fields.upgrading import field_line, outdated_syntax_message
from cioform.model.values.value_errors import Problem


def old_content_problem(document: Mapping[str, JsonValue]) -> Problem:
    """Return the problem of a document with fields of older files, at the first of them."""
    old = {name: deepcopy(value) for name, value in document.items() if name in OLD_FIELDS}
    first = next(iter(old))
    block = next((name for name in BLOCK_TYPES if isinstance(document.get(name), Mapping)), None)
    text = outdated_syntax_message(
        "The content of a message, and how it is sent, are in the block of its type now.",
        "\n".join(_new_lines(old, block, document.get(block or "", {}))),
    )
    return (first,), text


def with_content_in_block(document: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """Return a document with the content of older files in its block, to be validated."""
    upgraded = deepcopy(dict(document))
    upgrade_transactional(upgraded)
    return {name: value for name, value in upgraded.items() if name not in OLD_FIELDS}


def _new_lines(
    old: dict[str, JsonValue], block: str | None, written: Mapping[str, JsonValue]
) -> Iterator[str]:
    """Yield the lines of the upgraded fields; `written` are those that the block has already."""
    upgrade_transactional(old)
    moved = old.pop("email")
    if old.pop("settings", None):
        # What the upgrade does not translate, such as a flag that is no boolean.
        moved = {"sending": "draft", **moved}
    for name, value in old.items():
        yield field_line(name, value)
    yield f"{block or 'email'}:"
    for name, value in {**moved, **written}.items():
        yield "\n".join(f"  {line}" for line in field_line(name, value).split("\n"))
