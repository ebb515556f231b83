"""What a user gets wrong on the command line is answered with what to write instead."""

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
