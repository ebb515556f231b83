"""Edits of files that leave every file valid; edits that would not are left out."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from cioform.config.load import Configuration, load_configuration
from cioform.config.write.editing.edited_files import by_real_path
from cioform.config.write.unwritable import unwritable_text
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, without_unknown
from cioform.core.dataclasses import replace
from cioform.core.errors import ConfigError
from cioform.model.registry import Registry
from cioform.services.project.file_updates import FileUpdates, plan_updates


def plan_valid_updates(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    live: Mapping[Address, Attributes],
    *,
    into_shared: bool = False,
    added: Mapping[Address, Collection[str]] = MappingProxyType({}),
) -> tuple[FileUpdates, Configuration]:
    """Return the updates of `plan_updates` that leave the files valid, and the updated files.

    Raises ConfigError for problems that the files already have.
    """
    left = _unwritable(kinds, live)
    values = {address: fields for address, fields in live.items() if address not in left}
    while True:
        updates = plan_updates(
            root, configuration, kinds, values, into_shared=into_shared, added=added
        )
        texts = updates.files.changed
        try:
            loaded = load_with(root, configuration.name, kinds, texts)
        except ConfigError as error:
            invalid = {d.address: d.detail for d in error.diagnostics if d.address in values}
            if not invalid:
                raise
            for address, detail in invalid.items():
                values.pop(address)
                left[address] = f"{address}: its file would not be valid. {detail}"
            continue
        return replace(updates, left=(*updates.left, *left.values())), loaded


def load_with(
    root: Path, workspace: str, kinds: Registry, texts: Mapping[Path, str]
) -> Configuration:
    """Return what the files would say with these texts. Raises ConfigError if it is not valid."""
    return load_configuration(root, workspace, kinds, os.environ, by_real_path(texts))


def _unwritable(kinds: Registry, live: Mapping[Address, Attributes]) -> dict[Address, str]:
    texts = {
        address: unwritable_text(kinds[address.kind].to_document(without_unknown(fields)))
        for address, fields in live.items()
    }
    return {address: f"{address}: {text}" for address, text in texts.items() if text}
