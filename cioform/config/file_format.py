"""The format of a workspace's files: their version of the file language (decision 0012)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError
from cioform.model.fields.upgrading import UPGRADE_COMMAND

FORMAT: Final = 1
"""The current format. Files without a number have format 0, that of the versions before 1.0."""

FORMAT_FIELD: Final = "format"
"""The field of `workspace.yaml` with the number."""


class FormatError(ConfigError):
    """The files are in a format that this version does not read; what they say is not known."""


class OldFormatError(FormatError):
    """The files are in an older format, which `cioform fmt --upgrade` reads."""


def format_of(settings: Mapping[str, JsonValue]) -> int:
    """Return the format of the files whose `workspace.yaml` has these fields."""
    number = settings.get(FORMAT_FIELD, 0)
    return number if isinstance(number, int) and not isinstance(number, bool) else FORMAT


def newer_format_error(number: int, location: Location | None) -> FormatError:
    """Return the error of files that only a newer version can read."""
    return FormatError.of(
        "Unsupported file format",
        f"This workspace has `{FORMAT_FIELD}: {number}`, and this version of cioform reads formats "
        f"up to {FORMAT}. The files were written for a newer cioform. Install that, with\n\n"
        "    pip install --upgrade cioform",
        location=location,
    )


def old_format_error(location: Location | None) -> OldFormatError:
    """Return the error of files that were written before there was a format number."""
    # A file without outdated fields is refused too: the default of `exit` is not what it was.
    return OldFormatError.of(
        "Outdated file format",
        f"`workspace.yaml` has no `{FORMAT_FIELD}`, so its files are read as written for format 0, "
        "in which some fields have other names and other defaults. Rewrite the files, with their "
        f"comments:\n\n    {UPGRADE_COMMAND}\n\nIf they are new, write `{FORMAT_FIELD}: "
        f"{FORMAT}` instead.",
        location=location,
    )
