"""Detect texts that are only the name of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cioform.core.diagnostic import Diagnostic, Location, Severity
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.text_places import line_and_column

_SUFFIXES: Final = ("html", "htm", "liquid", "mjml", "txt", "md")
_NAME: Final = lazy_pattern(rf"\.(?:{'|'.join(_SUFFIXES)})\b")
_CONTENT: Final = ("body", "plain", "amp", "value")
"""The fields with content, which is hardly ever just the name of a file."""
_FIELD: Final = lazy_pattern(
    rf"""(?m)(?P<field>\b[a-z_]+): *(?P<quote>["']?)(?P<name>[\w./-]+\.(?:{"|".join(_SUFFIXES)}))"""
    r"""(?P=quote)(?= *(?:$|[,}\]#]))"""
)


def _fields(text: str) -> Iterator[re.Match[str]]:
    """Yield the fields that may be such names, looking only at lines where a name ends."""
    end = 0
    while (named := _NAME.search(text, end)) is not None:
        start = text.rfind("\n", 0, named.start()) + 1
        end = text.find("\n", named.end())
        end = len(text) if end < 0 else end
        yield from _FIELD.finditer(text, start, end)


def names_as_texts(text: str, path: str, display_path: str) -> Iterator[Diagnostic]:
    """Yield each field of a file whose text is the name of a file; an error if that file exists.

    `path` is that of the file with `text`. Names of files are relative to its folder.
    """
    for found in _fields(text):
        field, name = found["field"], found["name"]
        exists = field != "file" and (Path(path).parent / name).is_file()
        if not exists and field not in _CONTENT:
            continue
        where = "a file of that name exists" if exists else "no file of that name exists here"
        yield Diagnostic(
            "File name used as text",
            f'`{field}` contains the file name "{name}" as text, and {where}. To use the content '
            f"of the file, write:\n\n"
            f"    {field}: {{file: {name}}}",
            location=Location(display_path, line_and_column(text, found.start())[0]),
            severity=Severity.ERROR if exists else Severity.WARNING,
        )
