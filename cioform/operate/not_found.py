"""Explain a 404 in terms of what the user asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError


@contextmanager
def explain_not_found(summary: str, detail: str) -> Iterator[None]:
    """Turn a 404 in the block into a RemoteError with this summary and detail."""
    try:
        yield
    except RemoteError as error:
        if error.status != 404:
            raise
        raise RemoteError([Diagnostic(summary, detail)], 404) from None
