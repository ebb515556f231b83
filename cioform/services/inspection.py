"""Queries about an open workspace: nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.config.load import Configuration
from cioform.contract.needs import Contract
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import AppliedState
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.plan.reach.reference_graph import ReferenceGraph
from cioform.plan.selecting.scope import Scope
from cioform.report.preview.model import Preview
from cioform.report.query import ResourceRow
from cioform.run.reading.data_index import DataIndex, read_data_index
from cioform.run.reading.history.timeline import Timeline
from cioform.run.reading.reach.attribute_coverage import AttributeCounter, Coverage
from cioform.services.audit import read_timeline
from cioform.services.contracts.workspace_contracts import find_contracts
from cioform.services.lookup.query import query_resources
from cioform.services.lookup.references import find_references
from cioform.services.operations import Operations
from cioform.services.preview.previewing import PreviewRequest, preview_resource
from cioform.services.reading.read import (
    read_live_object,
    rewritten_as_known,
    show_resource,
)


class Inspection(Operations):
    """The files, the state and the objects of an open workspace, to look at."""

    @property
    def configuration(self) -> Configuration:
        """What the files say."""
        return self._opened.configuration

    @property
    def kinds(self) -> Registry:
        """Every kind that cioform manages."""
        return self._opened.kinds

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that a credential is set for."""
        return self._opened.apis

    def applied(self) -> AppliedState:
        """Return the state: the bindings and what was last written."""
        return self._opened.load_state()

    def show(self, address: Address, source: str) -> Attributes:
        """Return a resource as in the files (`desired`), as last written (`applied`) or `live`."""
        return show_resource(self._opened, address, source)

    def live(self, address: Address) -> tuple[LiveObject, Names]:
        """Return a live object in full, and the names that resolve its references."""
        return read_live_object(self._opened, address)

    def shown(self, address: Address, live: LiveObject) -> Attributes:
        """Return a live object as `show` does, without another request."""
        return rewritten_as_known(self._opened, address, live.attributes)

    def references(
        self, scope: Scope | None = None, *, live: bool = False, address: Address | None = None
    ) -> tuple[ReferenceGraph, list[str]]:
        """Return the graph of references, and the addresses in `scope`, none without a scope.

        The graph has the references in the files. With `live`, it also has objects without a file,
        and the users that the APIs return for the selected resources and `address`. Raises
        UsageError for a selector that is invalid or matches nothing.
        """
        return find_references(self._opened, scope, live=live, address=address)

    def preview(
        self,
        address: Address,
        *,
        people: tuple[str, ...] = ("all",),
        live: bool = False,
        before_after: bool = False,
    ) -> Preview:
        """Return the messages of a resource as several people get them.

        `people` are stand-ins, files with data, or IDs of people. `live` shows the messages in the
        workspace, `before_after` those and the messages in the files.
        """
        request = PreviewRequest(address, people, live=live, before_after=before_after)
        return preview_resource(self._opened, self.people, request)

    def contract(self, *addresses: Address) -> tuple[Contract, ...]:
        """Return the data that the messages of some resources need; of all without addresses."""
        opened = self._opened
        found = find_contracts(opened.root, opened.configuration, opened.kinds)
        return tuple(found.chosen([str(address) for address in addresses]))

    def attribute_coverage(self, attributes: Iterable[str]) -> dict[str, Coverage | None]:
        """Return for how many people attributes are blank; None where that cannot be read."""
        opened = self._opened
        counter = AttributeCounter(opened.kinds, opened.provider, opened.workspace_id)
        return {attribute: counter.coverage(attribute) for attribute in attributes}

    def data_index(self) -> DataIndex | None:
        """Return what the workspace has seen of people and events; None if it cannot be read."""
        return read_data_index(self._opened.provider)

    def query(self, *selectors: str, live: bool = False) -> tuple[ResourceRow, ...]:
        """Return the resources that selectors name, all without any; see docs/selectors.md.

        With `live`, the workspace is read, and objects that no file describes are among them.
        """
        return query_resources(self._opened, selectors, live=live)

    def timeline(self, since: int, actor: str = "") -> Timeline:
        """Return what happened since a time in Unix seconds, with cioform and without it.

        With `actor`, only what was done by those whose name contains it.
        """
        return read_timeline(self._opened, since, actor)
