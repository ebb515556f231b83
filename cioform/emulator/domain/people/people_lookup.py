"""Find a person by an identifier whose type the `id_type` of the query names."""

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import ApiError, not_found

ID_TYPES = ("id", "email", "phone", "cio_id")
"""Source: app facts, 5.7; corrections 2026-11, row 22."""


def requested_id_type(request: Request) -> str:
    """Return the `id_type` of the query, by default `id`. Raises 400 if it is not supported."""
    id_type = request.query.get("id_type") or "id"
    if id_type not in ID_TYPES:
        raise ApiError(400, f"id_type must be one of {', '.join(ID_TYPES)}")
    return id_type


def strip_cio_prefix(id_type: str, value: str) -> str:
    """Return the identifier without the `cio_` that may introduce a cio_id."""
    return value.removeprefix("cio_") if id_type == "cio_id" else value


def get_person(request: Request, value: str) -> Record:
    """Return the person with that identifier, of the type that the query names.

    Raises 404 if there is none; an identifier of another type finds nobody.
    """
    id_type = requested_id_type(request)
    person = request.workspace_data.people.find(id_type, strip_cio_prefix(id_type, value))
    if person is None:
        raise not_found("customer")
    return person
