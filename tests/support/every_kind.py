"""A workspace with an object of every kind, and a campaign with a step of every type."""

from __future__ import annotations

from typing import Final

from tests.support.campaign_steps import EVERY_STEP
from tests.support.sandbox_project import SandboxProject

SENDERS: Final = [{"id": 1, "name": "Acme team", "email": "team@acme.com"}]
TOPICS: Final = [
    {"id": 1, "name": "Newsletter", "description": "What is new, once a month."},
    {"id": 5, "name": "Offers"},
]
DOMAINS: Final = [{"id": 1, "domain": "acme.com", "verified": True}]
OBJECT_TYPES: Final = [{"id": 1, "name": "accounts"}]


def write_every_kind(project: SandboxProject) -> None:
    """Write the example of every kind, and seed what the examples need."""
    project.seed(
        identities=SENDERS, domains=DOMAINS, subscription_topics=TOPICS, object_types=OBJECT_TYPES
    )
    for kind in project.kinds:
        project.write(f"{kind.folder}/{kind.name}_example.yaml", kind.example)
    for name in ("Trial", "Paying"):
        project.write(f"segments/{name.lower()}.yaml", {"name": name, "manual": True})
    project.write("campaigns/every.yaml", EVERY_STEP)
