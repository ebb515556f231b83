"""`${var.name}` and `${env.NAME}` in files; `{{ }}` and `{% %}` are Liquid's and pass through."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from cioform.core.json_value import JsonValue
from cioform.core.suggest import did_you_mean

Scalar: TypeAlias = str | int | float | bool

_REFERENCE: Final = re.compile(r"(\$+)\{(var|env)\.([^{}\n]*)\}")


class VariableError(Exception):
    """A variable that cannot be filled in. `summary` and `detail` are for the user."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(detail)
        self.summary = summary
        self.detail = detail


Lookup: TypeAlias = Callable[[str, str], Scalar]
"""From `var` or `env` and a name to its value; raises UnknownVariable."""


def substitute(text: str, lookup: Lookup) -> JsonValue:
    """Give `text` with its variables filled in. Text that is one variable and nothing else takes
    the variable's type. `$${var.x}` stands for the characters `${var.x}`."""
    if "${" not in text:
        return text
    whole = _REFERENCE.fullmatch(text)
    if whole is not None and whole[1] == "$":
        return lookup(whole[2], whole[3])
    return _REFERENCE.sub(lambda use: _substitute_match(use, lookup), text)


def unresolved_variables(text: str, lookup: Lookup) -> list[tuple[int, VariableError]]:
    """Give every variable of `text` that cannot be filled in, with the line it is in, from 1."""
    found = []
    for use in _REFERENCE.finditer(text):
        try:
            _substitute_match(use, lookup)
        except VariableError as error:
            found.append((text.count("\n", 0, use.start()) + 1, error))
    return found


def first_variable(value: JsonValue) -> str | None:
    """Give the first variable that is used anywhere in a value, as it is written."""
    if isinstance(value, str):
        uses = _REFERENCE.finditer(value) if "${" in value else ()
        return next((use[0] for use in uses if use[1] == "$"), None)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((use for item in inner if (use := first_variable(item))), None)


def _substitute_match(use: re.Match[str], lookup: Lookup) -> str:
    if use[1] == "$":
        return format_scalar(lookup(use[2], use[3]))
    return use[0][1:]


def format_scalar(value: Scalar) -> str:
    """Give a value as it reads inside a longer text: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def escape_variables(text: str) -> str:
    """Give what to write in a file so that reading it gives `text`."""
    return _REFERENCE.sub(lambda use: "$" + use[0], text) if "${" in text else text


def variables_lookup(variables: Mapping[str, Scalar]) -> Lookup:
    """Give the lookup for documents and their bodies: the workspace's variables.

    The environment is read in `workspace.yaml` only. Were `${env.X}` to work in any message, a
    change of a text would be enough to send what a build machine keeps secret to a customer.
    """

    def lookup(space: str, name: str) -> Scalar:
        if space == "env":
            raise VariableError(
                "Environment used in a document",
                f"`${{env.{name}}}` works in `workspace.yaml` only, so that one file shows all "
                "that comes from outside. Name it there and use `${var." + name.lower() + "}` "
                f"here:\n\n    variables:\n      {name.lower()}: ${{env.{name}}}",
            )
        if name not in variables:
            raise VariableError(
                "Variable not set",
                f"No variable is called `{name}`.{did_you_mean(name, variables)} "
                "Variables are set in `workspace.yaml`:"
                f"\n\n    variables:\n      {name}: ...",
            )
        return variables[name]

    return lookup


def environment_lookup(environment: Mapping[str, str]) -> Lookup:
    """Give the lookup for `workspace.yaml`: the environment."""

    def lookup(space: str, name: str) -> Scalar:
        if space == "var":
            raise VariableError(
                "Variable used in the settings",
                f"`${{var.{name}}}` works in documents; `workspace.yaml` is where variables are "
                "set. Write the value itself, or `${env.NAME}`.",
            )
        if name not in environment:
            raise VariableError(
                "Environment name not set",
                f"The environment has no `{name}`. Set it before running cioform:"
                f"\n\n    export {name}=...",
            )
        return environment[name]

    return lookup


def keep_placeholder(namespace: str, name: str) -> Scalar:
    """Give the variable itself: the lookup for when the settings cannot be read."""
    return f"${{{namespace}.{name}}}"


def environment_name(text: object) -> str | None:
    """Give NAME when `text` is exactly `${env.NAME}`."""
    use = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    return use[3] if use is not None and use[1] == "$" and use[2] == "env" else None
