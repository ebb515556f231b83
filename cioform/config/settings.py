"""Load a workspace's settings: `workspace.yaml`, checked, with the environment substituted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cioform.config.file_format import (
    FORMAT,
    FORMAT_FIELD,
    format_of,
    newer_format_error,
    old_format_error,
)
from cioform.config.judging_settings import judging_settings
from cioform.config.project import SETTINGS_FILE, require_workspace
from cioform.config.read.checks.joined_secrets import find_all_secrets
from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.files import ProjectFiles
from cioform.config.read.identity import BIND, BoundId
from cioform.config.read.layering.layers import DefaultsLayer
from cioform.config.read.layering.overrides import Override
from cioform.config.read.layering.variables import Scalar
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.config.sections.apply_window import read_apply_window
from cioform.config.sections.credentials import read_credentials
from cioform.config.sections.endpoint import read_endpoint
from cioform.config.sections.lint import lint_settings
from cioform.config.sections.managed_by import ManagedBy, read_managed_by
from cioform.config.sections.names import name_problems
from cioform.config.sections.notify import Webhook, read_notify, webhook_secrets
from cioform.config.sections.owners import owners_of
from cioform.config.sections.problem import SettingProblem
from cioform.config.sections.state import StateSettings, read_state_setting
from cioform.config.sections.url_credentials import URL_CREDENTIALS_SUMMARY
from cioform.config.sensitive_variables import (
    Variables,
    credential_problems,
    plain_values,
    read_variables,
    resolve_environment,
)
from cioform.config.settings_file import SettingsFile
from cioform.config.settings_text import read_settings_text
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret, SensitiveSecret
from cioform.core.secrets.secret_scan import SECRET_SUMMARY
from cioform.core.secrets.sensitive import SensitiveValues
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.apply_window import ApplyWindow
from cioform.model.settings.limits import Guards, LiveEdits, Rates
from cioform.model.settings.lint_settings import LintSettings
from cioform.model.settings.owners import Owner
from cioform.model.values.value_errors import format_value

_FROM_ENVIRONMENT: Final = ("credentials", "notify")
"""The sections that are read separately: what they refer to may be unset."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in `workspace.yaml`; the region is part of the endpoint."""

    endpoint: Endpoint
    workspace_id: int | None = None
    credentials: Credentials = field(default_factory=Credentials)
    unset_variables: Mapping[str, str] = field(default_factory=dict)
    """The environment variables of credentials that are not set, by the name of the credential."""
    variables: Mapping[str, Scalar] = field(default_factory=dict)
    """What documents get for each; a placeholder for a sensitive one."""
    sensitive: SensitiveValues = field(
        default_factory=lambda: SensitiveValues(""), compare=False, repr=False
    )
    guards: Guards = field(default_factory=Guards)
    live_edits: LiveEdits = LiveEdits.UNKNOWN
    apply_window: ApplyWindow = field(default_factory=ApplyWindow)
    owners: tuple[Owner, ...] = ()
    notify: tuple[Webhook, ...] = ()
    managed_by: ManagedBy = field(default_factory=ManagedBy)
    include: Mapping[str, Location | None] = field(default_factory=dict)
    """The names of the included folders, and where each is listed."""
    exclude: Mapping[str, Location | None] = field(default_factory=dict)
    """The patterns of addresses that are unmanaged, and where each is listed."""
    rate: Rates = field(default_factory=Rates)
    state: StateSettings = field(default_factory=StateSettings)
    defaults: DefaultsLayer | None = None
    overrides: Mapping[str, Sequence[Override]] = field(default_factory=dict)
    """By the address of the document, as written."""
    bind: Mapping[str, BoundId] = field(default_factory=dict)
    """The IDs of objects of shared documents, by address."""
    lint: LintSettings = field(default_factory=LintSettings)
    judging: Mapping[str, str] = field(default_factory=dict)
    """The digest of each setting that judges a plan, by its path."""
    base_commit: str | None = None
    """The commit that the settings which judge a plan were read from; None for the files."""
    changed_since_base: tuple[str, ...] = ()
    """The paths of the settings that the files change and that do not hold yet."""


