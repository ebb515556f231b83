"""The block of each type of transactional message."""

from __future__ import annotations

from typing import Final

from cioform.language.messages.blocks import Email, InApp, Inbox, Message, Push, Sms, WhatsApp

BLOCK_TYPES: Final[dict[str, type[Message]]] = {
    "email": Email,
    "push": Push,
    "sms": Sms,
    "whatsapp": WhatsApp,
    "in_app": InApp,
    "inbox": Inbox,
}
