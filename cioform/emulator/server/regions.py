"""The two regions: what becomes of a request that was sent to the other one's host.

An American host sends the requests of a European account on; a European host refuses those of an
American account. Under any other name, such as that of loopback, the sandbox is wherever it is.
"""

import json

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from cioform.emulator.wire.errors import Envelope, Refusal
from cioform.emulator.wire.raw_path import path_sent

AMERICAN = ("api", "track", "cdp")
DOMAIN = ".customer.io"
REGION_PATH = "/api/v1/accounts/region"


def elsewhere(request: Request, region: str) -> Response | None:
    """The answer of the wrong host, None at the right one."""
    host = request.host.partition(":")[0]
    name = host.removesuffix(DOMAIN)
    if name == host or name.removesuffix("-eu") not in AMERICAN:
        return None
    european = name.endswith("-eu")
    # Which region it is, either host tells (app facts, 2).
    if european is (region == "eu") or request.path == REGION_PATH:
        return None
    if not european:
        query = request.query_string.decode("latin-1")
        place = request.host.replace(host, f"{name}-eu{DOMAIN}", 1)
        there = f"{request.scheme}://{place}{path_sent(request.environ)}"
        return redirect(f"{there}?{query}" if query else there, 307)
    refusal = Refusal(401, "invalid credentials", code="invalid_credentials")
    response = Response(status=401, mimetype="application/json")
    response.set_data(_text(refusal))
    return response


def _text(refusal: Refusal) -> str:
    return json.dumps(refusal.body(Envelope.ERRORS, "region"))
