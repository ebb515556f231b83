"""Options that belong together, as one parameter of a command's function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import get_type_hints

from cioform.core.dataclasses import dataclass, fields


@dataclass(frozen=True)
class OptionGroup:
    """The base of a group: a dataclass whose fields are options, with their defaults."""


def expand_option_groups(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Return a function for typer: each option of a group is a parameter of its own.

    The parameters of commands differ, so that their types are known to typer alone.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if _is_group(hint)}
    if not groups:
        return command

    @wraps(command)
    def expanded(**values: object) -> int | None:
        for name, group in groups.items():
            values[name] = group(**{each.name: values.pop(each.name) for each in fields(group)})
        return command(**values)

    parameters = [
        each
        for name, parameter in signature(command).parameters.items()
        for each in (
            _parameters(groups[name]) if name in groups else [_keyword(parameter, hints[name])]
        )
    ]
    expanded.__annotations__ = {each.name: each.annotation for each in parameters}
    vars(expanded)["__signature__"] = Signature(parameters)
    return expanded


def _is_group(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, OptionGroup)


def _keyword(parameter: Parameter, hint: object) -> Parameter:
    return parameter.replace(annotation=hint, kind=Parameter.KEYWORD_ONLY)


def _parameters(group: type[OptionGroup]) -> Iterator[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for each in fields(group):
        yield Parameter(
            each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name]
        )
