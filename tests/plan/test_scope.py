"""Plans and imports with a scope: the rest is neither duplicated nor broken."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.plan.change import Action
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selection import AddressesOnly
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from tests.support.sandbox_project import SandboxProject

SENDER = {"id": 1, "name": "Acme", "email": "team@acme.com"}
FILES: dict[str, dict[str, Any]] = {
    "layouts/main.yaml": {"name": "Main", "body": "{{ content }}"},
    "transactional/receipt.yaml": {
        "name": "Receipt",
        "email": {
            "from": "team@acme.com", "subject": "s", "layout": "main", "body": "b",
        },
    },
}  # fmt: skip


def set_up(project: SandboxProject) -> None:
    project.seed(identities=[SENDER])
    project.replace_documents(FILES)
    assert project.apply().complete


def rename_layout(project: SandboxProject) -> None:
    email = {**FILES["transactional/receipt.yaml"]["email"], "layout": "other"}
    receipt = {"name": "Receipt", "email": {**email, "subject": "t"}}
    project.replace_documents(
        {"layouts/other.yaml": FILES["layouts/main.yaml"], "transactional/receipt.yaml": receipt}
    )


def test_a_reference_to_a_renamed_object_is_applied_without_the_rename(
    project: SandboxProject,
) -> None:
    set_up(project)
    rename_layout(project)
    plan = project.plan(scope=Scope(("transactional.receipt",)))
    assert project.apply(plan).complete
    assert [(str(c.address), c.action) for c in project.plan().changes] == [
        ("layout.other", Action.MOVE)
    ]


def test_an_object_used_outside_of_the_scope_is_not_deleted(project: SandboxProject) -> None:
    set_up(project)
    project.replace_documents({})
    plan = project.plan(scope=Scope(("layout.main",)))
    assert plan.changes == ()
    [blocked] = plan.blocked
    assert "used by transactional.receipt" in blocked.hint
    complete_plan = project.plan()
    assert [change.action for change in complete_plan.changes] == [Action.DELETE, Action.DELETE]


def test_an_import_recognizes_renamed_files_by_their_objects(project: SandboxProject) -> None:
    set_up(project)
    rename_layout(project)
    with project.open() as session:
        made = session.import_()
    assert [*map(str, made.addresses)] == ["sender.team_acme_com"]
    assert [c.action for c in project.plan().changes if str(c.address) == "layout.other"] == [
        Action.MOVE
    ]


def test_an_import_without_a_state_makes_no_duplicates(project: SandboxProject) -> None:
    set_up(project)
    for file in project.state_folder.iterdir():
        if file.is_file():
            file.unlink()
    with project.open() as session:
        made = session.import_()
    assert [*map(str, made.addresses)] == ["sender.team_acme_com"]
    assert {change.action for change in project.plan().changes} == {Action.ADOPT}


def test_an_id_is_bound_only_to_its_address(project: SandboxProject) -> None:
    set_up(project)
    email = {**FILES["transactional/receipt.yaml"]["email"], "layout": "none"}
    project.replace_documents({"transactional/mine.yaml": {"name": "Mine", "email": email}})
    own = project.content()["transactional_messages"][0]["id"]
    state = project.state_folder / "state.json"
    state.unlink()
    (project.state_folder / "state.json.backup").unlink(missing_ok=True)
    with project.open() as session:
        made = session.import_(Scope(("transactional.mine",)), only_id=str(own))
    assert [*map(str, made.bound)] == ["transactional.mine"]
    assert made.paths == ()
    changes = {str(change.address): change.action for change in project.plan().changes}
    assert changes["transactional.mine"] is Action.UPDATE


def test_a_misspelled_exclusion_is_refused_and_a_whole_kind_may_match_nothing() -> None:
    known = [Address("segment", "vip"), Address("snippet", "footer")]
    facts = AddressesOnly(known, ["segment", "sender", "snippet"], "")
    for pattern in ("segment.vip", "segment.*", "sender.*", "*.footer", "kind:sender"):
        Scope(exclude=(pattern,)).resolve(facts)
    for pattern in ("sgment.*", "segment.vop", "sender.team", "kind:sgment"):
        with pytest.raises(UsageError, match="Exclusion matches nothing"):
            Scope(exclude=(pattern,)).resolve(facts)


def test_exclusions_of_the_settings_are_counted(project: SandboxProject) -> None:
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.write("snippets/legacy_b.yaml", {"name": "legacy_b", "value": "1"})
    project.apply()
    project.seed(
        snippets=[*project.content()["snippets"], {"id": 9, "name": "legacy c", "value": "2"}]
    )
    settings = "format: 1\nendpoint: sandbox\nexclude: ['snippet.legacy_*', 'tag.old']\n"
    project.write("workspace.yaml", settings)
    project.write("snippets/legacy_b.yaml", {"name": "legacy_b", "value": "2"})
    plan = project.plan()
    assert (plan.changes, plan.excluded) == ((), {"snippet.legacy_*": 1, "tag.old": 0})
    assert "snippet.legacy_*  1 resource" in render_plan(view_plan(plan))
    assert project.plan(scope=Scope(("snippet.legacy_b",))).changes == ()
    with project.open() as opened:
        assert opened.drift_report().excluded == {"snippet.legacy_*": 1, "tag.old": 0}
        imported = opened.import_()
    assert [str(address) for address in imported.excluded] == ["snippet.legacy_c"]
    assert imported.always_excluded == {"snippet.legacy_*": 1, "tag.old": 0}


VIP, FOOTER = Address("segment", "vip"), Address("snippet", "footer")


@pytest.mark.parametrize(
    ("scope", "included", "excluded"),
    [
        (Scope(), {VIP, FOOTER}, set()),
        (Scope(("segment.*",)), {VIP}, set()),
        (Scope(exclude=("segment.*",)), {FOOTER}, {VIP}),
        (Scope(("segment.*",), ("*.vip",)), set(), {VIP}),
        (Scope(("segment.*",), always_exclude=("*.vip",)), set(), {VIP}),
        (Scope(("tag:eu",), targeted=frozenset({VIP})), {VIP}, set()),
        (Scope(targeted=frozenset({VIP}), excluded=frozenset({VIP})), set(), {VIP}),
        (Scope(exclude=("tag:eu",), excluded=frozenset({VIP})), {FOOTER}, {VIP}),
        (Scope(excluded=frozenset(), always_exclude=("segment.vip",)), {FOOTER}, {VIP}),
    ],
)
def test_what_is_targeted_and_not_excluded_is_in_a_scope(
    scope: Scope, included: set[Address], excluded: set[Address]
) -> None:
    known = (VIP, FOOTER)
    assert {address for address in known if scope.includes(address)} == included
    assert {address for address in known if scope.excludes(address)} == excluded


@pytest.mark.parametrize(
    ("scope", "bound"),
    [
        (Scope(("segment.*",), ("*.vip",)), None),
        (Scope(always_exclude=("*.vip",)), None),
        (Scope(("tag:eu",)), Scope()),
        (Scope(("segment.*",), ("tag:eu",), ("*.vip",)), Scope(always_exclude=("*.vip",))),
    ],
)
def test_a_selector_that_needs_a_look_up_does_not_limit_what_is_read(
    scope: Scope, bound: Scope | None
) -> None:
    assert scope.upper_bound == (bound or scope)


def test_a_new_resource_that_is_used_comes_with_its_user_unless_settings_exclude_it(
    project: SandboxProject,
) -> None:
    project.seed(identities=[SENDER])
    project.replace_documents(FILES)

    def planned(scope: Scope) -> list[str]:
        return [str(change.address) for change in project.plan(scope=scope).changes]

    assert planned(Scope(("transactional.receipt",))) == ["layout.main", "transactional.receipt"]
    assert planned(Scope(("layout.main",))) == ["layout.main"]
    excluding = Scope(("transactional.receipt",), ("layout.main",))
    assert planned(excluding) == []
    [blocked] = project.plan(scope=excluding).blocked
    assert "which does not exist yet and is left out by `--exclude`." in blocked.hint
    excluded = "format: 1\nendpoint: sandbox\nexclude: [layout.main]\n"
    project.write("workspace.yaml", excluded)
    assert "layout.main" not in planned(Scope(("transactional.receipt",)))


def test_an_excluded_snippet_is_not_replaced_for_a_text_with_its_new_name(
    project: SandboxProject,
) -> None:
    layout = {"name": "Main", "body": "{{ snippets.addr }}{{ content }}"}
    files = {"snippets/addr.yaml": {"name": "addr", "value": "1"}, "layouts/main.yaml": layout}
    project.replace_documents(files)
    assert project.apply().complete
    layout["body"] = "{{ snippets.place }}{{ content }}"
    project.replace_documents(
        {"snippets/addr.yaml": {"name": "place", "value": "1"}, "layouts/main.yaml": layout}
    )
    plan = project.plan(scope=Scope(exclude=("snippet.addr",)))
    assert plan.changes == ()
    [blocked] = plan.blocked
    assert str(blocked.address) == "layout.main"
    assert blocked.hint == (
        "It uses the new name of snippet.addr, which is left out by `--exclude`. Remove that "
        "option or the reference."
    )
