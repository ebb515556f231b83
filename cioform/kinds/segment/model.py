"""The document of a segment."""

from collections.abc import Mapping
from typing import ClassVar, Final, Self

from pydantic import field_validator, model_validator

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions import (
    Condition,
    ConditionContext,
    problems,
    validation_error,
)
from cioform.model.resource import ResourceModel
from cioform.model.values.text_pattern import NonBlank

_TYPE_HINT: Final = (
    "A segment with `conditions` is data-driven, and one with `manual: true` is manual."
)


class Segment(ResourceModel):
    """A segment. Its members either meet its conditions or are added by hand."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("rules", "filter", "filters", "condition", "where"), "conditions"),
        **dict.fromkeys(("type", "dynamic", "data_driven"), _TYPE_HINT),
    }

    name: NonBlank
    """The name in Customer.io."""
    description: str = ""
    """The purpose, for the people who work with it."""
    conditions: Condition | None = None
    """Who its members are: a condition on attributes, events and other segments."""
    manual: bool = False
    """Whether people are added by hand, by an import or through an API, without conditions."""

    @field_validator("conditions")
    @classmethod
    def _check_conditions(
        cls, conditions: dict[str, JsonValue] | None
    ) -> dict[str, JsonValue] | None:
        if conditions is not None and (found := problems(conditions, ConditionContext.SEGMENT)):
            raise validation_error(found)
        return conditions

    @model_validator(mode="after")
    def _check_membership(self) -> Self:
        if self.manual and self.conditions is not None:
            raise ValueError("a manual segment has no conditions; remove `conditions` or `manual`")
        if not self.manual and self.conditions is None:
            raise ValueError(
                "the segment needs `conditions`, or `manual: true` when people are added by hand"
            )
        return self
