"""No import or pull writes a credential into a file, and what is written can be loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

TOKEN = "ghp_a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
FOLDER = Path("workspaces/demo")
LOOKS_LIKE = "contains what looks like a GitHub token, which must not be in a file."


def paste(cio: CommandLine, address: str, field: str) -> None:
    """Let somebody write a token into a live object."""
    edit = ("sandbox", "edit", "demo", address)
    assert cio(*edit, f"{field}={{{{ content }}}} {TOKEN}").code == 0


def start_again() -> None:
    """Remove the files and the state."""
    for folder in [*FOLDER.iterdir(), Path(".cioform/demo")]:
        if folder.is_dir():
            shutil.rmtree(folder)


def files_with_the_token() -> list[Path]:
    return [p for p in FOLDER.rglob("*") if p.is_file() and TOKEN in p.read_text()]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("snippet.legal", "value"),
        ("transactional.password_reset", "email.body"),
        ("campaign.welcome", "welcome.email.subject"),
        ("campaign.re_engagement_3_days", "nudge_push.push.body"),
    ],
)
def test_an_object_with_a_token_is_skipped_by_an_import(
    cio: CommandLine, address: str, field: str
) -> None:
    paste(cio, address, field)
    start_again()
    done = cio("import", "demo")
    assert done.code == 8
    assert f"{address}: `{field}` {LOOKS_LIKE}" in " ".join(done.err.split())
    assert files_with_the_token() == []
    assert TOKEN not in Path(".cioform/demo/state.json").read_text()
    assert cio("validate", "demo").code == 0
    assert cio("plan", "demo").out.startswith("No changes.")


def test_what_refers_to_a_skipped_object_is_skipped_too(cio: CommandLine) -> None:
    paste(cio, "layout.main", "body")
    start_again()
    done = cio("import", "demo", "--json")
    left = {text.partition(":")[0]: text for text in done.json["left"]}
    assert done.code == 8
    assert LOOKS_LIKE in left["layout.main"]
    assert left["campaign.welcome"] == (
        "campaign.welcome: it refers to layout.main, which is skipped."
    )
    assert "snippet.legal" in done.json["addresses"]
    assert files_with_the_token() == []
    assert cio("validate", "demo").code == 0


@pytest.mark.parametrize("command", ["pull demo --all", "import demo --force"])
@pytest.mark.parametrize(
    ("address", "field"),
    [("snippet.legal", "value"), ("transactional.password_reset", "email.body")],
)
def test_a_token_is_not_written_into_a_file_that_exists(
    cio: CommandLine, command: str, address: str, field: str
) -> None:
    paste(cio, address, field)
    done = cio(*command.split())
    assert done.code == 8
    assert f"{address}: `{field}` {LOOKS_LIKE[:-1]}" in " ".join((done.out + done.err).split())
    assert files_with_the_token() == []
    assert cio("validate", "demo").code == 0
