"""Edits of the workspace `demo` that people make in their browsers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cioform.core.address import Address
from cioform.model.remote_access.conversation import Api
from cioform.services.sandbox.editing import edit_live_object
from cioform.services.workspace import open_workspace


def edit_all(edits: Iterable[tuple[str, str, str]]) -> None:
    """Make many edits, each with an address, a field and its value, in one connection."""
    journeys = frozenset({Api.JOURNEYS})
    with open_workspace(Path(), "demo", apis=journeys, actor="jane@acme.com") as workspace:
        for address, field, value in edits:
            edit_live_object(workspace, Address.parse(address), field, value)
