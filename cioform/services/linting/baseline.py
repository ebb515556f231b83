"""Read and write `_lint-baseline.yaml`, the findings that a workspace is allowed to have."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cioform.config.load import Configuration, secrets_of
from cioform.config.read.checks.joined_secrets import parse_first_checked
from cioform.config.read.files import ProjectFiles
from cioform.config.write.dump import dump_yaml
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError
from cioform.lint.baseline import Baseline, from_data, to_data
from cioform.storage.user_files import write_text

BASELINE_FILE: Final = "_lint-baseline.yaml"
_HEAD: Final = """\
# Findings of `cioform lint` that this workspace had when this file was written. They are not
# reported. Correct a text and remove its entry, or rewrite the file with --write-baseline.
"""


def read_baseline(root: Path, configuration: Configuration) -> Baseline:
    """Return the baseline of a workspace, empty if there is none. Raises ConfigError."""
    path = configuration.folder / BASELINE_FILE
    if not path.exists():
        return {}
    project = ProjectFiles.at(root, secrets=secrets_of(configuration.settings))
    shown = project.display_path(str(path))
    data = parse_first_checked(project.read_unsearched(str(path)), shown, project.secrets)
    try:
        return from_data(data)
    except ValueError as error:
        raise ConfigError.of(
            "Invalid baseline",
            f"`{shown}` {error}. Rewrite it:\n\n"
            f"    cioform lint {configuration.name} --write-baseline",
            location=Location(shown),
        ) from None


def write_baseline(folder: Path, baseline: Baseline) -> Path | None:
    """Write the baseline of a workspace and return its path; without findings, remove the file."""
    path = folder / BASELINE_FILE
    if not baseline:
        path.unlink(missing_ok=True)
        return None
    write_text(path, _HEAD + dump_yaml(to_data(baseline)))
    return path
