"""Documents whose fields are no longer ignored, because the day in `until` is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cioform.config.read.meta_fields import UNTIL, is_expired
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.model.resource import Resource

SUMMARY: Final = "Ignored fields count again"


def expired_ignores(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Yield a warning for each resource whose `ignore` has expired."""
    for resource in resources:
        if is_expired(resource.ignored_until):
            yield Diagnostic(
                SUMMARY,
                f"Fields of this document were ignored until {resource.ignored_until} "
                f"(“{resource.because}”). They are compared and written again. Remove `ignore`, or "
                "set a later day.",
                resource.address,
                resource.positions.get((UNTIL,)) or resource.location,
                Severity.WARNING,
            )