def load_settings(
    root: Path,
    name: str,
    environment: Mapping[str, str],
    texts: Mapping[str, str] | None = None,
    more_secrets: tuple[Secret, ...] = (),
) -> Settings:
    """Return the settings of workspace `name`. Raises ConfigError with all of their problems.

    `texts` are read instead of the files with their paths. No plain variable may hold
    one of `more_secrets` either.
    """
    require_workspace(root, name)
    text, shown = read_settings_text(ProjectFiles.at(root, texts), name)
    return _SettingsReader(text, shown, name, environment, more_secrets).build()


class _SettingsReader:
    """Reads one `workspace.yaml`, collecting problems."""

    def __init__(
        self,
        text: str,
        file: str,
        name: str,
        environment: Mapping[str, str],
        more_secrets: tuple[Secret, ...],
    ) -> None:
        self._more_secrets = more_secrets
        self._text = text
        self._file = file
        self._name = name
        self._environment = environment
        self._positions = Positions(text, file, 0)
        self._secret_problems: list[Diagnostic] = []
        self._problems: list[Diagnostic] = []
        self._unset_variables: dict[str, str] = {}
        self._unresolved: set[FieldPath] = set()

    def build(self) -> Settings:
        """Return the settings. Raises ConfigError with every problem."""
        raw = self._read_document()
        self._check_format(raw)
        credentials = self._credentials(raw)
        parsed = self._validate(raw)
        hooks, problems = read_notify(parsed, self._environment)
        self._add_problems(problems)
        self._more_secrets += tuple(webhook_secrets(hooks))
        variables = self._variables(raw, parsed, credentials)
        endpoint, of_endpoint = read_endpoint(parsed, self._environment)
        state, of_state = read_state_setting(parsed, self._name)
        window, of_window = read_apply_window(parsed)
        managed_by, of_manager = read_managed_by(parsed)
        self._add_problems((*of_endpoint, *of_state, *of_window, *of_manager))
        # A line whose credential was already rejected is not reported twice.
        self._problems = _each_secret_once(self._problems, self._secret_problems)
        if endpoint is None or self._problems:
            raise ConfigError(self._problems)
        return Settings(
            endpoint=endpoint,
            workspace_id=_to_int(parsed.workspace_id),
            credentials=credentials,
            unset_variables=self._unset_variables,
            variables=variables.values,
            sensitive=variables.sensitive,
            guards=Guards(**dict(parsed.guards)),
            live_edits=LiveEdits(parsed.live_edits),
            apply_window=window,
            owners=owners_of(parsed, self._locate),
            notify=hooks,
            managed_by=managed_by,
            include={
                folder: self._locate(("include", at)) for at, folder in enumerate(parsed.include)
            },
            exclude={
                pattern: self._locate(("exclude", at)) for at, pattern in enumerate(parsed.exclude)
            },
            rate=Rates(**dict(parsed.rate)),
            state=state,
            defaults=self._defaults(parsed),
            overrides=self._overrides(parsed),
            bind={
                address: BoundId(remote_id, self._locate((BIND, address)))
                for address, remote_id in parsed.bind.items()
            },
            lint=lint_settings(parsed, self._locate),
            judging=judging_settings(raw),
        )

    def _read_document(self) -> dict[str, JsonValue]:
        documents = parse_yaml(self._text, self._file)
        if len(documents) > 1:
            self._add_problem(
                "Multiple documents in the settings",
                f"`{SETTINGS_FILE}` must be one YAML document, but a second one begins in line "
                f"{documents[1].line}. Remove the line `---` above it.",
            )
        value = documents[0].value if documents else None
        if not isinstance(value, dict | None):
            raise ConfigError.of(
                "Invalid type",
                f"`{SETTINGS_FILE}` must be a mapping of fields, such as `region: us`, not "
                f"{format_value(value)}.",
                location=self._locate(()),
            )
        return value or {}

    def _check_format(self, raw: dict[str, JsonValue]) -> None:
        """Raise FormatError if this version does not read the format of the files."""
        number = format_of(raw)
        if number > FORMAT:
            raise newer_format_error(number, self._locate((FORMAT_FIELD,)))
        if number < FORMAT:
            raise old_format_error(self._locate(()))

    def _credentials(self, raw: dict[str, JsonValue]) -> Credentials:
        found = read_credentials(raw.get("credentials"), self._environment)
        for problem in found.problems:
            self._add_problem(problem.summary, problem.detail, problem.path)
        self._unset_variables = found.unset_variables
        return found.credentials

    def _variables(
        self, raw: dict[str, JsonValue], parsed: SettingsFile, credentials: Credentials
    ) -> Variables:
        """Return the variables, and report those and other values that hold a secret."""
        unresolved = {str(path[1]) for path in self._unresolved if path[0] == "variables"}
        declared = {k: v for k, v in parsed.variables.items() if k not in unresolved}
        secrets = (*credentials.secrets, *self._more_secrets)
        known = [each for each in secrets if not isinstance(each, SensitiveSecret)]
        found = read_variables(self._name, declared, raw.get("variables"), known)
        secrets = (*secrets, *found.sensitive.secrets)
        plain = plain_values(parsed)
        for problem in (*found.problems, *credential_problems(plain, secrets)):
            self._add_problem(problem.summary, problem.detail, problem.path)
        self._secret_problems = find_all_secrets(self._text, [raw], self._file, secrets)
        return found

    def _validate(self, raw: dict[str, JsonValue]) -> SettingsFile:
        """Return the validated settings. Invalid fields are reported and get their defaults."""
        rest = {name: value for name, value in raw.items() if name not in _FROM_ENVIRONMENT}
        data, problems, self._unresolved = resolve_environment(
            rest, self._environment, self._locate
        )
        self._problems += problems
        if isinstance(raw.get("credentials"), dict):
            data["credentials"] = dict.fromkeys(raw["credentials"])
        elif "credentials" in raw:
            data["credentials"] = raw["credentials"]
        data |= {"notify": raw.get("notify")}
        data = {name: value for name, value in data.items() if value is not None}
        try:
            parsed = SettingsFile.model_validate(data)
        except ValidationError as error:
            # The messages show what the file says, not values from the environment.
            document = ValidatedDocument(raw, SettingsFile, self._locate)
            self._problems += to_diagnostics(error, document, skip_paths=self._unresolved)
            wrong = {found["loc"][0] for found in error.errors()}
            parsed = SettingsFile.model_validate(
                {FORMAT_FIELD: FORMAT}
                | {name: value for name, value in data.items() if name not in wrong}
            )
        self._add_problems(name_problems(parsed))
        return parsed

    def _defaults(self, parsed: SettingsFile) -> DefaultsLayer | None:
        if parsed.defaults is None:
            return None
        values = parsed.defaults.model_dump(mode="json", by_alias=True, exclude_none=True)
        return DefaultsLayer(values, lambda path: self._locate(("defaults", *path)))

    def _overrides(self, parsed: SettingsFile) -> dict[str, list[Override]]:
        return {
            address: [
                Override(path, value, self._locate(("overrides", address, path)))
                for path, value in values.items()
            ]
            for address, values in parsed.overrides.items()
        }

    def _locate(self, path: FieldPath) -> Location | None:
        return nearest_location(self._positions, path)

    def _add_problems(self, problems: Iterable[SettingProblem]) -> None:
        for problem in problems:
            self._add_problem(problem.summary, problem.detail, problem.path)

    def _add_problem(self, summary: str, detail: str, path: FieldPath = ()) -> None:
        self._problems.append(Diagnostic(summary, detail, location=self._locate(path)))


def _each_secret_once(
    problems: Sequence[Diagnostic], more: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """Return all problems; of a line with a secret only the one that knows most about it."""
    urls = {_line_number(each) for each in problems if each.summary == URL_CREDENTIALS_SUMMARY}
    kept = [p for p in problems if p.summary != SECRET_SUMMARY or _line_number(p) not in urls]
    reported = urls | {_line_number(each) for each in kept if each.summary == SECRET_SUMMARY}
    return [*kept, *(each for each in more if _line_number(each) not in reported)]


def _line_number(problem: Diagnostic) -> int | None:
    return problem.location.line if problem.location is not None else None


def _to_int(written: int | str | None) -> int | None:
    return None if written is None else int(written)
