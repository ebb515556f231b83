"""The commands of the sandbox page run, in their order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from cioform.cli.app import run
from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.render_error import RenderError
from cioform.language.liquid.dialect import FILTERS, Engine

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PAGE: Final = ROOT / "docs" / "sandbox.md"
ELSEWHERE: Final = ("apply acme", "sandbox serve")
"""The samples and the served sandbox have tests of their own."""
DRIFT: Final = 2


def commands() -> list[list[str]]:
    """Return the commands of the page, without comments."""
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    found = [line.removeprefix("cioform ") for line in lines if line.startswith("cioform ")]
    return [shlex.split(each, comments=True) for each in found if not each.startswith(ELSEWHERE)]


def test_every_command_of_the_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "workspaces").mkdir()
    monkeypatch.chdir(tmp_path)
    assert ["init", "trial", "--sandbox"] in commands()
    for arguments in commands():
        answer = ["--auto-approve"] if arguments[0] == "apply" else []
        code = run([*arguments, *answer])
        expected = DRIFT if arguments[0] == "drift" else 0
        assert code == expected, (arguments, capsys.readouterr())


@pytest.mark.parametrize("engine", Engine)
def test_the_sandbox_has_every_filter_of_the_list(engine: Engine) -> None:
    assert "The sandbox has every Liquid filter" in PAGE.read_text(encoding="utf-8")
    liquid = LiquidEngine(0, engine.value)
    for name in (name for name, engines in FILTERS.items() if engine in engines):
        assert "Unknown filter" not in error_of(liquid, name)
    assert error_of(liquid, "slugfy").startswith("Unknown filter 'slugfy'")


def error_of(liquid: LiquidEngine, name: str) -> str:
    """Return the error of a filter; most filters need another value than a text."""
    try:
        return liquid.render(f"{{{{ 'a' | {name} }}}}", {})
    except RenderError as error:
        return str(error)
