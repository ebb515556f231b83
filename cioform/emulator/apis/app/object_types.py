"""Object types on the App API (app facts, 5.6)."""

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import OBJECT_TYPE


def list_all(request: Request) -> Response:
    """Return all object types. An ID is a text here (corrections 2026-11, row 15)."""
    types = [
        {
            "id": str(each["id"]),
            "name": each["name"],
            "slug": each["name"].lower().replace(" ", "_"),
            "singular_name": each["name"],
            "singular_slug": each["name"].lower().replace(" ", "_"),
            "icon": "",
            "enabled": each["enabled"],
        }
        for each in request.workspace_data.all(OBJECT_TYPE)
    ]
    return Response({"types": types})


ROUTES = (app_route("GET", "/object_types", list_all),)
