"""The `credentials` of a workspace, which come from the environment and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.config.permissions import CREDENTIAL_PREFIX, how_to_allow_variable, may_read
from cioform.config.read.layering.variables import environment_name
from cioform.config.section_models import NO_CREDENTIALS
from cioform.config.sections.problem import SettingProblem
from cioform.core.data.json_value import JsonValue
from cioform.core.dataclasses import dataclass, field
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import SECRET_SUMMARY
from cioform.model.remote_access.endpoints import Credentials

_NAMES: Final = ("app_api_key", "service_account_token", "site_id", "track_api_key")


@dataclass(frozen=True, slots=True)
class FoundCredentials:
    """The credentials that are set, and what keeps others from being used."""

    credentials: Credentials
    unset_variables: dict[str, str] = field(default_factory=dict)
    """The environment variables that are not set, by the name of the credential."""
    problems: list[SettingProblem] = field(default_factory=list)


def read_credentials(written: JsonValue, environment: Mapping[str, str]) -> FoundCredentials:
    """Return the credentials that the section `credentials` refers to. Unset ones are left out."""
    secrets: dict[str, Secret] = {}
    unset: dict[str, str] = {}
    problems: list[SettingProblem] = []
    for name, value in written.items() if isinstance(written, dict) else ():
        variable = environment_name(value)
        if variable is None:
            is_secret = value is not None and name not in NO_CREDENTIALS
            problems += [_written_out(name)] if is_secret else []
        elif not may_read(variable, CREDENTIAL_PREFIX, environment):
            problems.append(_not_allowed(name, variable))
        elif secret := environment.get(variable):
            secrets[name] = Secret(secret)
        else:
            unset[name] = variable
    known = {name: secret for name, secret in secrets.items() if name in _NAMES}
    return FoundCredentials(Credentials(**known), unset, problems)


def _written_out(name: str) -> SettingProblem:
    return SettingProblem(
        SECRET_SUMMARY,
        f"`credentials.{name}` must refer to an environment variable and not contain "
        "the credential itself. If this is a real credential, revoke it. Then write:"
        f"\n\n    {name}: ${{env.CUSTOMERIO_{name.upper()}}}",
        ("credentials", name),
    )


def _not_allowed(name: str, variable: str) -> SettingProblem:
    return SettingProblem(
        "Environment variable not allowed",
        f"`credentials.{name}` may not read `{variable}`. "
        + how_to_allow_variable(variable, CREDENTIAL_PREFIX),
        ("credentials", name),
    )
