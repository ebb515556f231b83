"""Check the IDs of an object and of its parts, in a state and in a journal."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Json, as_mapping, as_text
from cioform.model.remote_access.response_schema import is_id_in_path


def find_id_problem(
    remote_id: str | None, parts: Mapping[str, str], *, is_text: bool
) -> str | None:
    """Return what is wrong with the IDs of one object, or None. An object may have none yet.

    `is_text` says that the ID is a name that people chose, which paths contain encoded.
    """
    # People chose a name, and it may have any character.
    if remote_id is not None and not (remote_id if is_text else is_id_in_path(remote_id)):
        return f"{remote_id!a} is not a valid ID of an object"
    owners: dict[str, str] = {}
    for part, own_id in parts.items():
        if not is_id_in_path(own_id):
            return f"{own_id!a} is not a valid ID of its part `{part}`"
        if other := owners.get(own_id):
            return f"its parts `{other}` and `{part}` have the same ID, {own_id}"
        owners[own_id] = part
    return None


def find_recorded_problem(data: Mapping[str, Json]) -> str | None:
    """Return what is wrong with the IDs in a record of a journal, or None.

    A record does not say whether its object has a name as its ID.
    """
    parts = {name: str(own_id) for name, own_id in as_mapping(data.get("parts")).items()}
    return find_id_problem(as_text(data.get("remote_id")), parts, is_text=True)
