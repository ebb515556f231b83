"""Load a workspace's folder: every document of it, checked together."""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cioform.config.file_format import FormatError
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, require_workspace
from cioform.config.read.checks.address_patterns import check_setting_patterns
from cioform.config.read.checks.expired_ignores import expired_ignores
from cioform.config.read.checks.joined_secrets import find_joined_secrets
from cioform.config.read.checks.references import check_default_references, check_references
from cioform.config.read.checks.sensitive_places import leaked_values
from cioform.config.read.documents import LoadedDocument, load_document
from cioform.config.read.file_names import unread_json
from cioform.config.read.files import BYTE_ORDER_MARK, ProjectFiles
from cioform.config.read.identity import BoundId, IdentityCheck
from cioform.config.read.layering.layers import NO_LAYERS, DefaultsLayer, FileLayers
from cioform.config.read.layering.overrides import Override, check_override_addresses
from cioform.config.read.layering.variables import Lookup, keep_placeholder, variables_lookup
from cioform.config.read.named_files import names_as_texts
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.yaml_file import YamlFile
from cioform.config.settings import Settings, load_settings
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic, Location, Severity
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret, SensitiveSecret
from cioform.core.suggest import did_you_mean
from cioform.model.objects.snapshot import DesiredState
from cioform.model.own_names import with_declared_addresses
from cioform.model.registry import Registry
from cioform.model.resource import Resource

if TYPE_CHECKING:
    from cioform.config.base_settings import BaseSettings


def secrets_of(settings: Settings) -> tuple[Secret, ...]:
    """Return the credentials and the sensitive values that no file may contain."""
    return (*settings.credentials.secrets, *settings.sensitive.secrets)


MAX_PROBLEMS: Final = 1000
"""How many problems of all files are reported."""
_UNKNOWN_DEFAULTS: Final = DefaultsLayer({"time_zone": "UTC"}, lambda _: None)
"""Stands for those of settings that are invalid, so that no document lacks what they may give."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A workspace as its folder describes it."""

    name: str
    folder: Path
    settings: Settings
    desired: DesiredState
    warnings: tuple[Diagnostic, ...] = ()


def load_configuration(
    root: Path,
    name: str,
    registry: Registry,
    environment: Mapping[str, str],
    texts: Mapping[str, str] | None = None,
    base: BaseSettings | None = None,
) -> Configuration:
    """Return workspace `name` of the project at `root`, with every document checked.

    `texts` are read instead of the files with their paths, to check what will be written. With
    `base`, the settings that judge a plan are read from there.
    Raises ConfigError with all problems of all files, in the order of the files.
    """
    require_workspace(root, name)
    project = ProjectFiles.at(root, texts)
    folder = project.join(WORKSPACES_FOLDER, name)
    loader = _ConfigurationLoader(project, registry)
    settings: Settings | None = None
    try:
        settings = (
            load_settings(root, name, environment, texts)
            if base is None
            else base.load_settings(root, name, environment, texts)
        )
        loader.refuse_in_files(settings)
        loader.defaults = settings.defaults
    except FormatError:
        raise  # What the documents say in another format is not known.
    except ConfigError as error:
        loader.problems += error.diagnostics
    loader.load_folder(folder, None if settings is None else variables_lookup(settings.variables))
    if settings is None:
        # The settings say what else is included, so references cannot be checked without them.
        raise ConfigError(_first_problems(loader.problems))
    # A pull request that corrects the owners of its base must not fail because of them.
    owners = settings.owners if base is None else ()
    loader.problems += check_setting_patterns(settings.exclude, owners, registry)
    own = set(loader.addresses)
    loader.is_shared = True
    loader.overrides = settings.overrides
    for include, place in settings.include.items():
        loader.include(include, place, variables_lookup(settings.variables))
    loader.check_overrides(own, f"{WORKSPACES_FOLDER}/{name}/{SETTINGS_FILE}")
    loader.bind(own, settings.bind)
    loader.check_references()
    loader.problems += leaked_values(loader.resources, registry)
    if loader.problems:
        raise ConfigError(_first_problems(loader.problems))
    used = frozenset(f for each in loader.resources.values() for f in each.body_files.values())
    loader.warnings += unread_json(project.json_files, used)
    loader.warnings += expired_ignores(loader.resources.values())
    desired = DesiredState(loader.resources)
    return Configuration(name, Path(folder), settings, desired, tuple(loader.warnings))


