"""Models inside other models, built only when a file has them."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import core_schema

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OnFirstUse:
    """Annotate a model inside another one: it is built when the first value is validated.

    pydantic builds a model together with all models in it, at 0.1 ms for each of their fields. Of
    the types of messages and the sections of the settings, most workspaces use few.

    The inner model needs `defer_build`. It is as strict as its own configuration says, also where
    the outer one is validated with `strict=False`. Its JSON schema needs
    `DocumentedSchemaGenerator`.
    """

    derived: Callable[[], type[BaseModel]] | None = None
    """Returns the model to use in place of the annotated one, which has only some of its fields."""

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The model that values are parsed as, where the annotation does not name it."""
        return () if self.derived is None else (self.derived(),)

    def __get_pydantic_core_schema__(
        self, source: type[BaseModel], _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        validate = ModelValidator(self.derived or (lambda: source))
        return core_schema.no_info_plain_validator_function(validate)


@dataclass(frozen=True, slots=True)
class ModelValidator:
    """Validates a value as a model that is not built before."""

    model: Callable[[], type[BaseModel]]

    def __call__(self, value: Json) -> BaseModel:
        """Return the instance. pydantic adds the place of the field to the errors."""
        return self.model().model_validate(value)

    @property
    def core_schema(self) -> core_schema.CoreSchema:
        """The schema of the model, which is built now."""
        model = self.model()
        model.model_rebuild()
        return model.__pydantic_core_schema__
