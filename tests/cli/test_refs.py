"""`cioform refs`: both directions, with and without the workspace."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import CommandLine

SNIPPETS = Path("workspaces/demo/snippets")


def write(name: str, value: str) -> None:
    (SNIPPETS / f"{name}.yaml").write_text(f"name: {name}\nvalue: '{value}'\n")


def write_layout(name: str, body: str) -> Path:
    file = SNIPPETS.parent / f"layouts/{name}.yaml"
    file.write_text(f"name: {name}\nbody: '{body}{{{{ content }}}}'\n")
    return file


def write_message(name: str, layout: str, body: str) -> None:
    file = SNIPPETS.parent / f"transactional/{name}.yaml"
    email = f"email: {{subject: x, layout: {layout}, body: '{body}'}}"
    file.write_text(f"name: {name}\n{email}\n")


def test_both_directions_as_a_tree(cio: CommandLine) -> None:
    write("inner", "x")
    write_layout("middle", "{{ snippets.inner }}{{ snippets.nowhere }}")
    write_message("outer", "middle", "{% comment %}{{ snippets.inner }}{% endcomment %}")
    done = cio("refs", "demo", "layout.middle")
    assert done.out == (
        "layout.middle\nUses:\n  ├─ snippet.inner\n  └─ snippet.nowhere  (no file)\n"
        "Used by:\n  └─ transactional.outer\n"
    )
    done = cio("refs", "demo", "snippet.inner", "--users")
    assert done.out == (
        "snippet.inner\nUsed by:\n  ├─ layout.middle\n  │  └─ transactional.outer\n"
        "  └─ transactional.outer  (use uncertain)\n"
    )
    users = cio("refs", "demo", "snippet.inner", "--json").json["users"]
    assert [(each["address"], each["through"]) for each in users] == [
        ("layout.middle", None),
        ("transactional.outer", None),
    ]


def test_live_objects_without_a_file_are_included(cio: CommandLine) -> None:
    write("inner", "x")
    layout = write_layout("outer", "{{ snippets.inner }}")
    assert cio("apply", "demo", "--auto-approve").code == 0
    layout.unlink()
    assert cio("state", "forget", "demo", "layout.outer").code == 0
    assert cio("refs", "demo", "snippet.inner", "--users").out.endswith("Used by: nothing\n")
    done = cio("refs", "demo", "snippet.inner", "--users", "--live")
    assert done.out == "snippet.inner\nUsed by:\n  └─ layout.outer  (unmanaged)\n", done.err


def test_a_campaign_uses_its_tags(cio: CommandLine) -> None:
    """A plan counts it as a user too. It is no reference, because a tag needs no file."""
    for folder in ("tags", "campaigns"):
        (SNIPPETS.parent / folder).mkdir(exist_ok=True)
    (SNIPPETS.parent / "tags/vip.yaml").write_text("name: VIP\n")
    (SNIPPETS.parent / "campaigns/c.yaml").write_text(
        "name: C\ntrigger: {event: e}\ntags: [VIP, other]\nworkflow: [{id: a, wait: 1d}]\n"
    )
    done = cio("refs", "demo", "tag.vip", "--users")
    assert done.out == "tag.vip\nUsed by:\n  └─ campaign.c\n", done.err
    assert cio("refs", "demo", "campaign.c").out.startswith("campaign.c\nUses:\n  └─ tag.vip\n")


def test_an_address_that_does_not_exist(cio: CommandLine) -> None:
    write("inner", "x")
    done = cio("refs", "demo", "snippet.iner")
    assert done.code == 64
    assert "No file describes snippet.iner. Did you mean `snippet.inner`" in done.err


def test_the_references_of_what_is_selected(cio: CommandLine) -> None:
    write("inner", "x")
    write_layout("middle", "{{ snippets.inner }}")
    done = cio("refs", "demo", "--select", "layout.middle snippet.inner", "--users")
    assert done.out == (
        "layout.middle\nUsed by: nothing\n\nsnippet.inner\nUsed by:\n  └─ layout.middle\n"
    )
    found = cio("refs", "demo", "--select", "+layout.middle", "--exclude", "layout.*", "--json")
    assert [each["address"] for each in found.json["resources"]] == ["snippet.inner"]
    assert cio("refs", "demo", "--select", "snippet.other").code == 64
    assert "    cioform refs demo --select 'kind:segment'" in cio("refs", "demo").err
    assert cio("refs", "demo", "snippet.inner", "--select", "snippet.*").code == 64


def test_a_selected_resource_whose_file_is_gone(cio: CommandLine) -> None:
    """The state still has it, so that a selector can name it."""
    for name in ("used", "unused"):
        write(name, "x")
    write_layout("outer", "{{ snippets.used }}")
    assert cio("apply", "demo", "--auto-approve").code == 0
    for name in ("used", "unused"):
        (SNIPPETS / f"{name}.yaml").unlink()
    done = cio("refs", "demo", "--select", "snippet.unused")
    assert (done.code, done.out) == (64, "")
    assert "No file describes snippet.unused." in done.err
    done = cio("refs", "demo", "--select", "snippet.used", "--users")
    assert done.out == "snippet.used\nUsed by:\n  └─ layout.outer\n"
    done = cio("refs", "demo", "--select", "snippet.unused", "--live", "--users")
    assert done.out == "snippet.unused\nUsed by: nothing\n"
    done = cio("refs", "demo", "--select", "layout.*", "--exclude", "layout.*")
    assert (done.code, "The exclusions leave nothing" in done.err) == (64, True)