def load_documents_as(
    root: Path, source: Configuration, target: Configuration, registry: Registry
) -> tuple[dict[Address, Resource], list[Diagnostic]]:
    """Return the documents in the folder of `source` as the settings of `target` read them.

    Variables and defaults are those of `target`. What it cannot read is among the problems.
    """
    loader = _ConfigurationLoader(ProjectFiles.at(root), registry)
    loader.refuse_in_files(target.settings)
    loader.defaults = target.settings.defaults
    settings_file = f"{WORKSPACES_FOLDER}/{target.name}/{SETTINGS_FILE}"
    lookup = variables_lookup(target.settings.variables, settings_file)
    loader.load_folder(str(source.folder), lookup)
    return loader.resources, loader.problems


class _ConfigurationLoader:
    """Loads folders one after another into one set of resources, collecting problems."""

    def __init__(self, project: ProjectFiles, registry: Registry) -> None:
        self._project = project
        self._has_sensitive = any(isinstance(s, SensitiveSecret) for s in project.secrets)
        self._registry = registry
        self._declared: dict[Address, Location | None] = {}
        self._incomplete_kinds: set[str | None] = set()
        """The kinds of documents whose addresses could not be determined; None is any kind."""
        self.defaults: DefaultsLayer | None = _UNKNOWN_DEFAULTS
        self.is_shared = False
        """Whether the folders that are loaded from now on are shared with other workspaces."""
        self.overrides: Mapping[str, Sequence[Override]] = {}
        """What the settings give to the documents that are loaded from now on."""
        self.resources: dict[Address, Resource] = {}
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def refuse_in_files(self, settings: Settings) -> None:
        """Report every file loaded from now on that contains a credential or a sensitive value."""
        self._project = replace(self._project, secrets=secrets_of(settings))
        self._has_sensitive = any(isinstance(s, SensitiveSecret) for s in self._project.secrets)

    def load_folder(self, folder: str, lookup: Lookup | None) -> None:
        """Load every document below `folder`.

        Without a lookup, documents that use variables are only parsed: their values are unknown.
        """
        if not self._project.contains(os.path.realpath(folder)):
            place = Location(self._project.display_path(folder))
            self.problems.append(self._project.outside_link_problem(folder, place))
            return
        settings = f"{folder}{os.sep}{SETTINGS_FILE}"
        files = self._project.yaml_files(folder, self.problems, self.warnings)
        for path in (*files, *self._project.new_yaml_files(folder)):
            if path == settings:
                continue
            try:
                self._load_file(path, folder, lookup)
            except ConfigError as error:
                self.problems += error.diagnostics
                kind = self._yaml_file(path, "", "", folder).kind
                self._incomplete_kinds.add(kind.name if kind else None)

    def include(self, name: str, place: Location | None, lookup: Lookup) -> None:
        """Load a folder that the settings include."""
        folder = self._project.join(WORKSPACES_FOLDER, name)
        if self._project.is_folder(folder):
            self.load_folder(folder, lookup)
            return
        self._incomplete_kinds.add(None)
        siblings = os.listdir(self._project.join(WORKSPACES_FOLDER))  # noqa: PTH208
        self.problems.append(
            Diagnostic(
                "Included folder not found",
                f"`include` lists `{name}`, but the folder `{WORKSPACES_FOLDER}/{name}` does not "
                f"exist.{did_you_mean(name, siblings)} Create it, or remove `{name}` from the "
                "list.",
                location=place,
            )
        )

    @property
    def addresses(self) -> Iterator[str]:
        """The addresses of the documents that were loaded, valid or not."""
        return map(str, self._declared)

    def check_overrides(self, own: Set[str], settings_file: str) -> None:
        """Check that each override is of a document that is not one of the workspace's `own`."""
        if not self._incomplete_kinds:
            shared = [address for address in self.addresses if address not in own]
            self.problems += check_override_addresses(self.overrides, own, shared, settings_file)

    def bind(self, own: Set[str], bind: Mapping[str, BoundId]) -> None:
        """Check which objects the documents are, and bind the shared ones by `bind`."""
        check = IdentityCheck(self.resources, self._declared, own, bind, self._registry)
        if not self._incomplete_kinds:
            self.problems += check.problems()
        self.resources = check.bound_resources()

    def check_references(self) -> None:
        """Resolve and check the references between all documents that were loaded."""
        self.resources = with_declared_addresses(self.resources, self._registry)
        self.problems += check_references(
            self.resources, self._declared.keys(), self._incomplete_kinds, self._registry
        )

    def _load_file(self, path: str, folder: str, lookup: Lookup | None) -> None:
        shown = self._project.display_path(path)
        secrets: list[Diagnostic] = []
        text = self._project.read(path, None, secrets).removeprefix(BYTE_ORDER_MARK)
        self.problems += secrets
        for problem in names_as_texts(text, path, shown):
            is_error = problem.severity is Severity.ERROR
            (self.problems if is_error else self.warnings).append(problem)
        documents = parse_yaml(text, shown)
        values = [document.value for document in documents]
        if not secrets:
            self.problems += find_joined_secrets(text, values, shown, self._project.secrets)
        file = self._yaml_file(path, shown, text, folder)
        empty = True
        for document in documents:
            if document.value is None:
                continue
            empty = False
            if lookup is not None or "${" not in text:
                substitute = lookup or keep_placeholder
                self._add_document(
                    load_document(file, document, self._project, self._registry, substitute), file
                )
        if empty:
            self._warn_empty(shown)

    def _yaml_file(self, path: str, shown: str, text: str, folder: str) -> YamlFile:
        first, inside, _ = path[len(folder) + 1 :].partition(os.sep)
        kind_folder = f"{folder}{os.sep}{first}" if inside else folder
        kind = self._registry.by_folder(first)
        may_refer = "${" in text or "file" in text
        layers = NO_LAYERS
        if self.defaults is not None or self.overrides:
            layers = FileLayers(self.defaults, self.overrides)
        sensitive = self._has_sensitive
        return YamlFile(
            path, shown, text, kind, kind_folder, may_refer, sensitive, self.is_shared, layers
        )  # fmt: skip

    def _add_document(self, loaded: LoadedDocument, file: YamlFile) -> None:
        self.problems += loaded.problems
        if loaded.address is None:
            self._incomplete_kinds.add(file.kind.name if file.kind else None)
            return
        if loaded.address in self._declared:
            self.problems.append(_duplicate_address(loaded, self._declared[loaded.address]))
            return
        self._declared[loaded.address] = loaded.location
        if loaded.resource is not None:
            self.resources[loaded.address] = loaded.resource

    def _warn_empty(self, shown: str) -> None:
        self.warnings.append(
            Diagnostic(
                "Empty file",
                f"`{shown}` is empty, so a resource that it described before will be deleted. "
                "Remove the file if that is intended.",
                location=Location(shown),
                severity=Severity.WARNING,
            )
        )


