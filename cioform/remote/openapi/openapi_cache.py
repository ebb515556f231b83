"""The OpenAPI document of the Journeys API, cached for a day (journeys facts, section 1)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.model.remote_access.conversation import Api, Request
from cioform.remote.factory import HttpProvider
from cioform.remote.openapi.openapi_validation import JsonObject, validate_against_openapi
from cioform.storage.atomic import replace_file

CACHE_LIFETIME: Final = 24 * 3600
"""Seconds."""
_OPENAPI_REQUEST: Final = Request(Api.JOURNEYS, "GET", "/v1/openapi.json")


@dataclass(frozen=True, slots=True)
class _CachedDocument:
    """An OpenAPI document as the cache file has it."""

    document: JsonObject
    etag: str
    fetched_at: float
    """Unix seconds."""


def validate_requests(
    requests: Iterable[Request], provider: HttpProvider, cache: Path, now: float
) -> list[Diagnostic]:
    """Return what the OpenAPI document does not know of the Journeys requests.

    What is missing from a cached document is looked up in the current one before it is reported.
    """
    journeys = [request for request in requests if request.api is Api.JOURNEYS]
    if not journeys:
        return []
    problems = validate_against_openapi(journeys, load_openapi(provider, cache, now))
    if not problems:
        return []
    return validate_against_openapi(
        journeys, load_openapi(provider, cache, now, force_refresh=True)
    )


def load_openapi(
    provider: HttpProvider, cache: Path, now: float, *, force_refresh: bool = False
) -> JsonObject:
    """Return the OpenAPI document: from the file `cache` for 24 hours, then by its ETag.

    With `force_refresh` it is always requested. A cache that cannot be read or written is
    ignored. Raises RemoteError when the response is not an OpenAPI document.
    """
    host = provider.connection.base_url(Api.JOURNEYS)
    cached = _read_cache(cache, host)
    if cached is not None and not force_refresh and 0 <= now - cached.fetched_at < CACHE_LIFETIME:
        return cached.document
    headers = {"If-None-Match": cached.etag} if cached is not None and cached.etag else {}
    raw = provider.connection.send_raw(_OPENAPI_REQUEST, headers)
    if raw.status == 304 and cached is not None:
        _write_cache(cache, host, _CachedDocument(cached.document, cached.etag, now))
        return cached.document
    document = provider.connection.decode(_OPENAPI_REQUEST, raw).body
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise RemoteError.of(
            "Invalid OpenAPI document",
            f"The response to {_OPENAPI_REQUEST} is not an OpenAPI document. Writes cannot be "
            "checked against it, so nothing is written. Check the `journeys` endpoint in "
            "`workspace.yaml`.",
        )
    _write_cache(cache, host, _CachedDocument(document, raw.headers.get("etag", ""), now))
    return document


def _read_cache(cache: Path, host: str) -> _CachedDocument | None:
    try:
        content = json.loads(cache.read_bytes())
        if content["host"] != host or not isinstance(content["document"]["paths"], dict):
            return None
        return _CachedDocument(content["document"], str(content["etag"]), float(content["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_cache(cache: Path, host: str, cached: _CachedDocument) -> None:
    content = {
        "host": host,
        "etag": cached.etag,
        "at": cached.fetched_at,
        "document": cached.document,
    }
    with contextlib.suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        replace_file(cache, json.dumps(content).encode(), durable=False)
