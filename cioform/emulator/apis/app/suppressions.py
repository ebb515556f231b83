"""Addresses to which the e-mail service does not send, on the App API (app facts, 5.7)."""

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.wire.errors import ApiError

_TYPES = ("blocks", "bounces", "invalid_emails", "spam_reports")
_REPORTS = ("bounced", "spammed")
"""The reports of a delivery after which Customer.io would list its address."""


def list_of_type(request: Request) -> Response:
    """Return the addresses of one type; without addresses, null and no category.

    Source: corrections 2026-11, row 12. No source records the members of a listed address, or the
    response for another type.
    """
    if request.path_params["suppression_type"] not in _TYPES:
        raise ApiError(501, "the sandbox does not serve this type", code="not_served")
    for delivery in request.workspace_data.deliveries.filter_by():
        if any(report in delivery["metrics"] for report in _REPORTS):
            detail = "the sandbox does not list addresses that bounced or reported spam"
            raise ApiError(501, detail, code="not_served")
    return Response({"suppressions": None})


ROUTES = (app_route("GET", "/esp/suppression/<suppression_type>", list_of_type),)
