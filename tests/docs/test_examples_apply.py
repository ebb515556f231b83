"""Every example of a document is applied to the sandbox as the plan says, or blocked by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cioform.config.read.parsing.parse import parse_yaml
from cioform.emulator.protocol.behavior import Behavior
from cioform.model.kind import Kind
from cioform.services.kinds import known_kinds
from tests.docs.test_docs import PAGES, ROOT, blocks_of, with_file_texts
from tests.support.sandbox_project import SandboxProject

BLOCKED: Final = (
    "cioform knows no API that creates or deletes a translation",
    "The campaign has steps without a keyword",
    "cioform knows no such type",
    "Customer.io no longer accepts campaigns of type `behavioral`",
    # An imported graph.
    "The branches of `grown_up` meet other branches in different steps: in `offer` and in `terms`",
)
"""What the examples say that only Customer.io itself can make."""


def _examples() -> Iterator[Any]:
    for page in PAGES:
        for number, (_, tag, text) in enumerate(blocks_of(page), 1):
            kind, _, marker = tag.strip().partition(" ")
            if kind in known_kinds().names and marker in ("", "part"):
                for index, document in enumerate(parse_yaml(text, "block"), 1):
                    name = f"{page.relative_to(ROOT)}-{number}-{index}"
                    yield pytest.param(known_kinds()[kind], marker, document.value, id=name)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    """Yield a project whose workspace has what people set up in Customer.io."""
    new = SandboxProject(tmp_path, Behavior(rate_limit=None), kinds=known_kinds())
    new.seed(
        identities=[{"id": 1, "name": "Acme", "email": "team@acme.com"}],
        subscription_topics=[
            {"id": 5, "name": "Newsletter", "description": "What is new, once a month."}
        ],
        object_types=[{"id": 1, "name": "accounts"}],
        domains=[{"id": 1, "domain": "acme.com", "verified": True}],
    )
    new.write(
        "workspace.yaml", "format: 1\nendpoint: sandbox\nvariables: {crm_token: x, city: York}\n"
    )
    yield new
    new.store.close()


@pytest.mark.parametrize(("kind", "marker", "document"), list(_examples()))
def test_an_example_is_applied_as_planned(
    project: SandboxProject, kind: Kind, marker: str, document: Mapping[str, Any]
) -> None:
    fields = with_file_texts(document, kind, marker)
    project.write(f"{kind.folder}/x.yaml", fields)
    _write_what_it_uses(project, kind, fields)
    plan = project.plan()
    if plan.blocked:
        assert [each for each in BLOCKED if each in plan.blocked[0].hint], plan.blocked[0].hint
        return
    outcome = project.apply(plan)
    assert [each.detail for result in outcome.results for each in result.diagnostics] == []
    assert project.plan().is_empty


def _write_what_it_uses(project: SandboxProject, kind: Kind, fields: Mapping[str, Any]) -> None:
    for reference in kind.references(kind.attributes(kind.model.model_validate(fields))):
        if reference.kind == "segment":
            used = {"name": reference.text, "manual": True}
        elif reference.kind == "layout":
            used = yaml.safe_load(known_kinds()["layout"].example)
        else:
            continue
        folder = known_kinds()[reference.kind].folder
        project.write(f"{folder}/{reference.text}.yaml", used)
