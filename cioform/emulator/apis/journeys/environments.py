"""One workspace on the Journeys API, which calls it an environment (journeys facts, 1)."""

from cioform.emulator.protocol.auth import ACCOUNT_ID
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import journeys_route


def read(request: Request) -> Response:
    """Return one workspace. No setting is in it (journeys facts, 9.5)."""
    environment = {
        "id": request.workspace.environment_id,
        "account_id": ACCOUNT_ID,
        "name": request.workspace.name,
        "identifier_type": "id",
        "metric_denominator": "sent",
        "users": [],
    }
    return Response({"environment": environment})


ROUTES = (journeys_route("GET", "", read),)
