"""The names in the settings: of variables, and of included folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.config.project import FOLDER_NAME, WORKSPACES_FOLDER
from cioform.config.sections.problem import SettingProblem
from cioform.config.settings_file import SettingsFile
from cioform.core.text.lazy_pattern import lazy_pattern

_VARIABLE_NAME: Final = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*")


def name_problems(parsed: SettingsFile) -> Iterator[SettingProblem]:
    """Yield what is wrong with names."""
    for name in parsed.variables:
        if _VARIABLE_NAME.fullmatch(name) is None:
            yield SettingProblem(
                "Invalid variable name",
                f"`{name}` is not a valid name of a variable. Use letters, digits and `_`; the "
                "first must not be a digit.",
                ("variables", name),
            )
    for at, name in enumerate(parsed.include):
        if FOLDER_NAME.fullmatch(name) is None:
            yield SettingProblem(
                "Invalid folder to include",
                f"`include` lists `{name}`, which is not the name of a folder in "
                f"`{WORKSPACES_FOLDER}/`, such as `_shared`.",
                ("include", at),
            )
