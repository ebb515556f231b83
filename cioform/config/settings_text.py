"""The text of `workspace.yaml`."""

from __future__ import annotations

import os.path

from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.config.read.files import ProjectFiles
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError


def read_settings_text(project: ProjectFiles, name: str) -> tuple[str, str]:
    """Return the text of `workspace.yaml`, and its path as messages show it.

    Raises ConfigError if it cannot be read, or is a link to a file outside of the project. Secrets
    are left to the caller: those who read the sections know more about each of them.
    """
    path = project.join(WORKSPACES_FOLDER, name, SETTINGS_FILE)
    shown = project.display_path(path)
    if not project.contains(os.path.realpath(path)):
        raise ConfigError([project.outside_link_problem(path, Location(shown))])
    return project.read_unsearched(path), shown
