"""What a pull request changes itself, and what its target branch has not applied yet."""

from __future__ import annotations

import os
from pathlib import Path

from cioform.config.load import Configuration, load_configuration
from cioform.core.address import Address
from cioform.core.errors import ConfigError
from cioform.model.registry import Registry
from cioform.model.resource import Resource


def own_addresses(
    configuration: Configuration, base: Path | None, kinds: Registry
) -> frozenset[Address] | None:
    """Return the addresses whose resources are not those of the target branch.

    `base` has the files of the target branch. None if they cannot be compared.
    """
    if base is None:
        return None
    name = configuration.name
    try:
        before = load_configuration(base, name, kinds, os.environ).desired.resources
    except ConfigError:
        return None
    now = configuration.desired.resources
    return frozenset(
        address
        for address in (*now, *before)
        if _content(now.get(address)) != _content(before.get(address))
    )


def _content(resource: Resource | None) -> object:
    if resource is None:
        return None
    return resource.attributes, resource.protect, resource.ignore, resource.remote_id, resource.was
