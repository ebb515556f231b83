"""The changes of a pull request, apart from what its target branch has not applied yet."""

from __future__ import annotations

from pathlib import Path

from cioform.config.load import Configuration
from cioform.core.address import Address
from cioform.core.errors import ConfigError
from cioform.model.registry import Registry
from cioform.services.revisions.changed_resources import changed_resources


def own_addresses(
    configuration: Configuration, base: Path | None, kinds: Registry
) -> frozenset[Address] | None:
    """Return the addresses whose resources are not those of the target branch.

    `base` has the files of the target branch. None if they cannot be compared.
    """
    if base is None:
        return None
    try:
        return frozenset(changed_resources(configuration, base, kinds))
    except ConfigError:
        return None
