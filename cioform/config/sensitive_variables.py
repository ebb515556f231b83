"""The values of the settings that the environment has, and those that nothing may show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from cioform.config.permissions import SECRET_PREFIX
from cioform.config.read.layering.layers import Locate
from cioform.config.read.layering.resolve import Resolver
from cioform.config.read.layering.variables import (
    Scalar,
    environment_lookup,
    environment_name,
)
from cioform.config.section_models import SensitiveVariable
from cioform.config.sections.problem import SettingProblem
from cioform.config.settings_file import SettingsFile
from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic
from cioform.core.secrets.secret import Secret, SensitiveSecret
from cioform.core.secrets.secret_scan import (
    SECRET_SUMMARY,
    contains_account_token,
    contains_credential,
    contains_secret,
)
from cioform.core.secrets.sensitive import SensitiveValues, wrong_value
from cioform.language.messages.contents import strings_in

Declared: TypeAlias = Mapping[str, Scalar | SensitiveVariable]


@dataclass(slots=True)
class Variables:
    """The variables of one workspace."""

    values: dict[str, Scalar] = field(default_factory=dict)
    """What documents get for each: a placeholder for a sensitive one."""
    sensitive: SensitiveValues = field(default_factory=lambda: SensitiveValues(""))
    problems: list[SettingProblem] = field(default_factory=list)


def resolve_environment(
    raw: dict[str, JsonValue], environment: Mapping[str, str], locate: Locate
) -> tuple[dict[str, JsonValue], list[Diagnostic], set[FieldPath]]:
    """Return the settings with the environment substituted, the problems, and where they are."""
    variables = as_mapping(raw.get("variables"))
    secret = {k: v for k, v in variables.items() if as_mapping(v).get("sensitive") is True}
    plain = {name: value for name, value in variables.items() if name not in secret}
    resolver = Resolver(environment_lookup(environment), locate)
    of_secrets = Resolver(environment_lookup(environment, is_sensitive=True), locate)
    data = resolver.resolve({**raw, "variables": plain} if secret else raw)
    if secret:
        data["variables"] |= of_secrets.resolve(secret, ("variables",))
    problems = [*resolver.problems, *of_secrets.problems]
    return data, problems, resolver.failed | of_secrets.failed


def plain_values(parsed: SettingsFile) -> dict[str, JsonValue]:
    """Return the settings without the credentials and the values of sensitive variables."""
    # A default is no secret, and what is left out need not be built.
    values = parsed.model_dump(
        mode="json", exclude={"credentials"}, exclude_unset=True, exclude_none=True
    )
    variables = values.get("variables", {}).items()
    return {**values, "variables": {k: v for k, v in variables if not isinstance(v, dict)}}


def read_variables(
    workspace: str, declared: Declared, raw: JsonValue, credentials: Sequence[Secret]
) -> Variables:
    """Return the variables that the settings declare; `raw` are they as written.

    A sensitive value is read from the environment only, and is none of the `credentials`.
    """
    found = Variables()
    secrets: dict[str, SensitiveSecret] = {}
    for name, variable in declared.items():
        if not isinstance(variable, SensitiveVariable):
            found.values[name] = variable
            continue
        secret = SensitiveSecret(name, variable.value)
        problem = _problem(secret, as_mapping(as_mapping(raw).get(name)), credentials, secrets)
        if problem is None:
            secrets[name] = secret
        else:
            found.problems.append(problem)
            found.values[name] = ""
    found.sensitive = SensitiveValues(workspace, secrets.values())
    for name, secret in secrets.items():
        found.values[name] = found.sensitive.placeholder_of(name, secret.reveal())
    return found


def credential_problems(data: JsonValue, secrets: Sequence[Secret]) -> Iterator[SettingProblem]:
    """Yield each value of the settings that contains one of the secrets.

    `data` are the settings with the values of the environment.
    """
    for path, text in strings_in(data, ()):
        if contains_secret(text, secrets):
            where = (
                f"The variable `{path[1]}`" if path[0] == "variables" else f"`{format_path(path)}`"
            )
            yield SettingProblem(
                SECRET_SUMMARY,
                f"{where} holds a credential. It would be shown in plans and written to the "
                "workspace. Remove it. A secret of another service that a webhook needs goes into "
                "a variable with `sensitive: true`.",
                path,
            )


def _problem(
    secret: SensitiveSecret,
    raw: Mapping[str, JsonValue],
    credentials: Sequence[Secret],
    others: Mapping[str, SensitiveSecret],
) -> SettingProblem | None:
    name, value = secret.name, secret.reveal()
    summary = "Invalid sensitive variable"
    path: FieldPath = ("variables", name)
    if environment_name(raw.get("value")) is None:
        return SettingProblem(
            SECRET_SUMMARY,
            f"`variables.{name}` is sensitive, so its value must be an environment variable and "
            "nothing else. If this is a real secret, revoke it. Then write:\n\n"
            f"    {name}:\n      value: ${{env.{SECRET_PREFIX}{name.upper()}}}\n"
            "      sensitive: true",
            (*path, "value"),
        )
    if contains_account_token(value) or contains_credential(value, credentials):
        detail = (
            f"The variable `{name}` holds a credential of this workspace, or what looks like one. "
            "cioform never writes those to a workspace. Use another secret."
        )
        return SettingProblem(SECRET_SUMMARY, detail, path)
    if reason := wrong_value(value):
        detail = (
            f"The value of the sensitive variable `{name}` {reason}, so that it is found wherever "
            "it occurs. Change the environment variable."
        )
        return SettingProblem(summary, detail, path)
    same = next((other.name for other in others.values() if other.reveal() == value), None)
    if same is not None:
        detail = f"`{name}` and `{same}` have the same value. Declare it once, and use that."
        return SettingProblem(summary, detail, path)
    return None
