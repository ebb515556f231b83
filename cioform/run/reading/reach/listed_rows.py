"""Read objects from the list of their kind, as far as it shows them."""

from __future__ import annotations

from cioform.core.errors import AuthError, RemoteError
from cioform.model.decoding import decode_live
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.remote.provider import Provider
from cioform.run.reading.kind_reader import KindReader


def list_if_readable(reader: KindReader, provider: Provider) -> tuple[RemoteObject, ...] | None:
    """Return every object of a kind, or None if the list cannot be read."""
    try:
        return reader.list(provider)
    except (AuthError, RemoteError):
        return None


def decode_row(kind: Kind, row: RemoteObject, names: Names) -> LiveObject | None:
    """Return an object as its list shows it, or None if the list shows too little.

    A list of the App API lacks the contents of a message (app facts, 4.5).
    """
    try:
        return decode_live(kind, row, names)
    except RemoteError:
        return None
