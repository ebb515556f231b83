"""Render the policies of a project."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.policies.policy import Policy
from cioform.report.json_output import dumps


def policies_json(policies: Sequence[Policy]) -> str:
    """Return policies as JSON."""
    return dumps(
        policies=[
            {
                "id": policy.id,
                "text": policy.fields.text,
                "outcome": policy.outcome,
                "check": policy.check_name,
                "value": policy.check.model_dump(mode="json", by_alias=True)[policy.check_name],
                "addresses": policy.fields.addresses,
                "workspaces": policy.fields.workspaces,
                "channels": policy.fields.channels,
                "tests": len(policy.fields.tests),
                "file": policy.location.file,
                "line": policy.location.line,
            }
            for policy in policies
        ]
    )
