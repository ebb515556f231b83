"""The owners in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cioform.config.section_models import OwnerSection
from cioform.config.settings_file import SettingsFile
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Location
from cioform.model.settings.owners import FieldClass, Owner

_EVERY_ADDRESS: Final = "*"


def owners_of(
    parsed: SettingsFile, locate: Callable[[FieldPath], Location | None]
) -> tuple[Owner, ...]:
    """Return the owners that the settings list."""
    return tuple(_owner(name, section, locate) for name, section in parsed.owners.items())


def _owner(
    name: str, section: OwnerSection, locate: Callable[[FieldPath], Location | None]
) -> Owner:
    places = {
        pattern: locate(("owners", name, "addresses", at))
        for at, pattern in enumerate(section.addresses)
        if pattern != _EVERY_ADDRESS
    }
    classes = tuple(map(FieldClass, section.fields))
    return Owner(
        name, tuple(section.people), section.approvals, tuple(section.addresses), classes, places
    )
