"""Apply `protect` and `ignore` of the target branch in a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cioform.config.load import Configuration
from cioform.core.address import Address
from cioform.model.objects.snapshot import DesiredState
from cioform.model.resource import Resource
from cioform.plan.matching.base_documents import BaseDocuments


def with_base_documents(configuration: Configuration, base: BaseDocuments) -> Configuration:
    """Return a configuration in which documents are protected and ignored as in the base.

    A document that the base lacks stays as it is.
    """
    resources = configuration.desired.resources
    judged = {address: base.judged(each) for address, each in resources.items()}
    changed = tuple(_changed(resources, judged))
    if not changed:
        return configuration
    settings = configuration.settings
    known = tuple(dict.fromkeys((*settings.changed_since_base, *changed)))
    return replace(
        configuration,
        settings=replace(settings, changed_since_base=known),
        desired=DesiredState(judged),
    )


def _changed(
    resources: Mapping[Address, Resource], judged: Mapping[Address, Resource]
) -> Iterator[str]:
    for address, own in resources.items():
        if own.protect != judged[address].protect:
            yield f"protect of {address}"
        if own.ignore != judged[address].ignore:
            yield f"ignore of {address}"
