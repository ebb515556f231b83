"""Names of files: which are documents, and which other systems cannot have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from cioform.core.address import is_device_name
from cioform.core.diagnostic import Diagnostic, Location, Severity
from cioform.core.text.lazy_pattern import lazy_pattern

YAML_SUFFIXES: Final = (".yaml", ".yml")
_NOT_ON_WINDOWS: Final = lazy_pattern(r'[<>:"|?*\\\x00-\x1f]|[. ]$')


def is_yaml_file(name: str) -> bool:
    """Return whether a name is that of a document: with a suffix of YAML, in whatever case."""
    return name.lower().endswith(YAML_SUFFIXES)


def name_warnings(names: Sequence[str], folder: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the names in one folder for those who check it out elsewhere."""
    first: dict[str, str] = {}
    for name in names:
        place = Location(f"{folder}/{name}")
        if is_device_name(name):
            stem, dot, suffix = name.partition(".")
            yield Diagnostic(
                "Reserved file name",
                f"On Windows `{stem}` is the name of a device, so that `git clone` fails there. "
                f"Rename it, for example to `{stem}_{dot}{suffix}`.",
                location=place,
                severity=Severity.WARNING,
            )
        elif _NOT_ON_WINDOWS.search(name) is not None:
            yield Diagnostic(
                "Invalid file name on Windows",
                f'Windows cannot have `{name}`: a name there contains none of `<>:"|?*\\`, and '
                "does not end in a dot or a blank. Rename it.",
                location=place,
                severity=Severity.WARNING,
            )
        other = first.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            yield Diagnostic(
                "Names that differ by case only",
                f"`{other}` and `{name}` are one file on Windows or macOS, so that one of them "
                "is lost there. Rename one.",
                location=place,
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
