"""The settings that judge a plan, and how they changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import Json, as_mapping, digest
from cioform.core.data.leaves import leaves
from cioform.core.data.paths import format_path

_FIELDS: Final = (
    "region", "endpoint", "workspace_id", "credentials", "guards", "live_edits", "apply_window",
    "blackout", "owners", "notify", "managed_by", "state", "exclude", "lint", "rate",
)  # fmt: skip
"""The fields that judge a plan. The others are content."""


def judging_settings(document: Mapping[str, Json]) -> dict[str, str]:
    """Return the digest of each setting of a `workspace.yaml` that judges a plan, by its path.

    Many people may read a state, so it gets no values.
    """
    settings = {**document, **dict(_with_zones(document))}
    return {
        format_path(path): digest(value)
        for name in _FIELDS
        if name in settings
        for path, value in leaves((name,), settings[name])
    }


def _with_zones(document: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield the hours in the settings with their time zone, which `defaults` may have."""
    zone = as_mapping(document.get("defaults")).get("time_zone")
    window, blackouts = document.get("apply_window"), document.get("blackout")
    if isinstance(window, Mapping):
        zone = window.get("time_zone", zone)
        yield "apply_window", {**window, "time_zone": zone}
    if isinstance(blackouts, list):
        hours = ({"time_zone": zone, **as_mapping(each)} for each in blackouts)
        yield "blackout", list(hours)


def changed_settings(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths of the settings that differ, sorted: `guards.max_deletes`."""
    paths = sorted({*before, *after})
    return tuple(path for path in paths if before.get(path) != after.get(path))
