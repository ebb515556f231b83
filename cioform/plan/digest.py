"""A digest of what a plan does, which two plans of the same content share."""

from __future__ import annotations

import hashlib

from cioform.core.json_value import Json, canonical_json
from cioform.core.to_json import to_json
from cioform.plan.change import Change
from cioform.plan.plan import Plan


def content_digest(plan: Plan) -> str:
    """Return the SHA-256 of the changes of a plan: the same whatever its serial and time are."""
    return _sha256([plan.header.workspace_id, sorted(_change_digest(c) for c in plan.changes)])


def _change_digest(change: Change) -> str:
    return _sha256(
        [str(change.address), change.action.value, to_json(change.wanted), change.fingerprint]
    )


def _sha256(value: Json) -> str:
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
