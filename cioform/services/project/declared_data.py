"""The declared data of a workspace, with that of the folders that it includes."""

from __future__ import annotations

from pathlib import Path

from cioform.config.load import Configuration, secrets_of
from cioform.config.read.data_files import load_declared
from cioform.contract.declared import DeclaredData


def declared_data(root: Path, configuration: Configuration) -> DeclaredData:
    """Return what a workspace declares. Raises ConfigError for declarations that are wrong."""
    settings = configuration.settings
    return load_declared(root, configuration.folder, settings.include, secrets_of(settings))
