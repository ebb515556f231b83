"""The summary of a workspace for a list. Its settings need not be complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cioform.config.file_format import FORMAT, FORMAT_FIELD
from cioform.config.permissions import SECRET_PREFIX
from cioform.config.read.checks.joined_secrets import parse_first_checked
from cioform.config.read.files import ProjectFiles
from cioform.config.read.layering.variables import environment_name
from cioform.config.section_models import Hosts
from cioform.config.sections.endpoint import written_endpoint
from cioform.config.sections.state import read_state_setting
from cioform.config.sections.url_credentials import has_credentials
from cioform.config.sensitive_variables import resolve_environment
from cioform.config.settings_file import SettingsFile
from cioform.config.settings_text import read_settings_text
from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret

_FIELDS: Final = ("region", "workspace_id", "endpoint", "state", "tags", "include")


@dataclass(frozen=True, slots=True)
class WorkspaceSummary:
    """One workspace of a project, as its `workspace.yaml` describes it.

    A field is empty if it is invalid or comes from an environment variable that is not set.
    """

    name: str
    workspace_id: int | None = None
    region: str | None = None
    """The region of its account; None for other servers than those of Customer.io."""
    endpoint: str | None = None
    """`us`, `eu`, `sandbox`, or the URL of the App API of another server."""
    state: str | None = None
    """`local`, the remote and the ref of a Git state, or the URL of a bucket."""
    tags: tuple[str, ...] = ()
    credentials: Mapping[str, str] = field(default_factory=dict)
    """The environment variable of each credential."""
    include: tuple[str, ...] = ()
    problem: str | None = None
    """Why `workspace.yaml` cannot be read."""


def summarize_workspace(root: Path, name: str, environment: Mapping[str, str]) -> WorkspaceSummary:
    """Return the summary of a workspace of the project at `root`, whatever is wrong with it."""
    try:
        text, shown = read_settings_text(ProjectFiles.at(root), name)
        raw = as_mapping(parse_first_checked(text, shown))
    except ConfigError as error:
        first = error.diagnostics[0]
        return WorkspaceSummary(name, problem=f"{first.location}: {first.detail}")
    written = {key: raw[key] for key in _FIELDS if key in raw}
    data, _, _ = resolve_environment(written, environment, lambda _path: None)
    settings = _valid_part({key: value for key, value in data.items() if value is not None})
    invalid = written.keys() - settings.model_fields_set
    endpoint = None if invalid & {"region", "endpoint"} else written_endpoint(settings)
    return WorkspaceSummary(
        name,
        workspace_id=None if settings.workspace_id is None else int(settings.workspace_id),
        region=endpoint if endpoint in ("us", "eu") else None,
        endpoint=_shown(endpoint),
        state=None if "state" in invalid else _state(settings, name),
        tags=tuple(settings.tags),
        credentials=_credential_variables(raw.get("credentials")),
        include=tuple(settings.include),
    )


def project_secrets(
    workspaces: Iterable[WorkspaceSummary], environment: Mapping[str, str]
) -> tuple[Secret, ...]:
    """Return what no file may contain that belongs to all workspaces.

    These are the values that the environment has for their credentials and sensitive variables.
    """
    names = {variable for each in workspaces for variable in each.credentials.values()}
    names |= {name for name in environment if name.startswith(SECRET_PREFIX)}
    return tuple(Secret(environment[name]) for name in sorted(names) if environment.get(name))


def _valid_part(data: Mapping[str, JsonValue]) -> SettingsFile:
    """Return the settings, without the fields whose value is invalid."""
    fields = {FORMAT_FIELD: FORMAT, **data}
    try:
        return SettingsFile.model_validate(fields)
    except ValidationError as error:
        wrong = {str(found["loc"][0]) for found in error.errors()}
        return SettingsFile.model_validate(
            {key: value for key, value in fields.items() if key not in wrong}
        )


def _shown(endpoint: str | Hosts | None) -> str | None:
    shown = endpoint.app if isinstance(endpoint, Hosts) else endpoint
    return None if shown is None or has_credentials(shown) else shown


def _state(settings: SettingsFile, name: str) -> str | None:
    state, _ = read_state_setting(settings, name)
    if has_credentials(state.remote) or has_credentials(state.url):
        return None
    if state.backend == "git":
        return f"git {state.remote} {state.ref}"
    return state.url or state.backend


def _credential_variables(written: JsonValue) -> dict[str, str]:
    return {
        name: variable
        for name, value in as_mapping(written).items()
        if (variable := environment_name(value)) is not None
    }
