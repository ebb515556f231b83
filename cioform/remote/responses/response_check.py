"""Check that a response has the form that its request demands."""

from __future__ import annotations

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.model.decoding import API_CHANGED
from cioform.model.remote_access.conversation import Request, Response
from cioform.model.remote_access.response_form import FormProblem, find_form_problem
from cioform.remote.provider import Provider


def send_checked(provider: Provider, request: Request) -> Response:
    """Send a request and return the response, which has the form that the request demands."""
    response = provider.send(request)
    check_response(request, response)
    return response


def check_response(request: Request, response: Response) -> None:
    """Raise RemoteError unless the response has the form that the request demands.

    After a write it is OutcomeUnknownError: Customer.io accepted the request.
    """
    problem = find_form_problem(request.form, response.body) if request.form else None
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
    request: object, problem: FormProblem, consequence: str = ""
) -> RemoteError:
    """Return the error for a response with a member that is not as expected."""
    detail = f"The response to {request} cannot be used: {problem}. {consequence}{API_CHANGED}"
    return RemoteError([Diagnostic("Invalid response", detail)])
