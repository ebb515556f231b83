"""Add people to manual segments, and remove them."""

from cioform.emulator.domain.people.track_ingest import TrackIngest
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.people import member_key
from cioform.emulator.store.record_types import Record
from cioform.emulator.validation.track_rules import checked_identifier


def change_members(
    request: Request, segment: Record, identifier_type: str, values: list[str], *, adding: bool
) -> None:
    """Add the people with these identifiers to a manual segment, or remove them."""
    keys = _member_keys(request, identifier_type, values, adding=adding)
    members = request.workspace_data.members
    change = members.add if adding else members.remove
    change(segment["id"], keys)


def _member_keys(
    request: Request, identifier_type: str, values: list[str], *, adding: bool
) -> list[str]:
    """Return the keys of these people in a manual segment.

    People who do not exist are skipped, except that `Behavior.unknown_members` decides about IDs
    that are added.
    """
    unknown_members = request.behavior.unknown_members
    ingest = TrackIngest(request)
    keys: list[str] = []
    for value in dict.fromkeys(values):
        person = request.workspace_data.people.find(identifier_type, value)
        if person is not None:
            keys.append(member_key(person))
        elif identifier_type == "id" and (not adding or unknown_members == "keep"):
            keys.append(value)
        elif identifier_type == "id" and unknown_members == "make":
            ingest.identify(checked_identifier("id", value, "ids"), {})
            keys.append(value)
    ingest.flush()
    return keys
