"""Operations on people and messages, which do not depend on the files."""

from __future__ import annotations

from uuid import uuid4

from cioform.operate.address_resolver import AddressResolver
from cioform.operate.broadcasts.broadcasts import Broadcasts
from cioform.operate.bulk_import.importer import Importer
from cioform.operate.campaigns.campaigns import Campaigns
from cioform.operate.events import Events
from cioform.operate.messages.sends import Sends
from cioform.operate.people.people import People
from cioform.operate.segments.members import Members
from cioform.remote.factory import HttpProvider
from cioform.services.context import OpenWorkspace
from cioform.services.contracts.data_checks import DataChecks
from cioform.services.project.state_folder import state_folder

IMPORTS_FOLDER = "imports"
"""Beside the state: the journals of bulk imports and their rejected lines."""


class Operations:
    """The people, events and messages of an open workspace, and its metrics."""

    def __init__(self, opened: OpenWorkspace) -> None:
        self._opened = opened

    @property
    def provider(self) -> HttpProvider:
        """The connection to the workspace, for requests of your own."""
        return self._opened.provider

    @property
    def data_checks(self) -> DataChecks:
        """Checks of data against what the messages of the files need, before it is sent."""
        return DataChecks(self._opened)

    @property
    def people(self) -> People:
        """People: identify, show, delete, suppress, import."""
        return People(self.provider, self._address_resolver, self._importer)

    @property
    def events(self) -> Events:
        """Events: track one, import many."""
        return Events(self.provider, self._importer)

    @property
    def send(self) -> Sends:
        """Transactional messages to one person."""
        opened = self._opened
        return Sends(self.provider, self._address_resolver, opened.clock, opened.sleep)

    @property
    def broadcasts(self) -> Broadcasts:
        """API-triggered broadcasts."""
        opened = self._opened
        return Broadcasts(self.provider, self._address_resolver, opened.clock, opened.sleep)

    @property
    def campaigns(self) -> Campaigns:
        """Campaigns as they run, and the metrics of everything that sends."""
        return Campaigns(self.provider, self._address_resolver, self._opened.clock)

    @property
    def members(self) -> Members:
        """The members of manual segments."""
        return Members(self.provider, self._address_resolver)

    @property
    def _address_resolver(self) -> AddressResolver:
        return AddressResolver(self._opened.name, self._opened.kinds, self._opened.load_state)

    @property
    def _importer(self) -> Importer:
        opened = self._opened
        folder = state_folder(opened.root, opened.name) / IMPORTS_FOLDER
        return Importer(self.provider, folder, opened.clock, opened.sleep, lambda: uuid4().hex)
