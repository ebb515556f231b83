"""Steps that send something, and the end. What a message says is in its template, apart."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from cioform.kinds.campaign.steps.step_type import Action, Context, Fields, Members, Word
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


def _message(word: str, action: str, model: type[ResourceModel]) -> Word:
    def decode(wire: Action, context: Context) -> Fields | None:
        template = context.templates.get(str(wire.get("template_id")), {})
        # WhatsApp travels over the same action as SMS.
        return None if word == "sms" and template.get("whatsapp") else {word: {}}

    return Word(action, model, _nothing, decode)


def _nothing(fields: Fields, context: Context) -> Members:
    del fields, context
    return {}


def _leave(action: Action, context: Context) -> Fields:
    del action, context
    return {"exit": {}}


MESSAGES: Final[dict[str, Word]] = {
    "email": _message("email", "email_action", EmailStep),
    "push": _message("push", "push_action", PushStep),
    "sms": _message("sms", "twilio_action", SmsStep),
    "whatsapp": _message("whatsapp", "whatsapp_action", WhatsAppStep),
    "in_app": _message("in_app", "in_app_action", InAppStep),
    "slack": _message("slack", "slack_action", SlackStep),
    "webhook": _message("webhook", "webhook_action", WebhookStep),
    "exit": Word("exit_action", ExitStep, _nothing, _leave),
}
