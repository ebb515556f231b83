"""Steps that send something, and the end. What a message says is in its template, apart."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from cioform.kinds.campaign.steps.step_type import (
    CodecContext,
    StepFields,
    StepType,
    WireAction,
    WireFields,
)
from cioform.language.messages.message import Email, InApp, Push, Slack, Sms, Webhook, WhatsApp
from cioform.model.resource import ResourceModel


class ExitStep(ResourceModel):
    """Leave."""

    exit: Annotated[dict[str, Any] | None, Field(max_length=0)] = None


class EmailStep(ResourceModel):
    """Send an e-mail."""

    email: Email


class PushStep(ResourceModel):
    """Send a push notification."""

    push: Push


class SmsStep(ResourceModel):
    """Send a text message."""

    sms: Sms


class WhatsAppStep(ResourceModel):
    """Send a WhatsApp message."""

    whatsapp: WhatsApp


class InAppStep(ResourceModel):
    """Show a message inside the app."""

    in_app: InApp


class SlackStep(ResourceModel):
    """Write to a channel of Slack."""

    slack: Slack


class WebhookStep(ResourceModel):
    """Call another system."""

    webhook: Webhook


def _message_step_type(keyword: str, action_type: str, model: type[ResourceModel]) -> StepType:
    def decode(wire: WireAction, context: CodecContext) -> StepFields | None:
        template = context.templates.get(str(wire.get("template_id")), {})
        # WhatsApp travels over the same action as SMS.
        return None if keyword == "sms" and template.get("whatsapp") else {keyword: {}}

    return StepType(action_type, model, _encode_nothing, decode)


def _encode_nothing(fields: StepFields, context: CodecContext) -> WireFields:
    del fields, context
    return {}


def _decode_exit(action: WireAction, context: CodecContext) -> StepFields:
    del action, context
    return {"exit": {}}


MESSAGE_STEP_TYPES: Final[dict[str, StepType]] = {
    "email": _message_step_type("email", "email_action", EmailStep),
    "push": _message_step_type("push", "push_action", PushStep),
    "sms": _message_step_type("sms", "twilio_action", SmsStep),
    "whatsapp": _message_step_type("whatsapp", "whatsapp_action", WhatsAppStep),
    "in_app": _message_step_type("in_app", "in_app_action", InAppStep),
    "slack": _message_step_type("slack", "slack_action", SlackStep),
    "webhook": _message_step_type("webhook", "webhook_action", WebhookStep),
    "exit": StepType("exit_action", ExitStep, _encode_nothing, _decode_exit),
}
