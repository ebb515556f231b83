"""The owners in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cioform.config.settings_file import SettingsFile
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Location
from cioform.model.settings.owners import FieldClass, Owner

_EVERY_ADDRESS: Final = "*"


def owners_of(
    parsed: SettingsFile, locate: Callable[[FieldPath], Location | None]
) -> tuple[Owner, ...]:
    """Return the owners that the settings list."""
    return tuple(
        Owner(
            name,
            tuple(section.people),
            section.approvals,
            tuple(section.addresses),
            tuple(map(FieldClass, section.fields)),
            {
                pattern: locate(("owners", name, "addresses", at))
                for at, pattern in enumerate(section.addresses)
                if pattern != _EVERY_ADDRESS
            },
        )
        for name, section in parsed.owners.items()
    )
