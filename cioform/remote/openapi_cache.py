"""The Journeys API's description of itself, kept for a day (journeys facts, section 1)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.model.conversation import Api, Request
from cioform.remote.factory import HttpProvider
from cioform.remote.openapi_validation import validate_against_openapi
from cioform.storage.atomic import replace_file

CACHE_LIFETIME: Final = 24 * 3600
_OPENAPI_REQUEST: Final = Request(Api.JOURNEYS, "GET", "/v1/openapi.json")


@dataclass(frozen=True, slots=True)
class _CachedDocument:
    """A description as the cache file has it. `at` is Unix seconds."""

    document: Mapping[str, Any]
    etag: str
    fetched_at: float


def validate_requests(
    requests: Iterable[Request], provider: HttpProvider, cache: Path, now: float
) -> list[Diagnostic]:
    """Give what the workspace's own description does not know of `requests`. What an older
    description does not know is looked up in today's before it is called a problem."""
    asked = [request for request in requests if request.api is Api.JOURNEYS]
    if not asked:
        return []
    problems = validate_against_openapi(asked, load_openapi(provider, cache, now))
    return problems and validate_against_openapi(
        asked, load_openapi(provider, cache, now, force_refresh=True)
    )


def load_openapi(
    provider: HttpProvider, cache: Path, now: float, *, force_refresh: bool = False
) -> Mapping[str, Any]:
    """Give the OpenAPI document: from `cache` for 24 hours, then by its ETag. Asked `afresh`, the
    remote is asked in any case. A cache that cannot be read or written is done without."""
    host = provider.connection.base_url(Api.JOURNEYS)
    kept = _read_cache(cache, host)
    if kept is not None and not force_refresh and 0 <= now - kept.fetched_at < CACHE_LIFETIME:
        return kept.document
    headers = {"If-None-Match": kept.etag} if kept is not None and kept.etag else {}
    answer = provider.connection.send_raw(_OPENAPI_REQUEST, headers)
    if answer.status == 304 and kept is not None:
        _write_cache(cache, host, _CachedDocument(kept.document, kept.etag, now))
        return kept.document
    document = provider.connection.decode(_OPENAPI_REQUEST, answer).body
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise RemoteError.of(
            "Description not understood",
            f"The answer to {_OPENAPI_REQUEST} is not an OpenAPI document, so what may be written cannot "
            "be checked, and nothing is. Check the `journeys` endpoint.",
        )
    _write_cache(cache, host, _CachedDocument(document, answer.headers.get("etag", ""), now))
    return document


def _read_cache(cache: Path, host: str) -> _CachedDocument | None:
    try:
        kept = json.loads(cache.read_bytes())
        if kept["host"] != host or not isinstance(kept["document"]["paths"], dict):
            return None
        return _CachedDocument(kept["document"], str(kept["etag"]), float(kept["at"]))
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
