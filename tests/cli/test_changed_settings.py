"""Settings that changed since the last apply: a loosened guard shows outside of pull requests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

SETTINGS = Path("workspaces/demo/workspace.yaml")
POLICY = Path("workspaces/_policies/quiet.yaml")
SNIPPET = Path("workspaces/demo/snippets/main_address.yaml")
STATE = Path(".cioform/demo/state.json")


def change(street: str) -> None:
    SNIPPET.write_text(re.sub(r"\w+ Street", f"{street} Street", SNIPPET.read_text()))


@pytest.fixture(autouse=True)
def applied(cio: CommandLine) -> None:
    """Apply with guards, an owner and a policy."""
    text = SETTINGS.read_text().replace("max_percent: 50", "max_people: 1000")
    SETTINGS.write_text(text + "owners: {leads: {people: [ada]}}\n")
    POLICY.parent.mkdir(exist_ok=True)
    POLICY.write_text("id: quiet\ntext: No shouting.\ncheck: {forbidden_words: [FREE]}\n")
    change("Low")
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0


def changed(cio: CommandLine) -> list[str]:
    header = json.loads(cio("plan", "demo", "--json").out)["header"]
    found: list[str] = header["changed_since_apply"]
    return found


def test_a_plan_says_which_settings_changed_since_the_last_apply(cio: CommandLine) -> None:
    assert changed(cio) == []
    text = SETTINGS.read_text().replace("max_people: 1000", "max_people: 90000")
    text = text.replace("allow_delete: false", "allow_delete: true")
    SETTINGS.write_text(text.replace("owners: {leads: {people: [ada]}}", "variables: {a: b}"))
    POLICY.unlink()
    names = ["guards.allow_delete", "guards.max_people", "owners.leads.people", "policy quiet"]
    assert changed(cio) == names
    said = f"settings changed since the last apply: {', '.join(names)}\n"
    assert said in cio("plan", "demo").out
    change("Broad")
    done = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert (done.code, said in done.out) == (0, True)
    assert changed(cio) == []


def test_a_state_without_recorded_settings_names_none(cio: CommandLine) -> None:
    state = json.loads(STATE.read_text())
    assert set(state["settings"]["guards.max_people"]) <= set("0123456789abcdef")
    del state["settings"]
    STATE.write_text(json.dumps(state))
    SETTINGS.write_text(SETTINGS.read_text().replace("max_people: 1000", "max_people: 90000"))
    assert changed(cio) == []
