"""One YAML document to one resource: its kind, its name, its envelope, its model."""

from __future__ import annotations

import os.path
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from pydantic import ValidationError

from cioform.config.read.files import ProjectFiles
from cioform.config.read.parse import Document
from cioform.config.read.positions import Positions, nearest_location
from cioform.config.read.resolve import Resolver
from cioform.config.read.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.variables import Lookup
from cioform.core.address import Address, is_name, slugify
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.json_value import JsonValue
from cioform.core.suggest import did_you_mean
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.resource import FieldPath, Resource

META_FIELDS: Final = ("kind", "key", "protect", "ignore", "because")
"""What may stand in a document of any kind."""

INDEX_STEM: Final = "index"
"""The stem of a file that is named by its folder; the kind's own name is another."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file with documents: its path, its path as shown, its text, and the kind that its folder
    gives (None when no folder above it is a kind's)."""

    path: str
    display_path: str
    text: str
    kind: Kind | None
    kind_folder: str


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """What came of a document. The address may be known where the resource is not."""

    address: Address | None
    resource: Resource | None
    location: Location | None
    problems: list[Diagnostic]


def load_document(
    file: YamlFile, document: Document, project: ProjectFiles, registry: Registry, lookup: Lookup
) -> LoadedDocument:
    """Give the resource a document describes, or all that is wrong with it."""
    return _DocumentLoader(file, document, project, registry).load(lookup)


