"""The account of a token, and its workspaces, on the Journeys API (journeys facts, 1)."""

from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.auth import ACCOUNT_ID
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import Route
from cioform.emulator.wire.errors import not_found


def read_current(request: Request) -> Response:
    """Return the account of the token, with its region and its workspaces."""
    account = {
        "id": ACCOUNT_ID,
        "name": "Emulated account",
        "data_center": request.behavior.region,
        "environment_ids": [each.environment_id for each in request.store.workspaces()],
    }
    return Response({"account": account})


def list_environments(request: Request) -> Response:
    """Return all workspaces of the account."""
    if request.path_params["account"] != ACCOUNT_ID:
        raise not_found("account")
    workspaces = request.store.workspaces()
    environments = [{"id": each.environment_id, "name": each.name} for each in workspaces]
    return Response({"environments": environments})


ROUTES = (
    Route(surfaces.ACCOUNT, "GET", "/v1/accounts/current", read_current),
    Route(surfaces.ACCOUNT, "GET", "/v1/accounts/<int:account>/environments", list_environments),
)
