"""A problem of a setting."""

from __future__ import annotations

from typing import NamedTuple

from cioform.core.data.paths import FieldPath


class SettingProblem(NamedTuple):
    """What is wrong with a setting, and where."""

    summary: str
    detail: str
    path: FieldPath
