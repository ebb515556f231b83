"""The two regions: what becomes of a request that was sent to the other one's host.

An American host sends the requests of a European account on; a European host refuses those of an
American account. Under any other name, such as that of loopback, the sandbox is wherever it is.
"""

import json

from werkzeug.utils import redirect
from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.wire.errors import ApiError, Envelope
from cioform.emulator.wire.raw_path import raw_request_path

US_HOSTS = ("api", "track", "cdp")
DOMAIN = ".customer.io"
REGION_PATH = "/api/v1/accounts/region"


def wrong_region_response(request: WsgiRequest, region: str) -> WsgiResponse | None:
    """The answer of the wrong host, None at the right one."""
    host = request.host.partition(":")[0]
    name = host.removesuffix(DOMAIN)
    if name == host or name.removesuffix("-eu") not in US_HOSTS:
        return None
    european = name.endswith("-eu")
    # Which region it is, either host tells (app facts, 2).
    if european is (region == "eu") or request.path == REGION_PATH:
        return None
    if not european:
        query = request.query_string.decode("latin-1")
        place = request.host.replace(host, f"{name}-eu{DOMAIN}", 1)
        there = f"{request.scheme}://{place}{raw_request_path(request.environ)}"
        return redirect(f"{there}?{query}" if query else there, 307)
    refusal = ApiError(401, "invalid credentials", code="invalid_credentials")
    response = WsgiResponse(status=401, mimetype="application/json")
    response.set_data(_error_text(refusal))
    return response


def _error_text(refusal: ApiError) -> str:
    return json.dumps(refusal.body(Envelope.ERRORS, "region"))
