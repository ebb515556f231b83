"""The sending domains that are verified."""

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import DOMAIN


def is_verified(request: Request, email: str) -> bool:
    """Return whether the domain of an address is verified."""
    domain = email.rpartition("@")[2].lower()
    found = (each for each in request.workspace_data.all(DOMAIN) if each["domain"] == domain)
    return any(each["verified"] for each in found)
