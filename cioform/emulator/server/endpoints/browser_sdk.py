"""Endpoints for the browser SDK besides the Pipelines API: its settings, and CORS.

Source: the code of @customerio/cdp-analytics-browser 0.5.
"""

from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.apis.pipelines.ingest import ROUTE_PATHS
from cioform.emulator.protocol.auth import find_workspace_by_write_key
from cioform.emulator.server.responses import json_response
from cioform.emulator.store.database import Store

DESTINATION_NAME = "Customer.io Data Pipelines"
CORS_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, Authorization"),
)


def preflight_response(wsgi_request: WsgiRequest) -> WsgiResponse | None:
    """Return the response to a CORS preflight of the Pipelines API, None for any other request."""
    if wsgi_request.method != "OPTIONS" or not _is_open_to_browsers(wsgi_request.path):
        return None
    return WsgiResponse(status=204, headers=CORS_HEADERS)


def add_cors_headers(wsgi_request: WsgiRequest, response: WsgiResponse) -> WsgiResponse:
    """Return `response`, which pages of any origin may read if it is of the Pipelines API."""
    if _is_open_to_browsers(wsgi_request.path):
        response.headers.extend(CORS_HEADERS)
    return response


def settings_response(wsgi_request: WsgiRequest, store: Store) -> WsgiResponse | None:
    """Return the settings of the browser SDK, None for any other request.

    They send the events of the SDK to this server.
    """
    if wsgi_request.method != "GET" or not _is_settings_path(wsgi_request.path):
        return None
    write_key = wsgi_request.path.split("/")[3]
    if find_workspace_by_write_key(store, write_key) is None:
        return json_response({"error": "unknown write key"}, 404)
    destination = {
        "apiKey": write_key,
        "apiHost": f"{wsgi_request.host}/v1",
        "protocol": wsgi_request.scheme,
        "addBundledMetadata": True,
        "type": "browser",
        "versionSettings": {"componentTypes": ["browser"]},
    }
    settings = {
        "integrations": {DESTINATION_NAME: destination},
        "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
        "enabledMiddleware": {},
        "remotePlugins": [],
    }
    return json_response(settings)


def _is_open_to_browsers(path: str) -> bool:
    return path in ROUTE_PATHS or _is_settings_path(path)


def _is_settings_path(path: str) -> bool:
    """Return whether `path` is `/v1/projects/{write key}/settings`."""
    parts = path.split("/")
    return len(parts) == 5 and parts[:3] == ["", "v1", "projects"] and parts[4] == "settings"
