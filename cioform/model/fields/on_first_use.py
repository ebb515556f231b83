"""Models inside other models, built only when a file has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import core_schema

from cioform.core.dataclasses import dataclass
from cioform.core.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class OnFirstUse:
    """Annotate a model inside another one: it is built when the first value is validated.

    pydantic builds a model together with all models in it, at 0.1 ms for each of their fields. Of
    the types of messages and the sections of the settings, most workspaces use few.
    """

    derived: Callable[[], type[BaseModel]] | None = None
    """Makes the model, derived from the annotated one, which has only some of its fields."""

    def __get_pydantic_core_schema__(
        self, source: type[BaseModel], _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            source.model_validate if self.derived is None else _Derived(self.derived)
        )


@dataclass(frozen=True, slots=True)
class _Derived:
    make: Callable[[], type[BaseModel]]

    def __call__(self, value: JsonValue) -> BaseModel:
        return self.make().model_validate(value)


def model_on_first_use(validate: Callable[..., Any]) -> type[BaseModel] | None:
    """Return the model, now built, that a function validates for OnFirstUse, or None."""
    owner = validate.make() if isinstance(validate, _Derived) else getattr(validate, "__self__", 0)
    if not isinstance(owner, type) or not issubclass(owner, BaseModel):
        return None
    owner.model_rebuild()
    return owner
