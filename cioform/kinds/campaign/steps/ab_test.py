"""The step that sends one of several messages, chosen at random, to compare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema
from typing_extensions import override

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.settings.field_types import BranchCondition
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
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.workflow import KEYWORDS_BY_ACTION_TYPE
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import shared_definition

VARIANT: Final = "variant"
"""The definition of a variant in the JSON schema."""

_DECODABLE_MESSAGES: Final = frozenset({"email", "push", "webhook"})
"""The messages that Customer.io compares in A/B tests (journeys facts, section 4, Actions)."""


def _parse_variants(variants: list[StepFields]) -> list[StepFields]:
    """Return the variants in canonical form; `workflow_problems` has checked their structure."""
    parsed = [_parse_variant(variant) for variant in variants]
    total = sum(variant["percent"] for variant in parsed)
    if total != 100:
        last = parsed[-1]["percent"] + 100 - total
        raise ValueError(
            f"the percentages add up to {total}, not to 100; the last should be {last}"
        )
    return parsed


def _parse_variant(variant: StepFields) -> StepFields:
    keyword = next(key for key in variant if key in MESSAGE_TYPES)
    percent = variant.get("percent")
    if type(percent) is not int or not 0 <= percent <= 100:
        raise ValueError("each variant needs `percent`, a whole number from 0 to 100: 50")
    unknown = sorted(
        set(variant) - {"id", "name", "percent", keyword, *_VariantAction.model_fields}
    )
    if unknown:
        raise ValueError(f"`{unknown[0]}` is not a field of a variant; remove it")
    content = MESSAGE_TYPES[keyword].model_validate(variant[keyword])
    name = {"name": str(variant["name"])} if "name" in variant else {}
    fields = content.model_dump(mode="json", by_alias=True, exclude_none=True)
    own = {key: variant[key] for key in _VariantAction.model_fields if key in variant}
    action = _VariantAction.model_validate(own).model_dump(mode="json", exclude_none=True)
    return {"id": variant["id"], **name, "percent": percent, **action, keyword: fields}


class _VariantAction(ResourceModel):
    """What a variant may have besides its message, as a message step does."""

    only_if: BranchCondition | None = None
    raw: RawMembers = None


class AbTestStep(ConditionalStepModel, StepModelWithRaw):
    """Send one of several messages, chosen at random."""

    __test__ = False

    keyword = "ab_test"
    wire_fields = frozenset({"action_ids", "allocations", "split_state"})

    ab_test: Annotated[
        list[dict[str, Any]],
        PlainValidator(_parse_variants),
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