def default_problems(configuration: Configuration, registry: Registry) -> Iterator[Diagnostic]:
    """Yield what is wrong with references in the defaults of the settings, used or not."""
    return check_default_references(
        configuration.settings.defaults, configuration.desired.resources.keys(), registry
    )


def _duplicate_address(loaded: LoadedDocument, first: Location | None) -> Diagnostic:
    return Diagnostic(
        "Duplicate address",
        f"{first} already describes `{loaded.address}`. Rename one of the files, or give one of "
        "the documents another name with `id:`.",
        loaded.address,
        loaded.location,
    )


def _first_problems(problems: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield each problem once, in the order of the files, as far as somebody can read them."""
    ordered = list(dict.fromkeys(_sort_by_location(problems)))
    yield from ordered[:MAX_PROBLEMS]
    if (more := len(ordered) - MAX_PROBLEMS) > 0:
        detail = f"There are {more:,} more problems. Correct these first."
        yield Diagnostic("More problems", detail)


def _sort_by_location(problems: list[Diagnostic]) -> list[Diagnostic]:
    nowhere = Location("")
    return sorted(problems, key=lambda problem: _location_key(problem.location or nowhere))


def _location_key(location: Location) -> tuple[str, int, int]:
    return location.file, location.line or 0, location.column or 0
