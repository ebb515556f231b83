"""Read and write `_lint-baseline.yaml`, the findings that a workspace is allowed to have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cioform.config.load import Configuration, secrets_of
from cioform.config.project import WORKSPACES_FOLDER
from cioform.config.read.checks.joined_secrets import parse_first_checked
from cioform.config.read.files import ProjectFiles
from cioform.config.write.dump import dump_yaml
from cioform.core.address import Address
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError
from cioform.lint.baseline import Baseline, from_data, to_data
from cioform.services.project.git import text_at
from cioform.storage.user_files import write_text

BASELINE_FILE: Final = "_lint-baseline.yaml"
_HEAD: Final = """\
# Findings of `cioform lint` that this workspace had when this file was written. They are not
# reported. Correct a text and remove its entry, or rewrite the file with --write-baseline.
"""


def read_baseline(root: Path, configuration: Configuration) -> Baseline:
    """Return the baseline of a workspace, empty if there is none. Raises ConfigError.

    If the settings are those of a base, so is the baseline, so that nobody accepts their own
    findings.
    """
    commit = configuration.settings.base_commit
    found = _in_files(root, configuration) if commit is None else _at(root, configuration, commit)
    if found is None:
        return {}
    shown, text = found
    data = parse_first_checked(text, shown, secrets_of(configuration.settings))
    try:
        return from_data(data)
    except ValueError as error:
        raise ConfigError.of(
            "Invalid baseline",
            f"`{shown}` {error}. Rewrite it:\n\n"
            f"    cioform lint {configuration.name} --write-baseline",
            location=Location(shown),
        ) from None


def _in_files(root: Path, configuration: Configuration) -> tuple[str, str] | None:
    """Return the path and the text of the file, None if there is none."""
    path = configuration.folder / BASELINE_FILE
    if not path.exists():
        return None
    project = ProjectFiles.at(root, secrets=secrets_of(configuration.settings))
    return project.display_path(str(path)), project.read_unsearched(str(path))


def _at(root: Path, configuration: Configuration, commit: str) -> tuple[str, str] | None:
    path = f"{WORKSPACES_FOLDER}/{configuration.name}/{BASELINE_FILE}"
    text = text_at(root, commit, path)
    return None if text is None else (f"{commit[:12]}:{path}", text)


def with_addresses(baseline: Baseline, renamed: Mapping[Address, Address]) -> Baseline:
    """Return a baseline with the new addresses of resources; `renamed` has the former ones."""
    new = {str(former): str(address) for address, former in renamed.items()}
    return {(r, new.get(a, a), path, text): n for (r, a, path, text), n in baseline.items()}


def write_baseline(folder: Path, baseline: Baseline) -> Path | None:
    """Write the baseline of a workspace and return its path; without findings, remove the file."""
    path = folder / BASELINE_FILE
    if not baseline:
        path.unlink(missing_ok=True)
        return None
    write_text(path, _HEAD + dump_yaml(to_data(baseline)))
    return path
