"""Objects that people create by hand in Customer.io, such as senders, in the sandbox."""

from __future__ import annotations

from contextlib import closing
from wsgiref.types import WSGIApplication

from cioform.core.secrets.secret import Secret
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import EmulatedWorkspace
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import DesiredState
from cioform.model.remote_access.capabilities import SetUpByHand
from cioform.model.remote_access.endpoints import ENDPOINTS, Credentials
from cioform.model.settings.limits import UNLIMITED
from cioform.remote.factory import connect
from cioform.run.reading.driver import run_conversation

_AUDIT_USER = "settings@sandbox.example"
"""Who created them, according to the audit log of the sandbox."""


def create_declared_objects(
    app: WSGIApplication, emulated: EmulatedWorkspace, desired: DesiredState
) -> None:
    """Set up what the declared objects need, no API can do and the sandbox lacks."""
    declared = {
        kind: [r.attributes for r in desired.resources.values() if r.address.kind == kind.name]
        for kind in find_kinds()
        if isinstance(kind, SetUpByHand)
    }
    if not any(declared.values()):
        return
    provider = connect(
        ENDPOINTS["sandbox"],
        Credentials(service_account_token=Secret(emulated.credentials.service_account_token)),
        emulated.environment_id,
        rates=UNLIMITED,
        transport=InProcessTransport(app, _AUDIT_USER),
    )
    with closing(provider):
        for kind, objects in declared.items():
            if objects:
                run_conversation(kind.set_up_in_sandbox(objects), provider)
