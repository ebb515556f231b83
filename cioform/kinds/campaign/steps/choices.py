"""Steps that send people different ways: by a condition, by chance, with one message or another."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.field_types import BranchCondition
from cioform.kinds.campaign.steps.step_type import (
    CodecContext,
    StepFields,
    StepType,
    WireAction,
    WireFields,
)
from cioform.language import conditions
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.model.resource import ResourceModel


class IfStep(ResourceModel):
    """One way for those of whom it holds, another for the rest."""

    if_: Annotated[BranchCondition, Field(alias="if")]


class Case(ResourceModel):
    """A branch of several, for those of whom it holds and none before did."""

    when: BranchCondition


class BranchesStep(ResourceModel):
    """The first branch that holds."""

    branches: Annotated[list[Case], Field(min_length=1)]


def _check_percent(value: Any) -> JsonValue:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100
    if not fine or Decimal(str(value)) * 10 % 1:
        raise ValueError("a share is a number from 0 to 100, with one decimal at most: 33.3")
    return int(value) if value == int(value) else value


Percent = Annotated[
    Any,
    PlainValidator(_check_percent),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]


class Share(ResourceModel):
    """A branch that chance decides."""

    name: str | None = None
    """What Customer.io calls it."""
    percent: Percent
    """How many of a hundred people take it; one decimal at most."""


def _check_total(shares: list[Share]) -> list[Share]:
    total = sum(Decimal(str(share.percent)) for share in shares)
    if total != 100:
        raise ValueError(
            f"the shares add up to {total} and not to 100; the last should be "
            f"{Decimal(str(shares[-1].percent)) + 100 - total}"
        )
    return shares


class RandomStep(ResourceModel):
    """A branch by chance."""

    random: Annotated[list[Share], Field(min_length=2), AfterValidator(_check_total)]


def _parse_variants(value: Any) -> list[StepFields]:
    """Give the variants with what they say in canonical form; their form is checked before."""
    read = [_parse_variant(option) for option in value]
    total = sum(option["percent"] for option in read)
    if total != 100:
        last = read[-1]["percent"] + 100 - total
        raise ValueError(f"the shares add up to {total} and not to 100; the last should be {last}")
    return read


def _parse_variant(option: StepFields) -> StepFields:
    word = next(key for key in option if key in MESSAGE_TYPES)
    share = option.get("percent")
    if type(share) is not int or not 0 <= share <= 100:
        raise ValueError("each variant says its share in `percent`, a whole number: 50")
    unknown = sorted(set(option) - {"id", "name", "percent", word})
    if unknown:
        raise ValueError(f"`{unknown[0]}` does not belong to a variant; take it out")
    content = MESSAGE_TYPES[word].model_validate(option[word])
    named = {"name": str(option["name"])} if "name" in option else {}
    said = content.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"id": option["id"], **named, "percent": share, word: said}


class AbTestStep(ResourceModel):
    """One of several messages, by chance, to see which works better."""

    __test__ = False

    ab_test: Annotated[
        list[dict[str, Any]],
        PlainValidator(_parse_variants),
        WithJsonSchema({"type": "array", "minItems": 2, "items": {"type": "object"}}),
    ]


def _encode_if(fields: StepFields, context: CodecContext) -> WireFields:
    return {"conditions": conditions.compile_encoded_filter(fields["if"], context.names)}


def _decode_if(action: WireAction, context: CodecContext) -> StepFields:
    return {
        "if": conditions.decompile_encoded_filter(action.get("conditions") or "", context.names)
    }


def _encode_branches(fields: StepFields, context: CodecContext) -> WireFields:
    texts = [
        conditions.compile_encoded_filter(c["when"], context.names) for c in fields["branches"]
    ]
    return {"multi_conditions": texts}


def _decode_branches(action: WireAction, context: CodecContext) -> StepFields | None:
    texts = action.get("multi_conditions")
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    return {
        "branches": [{"when": conditions.decompile_encoded_filter(t, context.names)} for t in texts]
    }


def _encode_random(fields: StepFields, context: CodecContext) -> WireFields:
    del context
    shares = fields["random"]
    return {
        # Tenths of a percent, 1000 in all (journeys facts, section 4, Actions).
        "cohorts": [int(Decimal(str(share["percent"])) * 10) for share in shares],
        "cohort_names": [share.get("name", "") for share in shares],
    }


def _decode_random(action: WireAction, context: CodecContext) -> StepFields | None:
    del context
    cohorts, called = action.get("cohorts") or [], action.get("cohort_names") or []
    if len(cohorts) < 2 or sum(cohorts) != 1000 or len(called) > len(cohorts):
        return None
    padded = [*called, *([""] * (len(cohorts) - len(called)))]
    return {
        "random": [
            {**({"name": name} if name else {}), "percent": _check_percent(tenths / 10)}
            for tenths, name in zip(cohorts, padded, strict=True)
        ]
    }


_VARIANT_KEYWORDS: Final = {
    "email_action": "email",
    "push_action": "push",
    "webhook_action": "webhook",
}


def _encode_ab_test(fields: StepFields, context: CodecContext) -> WireFields:
    shares = {context.steps.get(v["id"], v["id"]): v["percent"] for v in fields["ab_test"]}
    there = [str(own_id) for own_id in context.current_action.get("action_ids") or ()]
    # In the order of the remote where its messages are known.
    order = there if set(there) == set(shares) else shares
    return {"allocations": [shares[own_id] for own_id in order]}


def _decode_ab_test(action: WireAction, context: CodecContext) -> StepFields | None:
    ids, shares = action.get("action_ids") or [], action.get("allocations") or []
    found = [context.actions.get(str(own_id)) for own_id in ids]
    if len(ids) != len(shares) or len(ids) < 2 or sum(shares) != 100:
        return None
    variants: list[StepFields] = []
    for own_id, variant, share in zip(ids, found, shares, strict=True):
        if variant is None or variant["type"] not in _VARIANT_KEYWORDS:
            return None
        named = {"name": variant["name"]} if variant.get("name") else {}
        word = _VARIANT_KEYWORDS[variant["type"]]
        variants.append({"id": str(own_id), **named, "percent": share, word: {}})
    return {"ab_test": variants}


def _normalize_if(fields: StepFields) -> StepFields:
    return {**fields, "if": conditions.normalize_condition(fields["if"])}


def _normalize_branches(fields: StepFields) -> StepFields:
    cases = [
        {**case, "when": conditions.normalize_condition(case["when"])}
        for case in fields["branches"]
    ]
    return {**fields, "branches": cases}


def _normalize_ab_test(fields: StepFields) -> StepFields:
    return {**fields, "ab_test": sorted(fields["ab_test"], key=lambda variant: str(variant["id"]))}


CHOICE_STEP_TYPES: Final[dict[str, StepType]] = {
    "if": StepType(
        "conditional_branch_action",
        IfStep,
        _encode_if,
        _decode_if,
        frozenset({"conditions"}),
        _normalize_if,
    ),
    "branches": StepType(
        "multi_split_branch_action",
        BranchesStep,
        _encode_branches,
        _decode_branches,
        frozenset({"multi_conditions"}),
        _normalize_branches,
    ),
    "random": StepType(
        "random_cohort_branch_action",
        RandomStep,
        _encode_random,
        _decode_random,
        frozenset({"cohorts", "cohort_names"}),
    ),
    "ab_test": StepType(
        "split_randomized_action",
        AbTestStep,
        _encode_ab_test,
        _decode_ab_test,
        frozenset({"action_ids", "allocations", "split_state"}),
        _normalize_ab_test,
    ),
}
