"""Substitute `${var.name}` and `${env.NAME}` in files; Liquid's `{{ }}` and `{% %}` stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from cioform.config.permissions import (
    SECRET_PREFIX,
    VARIABLE_PREFIX,
    how_to_allow_variable,
    may_read,
    with_prefix,
)
from cioform.core.data.json_value import JsonValue
from cioform.core.secrets.sensitive import replace_placeholders
from cioform.core.suggest import did_you_mean
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.text_places import line_and_column

Scalar: TypeAlias = str | int | float | bool

_REFERENCE: Final = lazy_pattern(r"(?<!\$)(\$+)\{(var|env)\.([^{}\n]*)\}")


class VariableError(Exception):
    """A variable that has no value. `summary` and `detail` are for the user."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(detail)
        self.summary = summary
        self.detail = detail


Lookup: TypeAlias = Callable[[str, str], Scalar]
"""Maps `var` or `env` and a name to a value. Raises VariableError."""


def substitute(text: str, lookup: Lookup) -> JsonValue:
    """Return `text` with its variables substituted. Raises VariableError.

    Text that is one variable and nothing else takes the type of its value. `$${var.x}` stands for
    the characters `${var.x}`.
    """
    if "${" not in text:
        return text
    only_use = _REFERENCE.fullmatch(text)
    if only_use is not None and only_use[1] == "$":
        return lookup(only_use[2], only_use[3])
    return _REFERENCE.sub(lambda use: _substitute_match(use, lookup), text)


class Unresolved(NamedTuple):
    """A variable of a text that has no value."""

    line: int
    """Its first line, from 1."""
    error: VariableError
    uses: int
    """How often the text uses it."""


def unresolved_variables(text: str, lookup: Lookup) -> list[Unresolved]:
    """Return each variable of `text` that has no value, without repetitions."""
    uses: dict[tuple[str, str], list[re.Match[str]]] = {}
    for use in _REFERENCE.finditer(text):
        if use[1] == "$":
            uses.setdefault((use[2], use[3]), []).append(use)
    found = []
    for name, same in uses.items():
        try:
            lookup(*name)
        except VariableError as error:
            line, _ = line_and_column(text, same[0].start())
            found.append(Unresolved(line, error, len(same)))
    return found


def first_variable(value: JsonValue) -> str | None:
    """Return the first variable that is used anywhere in a value, as written."""
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
    """Return a value as it reads inside a longer text: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def escape_variables(text: str) -> str:
    """Return `text` as a file has to have it, so that reading it gives `text` again.

    A placeholder of a sensitive value is written as its variable.
    """
    escaped = _REFERENCE.sub(lambda use: "$" + use[0], text) if "${" in text else text
    return replace_placeholders(escaped, lambda name: f"${{var.{name}}}")


def restore_variables(written: str, edited: str, lookup: Lookup) -> str | None:
    """Return `edited` as a file has to have it, with the variables that `written` uses.

    Return None unless the value of each variable is in `edited` as often as `written` uses it, so
    that there is no doubt which text stands for it. Raises VariableError.
    """
    uses = [use for use in _REFERENCE.finditer(written) if use[1] == "$"]
    values = [format_scalar(lookup(use[2], use[3])) for use in uses]
    if any(not value or edited.count(value) != values.count(value) for value in values):
        return None
    written_text, rest = "", edited
    for use, value in sorted(
        zip(uses, values, strict=True), key=lambda pair: edited.index(pair[1])
    ):
        before, found, rest = rest.partition(value)
        if not found:
            return None
        written_text += escape_variables(before) + use[0]
    written_text += escape_variables(rest)
    return written_text if substitute(written_text, lookup) == edited else None


def variables_lookup(
    variables: Mapping[str, Scalar], settings_file: str = "workspace.yaml"
) -> Lookup:
    """Return the lookup for documents and their bodies: the workspace's variables.

    `settings_file` is what messages call the file that defines them.

    Only `workspace.yaml` reads the environment. If `${env.X}` worked in any message, a change to
    a message's text could send a secret of the build machine to a customer.
    """

    def lookup(namespace: str, name: str) -> Scalar:
        if namespace == "env":
            allowed = with_prefix(name, VARIABLE_PREFIX)
            raise VariableError(
                "Environment variable in a document",
                f"`${{env.{name}}}` is only allowed in `workspace.yaml`. Define a variable there, "
                f"and use `${{var.{name.lower()}}}` here:"
                f"\n\n    variables:\n      {name.lower()}: ${{env.{allowed}}}",
            )
        if name not in variables:
            hint = did_you_mean(name, variables) or (
                f" Define it in `{settings_file}`:\n\n    variables:\n      {name}: ..."
            )
            raise VariableError("Variable not set", f"The variable `{name}` is not defined.{hint}")
        return variables[name]

    return lookup


def environment_lookup(environment: Mapping[str, str], *, is_sensitive: bool = False) -> Lookup:
    """Return the lookup for `workspace.yaml`: the variables of the environment that it may read.

    Some may be read for sensitive variables only.
    """

    def lookup(namespace: str, name: str) -> Scalar:
        if namespace == "var":
            raise VariableError(
                "Variable used in the settings",
                f"`${{var.{name}}}` is not allowed in `workspace.yaml`, where variables are "
                f"defined. Write the value itself, or `${{env.{VARIABLE_PREFIX}{name.upper()}}}`.",
            )
        is_secret = name.startswith(SECRET_PREFIX)
        if not may_read(name, VARIABLE_PREFIX, environment) and not (is_secret and is_sensitive):
            raise VariableError(
                "Environment variable not allowed",
                _how_to_use_secret(name)
                if is_secret
                else f"`workspace.yaml` may not read `{name}`. "
                + how_to_allow_variable(name, VARIABLE_PREFIX),
            )
        if name not in environment:
            raise VariableError(
                "Environment variable not set",
                f"The environment variable `{name}` is not set. Set it before running cioform:"
                f"\n\n    export {name}=...",
            )
        return environment[name]

    return lookup


def _how_to_use_secret(name: str) -> str:
    return (
        f"`{name}` can be read for a sensitive variable only, which no plan shows. Declare one, "
        "and use it in the documents:\n\n    variables:\n"
        f"      {name.removeprefix(SECRET_PREFIX).lower()}:\n        value: ${{env.{name}}}\n"
        "        sensitive: true"
    )


def keep_placeholder(namespace: str, name: str) -> Scalar:
    """Return the variable itself: the lookup for when the settings cannot be read."""
    return f"${{{namespace}.{name}}}"


def environment_name(text: object) -> str | None:
    """Return NAME if `text` is exactly `${env.NAME}`, else None."""
    use = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    return use[3] if use is not None and use[1] == "$" and use[2] == "env" else None
