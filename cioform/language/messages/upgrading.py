"""Rewrite messages of format 0, in place."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.model.fields.upgrading import rename_field
from cioform.model.references.names import short_reference

_OLD_NEVER: Final = ("off", "no")


def upgrade_message(keyword: str, block: MutableMapping[str, JsonValue]) -> None:
    """Rewrite a message of format 0 of the type `keyword`, and the name of its layout."""
    rename_field(block, "recipient", "channel" if keyword == "slack" else "to")
    layout = block.get("layout")
    if isinstance(layout, str) and layout != short_reference("layout", layout):
        block["layout"] = short_reference("layout", layout)
    sending = block.get("sending")
    if sending is False or sending in _OLD_NEVER:
        block["sending"] = "never"
