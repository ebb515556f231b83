"""Steps that send a message, and the exit. The content of a message is in its template."""

from __future__ import annotations

from typing import Final, Literal

from typing_extensions import override

from cioform.kinds.campaign.steps.only_if import ConditionalStepModel
from cioform.kinds.campaign.steps.step_model import (
    CodecContext,
    ExitMembers,
    StepFields,
    StepModelWithRaw,
)
from cioform.kinds.campaign.wire_types import WireFields, WireMembers
from cioform.language.messages.delivery import can_decode_sending
from cioform.language.messages.message import (
    StepEmail,
    StepInApp,
    StepPush,
    StepSlack,
    StepSms,
    StepWebhook,
    StepWhatsApp,
)

MESSAGE_WIRE_FIELDS: Final = frozenset({"tracked"})
"""The members of the action of a message that are fields of its block."""


class _MessageStep(ConditionalStepModel, StepModelWithRaw):
    """A step that sends one message, whose content is in the template."""

    wire_fields = MESSAGE_WIRE_FIELDS
    is_condition_recorded = True

    @override
    @classmethod
    def encode(cls, _fields: StepFields, _context: CodecContext, /) -> WireFields:
        return {}

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        return {cls.keyword: {}} if can_decode_sending(action.get("sending_state")) else None


class EmailStep(_MessageStep):
    """Send an e-mail."""

    keyword = "email"

    email: StepEmail


class PushStep(_MessageStep):
    """Send a push notification."""

    keyword = "push"

    push: StepPush


class SmsStep(_MessageStep):
    """Send a text message."""

    keyword = "sms"

    sms: StepSms

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        template = context.templates.get(str(action.get("template_id")))
        # WhatsApp messages may have the same action type as text messages.
        is_whatsapp = bool(template and template.get("whatsapp"))
        return None if is_whatsapp else super().decode(action, context)


class WhatsAppStep(_MessageStep):
    """Send a WhatsApp message."""

    keyword = "whatsapp"

    whatsapp: StepWhatsApp


class InAppStep(_MessageStep):
    """Show a message inside the app."""

    keyword = "in_app"

    in_app: StepInApp


class SlackStep(_MessageStep):
    """Post to a Slack channel."""

    keyword = "slack"

    slack: StepSlack


class WebhookStep(_MessageStep):
    """Call another system."""

    keyword = "webhook"

    webhook: StepWebhook


class ExitStep(StepModelWithRaw):
    """End the journey."""

    keyword = "exit"

    exit: Literal[True] = True
    raw: ExitMembers = None
    """Other members of the action, as Customer.io holds them."""

    @override
    @classmethod
    def encode(cls, _fields: StepFields, _context: CodecContext, /) -> WireFields:
        return {}

    @override
    @classmethod
    def decode(cls, _action: WireMembers, _context: CodecContext, /) -> StepFields:
        return {"exit": True}
