"""The contracts of a workspace: what its messages need, and what its files declare."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cioform.config.load import Configuration, load_configuration
from cioform.config.project import WORKSPACES_FOLDER
from cioform.config.read.text_locations import TextLocator
from cioform.contract.compare import ContractChange, compare_contracts
from cioform.contract.declared import DeclaredData
from cioform.contract.infer import ContractFinder
from cioform.contract.needs import Contract, NeedPlace
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Location
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean_address
from cioform.kinds import find_kinds
from cioform.model.registry import Registry
from cioform.services.project.declared_data import declared_data
from cioform.services.project.text_cache import cached_texts
from cioform.services.revisions.files import files_at_revision


@dataclass(frozen=True)
class WorkspaceContracts:
    """The contracts of a workspace, and what its files declare of the data."""

    root: Path
    configuration: Configuration
    declared: DeclaredData
    contracts: Mapping[Address, Contract]
    """What is sent, by address."""
    locator: TextLocator

    def locate(self, place: NeedPlace) -> Location | None:
        """Return where in the files a value is used."""
        resource = self.configuration.desired.resources[place.address]
        return self.locator.locate_text(resource, place.text, place.offset)

    def chosen(self, addresses: Sequence[str]) -> list[Contract]:
        """Return the contracts of some addresses; of all without any. Raises UsageError."""
        if not addresses:
            return list(self.contracts.values())
        return [self._find(text) for text in addresses]

    def _find(self, text: str) -> Contract:
        known = {str(address): contract for address, contract in self.contracts.items()}
        if text in known:
            return known[text]
        hint = did_you_mean_address(text, self.contracts)
        raise UsageError.of(
            "Message not found",
            f"No file describes {text}, or it sends no message.{hint}",
        )


def find_contracts(root: Path, configuration: Configuration, kinds: Registry) -> WorkspaceContracts:
    """Return the contracts of the files. Raises ConfigError for declarations that are wrong."""
    declared = declared_data(root, configuration)
    finder = ContractFinder(configuration.desired.resources, kinds)
    contracts = {each.address: each for each in finder.contracts()}
    return WorkspaceContracts(root, configuration, declared, contracts, TextLocator(root))


def load_contracts(root: Path, name: str) -> WorkspaceContracts:
    """Return the contracts of a workspace. Raises ConfigError for files that are not valid."""
    kinds = find_kinds()
    with cached_texts(root):
        configuration = load_configuration(root, name, kinds, os.environ)
        return find_contracts(root, configuration, kinds)


def changes_since(
    found: WorkspaceContracts, revision: str, chosen: Sequence[Contract]
) -> Iterator[ContractChange]:
    """Yield what changed in contracts since a revision of Git. Raises UsageError and ConfigError.

    A workspace that the revision does not have has no changes.
    """
    with files_at_revision(found.root, revision) as old_root:
        name = found.configuration.name
        if not (old_root / WORKSPACES_FOLDER / name).is_dir():
            return
        old = load_contracts(old_root, name).contracts
        wanted = {contract.address for contract in chosen}
        everything = len(wanted) == len(found.contracts)
        for change in compare_contracts(old, found.contracts):
            if everything or change.address in wanted:
                yield change
