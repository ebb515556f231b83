"""The messages of a campaign in the language of before `format: 1`, rewritten in place."""

from __future__ import annotations

from collections.abc import MutableMapping

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.file_paths import parts_of
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.messages.upgrading import upgrade_message


def upgrade_messages(document: MutableMapping[str, JsonValue]) -> None:
    """Rewrite the messages, in their steps or apart. The steps are in the current format."""
    for _, step in parts_of(document):
        for keyword in MESSAGE_TYPES:
            if isinstance(step, MutableMapping) and isinstance(step.get(keyword), MutableMapping):
                upgrade_message(keyword, step[keyword])
    messages = document.get("messages")
    for content in messages.values() if isinstance(messages, MutableMapping) else ():
        upgrade_message(content["type"], content)
