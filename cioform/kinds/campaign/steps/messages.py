"""Steps that send a message, and the exit. The content of a message is in its template."""

from typing import Final, Literal

from typing_extensions import override

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.steps.only_if import ConditionalStepModel
from cioform.kinds.campaign.steps.step_model import (
    CodecContext,
    StepFields,
    StepModelWithRaw,
    fixed_member_text,
)
from cioform.kinds.campaign.steps.wire_condition import exit_condition_text
from cioform.kinds.campaign.wire.wire_types import WireAction, WireFields, WireMembers
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
from cioform.language.messages.template.member_fields import misplaced_member_text
from cioform.language.messages.template.template_members import TEMPLATE_MEMBERS
from cioform.language.workflow import KEYWORDS_BY_ACTION_TYPE
from cioform.model.values.flow_yaml import flow_mapping

MESSAGE_WIRE_FIELDS: Final = frozenset({"tracked"})
"""The members of the action of a message that are fields of its block."""
TEMPLATE_COPIES: Final = frozenset(TEMPLATE_MEMBERS)
"""The members of the action of a message that belong to its template."""


def message_member_text(keyword: str, name: str, value: JsonValue) -> str | None:
    """Return why a member cannot be in `raw` beside a message, with a hint, or None."""
    if name == "name":
        return f"`name` is written beside the keyword:\n\n    {flow_mapping({name: value})[1:-1]}"
    if name in _MEMBERS_OF_TESTS:
        return f"`{name}` belongs to the `ab_test` around its variants. Remove it."
    return misplaced_member_text(keyword, name, value) or fixed_member_text(name, value)


_MEMBERS_OF_TESTS: Final = frozenset({"action_ids", "allocations"})


class _MessageStep(ConditionalStepModel, StepModelWithRaw):
    """A step that sends one message, whose content is in the template."""

    wire_fields = MESSAGE_WIRE_FIELDS
    copied_fields = TEMPLATE_COPIES
    is_condition_recorded = True

    @override
    @classmethod
    def member_text(cls, name: str, value: JsonValue, /) -> str | None:
        return message_member_text(cls.keyword, name, value)

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


def decode_message(action: WireAction, context: CodecContext) -> StepFields | None:
    """Return the keyword of a message with an empty block, or None if no keyword expresses it."""
    for model in _MessageStep.__subclasses__():
        if model.keyword in KEYWORDS_BY_ACTION_TYPE.get(action["type"], ()):
            return model.decode(action, context)
    return None


class ExitStep(StepModelWithRaw):
    """End the journey."""

    keyword = "exit"

    exit: Literal[True] = True

    @override
    @classmethod
    def member_text(cls, name: str, value: JsonValue, /) -> str | None:
        if name == "preconditions":
            return exit_condition_text(value)
        return super().member_text(name, value)

    @override
    @classmethod
    def encode(cls, _fields: StepFields, _context: CodecContext, /) -> WireFields:
        return {}

    @override
    @classmethod
    def decode(cls, _action: WireMembers, _context: CodecContext, /) -> StepFields:
        return {"exit": True}
