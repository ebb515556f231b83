"""The engines of the sandbox and of the preview against what LiquidJS printed."""

import json
from pathlib import Path

import pytest

from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.liquidjs import LIQUIDJS_VERSION, LiquidJS
from cioform.emulator.liquid.message import TextRenderer
from cioform.emulator.liquid.render_error import RenderError

FOLDER = Path(__file__).parent / "liquid"
RECORDED = json.loads((FOLDER / "expected.json").read_text("utf-8"))
SCOPE = json.loads((FOLDER / "scope.json").read_text("utf-8"))
DOCUMENTED = json.loads((FOLDER / "documented.json").read_text("utf-8"))
"""What the documentation says of two constructs that LiquidJS renders differently, and what
LiquidJS prints of three that need Node.js (10.30.1 on Node 20)."""
EXPECTED = RECORDED["outputs"] | DOCUMENTED


def outcome(engine: TextRenderer, text: str) -> str | None:
    try:
        return engine.render(text, SCOPE)
    except RenderError:
        return None


@pytest.mark.parametrize("engine", [LiquidEngine(RECORDED["now"]), LiquidJS(RECORDED["now"])])
def test_a_construct_prints_what_liquidjs_prints_or_fails(engine: TextRenderer) -> None:
    differing = {
        text: printed
        for text, expected in EXPECTED.items()
        if (printed := outcome(engine, text)) != (None if isinstance(expected, dict) else expected)
    }
    assert differing == {}
    assert len(EXPECTED) >= 110


def test_the_outputs_are_of_the_version_that_is_shipped() -> None:
    lines = (FOLDER / "constructs.txt").read_text("utf-8").splitlines()
    assert RECORDED["liquidjs"] == LIQUIDJS_VERSION
    assert list(RECORDED["outputs"]) == [x for x in lines if x and not x.startswith("#")]
    assert set(DOCUMENTED) <= set(RECORDED["outputs"])
