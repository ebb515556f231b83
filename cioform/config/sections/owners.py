"""The owners in the settings."""

from __future__ import annotations

from cioform.config.settings_file import SettingsFile
from cioform.model.settings.owners import FieldClass, Owner


def owners_of(parsed: SettingsFile) -> tuple[Owner, ...]:
    """Return the owners that the settings list."""
    return tuple(
        Owner(
            name,
            tuple(section.people),
            section.approvals,
            tuple(section.addresses),
            tuple(map(FieldClass, section.fields)),
        )
        for name, section in parsed.owners.items()
    )
