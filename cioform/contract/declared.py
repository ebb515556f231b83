"""The declared data of a workspace: `_data/customer.yaml` and `_data/events/NAME.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from cioform.contract.check import fits_type
from cioform.contract.evidence import DataType
from cioform.contract.shape import Shape
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Location
from cioform.model.resource import ResourceModel

_TypeName = Literal["string", "number", "boolean", "date", "array", "object"]


class FieldDeclaration(ResourceModel):
    """One field of the data."""

    type: _TypeName
    """The type of the value. A `date` is Unix seconds, or text that is a date."""
    required: bool = False
    """Whether every event, or every person, has it."""
    description: str = ""
    """What it means."""
    sample: Json = None
    """An example, which drafts and previews use."""
    fields: dict[Annotated[str, Field(min_length=1)], FieldDeclaration] = Field(
        default_factory=dict
    )
    """The fields of an object. An object without them may contain anything."""
    items: FieldDeclaration | None = None
    """The elements of an array. An array without it may contain anything."""

    @model_validator(mode="after")
    def _check(self) -> FieldDeclaration:
        if self.fields and self.type != "object":
            raise ValueError(f"has `fields`, which only an object has; its type is `{self.type}`")
        if self.items is not None and self.type != "array":
            raise ValueError(f"has `items`, which only an array has; its type is `{self.type}`")
        if self.sample is not None and not fits_type(self.sample, DataType(self.type)):
            raise ValueError(f"has a `sample` that is no {self.type}")
        return self

    def shape(self) -> Shape:
        """Return the declaration as a shape."""
        return Shape(
            DataType(self.type),
            self.required,
            self.description,
            self.sample,
            {name: each.shape() for name, each in self.fields.items()},
            None if self.items is None else self.items.shape(),
        )


class CustomerData(ResourceModel):
    """The attributes of people."""

    description: str = ""
    """What is known of people in this workspace."""
    fields: dict[Annotated[str, Field(min_length=1)], FieldDeclaration] = Field(
        default_factory=dict
    )
    """The attributes by name."""


class EventData(ResourceModel):
    """The data of an event."""

    name: Annotated[str, Field(min_length=1)] | None = None
    """The name of the event; the default is the name of the file."""
    description: str = ""
    """When the event happens."""
    fields: dict[Annotated[str, Field(min_length=1)], FieldDeclaration] = Field(
        default_factory=dict
    )
    """The fields of the data by name."""


DATA_MODELS: Final[Mapping[str, type[ResourceModel]]] = {
    "customer_data": CustomerData,
    "event_data": EventData,
}
"""The files of `_data` by the name of their definition in the schema of editors."""


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """What one file of `_data` declares, together with its namesakes in included folders."""

    shape: Shape
    location: Location
    positions: Mapping[FieldPath, Location] = field(default_factory=dict)
    included: frozenset[str] = frozenset()
    """The fields that files of included folders declare."""
    is_included: bool = False
    """Whether no file of the workspace itself declares anything of it."""


@dataclass(frozen=True, slots=True)
class DeclaredData:
    """What a workspace declares."""

    customer: DeclaredFile | None = None
    events: Mapping[str, DeclaredFile] = field(default_factory=dict)
    """By the name of the event."""

    def __bool__(self) -> bool:
        """Return whether anything is declared."""
        return self.customer is not None or bool(self.events)

    def of(self, root: str, event: str = "") -> DeclaredFile | None:
        """Return what is declared of a variable; None for nothing."""
        if root == "customer":
            return self.customer
        return self.events.get(event) if root == "event" and event else None


def shape_of_file(data: CustomerData | EventData) -> Shape:
    """Return the shape of the data that a file declares."""
    fields = {name: each.shape() for name, each in data.fields.items()}
    return Shape(DataType.OBJECT, required=True, description=data.description, fields=fields)
