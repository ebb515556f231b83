"""What a user gets wrong on the command line is reported with what to write instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine


def said(cio: CommandLine, *words: str) -> str:
    """Return the message that words are refused with, on one line."""
    done = cio(*words)
    assert done.code != 0
    return " ".join(done.err.split())


def test_a_file_that_is_no_plan_is_never_the_file_to_write(cio: CommandLine) -> None:
    text = said(cio, "apply", "demo", "workspaces/schema.json")
    assert "workspaces/schema.json is not a plan file." in text
    assert text.endswith("cioform plan demo --out demo.plan.json")


def test_a_plan_file_that_was_edited_is_made_again(cio: CommandLine) -> None:
    assert cio("plan", "demo", "--out", "mine.json").code == 0
    file = Path("mine.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "seconds": 99}))
    assert said(cio, "apply", "demo", "mine.json").endswith("cioform plan demo --out mine.json")


@pytest.mark.parametrize("words", [("plan", "demo"), ("state", "pull", "demo")])
def test_a_folder_that_does_not_exist_is_named(cio: CommandLine, words: tuple[str, ...]) -> None:
    text = said(cio, *words, "--out", "nope/x.json")
    assert "nope/x.json cannot be written: the folder nope does not exist." in text
    assert ".new" not in text


BRACE = "a name in double quotes is expected here (column 2)."
TIME = "A time is a number of seconds or an ISO 8601 date, such as 2026-03-04T09:00:00Z."


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "people identify demo u1 --attr x={y",
            f"The value of `x` begins like JSON but is not valid JSON: {BRACE}",
        ),
        (
            "events track demo u1 bought --data {x}",
            f"The value of `--data` is not JSON: {BRACE}",
        ),
        (
            "send email demo transactional.x --to a@b.co --send-at tomorrow",
            f'`--send-at` cannot be "tomorrow". {TIME}',
        ),
    ],
)
def test_a_value_that_cannot_be_read(cio: CommandLine, words: str, expected: str) -> None:
    assert expected in said(cio, *words.split())


def test_a_file_of_no_known_format_is_refused_as_a_whole(cio: CommandLine) -> None:
    text = said(cio, "people", "import", "demo", "workspaces/demo/workspace.yaml")
    assert "is neither NDJSON, which has one JSON object per line, nor named as CSV." in text
    Path("people.json").write_text('[{"id": "u1"}]')
    assert "people.json is one JSON array." in said(cio, "people", "import", "demo", "people.json")


def test_a_file_of_something_else_is_no_list_of_ids(cio: CommandLine) -> None:
    words = ("segments", "members", "add", "demo", "segment.beta_testers")
    assert "Invalid ID list" in said(cio, *words, "workspaces/demo/workspace.yaml")


def test_a_person_and_a_broadcast_that_do_not_exist(cio: CommandLine) -> None:
    text = said(cio, "people", "show", "demo", "u404")
    assert 'nobody with the id "u404".' in text
    assert "`--by email`, `--by phone` or `--by cio_id`." in text
    text = said(cio, "broadcasts", "show", "demo", "broadcast#404")
    assert "The workspace has no API-triggered broadcast 404." in text


def test_a_name_without_its_kind_is_completed_for_metrics(cio: CommandLine) -> None:
    text = said(cio, "campaigns", "metrics", "demo", "welcome")
    assert "Did you mean `campaign.welcome`?" in text


def test_what_is_refused_is_not_asked_about(cio: CommandLine) -> None:
    """There is no terminal here, so to ask is an error, and the last thing to do."""
    assert "Run not found" in said(cio, "rollback", "demo", "20260304T050607Z-1a2b3c")
    snippet = Path("workspaces/demo/snippets/main_address.yaml")
    snippet.write_text(snippet.read_text().replace("High Street", "Canal Road"))
    assert "--allow-live" in said(cio, "apply", "demo")  # a guard refuses
    text = said(cio, "apply", "demo", "--allow-live")
    assert text.startswith("error: Confirmation required")
    assert "cioform apply demo --allow-live --auto-approve" in text


def test_an_import_by_id_names_an_address_of_the_project(cio: CommandLine) -> None:
    text = said(cio, "import", "demo", "--id", "5")
    address = text.partition("--target ")[2].split()[0]
    assert cio("show", "demo", address).code == 0
