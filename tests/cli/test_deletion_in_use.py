"""A deletion that Customer.io refuses, because something that could not be looked up uses it."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import CommandLine

WORKSPACE = Path("workspaces/demo")
SNIPPET = WORKSPACE / "snippets/gone.yaml"
LATER = WORKSPACE / "snippets/later.yaml"
LAYOUT = WORKSPACE / "layouts/gone.yaml"


def test_the_advice_is_not_to_do_the_same_again(cio: CommandLine) -> None:
    SNIPPET.write_text("name: gone\nvalue: Goodbye\n")
    LATER.write_text("name: later\nvalue: Goodbye\n")
    LAYOUT.parent.mkdir(exist_ok=True)
    LAYOUT.write_text('name: Gone\nbody: "{{ content }} {{ snippets.gone }}"\n')
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert cio("state", "forget", "demo", "layout.gone").code == 0
    LAYOUT.unlink()
    SNIPPET.unlink()
    LATER.unlink()
    blocked = cio("plan", "demo", "--allow-delete")
    assert 'It is used by the unmanaged layout "Gone"' in " ".join(blocked.out.split())
    allowed = ("apply", "demo", "--allow-delete", "--auto-approve")
    failed = cio(*allowed, "--with", "app", "--target", "snippet.gone")
    text = " ".join((failed.out + failed.err).split())
    assert failed.code == 5, text
    assert "In use" in text
    assert "remove that use. Then plan again, or restore its file." in text
    assert failed.out.endswith("Next:\n    cioform plan demo --with app\n")
    failed = cio(*allowed, "--with", "app")
    assert "cioform apply demo --exclude snippet.gone --allow-delete --with app" in failed.out
