"""Read what a workspace declares of its data: `_data/customer.yaml`, `_data/events/NAME.yaml`."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cioform.config.read.checks.joined_secrets import parse_first_checked
from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.file_names import is_yaml_file
from cioform.config.read.files import ProjectFiles, unreadable_folder_problem
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.contract.declared import (
    CustomerData,
    DeclaredData,
    DeclaredFile,
    EventData,
    shape_of_file,
)
from cioform.core.dataclasses import replace
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.core.suggest import did_you_mean
from cioform.storage.user_files import files_below

DATA_FOLDER: Final = "_data"
CUSTOMER_FILE: Final = "customer.yaml"
EVENTS_FOLDER: Final = "events"


def load_declared(
    root: Path, folder: Path, include: Iterable[str] = (), secrets: Collection[Secret] = ()
) -> DeclaredData:
    """Return what the workspace in `folder` declares, and what the folders do that it includes.

    The fields of one event, and those of people, may be declared in several folders, each field in
    one of them. Raises ConfigError with all problems; one of `secrets` in a file is one.
    """
    reader = _Reader(ProjectFiles.at(root, secrets=secrets))
    found = reader.read_folder(folder)
    for name in include:
        found = reader.join_all(found, reader.read_folder(folder.parent / name))
    if reader.problems:
        raise ConfigError(reader.problems)
    return found


class _Reader:
    """Reads the files of one folder, collecting problems."""

    def __init__(self, project: ProjectFiles) -> None:
        self._project = project
        self.problems: list[Diagnostic] = []

    def join_all(self, one: DeclaredData, other: DeclaredData) -> DeclaredData:
        """Return what two folders declare together."""
        events = {
            event: self.join(one.events.get(event), other.events.get(event))
            for event in (*one.events, *other.events)
        }
        return DeclaredData(
            self.join(one.customer, other.customer),
            {event: file for event, file in events.items() if file is not None},
        )

    def read_folder(self, folder: Path) -> DeclaredData:
        """Return what one folder declares."""
        data = folder / DATA_FOLDER
        customer: DeclaredFile | None = None
        events: dict[str, DeclaredFile] = {}
        for path in self.yaml_below(data) if data.is_dir() else ():
            place = path.relative_to(data)
            if place == Path(CUSTOMER_FILE):
                _, customer = self.read(path, CustomerData)
            elif place.parent == Path(EVENTS_FOLDER):
                name, found = self.read(path, EventData)
                if name in events:
                    self.refuse_second(path, name, events[name].location)
                events[name] = found
            else:
                self.refuse_place(path, place)
        return DeclaredData(customer, events)

    def yaml_below(self, folder: Path) -> Iterator[Path]:
        """Yield the files that declare something, sorted."""
        for path in sorted(files_below(folder, self._report_unreadable)):
            if is_yaml_file(path.name) and not path.name.startswith((".", "_")):
                yield path

    def _report_unreadable(self, error: OSError) -> None:
        shown = self._project.display_path(error.filename)
        self.problems.append(unreadable_folder_problem(shown, error))

    def join(
        self, first: DeclaredFile | None, included: DeclaredFile | None
    ) -> DeclaredFile | None:
        """Return what a file declares together with one of an included folder."""
        if included is None:
            return first
        names = frozenset(included.shape.fields)
        if first is None:
            return replace(included, included=names, is_included=True)
        for name in first.shape.fields.keys() & names:
            self._refuse_second_field(name, first, included)
        fields = {**included.shape.fields, **first.shape.fields}
        description = first.shape.description or included.shape.description
        return DeclaredFile(
            replace(first.shape, fields=fields, description=description),
            first.location,
            ChainMap(dict(first.positions), dict(included.positions)),
            first.included | names,
            first.is_included,
        )

    def _refuse_second_field(self, name: str, first: DeclaredFile, included: DeclaredFile) -> None:
        path = ("fields", name)
        other = included.positions.get(path, included.location)
        self.problems.append(
            Diagnostic(
                "Duplicate field declaration",
                f"`{other}` already declares `{name}`, in a folder that the workspace includes. "
                "Declare it in one of the two files.",
                location=first.positions.get(path, first.location),
            )
        )

    def read(
        self, path: Path, model: type[CustomerData] | type[EventData]
    ) -> tuple[str, DeclaredFile]:
        """Return the name of the event in a file, and what the file declares."""
        shown = self._project.display_path(str(path))
        nothing = DeclaredFile(shape_of_file(model()), Location(shown))
        real = str(path.resolve())
        if not self._project.contains(real):
            self.problems.append(self._project.outside_link_problem(str(path), Location(shown)))
            return path.stem, nothing
        try:
            text = self._project.read_unsearched(str(path))
            value = parse_first_checked(text, shown, self._project.secrets)
        except ConfigError as error:
            self.problems += error.diagnostics
            return path.stem, nothing
        positions = Positions(text, shown, 0)
        value = {} if value is None else value
        try:
            parsed = model.model_validate(value)
        except ValidationError as error:
            document = ValidatedDocument(
                value, model, lambda place: nearest_location(positions, place)
            )
            self.problems += to_diagnostics(error, document)
            return path.stem, nothing
        name = (parsed.name if isinstance(parsed, EventData) else None) or path.stem
        return name, DeclaredFile(shape_of_file(parsed), Location(shown), positions)

    def refuse_second(self, path: Path, name: str, first: Location) -> None:
        """Report that two files declare one event."""
        self.problems.append(
            Diagnostic(
                "Duplicate event declaration",
                f"`{first.file}` already declares the event `{name}`. Put all of its fields into "
                "one of the files.",
                location=Location(self._project.display_path(str(path))),
            )
        )

    def refuse_place(self, path: Path, place: Path) -> None:
        """Report a file that declares nothing where it is."""
        hint = did_you_mean(place.name, [CUSTOMER_FILE]) if len(place.parts) == 1 else ""
        self.problems.append(
            Diagnostic(
                "Misplaced declaration",
                f"`{DATA_FOLDER}/{place.as_posix()}` is not read.{hint} Attributes of people are "
                f"declared in `{DATA_FOLDER}/{CUSTOMER_FILE}`, and the data of an event in "
                f"`{DATA_FOLDER}/{EVENTS_FOLDER}/NAME.yaml`.",
                location=Location(self._project.display_path(str(path))),
            )
        )
