"""Bytes that are not UTF-8, in options and in the environment, are refused or made visible."""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.services.revisions.run_origin import find_actor
from cioform.storage.lock import user_and_host
from tests.support.command_line import CommandLine

BROKEN = "caf\udce9"


def test_an_option_whose_text_is_recorded_is_refused(cio: CommandLine) -> None:
    edit = ("sandbox", "edit", "demo", "snippet.legal", "value=x", "--as", BROKEN)
    for words in (edit, ("apply", "demo", "--auto-approve", "--override-window", BROKEN)):
        done = cio(*words)
        assert done.code == 64
        assert f"The value of `{words[-2]}` is not UTF-8: caf\\xe9." in done.err


def test_a_name_in_the_environment_is_made_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIOFORM_ACTOR", BROKEN)
    assert find_actor(tmp_path) == "caf\\xe9"
    monkeypatch.setenv("LOGNAME", BROKEN)
    assert user_and_host().startswith("caf\\xe9@")
