"""What must hold of every kind, from its example alone: found through the registry, so that a new
kind is tested by being there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.config.read.parse import parse_yaml
from cioform.core.address import Address
from cioform.kinds import find_kinds
from cioform.model.conversation import Api
from cioform.model.kind import Kind
from cioform.model.router import choose_route
from cioform.model.routes import CreateRoute, DeleteRoute, ListRoute, Route
from cioform.plan import diff
from cioform.plan.change import Action
from tests.support.project_world import BOTH, FREE, World

KINDS = list(find_kinds())
WRITTEN = [kind for kind in KINDS if not kind.is_read_only]
CREDENTIALS = {
    "both": BOTH,
    "app": frozenset({Api.APP}),
    "journeys": frozenset({Api.JOURNEYS}),
}
SENDERS = [{"id": 1, "name": "Acme team", "email": "team@acme.com"}]
"""Senders are never made by us, and examples name them."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "ours")
    made.seed(identities=SENDERS)
    yield made
    made.store.close()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture(params=WRITTEN, ids=lambda kind: kind.name)
def written(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture(params=CREDENTIALS)
def apis(request: pytest.FixtureRequest) -> frozenset[Api]:
    return CREDENTIALS[request.param]


def put_example(world: World, kind: Kind, **fields: Any) -> Address:
    """Write the example of a kind, with `fields` set otherwise."""
    text = kind.example
    if fields:
        world.put(f"{kind.folder}/example.yaml", {**parse_yaml(text, "example")[0].value, **fields})
    else:
        world.put(f"{kind.folder}/example.yaml", text)
    return Address(kind.name, "example")


def desired(world: World, address: Address) -> dict[str, Any]:
    with world.open() as session:
        return session.show(address, "desired")


def can(kind: Kind, apis: frozenset[Api], *route_types: type[Route], fields: Any = ()) -> bool:
    paths = [(name,) for name in fields]
    return all(
        choose_route(kind, route_type, apis, paths if route_type is CreateRoute else ())
        for route_type in route_types
    )


def test_the_example_loads(world: World, kind: Kind) -> None:
    address = put_example(world, kind)
    attributes = desired(world, address)
    assert kind.attributes(kind.parse(attributes)) == attributes


def test_apply_makes_it_and_leaves_nothing_to_plan(
    world: World, written: Kind, apis: frozenset[Api]
) -> None:
    address = put_example(world, written)
    plan = world.plan(apis)
    if not can(written, apis, ListRoute, CreateRoute, fields=desired(world, address)):
        assert [(b.address, b.action) for b in plan.blocked] == [(address, Action.CREATE)]
        assert "credentials" in plan.blocked[0].way_out
        assert world.writes == []
        return
    assert [(c.address, c.action) for c in plan.changes] == [(address, Action.CREATE)]
    assert world.apply(plan, apis=apis).complete
    again = world.plan(apis)
    assert again.is_empty
    assert again.changes == ()


def test_what_one_credential_made_the_others_see_unchanged(
    world: World, written: Kind, apis: frozenset[Api]
) -> None:
    put_example(world, written)
    world.apply()
    writes = len(world.writes)
    plan = world.plan(apis)
    assert plan.is_empty
    world.apply(plan, apis=apis)
    assert world.plan().is_empty
    assert len(world.writes) == writes


def test_an_import_into_an_empty_folder_says_the_same(
    world: World, written: Kind, tmp_path: Path
) -> None:
    address = put_example(world, written)
    world.apply()
    there = world.other(tmp_path / "imported")
    with there.open() as session:
        imported = session.import_().addresses
    [copy] = [each for each in imported if each.kind == written.name]
    ours, theirs = desired(world, address), desired(there, copy)
    assert diff.compare(written, None, ours, theirs) == ()
    assert set(ours) <= set(theirs)
    assert there.plan().is_empty
    assert there.plan().changes == ()


def test_destroying_takes_ours_and_leaves_the_twin(
    world: World, written: Kind, apis: frozenset[Api], tmp_path: Path
) -> None:
    twin = world.other(tmp_path / "theirs")
    name = desired(world, put_example(world, written))[written.identity]
    put_example(twin, written, **{written.identity: f"{name} twin"})
    twin.apply()
    foreign = world.content()
    world.apply()
    assert world.content() != foreign
    world.remove(f"{written.folder}/example.yaml")
    plan = world.plan(apis)
    if not can(written, apis, ListRoute, DeleteRoute) or plan.blocked:
        assert apis != BOTH
        assert [blocked.action for blocked in plan.blocked] == [Action.DELETE]
        return
    assert [change.action for change in plan.changes] == [Action.DELETE]
    assert world.apply(plan, FREE, apis).complete
    assert world.content() == foreign
    assert world.plan().is_empty
    assert twin.plan().is_empty


@pytest.mark.parametrize("kind", [k for k in KINDS if k.is_read_only], ids=lambda kind: kind.name)
def test_what_is_only_read_is_blocked_with_a_way_out(world: World, kind: Kind) -> None:
    world.seed(identities=[])
    address = put_example(world, kind)
    plan = world.plan()
    assert plan.changes == ()
    assert [(b.address, b.action) for b in plan.blocked] == [(address, Action.CREATE)]
    assert kind.hint in plan.blocked[0].way_out
    assert not world.apply(plan).results


@pytest.mark.parametrize("kind", [k for k in KINDS if k.is_read_only], ids=lambda kind: kind.name)
def test_what_is_only_read_is_watched(world: World, kind: Kind) -> None:
    put_example(world, kind)
    assert [change.action for change in world.plan().changes] == [Action.ADOPT]
    world.apply()
    assert world.plan().is_empty
    world.seed(identities=[{**SENDERS[0], "name": "Somebody else"}])
    plan = world.plan()
    assert [drift.fields[0].path for drift in plan.drift] == [("name",)]
    assert [blocked.action for blocked in plan.blocked] == [Action.UPDATE]
    world.remove(f"{kind.folder}/example.yaml")
    assert [change.action for change in world.plan().changes] == [Action.FORGET]
    world.apply()
    assert world.plan().is_empty
    assert world.writes == []
