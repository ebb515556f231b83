"""Senders for the sandbox: no API makes one, and it has no settings page to make them on."""

from __future__ import annotations

import httpx

from cioform.emulator.server.app import WsgiApp
from cioform.emulator.server.in_process import InProcessTransport
from cioform.emulator.store.database import EmulatedWorkspace as Place
from cioform.model.snapshot import DesiredState

_AUDIT_USER = "settings@sandbox.example"
"""Who the audit log says has added them."""


def create_declared_senders(app: WsgiApp, place: Place, desired: DesiredState) -> None:
    """Make every sender that the files declare, where the sandbox does not have it yet."""
    declared = [r.attributes for a, r in desired.resources.items() if a.kind == "sender"]
    if not declared:
        return
    path = f"/v1/environments/{place.environment_id}/identities"
    door = InProcessTransport(app, _AUDIT_USER)
    with httpx.Client(transport=door, base_url="http://journeys.sandbox") as client:
        listed = client.get(path, params={"type": "email"}).json()["identities"]
        there = {(sender["name"], sender["email"]) for sender in listed}
        for sender in declared:
            if (sender["name"], sender["email"]) not in there:
                wire = {**sender, "template_type": "email"}
                client.post(path, json={"identity": wire}).raise_for_status()
