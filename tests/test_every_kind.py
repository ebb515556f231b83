"""What holds for every kind, tested with its example.

The kinds come from the registry, so that a new kind is tested without any change here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.config.read.parsing.parse import parse_yaml
from cioform.core.address import Address
from cioform.kinds import find_kinds
from cioform.model.kind import Kind
from cioform.model.remote_access.conversation import Api
from cioform.model.router import choose_route
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, Route
from cioform.plan.change import Action
from cioform.plan.compare import diff
from tests.support.sandbox_project import BOTH_APIS, NO_GUARDS, SandboxProject

KINDS = list(find_kinds())
WRITTEN = [kind for kind in KINDS if not kind.is_read_only]
CREDENTIALS = {
    "both": BOTH_APIS,
    "app": frozenset({Api.APP}),
    "journeys": frozenset({Api.JOURNEYS}),
}
SENDERS = [{"id": 1, "name": "Acme team", "email": "team@acme.com"}]
TOPICS = [{"id": 1, "name": "Newsletter", "description": "What is new, once a month."}]
OBJECT_TYPES = [{"id": 1, "name": "accounts"}]
"""The examples refer to these."""
DOMAINS = [{"id": 1, "domain": "acme.com", "verified": True}]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new_project = SandboxProject(tmp_path / "ours")
    new_project.seed(
        identities=SENDERS, domains=DOMAINS, subscription_topics=TOPICS, object_types=OBJECT_TYPES
    )
    yield new_project
    new_project.store.close()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture(params=WRITTEN, ids=lambda kind: kind.name)
def written_kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture(params=CREDENTIALS)
def apis(request: pytest.FixtureRequest) -> frozenset[Api]:
    return CREDENTIALS[request.param]


def write_example(project: SandboxProject, kind: Kind, **fields: Any) -> Address:
    """Write the example of a kind with other values of `fields`. Return its address."""
    text = kind.example
    if fields:
        project.write(
            f"{kind.folder}/example.yaml", {**parse_yaml(text, "example")[0].value, **fields}
        )
    else:
        project.write(f"{kind.folder}/example.yaml", text)
    return Address(kind.name, "example")


def desired(project: SandboxProject, address: Address) -> dict[str, Any]:
    with project.open() as session:
        return session.show(address, "desired")


def has_route(
    kind: Kind, apis: frozenset[Api], *route_types: type[Route], fields: Any = ()
) -> bool:
    paths = [(name,) for name in fields]
    return all(
        choose_route(kind, route_type, apis, paths if route_type is CreateRoute else ())
        for route_type in route_types
    )


def test_the_example_loads(project: SandboxProject, kind: Kind) -> None:
    address = write_example(project, kind)
    attributes = desired(project, address)
    assert kind.attributes(kind.parse(attributes)) == attributes


def test_after_an_apply_the_plan_is_empty(
    project: SandboxProject, written_kind: Kind, apis: frozenset[Api]
) -> None:
    address = write_example(project, written_kind)
    plan = project.plan(apis)
    if not has_route(written_kind, apis, ListRoute, CreateRoute, fields=desired(project, address)):
        assert [(b.address, b.action) for b in plan.blocked] == [(address, Action.CREATE)]
        assert "credentials" in plan.blocked[0].hint
        assert project.writes == []
        return
    assert [(c.address, c.action) for c in plan.changes] == [(address, Action.CREATE)]
    assert project.apply(plan, apis=apis).complete
    again = project.plan(apis)
    assert again.is_empty
    assert again.changes == ()


def test_every_credential_reads_what_another_created(
    project: SandboxProject, written_kind: Kind, apis: frozenset[Api]
) -> None:
    write_example(project, written_kind)
    project.apply()
    writes = len(project.writes)
    plan = project.plan(apis)
    assert plan.is_empty
    project.apply(plan, apis=apis)
    assert project.plan().is_empty
    assert len(project.writes) == writes


def test_an_import_into_an_empty_folder_reads_the_same(
    project: SandboxProject, written_kind: Kind, tmp_path: Path
) -> None:
    address = write_example(project, written_kind)
    project.apply()
    other_project = project.second_checkout(tmp_path / "imported")
    with other_project.open() as session:
        imported = session.import_().addresses
    original = desired(project, address)
    copies = [desired(other_project, each) for each in imported if each.kind == written_kind.name]
    identity = written_kind.identity
    [imported_attributes] = [each for each in copies if each[identity] == original[identity]]
    assert diff.compare(written_kind, None, original, imported_attributes) == ()
    assert set(original) <= set(imported_attributes)
    assert other_project.plan().is_empty
    assert other_project.plan().changes == ()


def test_destroy_deletes_only_the_bound_object(
    project: SandboxProject, written_kind: Kind, apis: frozenset[Api], tmp_path: Path
) -> None:
    other_project = project.second_checkout(tmp_path / "theirs")
    own = desired(project, write_example(project, written_kind))
    names = {written_kind.identity, written_kind.unique_field} & own.keys()
    write_example(other_project, written_kind, **{name: f"twin_{own[name]}" for name in names})
    other_project.apply()
    unmanaged = project.content()
    project.apply()
    assert project.content() != unmanaged
    project.remove(f"{written_kind.folder}/example.yaml")
    plan = project.plan(apis)
    if not has_route(written_kind, apis, ListRoute, DeleteRoute) or plan.blocked:
        assert apis != BOTH_APIS
        assert [blocked.action for blocked in plan.blocked] == [Action.DELETE]
        return
    assert [change.action for change in plan.changes] == [Action.DELETE]
    assert project.apply(plan, NO_GUARDS, apis).complete
    assert project.content() == unmanaged
    assert project.plan().is_empty
    assert other_project.plan().is_empty


@pytest.mark.parametrize("kind", [k for k in KINDS if k.is_read_only], ids=lambda kind: kind.name)
def test_a_read_only_kind_is_blocked_with_a_hint(project: SandboxProject, kind: Kind) -> None:
    project.seed(subscription_topics=[], object_types=[])
    address = write_example(project, kind)
    plan = project.plan()
    assert plan.changes == ()
    assert [(b.address, b.action) for b in plan.blocked] == [(address, Action.CREATE)]
    assert kind.hint in plan.blocked[0].hint
    assert not project.apply(plan).results


@pytest.mark.parametrize("kind", [k for k in KINDS if k.is_read_only], ids=lambda kind: kind.name)
def test_a_read_only_kind_is_watched_for_drift(project: SandboxProject, kind: Kind) -> None:
    write_example(project, kind)
    assert [change.action for change in project.plan().changes] == [Action.ADOPT]
    project.apply()
    assert project.plan().is_empty
    project.seed(
        subscription_topics=[{**TOPICS[0], "name": "Something else"}],
        object_types=[{**OBJECT_TYPES[0], "name": "Something else"}],
    )
    plan = project.plan()
    assert [drift.fields[0].path for drift in plan.drift] == [("name",)]
    assert [blocked.action for blocked in plan.blocked] == [Action.UPDATE]
    project.remove(f"{kind.folder}/example.yaml")
    assert [change.action for change in project.plan().changes] == [Action.FORGET]
    project.apply()
    assert project.plan().is_empty
    assert project.writes == []
