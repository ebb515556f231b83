"""The step that sends one of several messages, chosen at random, to compare them."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from typing_extensions import override

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.settings.field_types import BranchCondition
from cioform.kinds.campaign.steps.choices import check_total
from cioform.kinds.campaign.steps.messages import (
    MESSAGE_WIRE_FIELDS,
    TEMPLATE_COPIES,
    decode_message,
    message_member_text,
)
from cioform.kinds.campaign.steps.only_if import (
    ConditionalStepModel,
    decode_condition,
    normalize_condition_of,
)
from cioform.kinds.campaign.steps.step_model import (
    VARIANT,
    CodecContext,
    RawMembers,
    StepFields,
    StepModelWithRaw,
    extra_wire_fields,
    fixed_member_text,
    project_raw,
)
from cioform.kinds.campaign.wire.wire_types import WireFields, WireMembers
from cioform.language.messages.message import (
    StepEmail,
    StepInApp,
    StepPush,
    StepSlack,
    StepSms,
    StepWebhook,
    StepWhatsApp,
)
from cioform.language.workflow import MESSAGE_KEYWORDS, keyword_of
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import shared_definition
from cioform.model.values.value_errors import raise_problems


class Variant(ResourceModel):
    """A message that a share of people receive.

    `workflow_problems` has checked that it has an ID and one message.
    """

    other_names: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("weight", "percentage", "share", "traffic"), "percent"
    )

    id: str | None = None
    name: str | None = None
    was: Annotated[Any, Field(exclude=True)] = None
    percent: Annotated[int, Field(ge=0, le=100)]
    only_if: BranchCondition | None = None
    email: Annotated[StepEmail, OnFirstUse()] | None = None
    push: Annotated[StepPush, OnFirstUse()] | None = None
    sms: Annotated[StepSms, OnFirstUse()] | None = None
    whatsapp: Annotated[StepWhatsApp, OnFirstUse()] | None = None
    in_app: Annotated[StepInApp, OnFirstUse()] | None = None
    slack: Annotated[StepSlack, OnFirstUse()] | None = None
    webhook: Annotated[StepWebhook, OnFirstUse()] | None = None
    raw: RawMembers = None

    @field_validator("raw")
    @classmethod
    def _check_raw(cls, raw: RawMembers, info: ValidationInfo) -> RawMembers:
        keyword = next((key for key in MESSAGE_KEYWORDS if info.data.get(key) is not None), "")
        texts = {
            name: message_member_text(keyword, name, value)
            if keyword
            else fixed_member_text(name, value)
            for name, value in (raw or {}).items()
        }
        raise_problems(((name,), text) for name, text in texts.items() if text)
        return raw


def _check_total(variants: list[Variant]) -> list[Variant]:
    check_total([variant.percent for variant in variants], decimals=0)
    return variants


class AbTestStep(ConditionalStepModel, StepModelWithRaw):
    """Send one of several messages, chosen at random."""

    __test__ = False

    keyword = "ab_test"
    wire_fields = frozenset({"action_ids", "allocations", "split_state"})

    ab_test: Annotated[
        list[Variant],
        Field(min_length=2),
        AfterValidator(_check_total),
        WithJsonSchema({"type": "array", "minItems": 2, "items": shared_definition(VARIANT)}),
    ]

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        percent_by_id = {
            context.steps.get(variant["id"], variant["id"]): variant["percent"]
            for variant in fields["ab_test"]
        }
        current_ids = [str(own_id) for own_id in context.current_action.get("action_ids") or ()]
        # Customer.io's own order is kept where it lists the same messages.
        order = current_ids if set(current_ids) == set(percent_by_id) else percent_by_id
        return {"allocations": [percent_by_id[own_id] for own_id in order]}

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        ids, percents = action.get("action_ids") or [], action.get("allocations") or []
        if len(ids) != len(percents) or len(ids) < 2 or sum(percents) != 100:
            return None
        variants: list[StepFields] = []
        for own_id, percent in zip(ids, percents, strict=True):
            variant = context.actions.get(str(own_id))
            message = None if variant is None else decode_message(variant, context)
            if variant is None or message is None:
                return None
            name = {"name": variant["name"]} if variant.get("name") else {}
            condition = decode_condition(variant, context.names)
            only_if = {} if condition is None else {"only_if": condition}
            extra = extra_wire_fields(variant, MESSAGE_WIRE_FIELDS | TEMPLATE_COPIES)
            raw = {"raw": extra} if extra else {}
            own: StepFields = {"id": str(own_id), **name, "percent": percent, **only_if}
            variants.append({**own, **message, **raw})
        is_of_one_type = len({keyword_of(variant) for variant in variants}) == 1
        return {"ab_test": variants} if is_of_one_type else None

    @override
    @classmethod
    def project(cls, live: StepFields, wanted: Mapping[str, JsonValue], /) -> StepFields:
        wanted_variants = {variant["id"]: variant for variant in wanted.get("ab_test", ())}
        variants = [
            project_raw(variant, own)
            if (own := wanted_variants.get(variant["id"])) and keyword_of(variant) in own
            else variant  # it goes, and nothing of it stays
            for variant in live["ab_test"]
        ]
        return {**super().project(live, wanted), "ab_test": variants}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        normal = [normalize_condition_of(variant) for variant in fields["ab_test"]]
        variants = sorted(normal, key=lambda variant: str(variant["id"]))
        return {**fields, "ab_test": variants}
