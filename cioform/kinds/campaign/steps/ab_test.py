"""The step that sends one of several messages, chosen at random, to compare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, WithJsonSchema
from typing_extensions import override

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.settings.field_types import BranchCondition
from cioform.kinds.campaign.steps.choices import check_total
from cioform.kinds.campaign.steps.messages import MESSAGE_WIRE_FIELDS
from cioform.kinds.campaign.steps.only_if import (
    ConditionalStepModel,
    decode_condition,
    normalize_condition_of,
)
from cioform.kinds.campaign.steps.step_model import (
    CodecContext,
    RawMembers,
    StepFields,
    StepModelWithRaw,
    extra_wire_fields,
    project_raw,
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
from cioform.language.workflow import KEYWORDS_BY_ACTION_TYPE
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import shared_definition

VARIANT: Final = "variant"
"""The definition of a variant in the JSON schema."""

_DECODABLE_MESSAGES: Final = frozenset({"email", "push", "webhook"})
"""The messages that Customer.io compares in A/B tests (journeys facts, section 4, Actions)."""


class Variant(ResourceModel):
    """A message that a share of people receive.

    `workflow_problems` has checked that it has an id and one message.
    """

    id: str | None = None
    name: str | None = None
    was: Annotated[Any, Field(exclude=True)] = None
    percent: Annotated[int, Field(ge=0, le=100)]
    only_if: BranchCondition | None = None
    raw: RawMembers = None
    email: StepEmail | None = None
    push: StepPush | None = None
    sms: StepSms | None = None
    whatsapp: StepWhatsApp | None = None
    in_app: StepInApp | None = None
    slack: StepSlack | None = None
    webhook: StepWebhook | None = None


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
            [keyword, *_] = KEYWORDS_BY_ACTION_TYPE.get(variant["type"] if variant else "", ("",))
            if variant is None or keyword not in _DECODABLE_MESSAGES:
                return None
            if not can_decode_sending(variant.get("sending_state")):
                return None
            name = {"name": variant["name"]} if variant.get("name") else {}
            condition = decode_condition(variant, context.names)
            only_if = {} if condition is None else {"only_if": condition}
            extra = extra_wire_fields(variant, MESSAGE_WIRE_FIELDS)
            raw = {"raw": extra} if extra else {}
            own: StepFields = {"id": str(own_id), **name, "percent": percent, **only_if}
            variants.append({**own, keyword: {}, **raw})
        return {"ab_test": variants}

    @override
    @classmethod
    def project(cls, live: StepFields, wanted: Mapping[str, JsonValue], /) -> StepFields:
        by_id = {variant["id"]: variant for variant in wanted.get("ab_test", ())}
        variants = [
            project_raw(variant, by_id.get(variant["id"], {})) for variant in live["ab_test"]
        ]
        return {**super().project(live, wanted), "ab_test": variants}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        normal = [normalize_condition_of(variant) for variant in fields["ab_test"]]
        variants = sorted(normal, key=lambda variant: str(variant["id"]))
        return {**fields, "ab_test": variants}
