"""Decode the objects of a workspace, whatever the workspace returned."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cioform.core.data.paths import format_path
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.core.text.quoted import quoted
from cioform.model.description_stamp import without_stamp
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.response_schema import describe_json
from cioform.model.remote_access.traced_json import find_last_member

FORM_ERRORS: Final = (
    *(AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError),
    AssertionError,
)
"""What code raises that meets JSON of another form than it expects."""

API_CHANGED: Final = (
    "Customer.io's API has probably changed: update cioform, or report this as a bug."
)


def decode_live(kind: Kind, found: RemoteObject, names: Names, requests: int = 1) -> LiveObject:
    """Return a remote object with its canonical form.

    Raises RemoteError with the path of the member if it does not have the form that the kind
    expects: of all that a decoder is given, only this was not checked before.
    """
    return LiveObject(kind.name, found, decode(kind, found, names), requests)


def decode(kind: Kind, found: RemoteObject, names: Names) -> Decoded:
    """Return the canonical form of a remote object; raises as `decode_live` does."""
    try:
        return without_stamp(kind, kind.decode(found, names))
    except FORM_ERRORS as error:
        raise _invalid_object_error(kind, found, names, error) from error


def _invalid_object_error(
    kind: Kind, found: RemoteObject, names: Names, error: Exception
) -> RemoteError:
    member = find_last_member(
        found.wire, lambda wire: kind.decode(replace(found, wire=wire), names)
    )
    where = (
        f"its member `{format_path(member[0])}` is {describe_json(member[1])}, which is not what "
        "cioform expects"
        if member is not None
        else f"cioform does not understand its form ({type(error).__name__})"
    )
    return RemoteError([invalid_object_problem(kind, found, where)])


def invalid_object_problem(kind: Kind, found: RemoteObject, what: str) -> Diagnostic:
    """Return the problem of an object whose response cannot be used; `what` is a clause."""
    return Diagnostic(
        "Invalid response",
        f"The {kind.name} {quoted(found.identity)} (ID {found.remote_id}) cannot be used: {what}. "
        f"{API_CHANGED}",
    )
