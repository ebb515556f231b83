"""Turn an HTTP response into decoded JSON, or into the error that it means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NoReturn

from cioform.core.data.depth import is_deeper
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.data.surrogates import every_value, find_surrogate
from cioform.core.dataclasses import dataclass
from cioform.model.remote_access.conversation import Request, Response
from cioform.remote.responses.response_errors import ResponseErrors

MAX_DEPTH: Final = 250
"""The maximum nesting of a response, low enough for other functions to recurse.

A file can hold fewer levels; an import leaves out objects with more.
"""
_NAMED_STEPS: Final = 5
"""How many names of the path are shown for a value that is nested too deeply."""


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An HTTP response that was read to its end and not decoded."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    content: bytes

    @property
    def is_html(self) -> bool:
        """Whether it is a web page, by its header or its first byte."""
        content_type = self.headers.get("content-type", "")
        return "html" in content_type.lower() or self.content[:64].lstrip().startswith(b"<")

    def text(self, limit: int = 64 * 1024) -> str:
        """Return at most `limit` bytes of the content as text; empty for a web page."""
        return "" if self.is_html else self.content[:limit].decode("utf-8", "replace").strip()


def decode_response(request: Request, raw: RawResponse, errors: ResponseErrors) -> Response:
    """Return the decoded response of a request that succeeded.

    Raises RemoteError or AuthError for any other, and OutcomeUnknownError for a write that may
    have been done although the response is not a success.
    """
    if raw.status >= 500 and request.writes:
        raise errors.write_failed(request, raw.status, raw.text())
    if 300 <= raw.status < 400:
        raise errors.redirected(request, raw.status, raw.headers.get("location", ""))
    if raw.is_html and raw.status < 500:
        raise errors.web_page(request, raw.status)
    if raw.status in (401, 403):
        raise errors.unauthorized(request, raw.status, raw.text())
    if raw.status >= 400:
        raise errors.rejected(request, raw.status, raw.text())
    return Response(raw.status, _parse_json(request, raw, errors))


def _parse_json(request: Request, raw: RawResponse, errors: ResponseErrors) -> Json:
    if not raw.content.strip():
        return None
    try:
        body: Json = json.loads(raw.content, parse_constant=_reject_constant)
    except RecursionError:
        raise errors.nested_too_deeply(request, raw.status, MAX_DEPTH) from None
    except ValueError:
        raise errors.invalid_json(request, raw.status) from None
    if _may_be_too_deep(raw.content) and (path := _find_too_deep(body)) is not None:
        raise errors.nested_too_deeply(request, raw.status, MAX_DEPTH, format_path(path))
    if (path := find_surrogate(raw.content, body)) is not None:
        raise errors.incomplete_character(request, raw.status, format_path(path))
    return body


def _reject_constant(name: str) -> NoReturn:
    """Raise ValueError: NaN and Infinity are no JSON."""
    raise ValueError(name)


def _may_be_too_deep(content: bytes) -> bool:
    """Return whether there are enough brackets, which small responses do not have."""
    return content.count(b"{") + content.count(b"[") > MAX_DEPTH


def _find_too_deep(value: Json) -> FieldPath | None:
    """Return the beginning of the path of the first value that is nested too deeply."""
    if not is_deeper(value, MAX_DEPTH):
        return None
    deep = (
        path
        for path, each in every_value(value)
        if len(path) == MAX_DEPTH and isinstance(each, dict | list)
    )
    return next(deep)[:_NAMED_STEPS]
