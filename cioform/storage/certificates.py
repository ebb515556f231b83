"""The certificates of this machine, which connections trust."""

from __future__ import annotations

import ssl
from functools import cache
from typing import TYPE_CHECKING

from cioform.core.lazy_modules import lazy_module

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Return the certificates that connections trust; reading them takes 40 ms."""
    return httpx.create_ssl_context()
