"""Check that a response matches the schema of its request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.model.decoding import API_CHANGED
from cioform.model.remote_access.conversation import Request, Response
from cioform.model.remote_access.response_schema import SchemaProblem, find_schema_problem

if TYPE_CHECKING:
    from cioform.remote.provider import Provider


def send_checked(provider: Provider, request: Request) -> Response:
    """Send a request and return the response, which matches the schema of the request."""
    response = provider.send(request)
    check_response(request, response)
    return response


def check_response(request: Request, response: Response) -> None:
    """Raise RemoteError unless the response matches the schema of the request.

    After a write it is OutcomeUnknownError: Customer.io accepted the request.
    """
    problem = find_schema_problem(request.schema, response.body) if request.schema else None
    if problem is None:
        return
    if request.writes:
        raise OutcomeUnknownError(
            invalid_response_error(
                request, problem, "Customer.io did accept the request, so it is not sent again. "
            ).diagnostics
        )
    raise invalid_response_error(request, problem)


def invalid_response_error(
    request: object, problem: SchemaProblem, consequence: str = ""
) -> RemoteError:
    """Return the error for a response with a member that is not as expected."""
    detail = f"The response to {request} cannot be used: {problem}. {consequence}{API_CHANGED}"
    return RemoteError([Diagnostic("Invalid response", detail)])
