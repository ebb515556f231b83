"""Random edits that somebody makes in the browser while cioform manages the workspace."""

from __future__ import annotations

from random import Random
from typing import Any, Final, NamedTuple

from cioform.core.address import Address
from cioform.core.errors import RemoteError, UsageError
from cioform.model.remote_access.conversation import Api
from cioform.model.router import choose_route
from cioform.model.routing.routes import DeleteRoute
from cioform.run.reading.driver import run_conversation
from cioform.services.sandbox.editing import edit_in_sandbox
from tests.support.sandbox_project import SandboxProject

SOMEBODY: Final = "jane@acme.com"
REJECTED: Final = 422
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "snippet": ("value",),
    "layout": ("body", "name"),
    "segment": ("description", "name"),
    "sender": ("name",),
    "tag": ("name",),
    "transactional": ("description", "email.subject", "sms.body", "email.cc", "sms.image_url"),
    "campaign": (
        *("hello.email.subject", "tap.push.title", "description", "name", "state"),
        *("hello.email.bcc", "tap.push.link"),
    ),
}
VALUES: Final = {"state": ("running", "stopped"), "body": ("<b>{{ content }}</b>",)}


IN_NO_FILE: Final = ("email.cc", "sms.image_url", "hello.email.bcc", "tap.push.link")
"""The fields that no document of a walk sets."""


class Edit(NamedTuple):
    """What somebody did, the address of what was deleted, and what was set that no file sets."""

    text: str
    deleted: frozenset[Address] = frozenset()
    in_no_file: frozenset[tuple[Address, str]] = frozenset()


def edit_in_browser(project: SandboxProject, rng: Random) -> Edit:
    """Edit or delete something that is bound."""
    bound = sorted((a for a in project.bindings() if a.kind in FIELDS), key=str)
    if not bound:
        return Edit("nothing to edit")
    address = rng.choice(bound)
    if rng.random() < 0.15:
        if not _delete(project, address):
            return Edit(f"cannot delete {address}")
        return Edit(f"deletes {address}", frozenset({address}))
    field = rng.choice(FIELDS[address.kind])
    value = rng.choice(VALUES.get(field, [f"edited {number}" for number in range(1, 10)]))
    try:
        edit_in_sandbox(project.root, "acme", address, field, value, SOMEBODY)
    except UsageError:  # it has no such field, or was deleted
        return Edit(f"cannot edit {field} of {address}")
    except RemoteError as error:
        if error.status != REJECTED:
            raise
        # Half-made by a cut, it cannot be started, for example.
        return Edit(f"may not edit {field} of {address}")
    fields = frozenset({(address, field)} if field in IN_NO_FILE else ())
    return Edit(f"sets {field} of {address} to {value}", in_no_file=fields)


def _delete(project: SandboxProject, address: Address) -> bool:
    with project.open(frozenset({Api.JOURNEYS}), SOMEBODY) as workspace:
        try:
            live, _ = workspace.live(address)
        except UsageError:
            return False
        route = choose_route(workspace.kinds[address.kind], DeleteRoute, workspace.apis, ())
        assert route is not None
        operation: Any = route.operation
        try:
            run_conversation(operation(live), workspace.provider)
        except RemoteError:  # it is in use
            return False
    return True
