"""The problems of a condition, as texts and as errors of a model."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from cioform.core.data.paths import FieldPath
from cioform.model.values.value_errors import Problem, form_error, type_error


class WrongForm(str):
    """The text of a problem with the form of a value, whatever it says."""

    __slots__ = ()


class WrongType(str):
    """The text of a problem with the type of a value."""

    __slots__ = ()


def validation_error(problems: Iterable[Problem]) -> ValidationError:
    """Return an error that a model takes over as its own, place by place."""
    return ValidationError.from_exception_data(
        "condition", [_error_details(path, text) for path, text in problems]
    )


def _error_details(path: FieldPath, text: str) -> InitErrorDetails:
    if isinstance(text, WrongForm):
        return InitErrorDetails(type=form_error(text), loc=path, input=None)
    if isinstance(text, WrongType):
        return InitErrorDetails(type=type_error(text), loc=path, input=None)
    return InitErrorDetails(
        type="value_error", loc=path, input=None, ctx={"error": ValueError(text)}
    )
