"""The undecoded path of a request, in which an encoded slash does not separate segments."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

RAW_URI_KEY = "REQUEST_URI"
"""The key of the WSGI environment with path and query as they were sent."""


def raw_request_path(environ: Mapping[str, Any]) -> str:
    """Return the path with each segment percent-encoded in one uniform way.

    A server that does not provide the raw URI has decoded the path already; then every slash
    separates segments.
    """
    if RAW_URI_KEY not in environ:
        return quote(str(environ["PATH_INFO"]).encode("latin-1"))
    path = str(environ[RAW_URI_KEY]).partition("?")[0]
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    if path.isascii() and "%" not in path:
        return path
    return "/".join(
        quote(unquote_to_bytes(segment.encode("latin-1")), "") for segment in path.split("/")
    )
