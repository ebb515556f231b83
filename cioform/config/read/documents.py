"""Load one YAML document as one resource: its kind, its name, its meta fields, its model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import date
from functools import partial

from pydantic import ValidationError

from cioform.config.read.checks.sensitive_places import misplaced_values
from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.document_address import AddressError, find_kind, resource_name
from cioform.config.read.files import ProjectFiles
from cioform.config.read.identity import (
    REMOTE_ID,
    WAS,
    IdentityError,
    parse_remote_id,
    parse_was,
)
from cioform.config.read.ignored_fields import IgnoreError, ignored_patterns
from cioform.config.read.layering.layers import (
    DEFAULTS,
    NO_LAYERS,
    LayeredDocument,
)
from cioform.config.read.layering.resolve import Resolver
from cioform.config.read.layering.variables import Lookup
from cioform.config.read.meta_fields import (
    META_FIELDS,
    NO_META_FIELDS,
    OLD_META_FIELDS,
    UNTIL,
    MetaFields,
    is_expired,
    old_meta_fields,
)
from cioform.config.read.parsing.parse import Document
from cioform.config.read.parsing.positions import LayeredPositions, Positions, nearest_location
from cioform.config.read.yaml_file import YamlFile
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic, Location
from cioform.language.messages.defaults import default_references
from cioform.model.fields.upgrading import OUTDATED_SYNTAX, renamed_message
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.paths.file_paths import path_namer
from cioform.model.references.names import Reference
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.model.values.value_errors import format_value


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """The result of loading a document. The address may be known where the resource is invalid."""

    address: Address | None
    resource: Resource | None
    location: Location | None
    problems: list[Diagnostic]


def load_document(
    file: YamlFile, document: Document, project: ProjectFiles, registry: Registry, lookup: Lookup
) -> LoadedDocument:
    """Return the resource that a document describes, or all of its problems."""
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
        self._positions: Mapping[FieldPath, Location] = Positions(
            file.text, file.display_path, document.index
        )
        self._address: Address | None = None
        self._problems: list[Diagnostic] = []

    def load(self, lookup: Lookup) -> LoadedDocument:
        """Return the resource, its address and the problems found."""
        written = self._document.value
        resource = None
        if not isinstance(written, dict):
            self._add_problem(
                "Invalid type",
                f"A document must be a mapping of fields, such as `name: Welcome`, not "
                f"{format_value(written)}. To describe several resources in one file, put `---` "
                "between them.",
            )
        elif (kind := self._kind(written.get("kind"))) is not None:
            self._address = self._own_address(written.get("id"), kind)
            resource = self._resource(kind, written, lookup)
        place = resource.location if resource else self._place()
        return LoadedDocument(self._address, resource, place, self._problems)

    def _place(self) -> Location:
        return Location(self._file.display_path, self._document.line)

    def _kind(self, written: JsonValue) -> Kind | None:
        try:
            return find_kind(self._file, written, self._registry)
        except AddressError as problem:
            self._add_problem(problem.summary, problem.detail, problem.path)
        return None

    def _own_address(self, written: JsonValue, kind: Kind) -> Address | None:
        try:
            return Address(kind.name, resource_name(self._file, written, kind))
        except AddressError as problem:
            self._add_problem(problem.summary, problem.detail, problem.path)
        return None

    def _check_old_fields(self, written: dict[str, JsonValue], old_fields: list[str]) -> None:
        for old in old_fields:
            message = renamed_message(old, OLD_META_FIELDS[old], written[old])
            self._add_problem(OUTDATED_SYNTAX, message, (old,))

    def _resource(
        self, kind: Kind, written: dict[str, JsonValue], lookup: Lookup
    ) -> Resource | None:
        old_fields = old_meta_fields(written, kind)
        self._check_old_fields(written, old_fields)
        hidden = (*META_FIELDS, *old_fields)
        data = {**written}
        for name in hidden:
            data.pop(name, None)
        bodies: Mapping[FieldPath, str] = {}
        failed: Set[FieldPath] = frozenset()
        if self._file.has_placeholders:
            resolver = Resolver(lookup, self._locate, self._read_referenced_file)
            data, bodies, failed = resolver.resolve(data), resolver.body_files, resolver.failed
            self._problems += self._with_addresses(resolver.problems)
        meta_fields = self._meta_fields(written, kind)
        sources: Mapping[FieldPath, str] = {}
        if self._file.layers is not NO_LAYERS or DEFAULTS in data:
            data, sources = self._with_layers(kind, data)
        try:
            attributes = kind.attributes(kind.model.model_validate(data))
        except ValidationError as error:
            document = ValidatedDocument(
                data,
                kind.model,
                self._locate,
                self._address,
                META_FIELDS,
                path_namer(kind, data),
            )
            self._problems += to_diagnostics(error, document, skip_paths=failed)
            return None
        if self._file.has_sensitive_values:
            for path, detail in misplaced_values(kind, data, attributes):
                self._add_problem("Misplaced sensitive value", detail, path)
        ignore = tuple(self._ignored(kind, meta_fields["ignore"], attributes))
        until = meta_fields["until"]
        if self._problems or self._address is None:
            return None
        return Resource(
            address=self._address,
            attributes=attributes,
            references=(*kind.references(attributes), *_default_references(data)),
            location=self._place(),
            positions=self._positions,
            body_files=bodies,
            protect=meta_fields["protect"],
            ignore=() if is_expired(until) else ignore,
            because=meta_fields["because"],
            ignored_until=until,
            was=meta_fields["was"],
            remote_id=meta_fields["remote_id"],
            is_shared=self._file.is_shared,
            part_moves=self._part_moves(kind, data),
            sources=sources,
        )

    def _part_moves(self, kind: Kind, data: dict[str, JsonValue]) -> Mapping[str, str]:
        # Nearly all files are without `was`, and need not be walked through.
        if WAS not in self._file.text or not isinstance(kind, HasParts):
            return {}
        return kind.part_moves(data)

    def _with_layers(
        self, kind: Kind, data: dict[str, JsonValue]
    ) -> tuple[dict[str, JsonValue], Mapping[FieldPath, str]]:
        """Return a document with what the settings and its own `defaults` give it, and the sources.

        From here on, those values are located where they are written.
        """
        layers = self._file.layers
        layered = LayeredDocument.of(kind, data, str(self._address), layers, self._locate)
        self._problems += self._with_addresses(layered.problems)
        if layered.locations:
            self._positions = LayeredPositions(self._positions, layered.locations)
        return layered.data, layered.named_sources()

    def _meta_fields(self, written: dict[str, JsonValue], kind: Kind) -> MetaFields:
        if written.keys().isdisjoint(META_FIELDS):
            return NO_META_FIELDS
        protect = written.get("protect", False)
        ignore = written.get("ignore", [])
        because = written.get("because", "")
        if not isinstance(protect, bool):
            self._add_wrong_type("protect", "true or false", protect)
        if not isinstance(because, str):
            self._add_wrong_type("because", "text", because)
        if not isinstance(ignore, list) or not all(isinstance(name, str) for name in ignore):
            self._add_wrong_type("ignore", "a list of fields", ignore)
            ignore = []
        self._check_reason(ignore, because)
        was, remote_id = self._identity(written, kind)
        return {
            "protect": protect,
            "ignore": ignore,
            "because": because,
            "until": self._until(written),
            "was": was,
            "remote_id": remote_id,
        }

    def _until(self, written: dict[str, JsonValue]) -> date | None:
        """Return the last day on which fields are ignored; report a value that is not a date."""
        if UNTIL not in written:
            return None
        if not written.get("ignore"):
            self._add_problem(
                "Unused field",
                "`until` says how long fields are ignored, but this document ignores none. Remove "
                "it, or add `ignore`.",
                (UNTIL,),
            )
        try:
            day = date.fromisoformat(written[UNTIL])
            if day.isoformat() != written[UNTIL]:
                raise ValueError
            return day
        except (TypeError, ValueError):
            example = 'a day, such as "2027-03-31"'
            self._add_wrong_type(UNTIL, example, written[UNTIL])
            return None

    def _identity(
        self, written: dict[str, JsonValue], kind: Kind
    ) -> tuple[tuple[Address, ...], str | None]:
        """Return the earlier addresses and the ID that a document has, and report wrong ones."""
        was: tuple[Address, ...] = ()
        remote_id: str | None = None
        try:
            if WAS in written and self._address is not None:
                was = parse_was(written[WAS], self._address)
        except IdentityError as error:
            self._add_problem("Invalid former address", str(error), (WAS,))
        try:
            if REMOTE_ID in written:
                remote_id = parse_remote_id(written[REMOTE_ID], kind)
        except IdentityError as error:
            self._add_problem("Invalid ID", str(error), (REMOTE_ID,))
        return was, remote_id

    def _check_reason(self, ignore: list[str], because: JsonValue) -> None:
        if ignore and not because:
            self._add_problem(
                "Missing field",
                "Missing field `because`: a document with `ignore` must say why its fields are "
                "ignored. For example:\n\n    because: The marketing team edits it in Customer.io.",
                ("ignore",),
            )

    def _ignored(self, kind: Kind, ignore: list[str], attributes: Attributes) -> list[FieldPath]:
        """Return the canonical patterns of `ignore`, and report what names nothing."""
        patterns: list[FieldPath] = []
        for at, text in enumerate(ignore):
            try:
                patterns += ignored_patterns(kind, text, attributes)
            except IgnoreError as error:
                detail = f"`ignore` lists `{text}`, {error}"
                self._add_problem(error.summary, detail, ("ignore", at))
        return patterns

    def _add_wrong_type(self, name: str, expected: str, value: JsonValue) -> None:
        detail = f"`{name}` must be {expected}, not {format_value(value)}."
        self._add_problem("Invalid type", detail, (name,))

    def _read_referenced_file(self, name: str, asked_at: Location | None) -> tuple[str, str]:
        path, text = self._project.read_referenced_file(
            name, self._file.path, asked_at, self._problems
        )
        return self._project.display_path(path), text

    def _locate(self, path: FieldPath) -> Location | None:
        return nearest_location(self._positions, path)

    def _with_addresses(self, problems: list[Diagnostic]) -> list[Diagnostic]:
        add = partial(_with_address, address=self._address)
        return [add(problem) for problem in problems]

    def _add_problem(self, summary: str, detail: str, path: FieldPath = ()) -> None:
        self._problems.append(Diagnostic(summary, detail, self._address, self._locate(path)))


def _default_references(data: Mapping[str, JsonValue]) -> Iterator[Reference]:
    """Yield what a document's own defaults refer to, whether a message uses them or not."""
    if isinstance(defaults := data.get(DEFAULTS), dict):
        for reference in default_references(defaults):
            yield replace(reference, path=(DEFAULTS, *reference.path))


def _with_address(problem: Diagnostic, address: Address | None) -> Diagnostic:
    return Diagnostic(problem.summary, problem.detail, address, problem.location, problem.severity)
