"""Names of files: which are documents, and which other systems cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cioform.core.address import is_device_name
from cioform.core.diagnostic import Diagnostic, Location, Severity

YAML_SUFFIXES: Final = (".yaml", ".yml")


def is_yaml_file(name: str) -> bool:
    """Return whether a name is that of a document: with a suffix of YAML, in whatever case."""
    return name.lower().endswith(YAML_SUFFIXES)


def name_warnings(names: Sequence[str], folder: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the names in one folder for those who check it out elsewhere."""
    first: dict[str, str] = {}
    for name in names:
        if is_device_name(name):
            stem, dot, suffix = name.partition(".")
            yield Diagnostic(
                "Reserved file name",
                f"On Windows `{stem}` is the name of a device, so that `git clone` fails there. "
                f"Rename it, for example to `{stem}_{dot}{suffix}`.",
                location=Location(f"{folder}/{name}"),
                severity=Severity.WARNING,
            )
        other = first.setdefault(name.casefold(), name)
        if other != name:
            yield Diagnostic(
                "Names that differ by case only",
                f"`{other}` and `{name}` are one file on Windows and macOS, so that one of them "
                "is lost there. Rename one.",
                location=Location(f"{folder}/{name}"),
                severity=Severity.WARNING,
            )


def unread_json(names: Sequence[str], used: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield a warning for each JSON file, named by its path, that no document uses."""
    for name in names:
        if name not in used:
            yield Diagnostic(
                "File not read",
                f"`{name}` is not read: documents are YAML files, and none of them names it with "
                "`file`. Every JSON document is valid YAML: rename it to "
                f"`{name.rpartition('/')[2].rpartition('.')[0]}.yaml`. Or remove it.",
                location=Location(name),
                severity=Severity.WARNING,
            )
