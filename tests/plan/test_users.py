"""Who uses a shared object, and what that forbids."""

from __future__ import annotations

from cioform.plan.scope import Scope
from tests.support.sandbox_project import SandboxProject

FOOTER = {"name": "footer", "value": "Acme Inc"}
LAYOUT = {"name": "L", "body": "{{ content }} {{ snippets.footer }}"}


def test_a_snippet_in_use_is_not_renamed(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("snippets/footer.yaml", {**FOOTER, "name": "imprint"})
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }} {{ snippets.imprint }}"})
    blocked = {str(item.address): item.way_out for item in project.plan().blocked}
    assert "used by layout.l" in blocked["snippet.footer"]


def test_a_snippet_goes_after_its_last_use(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }}"})
    project.remove("snippets/footer.yaml")
    plan = project.plan()
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("layout.l", "update"),
        ("snippet.footer", "delete"),
    ]
    assert project.apply_until_empty().is_empty


def test_a_use_out_of_scope_is_named_as_not_read(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme Incorporated"})
    (change,) = project.plan(scope=Scope(("snippet.footer",))).changes
    assert [(str(user.address), user.state) for user in change.users] == [("layout.l", "not read")]
