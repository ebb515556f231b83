"""Read files of a project safely: UTF-8, of limited size, and never outside of its folder."""

# os.path instead of pathlib: with ten thousand documents the difference is noticeable.
# ruff: noqa: PTH112, PTH114, PTH117, PTH118, PTH120, PTH208

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from cioform.config.read.file_names import is_yaml_file, name_warnings
from cioform.config.read.parsing.syntax_errors import conflict_problem, may_be_unmerged
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.os_errors import os_reason
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import find_secrets
from cioform.core.suggest import did_you_mean

BYTE_ORDER_MARK: Final = "\ufeff"
_READ_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)  # A pipe would wait for a writer.
    | getattr(os, "O_BINARY", 0)
)
MAX_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """The folder of a project. Nothing is read outside of it; `root` is its real path."""

    root: str
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Texts that are read instead of those on the disk, by path: files that will be written."""
    secrets: Collection[Secret] = field(default=(), repr=False, compare=False)
    """The credentials in use and the sensitive values, none of which may be in a file."""
    json_files: list[str] = field(default_factory=list, repr=False, compare=False)
    """The JSON files, as messages show them, in the folders whose YAML files were listed."""
    _real_folders: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """The real path of each folder that was asked for, by its path."""

    @classmethod
    def at(
        cls,
        root: Path,
        texts: Mapping[str, str] | None = None,
        secrets: Collection[Secret] = (),
    ) -> ProjectFiles:
        """Return the project at `root`, with links resolved."""
        return cls(os.path.realpath(root), texts or {}, secrets)

    def display_path(self, path: str) -> str:
        """Return a path as messages show it: relative to the project's folder."""
        if path.startswith(self.root + os.sep):
            path = path[len(self.root) + 1 :]
        else:
            path = os.path.relpath(path, self.root)
        return path.replace(os.sep, "/")

    def join(self, *parts: str) -> str:
        """Return the path of a file or folder in the project."""
        return os.path.join(self.root, *parts)

    def is_folder(self, path: str) -> bool:
        """Return whether `path` is a folder."""
        return os.path.isdir(path)

    def contains(self, path: str) -> bool:
        """Return whether `path` is inside the project, without following links."""
        return path == self.root or path.startswith(self.root + os.sep)

    def read(
        self,
        path: str,
        referenced_at: Location | None = None,
        problems: list[Diagnostic] | None = None,
    ) -> str:
        """Return the text of a file as `read_unsearched` does, after a search for secrets.

        Raises ConfigError for a secret too, or adds all of them to `problems`.
        """
        text = self.read_unsearched(path, referenced_at)
        found = find_secrets(
            text.removeprefix(BYTE_ORDER_MARK), self.display_path(path), self.secrets
        )
        if problems is not None:
            problems += found
        elif found:
            raise ConfigError(found)
        return text

    def read_unsearched(self, path: str, referenced_at: Location | None = None) -> str:
        """Return the text of a file as it is, with its newlines and its byte order mark.

        Its parser has to search it for secrets, as `parse_checked` does. Raises ConfigError if it
        is missing, unreadable, too large, not UTF-8 or not merged. `referenced_at` is where a
        document names the file, if one does.
        """
        if path in self.texts:
            return self.texts[path]
        try:
            data = _read_bytes(path)
        except FileNotFoundError:
            raise self._missing_file_error(path, self._place(path, referenced_at)) from None
        except OSError as error:
            raise ConfigError.of(
                "File not readable",
                f"`{self.display_path(path)}` cannot be read: {os_reason(error)}.",
                location=self._place(path, referenced_at),
            ) from None
        if len(data) > MAX_BYTES:
            raise ConfigError.of(
                "File too large",
                f"`{self.display_path(path)}` is larger than {MAX_BYTES // 1024 // 1024} MB, which "
                "is more than Customer.io accepts.",
                location=self._place(path, referenced_at),
            )
        text = self._decode(data, path)
        if may_be_unmerged(text) and (problem := conflict_problem(text, self.display_path(path))):
            raise ConfigError([problem])
        return text

    def _place(self, path: str, referenced_at: Location | None) -> Location:
        return referenced_at or Location(self.display_path(path))

    def read_referenced_file(
        self, name: str, document: str, referenced_at: Location | None, problems: list[Diagnostic]
    ) -> tuple[str, str]:
        """Return the path and the text of the file `name` that the document at `document` names.

        The text lacks the byte order mark, which is no part of a message. Its secrets are added to
        `problems`. Raises ConfigError, also for a file that is hidden or outside of the project.
        """
        path = self._referenced_path(name, document, referenced_at)
        return path, self.read(path, referenced_at, problems).removeprefix(BYTE_ORDER_MARK)

    def yaml_files(
        self, folder: str, problems: list[Diagnostic], warnings: list[Diagnostic]
    ) -> Iterator[str]:
        """Yield the YAML files below `folder`, sorted.

        Names that start with `.` or `_` are skipped. Links that are not followed are added to
        `problems`, names that other systems cannot have to `warnings`.
        """
        try:
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            problems.append(unreadable_folder_problem(self.display_path(folder), error))
            return
        warnings += name_warnings([e.name for e in ordered], self.display_path(folder))
        for entry in ordered:
            if entry.name.startswith((".", "_")):
                continue
            is_folder = _is_folder(entry)
            if not is_folder and not is_yaml_file(entry.name):
                if entry.name.lower().endswith(".json"):
                    self.json_files.append(self.display_path(entry.path))
                continue
            if entry.is_symlink() and not self._link_is_safe(entry, problems):
                continue
            if is_folder:
                yield from self.yaml_files(entry.path, problems, warnings)
            else:
                yield entry.path

    def new_yaml_files(self, folder: str) -> Iterator[str]:
        """Yield those of `texts` that will be new YAML files below `folder`, sorted."""
        for path in sorted(self.texts):
            inside = path.startswith(folder + os.sep) and is_yaml_file(path)
            if inside and not os.path.lexists(path):
                yield path

    def _link_is_safe(self, entry: os.DirEntry[str], problems: list[Diagnostic]) -> bool:
        if _is_folder(entry):
            problems.append(
                Diagnostic(
                    "Link to a folder",
                    f"`{self.display_path(entry.path)}` is a link to a folder, and cioform does "
                    "not follow such links. To share files between workspaces, list their folder "
                    "under `include:` in `workspace.yaml`.",
                    location=Location(self.display_path(entry.path)),
                )
            )
            return False
        place = Location(self.display_path(entry.path))
        real = os.path.realpath(entry.path)
        if not self.contains(real):
            problems.append(self.outside_link_problem(entry.path, place))
        elif self._is_hidden(real):
            problems.append(_hidden_file_problem(place.file, place))
        else:
            return True
        return False

    def _referenced_path(self, name: str, document: str, referenced_at: Location | None) -> str:
        path = os.path.normpath(os.path.join(os.path.dirname(document), name))
        if "\0" in name or os.path.isabs(name) or not self.contains(path):
            raise ConfigError.of(
                "File outside the project",
                f"`{name}` is outside of the project's folder. Only files in the project are read, "
                "because they are reviewed with it. Move the file beside the document.",
                location=referenced_at,
            )
        if self._is_hidden(path):
            raise ConfigError([_hidden_file_problem(name, referenced_at)])
        real = self._real_path(path)
        if not self.contains(real):
            raise ConfigError([self.outside_link_problem(path, referenced_at)])
        if self._is_hidden(real):
            raise ConfigError([_hidden_file_problem(name, referenced_at)])
        return path

    def _is_hidden(self, path: str) -> bool:
        inside = path[len(self.root) :].replace(os.sep, "/")
        return "/." in inside

    def _real_path(self, path: str) -> str:
        """Return `path` with all links followed.

        Folders are cached: there may be thousands of bodies beside their documents.
        """
        if os.path.islink(path):
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(folder)
        return os.path.join(self._real_folders[folder], name)

    def outside_link_problem(self, path: str, place: Location | None) -> Diagnostic:
        """Return the problem of a link at `path` that leads out of the project."""
        return Diagnostic(
            "Link out of the project",
            f"`{self.display_path(path)}` is a link to a file outside of the project, whose "
            "contents are not reviewed with it. Replace the link by the file.",
            location=place,
        )

    def _missing_file_error(self, path: str, place: Location) -> ConfigError:
        shown = self.display_path(path)
        folder, name = os.path.split(path)
        entries = os.listdir(folder) if os.path.isdir(folder) else []
        texts = [n for n in entries if not n.startswith(".") and not is_yaml_file(n)]
        hint = did_you_mean(name, texts) or " Create the file, or correct its name."
        return ConfigError.of(
            "File not found", f"The file `{shown}` does not exist.{hint}", location=place
        )

    def _decode(self, data: bytes, path: str) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start]
            line = before.count(b"\n") + 1
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
            raise ConfigError.of(
                "Invalid UTF-8",
                f"The byte 0x{data[error.start]:02X} is not UTF-8. Save the file as UTF-8.",
                location=Location(self.display_path(path), line, column),
            ) from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, which is no folder
        return False


def unreadable_folder_problem(folder: str, error: OSError) -> Diagnostic:
    """Return the problem of a folder whose files are not known."""
    return Diagnostic(
        "Folder not readable",
        f"`{folder}` cannot be read: {os_reason(error)}. Correct its permissions.",
        location=Location(folder),
    )


def _hidden_file_problem(name: str, place: Location | None) -> Diagnostic:
    return Diagnostic(
        "Hidden file",
        f"`{name}` is hidden, in a hidden folder, or a link to such a file. Hidden files are never "
        "read, because they often hold credentials. Move the file beside the document, under "
        "another name.",
        location=place,
    )


def _read_bytes(path: str) -> bytes:
    """Return the content of a file, or more than MAX_BYTES of it.

    There may be thousands of files, and `open` is six times as slow as these calls.
    """
    file = os.open(path, _READ_FLAGS)
    try:
        status = os.fstat(file)
        # Reading a pipe or a device would block or never end.
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not an ordinary file")
        size = min(status.st_size, MAX_BYTES + 1)
        data = os.read(file, size)
        while len(data) < size and (part := os.read(file, size - len(data))):
            data += part
        return data
    finally:
        os.close(file)