class _DocumentLoader:
    """Loads one document, collecting problems."""

    def __init__(
        self, file: YamlFile, document: Document, project: ProjectFiles, registry: Registry
    ) -> None:
        self._file = file
        self._document = document
        self._project = project
        self._registry = registry
        self._positions = Positions(file.text, file.display_path, document.index)
        self._address: Address | None = None
        self._problems: list[Diagnostic] = []

    def load(self, lookup: Lookup) -> LoadedDocument:
        written = self._document.value
        resource = None
        if not isinstance(written, dict):
            self._add_problem(
                "Wrong type",
                "A document should be a mapping of fields, such as `name: ...`. If it was meant "
                "to hold several resources, put `---` between them.",
            )
        elif (kind := self._kind(written.get("kind"))) is not None:
            name = self._resource_name(written.get("key"), kind)
            if name is not None:
                self._address = Address(kind.name, name)
            resource = self._resource(kind, written, lookup)
        place = Location(self._file.display_path, self._document.line)
        return LoadedDocument(self._address, resource, place, self._problems)

    def _kind(self, written: JsonValue) -> Kind | None:
        if written is None:
            if self._file.kind is None:
                self._add_unknown_folder()
            return self._file.kind
        if isinstance(written, str) and written in self._registry:
            return self._registry[written]
        self._add_problem(
            "Unknown kind",
            f"`{written}` is not a kind.{did_you_mean(str(written), self._registry.names)} "
            "All of them:\n\n    cioform kinds",
            ("kind",),
        )
        return None

    def _add_unknown_folder(self) -> None:
        folder = PurePath(self._file.kind_folder).name
        close = did_you_mean(folder, [kind.folder for kind in self._registry])
        self._add_problem(
            "Unknown kind",
            f"The folder gives the kind, and `{folder}` is no kind's folder.{close} Move the file, "
            "or say it in the document with `kind:`. All kinds and their folders:"
            "\n\n    cioform kinds",
        )

    def _resource_name(self, key: JsonValue, kind: Kind) -> str | None:
        name = key if key is not None else self._file_name(kind)
        if isinstance(name, str) and is_name(name):
            return name
        source = "`key`" if key is not None else "The file's name"
        self._add_problem(
            "Wrong name",
            f"{source} gives the resource its address, and `{name}` cannot stand in one: small "
            f"letters, digits, `_` and `-` can. Call it `{slugify(str(name))}`.",
            ("key",) if key is not None else (),
        )
        return None

    def _file_name(self, kind: Kind) -> str:
        folder, base = os.path.split(self._file.path)
        stem = base.rpartition(".")[0]
        if stem in (kind.name, INDEX_STEM) and folder != self._file.kind_folder:
            return PurePath(folder).name
        return stem

    def _resource(
        self, kind: Kind, written: dict[str, JsonValue], lookup: Lookup
    ) -> Resource | None:
        data = {name: value for name, value in written.items() if name not in META_FIELDS}
        bodies: Mapping[FieldPath, str] = {}
        failed: Set[FieldPath] = frozenset()
        if "${" in self._file.text or "file:" in self._file.text or "file" in data:
            resolver = Resolver(lookup, self._locate, self._read_referenced_file)
            data, bodies, failed = resolver.resolve(data), resolver.body_files, resolver.failed
            self._problems += self._with_addresses(resolver.problems)
        envelope = self._meta_fields(written, kind)
        try:
            attributes = kind.attributes(kind.model.model_validate(data))
        except ValidationError as error:
            document = ValidatedDocument(data, kind.model, self._locate, self._address, META_FIELDS)
            self._problems += to_diagnostics(error, document, skip_paths=failed)
            return None
        if self._problems or self._address is None:
            return None
        return Resource(
            address=self._address,
            attributes=attributes,
            references=tuple(kind.references(attributes)),
            location=Location(self._file.display_path, self._document.line),
            positions=self._positions,
            body_files=bodies,
            **envelope,
        )

    def _meta_fields(self, written: dict[str, JsonValue], kind: Kind) -> dict[str, Any]:
        protect = written.get("protect", False)
        ignore = written.get("ignore", [])
        because = written.get("because", "")
        if not isinstance(protect, bool):
            self._add_wrong_type("protect", "true or false")
        if not isinstance(because, str):
            self._add_wrong_type("because", "text")
        if not isinstance(ignore, list) or not all(isinstance(name, str) for name in ignore):
            self._add_wrong_type("ignore", "a list of fields")
            ignore = []
        self._check_ignore(ignore, because, kind)
        return {"protect": protect, "ignore": tuple(ignore), "because": because}

    def _check_ignore(self, ignore: list[str], because: JsonValue, kind: Kind) -> None:
        if ignore and not because:
            self._add_problem(
                "Missing field",
                "`ignore` leaves fields to whoever edits them elsewhere, and the next reader needs "
                "to know why. Add the reason:\n\n    because: ...",
                ("ignore",),
            )
        # A path into the canonical form works too: `messages.welcome.subject`.
        known = {*kind.model.yaml_field_names(), *kind.canonical_only_fields}
        for at, name in enumerate(ignore):
            if name.split(".")[0] not in known:
                self._add_problem(
                    "Unknown field",
                    f"`ignore` names `{name}`, which is not a field.{did_you_mean(name, known)}",
                    ("ignore", at),
                )

    def _add_wrong_type(self, name: str, wanted: str) -> None:
        self._add_problem("Wrong type", f"`{name}` should be {wanted}.", (name,))

    def _read_referenced_file(self, name: str, asked_at: Location | None) -> tuple[str, str]:
        path, text = self._project.read_referenced_file(name, self._file.path, asked_at)
        return self._project.display_path(path), text

    def _locate(self, path: FieldPath) -> Location | None:
        return nearest_location(self._positions, path)

    def _with_addresses(self, problems: list[Diagnostic]) -> list[Diagnostic]:
        add = partial(_with_address, address=self._address)
        return [add(problem) for problem in problems]

    def _add_problem(self, summary: str, detail: str, path: FieldPath = ()) -> None:
        self._problems.append(Diagnostic(summary, detail, self._address, self._locate(path)))


def _with_address(problem: Diagnostic, address: Address | None) -> Diagnostic:
    return Diagnostic(problem.summary, problem.detail, address, problem.location, problem.severity)
