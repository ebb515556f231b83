"""Plans and imports of a part: what they leave out is neither doubled nor broken."""

from __future__ import annotations

from typing import Any

from cioform.plan.change import Action
from cioform.plan.scope import Scope
from tests.support.project_world import World

SENDER = {"id": 1, "name": "Acme", "email": "team@acme.com"}
FILES: dict[str, dict[str, Any]] = {
    "layouts/main.yaml": {"name": "Main", "body": "{{ content }}"},
    "transactional/receipt.yaml": {
        "name": "Receipt", "subject": "s", "body": "b", "from": "team@acme.com",
        "layout": "layout.main",
    },
}  # fmt: skip


def begin(world: World) -> None:
    world.seed(identities=[SENDER])
    world.replace(FILES)
    assert world.apply().complete


def rename_layout(world: World) -> None:
    receipt = {**FILES["transactional/receipt.yaml"], "layout": "layout.other", "subject": "t"}
    world.replace(
        {"layouts/other.yaml": FILES["layouts/main.yaml"], "transactional/receipt.yaml": receipt}
    )


def test_what_names_a_renamed_object_is_applied_without_it(world: World) -> None:
    begin(world)
    rename_layout(world)
    plan = world.plan(scope=Scope(("transactional.receipt",)))
    assert world.apply(plan).complete
    assert [(str(c.address), c.action) for c in world.plan().changes] == [
        ("layout.other", Action.MOVE)
    ]


def test_what_is_used_outside_of_the_scope_is_not_deleted(world: World) -> None:
    begin(world)
    world.replace({})
    plan = world.plan(scope=Scope(("layout.main",)))
    assert plan.changes == ()
    [blocked] = plan.blocked
    assert "used by transactional.receipt" in blocked.way_out
    whole = world.plan()
    assert [change.action for change in whole.changes] == [Action.DELETE, Action.DELETE]


def test_an_import_knows_renamed_files_by_their_objects(world: World) -> None:
    begin(world)
    rename_layout(world)
    with world.open() as session:
        made = session.import_()
    assert [*map(str, made.addresses)] == ["sender.team_acme_com"]
    assert [c.action for c in world.plan().changes if str(c.address) == "layout.other"] == [
        Action.MOVE
    ]


def test_an_import_without_a_state_doubles_nothing(world: World) -> None:
    begin(world)
    for file in world.state_folder.iterdir():
        if file.is_file():
            file.unlink()
    with world.open() as session:
        made = session.import_()
    assert [*map(str, made.addresses)] == ["sender.team_acme_com"]
    assert {change.action for change in world.plan().changes} == {Action.ADOPT}


def test_an_id_is_bound_to_its_address_alone(world: World) -> None:
    begin(world)
    world.replace({"transactional/mine.yaml": {**FILES["transactional/receipt.yaml"],
                                               "name": "Mine", "layout": "none"}})  # fmt: skip
    own = world.content()["transactional_messages"][0]["id"]
    state = world.state_folder / "state.json"
    state.unlink()
    (world.state_folder / "state.json.backup").unlink(missing_ok=True)
    with world.open() as session:
        made = session.import_(Scope(("transactional.mine",)), only_id=str(own))
    assert [*map(str, made.bound)] == ["transactional.mine"]
    assert made.paths == ()
    changes = {str(change.address): change.action for change in world.plan().changes}
    assert changes["transactional.mine"] is Action.UPDATE
