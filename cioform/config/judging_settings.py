"""The settings that judge a plan, and how they changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import Json, digest
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
    return {
        format_path(path): digest(value)
        for name in _FIELDS
        if name in document
        for path, value in leaves((name,), document[name])
    }


def changed_settings(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths of the settings that differ, sorted: `guards.max_deletes`."""
    paths = sorted({*before, *after})
    return tuple(path for path in paths if before.get(path) != after.get(path))
