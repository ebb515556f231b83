"""The path of a request as it was sent: an encoded slash is no slash between segments."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

RAW_URI_KEY = "REQUEST_URI"
"""Where WSGI servers, and `InProcess`, put path and query as they were sent."""


def raw_request_path(environ: Mapping[str, Any]) -> str:
    """The path with each segment encoded, whatever way its client encodes.

    A server that does not tell has decoded it already: then each slash is one between segments.
    """
    if RAW_URI_KEY not in environ:
        return quote(str(environ["PATH_INFO"]).encode("latin-1"))
    path = str(environ[RAW_URI_KEY]).partition("?")[0]
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    if path.isascii() and "%" not in path:
        return path
    return "/".join(quote(unquote_to_bytes(each.encode("latin-1")), "") for each in path.split("/"))
