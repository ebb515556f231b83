"""Steps that send people on different ways: by a condition, or at random."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from typing_extensions import override

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.settings.field_types import BranchCondition
from cioform.kinds.campaign.steps.step_model import CodecContext, StepFields, StepModelWithRaw
from cioform.kinds.campaign.wire.wire_types import WireFields, WireMembers
from cioform.language import conditions
from cioform.model.references.names import Reference
from cioform.model.resource import ResourceModel
from cioform.model.values.value_errors import format_value

_ELSE_HINT: Final = "People who meet no condition go to the steps in `else`, beside `branches`."


class IfStep(StepModelWithRaw):
    """Test a condition: one way for people who meet it, another for the rest."""

    keyword = "if"
    other_names: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("elif", "else_if", "elseif", "elsif"),
        "For more than one condition use the step `branches`, a list of `if` with `then`.",
    )
    wire_fields = frozenset({"conditions"})

    if_: Annotated[BranchCondition, Field(alias="if")]

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        return {"conditions": conditions.compile_encoded_filter(fields["if"], context.names)}

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields:
        encoded = action.get("conditions") or ""
        return {"if": conditions.decompile_branch_condition(encoded, context.names)}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        return {**fields, "if": conditions.normalize_condition(fields["if"])}

    @override
    @classmethod
    def references(cls, fields: StepFields, /) -> Iterator[Reference]:
        yield from conditions.references(fields["if"], ("if",))


class Case(ResourceModel):
    """A branch for people who meet its condition and none of the earlier ones."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("condition", "conditions", "filter", "where", "cond"), "if"),
        **dict.fromkeys(("steps", "do", "actions", "path"), "then"),
        **dict.fromkeys(("default", "fallback", "else", "otherwise"), _ELSE_HINT),
    }

    if_: Annotated[BranchCondition, Field(alias="if")]
    """The condition that decides who enters the branch."""


class BranchesStep(StepModelWithRaw):
    """Test several conditions; the first that is met decides."""

    keyword = "branches"
    wire_fields = frozenset({"multi_conditions"})

    branches: Annotated[list[Case], Field(min_length=1)]

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        encoded = [
            conditions.compile_encoded_filter(case["if"], context.names)
            for case in fields["branches"]
        ]
        return {"multi_conditions": encoded}

    @override
    @classmethod
    def decode(cls, action: WireMembers, context: CodecContext, /) -> StepFields | None:
        encoded = action.get("multi_conditions")
        if not encoded or not all(isinstance(text, str) for text in encoded):
            return None
        cases = [
            {"if": conditions.decompile_branch_condition(text, context.names)} for text in encoded
        ]
        return {"branches": cases}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        cases = [
            {**case, "if": conditions.normalize_condition(case["if"])}
            for case in fields["branches"]
        ]
        return {**fields, "branches": cases}

    @override
    @classmethod
    def references(cls, fields: StepFields, /) -> Iterator[Reference]:
        for i, case in enumerate(fields["branches"]):
            yield from conditions.references(case["if"], ("branches", i, "if"))


def _check_percent(value: JsonValue) -> int | float:
    valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100
    if not valid or Decimal(str(value)) * 10 % 1:
        raise ValueError(
            f"must be a number from 0 to 100 with at most one decimal, not {format_value(value)}; "
            "for example 33.3"
        )
    return int(value) if value == int(value) else float(value)


Percent = Annotated[
    Any,
    PlainValidator(_check_percent),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]


class Share(ResourceModel):
    """A branch that a share of people enter at random."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("percentage", "weight", "share", "chance", "probability"), "percent"),
        **dict.fromkeys(("steps", "do", "actions", "path"), "then"),
    }

    name: str | None = None
    """The name of the branch in Customer.io."""
    percent: Percent
    """The percentage of people; at most one decimal."""


def check_total(percentages: Sequence[int | float], *, decimals: int) -> None:
    """Raise ValueError with a correction unless the percentages add up to 100."""
    exact = [Decimal(str(each)) for each in percentages]
    total = sum(exact)
    if total == 100:
        return
    last = exact[-1] + 100 - total
    hint = (
        f"the last should be {last}"
        if 0 <= last <= 100
        else f"equal shares are {', '.join(map(str, equal_shares(len(exact), decimals)))}"
    )
    raise ValueError(f"the percentages add up to {total}, not to 100; {hint}")


def equal_shares(count: int, decimals: int) -> list[Decimal]:
    """Return `count` percentages that add up to 100, as equal as they can be."""
    unit = 10**decimals
    each, rest = divmod(100 * unit, count)
    return [Decimal(each + (i < rest)) / unit for i in range(count)]


def _check_total(shares: list[Share]) -> list[Share]:
    check_total([share.percent for share in shares], decimals=1)
    return shares


class RandomBranchesStep(StepModelWithRaw):
    """Send people into branches at random."""

    keyword = "random_branches"
    wire_fields = frozenset({"cohorts", "cohort_names"})

    random_branches: Annotated[list[Share], Field(min_length=2), AfterValidator(_check_total)]

    @override
    @classmethod
    def encode(cls, fields: StepFields, _context: CodecContext, /) -> WireFields:
        shares = fields["random_branches"]
        return {
            # Tenths of a percent, 1000 in all (journeys facts, section 4, Actions).
            "cohorts": [int(Decimal(str(share["percent"])) * 10) for share in shares],
            "cohort_names": [share.get("name", "") for share in shares],
        }

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        cohorts, names = action.get("cohorts") or [], action.get("cohort_names") or []
        if len(cohorts) < 2 or sum(cohorts) != 1000 or len(names) > len(cohorts):
            return None
        padded = [*names, *([""] * (len(cohorts) - len(names)))]
        shares = [
            {**({"name": name} if name else {}), "percent": _check_percent(tenths / 10)}
            for tenths, name in zip(cohorts, padded, strict=True)
        ]
        return {"random_branches": shares}

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        shares = [
            {name: value for name, value in share.items() if (name, value) != ("name", "")}
            for share in fields["random_branches"]
        ]
        return {**fields, "random_branches": shares}
