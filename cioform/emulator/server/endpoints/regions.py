"""The two regions: the response to a request that was sent to the host of the wrong one.

The US host of the Track API redirects the requests of a European account. All others reject the
requests of accounts of the other region as if the credential were wrong (corrections 2026-11, row
13). Under any other name, such as `localhost`, the emulator serves both.
"""

from werkzeug.utils import redirect
from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.protocol.auth import invalid_credentials
from cioform.emulator.server.responses import error_response
from cioform.emulator.wire.raw_path import raw_request_path

US_HOSTS = ("api", "track", "cdp")
DOMAIN = ".customer.io"
REDIRECTING_HOST = "track"
REGION_PATH = "/api/v1/accounts/region"


def wrong_region_response(wsgi_request: WsgiRequest, region: str) -> WsgiResponse | None:
    """Return the response of a host of the wrong region, None for the right one."""
    host = wsgi_request.host.partition(":")[0]
    name = host.removesuffix(DOMAIN)
    if name == host or name.removesuffix("-eu") not in US_HOSTS:
        return None
    is_eu_host = name.endswith("-eu")
    # Hosts of both regions return which region an account is in (app facts, 2).
    if is_eu_host is (region == "eu") or wsgi_request.path == REGION_PATH:
        return None
    if name != REDIRECTING_HOST:
        return error_response(invalid_credentials(), "region")
    return redirect(_eu_url(wsgi_request, host, name), 307)


def _eu_url(wsgi_request: WsgiRequest, host: str, name: str) -> str:
    """Return the URL of the request with the European host instead of `host`."""
    netloc = wsgi_request.host.replace(host, f"{name}-eu{DOMAIN}", 1)
    url = f"{wsgi_request.scheme}://{netloc}{raw_request_path(wsgi_request.environ)}"
    query = wsgi_request.query_string.decode("latin-1")
    return f"{url}?{query}" if query else url
