"""Nothing that the code knows is missing from the pages: words, settings, codes, switches."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from cioform.base import errors
from cioform.base.diagnostic import Severity
from cioform.config.documents import ENVELOPE
from cioform.config.parse import parse
from cioform.config.settings_file import SettingsFile
from cioform.emulator.faults import EFFECTS, Fault
from cioform.emulator.rules import Rules
from cioform.language.conditions import parse as parse_condition
from cioform.language.conditions.grammar import HEADS, OPERATORS, leaves
from cioform.plan.change import Action, Origin
from cioform.plan.guard import Guards
from cioform.run.events import Status

ROOT: Final = Path(__file__).resolve().parent.parent.parent


def _text(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def _terms() -> set[str]:
    headings = re.findall(r"^### (.+)$", _text("glossary.md"), re.MULTILINE)
    assert len(headings) == len(set(headings))
    return set(headings)


def test_the_glossary_has_every_word_that_reports_use() -> None:
    words = {*Action, *Origin, *Status, *Severity}
    assert {word.value for word in words} <= _terms()


def test_the_glossary_has_every_term_of_the_design() -> None:
    named = """
    workspace resource kind address object identity binding desired live applied foreign drift
    conflict change action reason blocked reach plan state lineage serial run journal route
    conversation guard import adopt forget diagnostic protect fingerprint sandbox fault
    """
    assert set(named.split()) | {"remote id", "in doubt", "schema guard"} <= _terms()


def test_every_operator_and_head_has_an_example() -> None:
    page = _text("conditions.md")
    blocks = re.findall(r"^```yaml condition.*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    examples = [parse_condition(each.value) for text in blocks for each in parse(text, "block")]
    used = {word for example in examples for _, leaf in leaves(example) for word in leaf}
    assert set(OPERATORS) <= used
    assert set(HEADS) - {"all", "any", "not"} <= used
    for operator in OPERATORS:
        assert f"| `{operator}` |" in page


def test_every_setting_and_the_envelope_are_documented() -> None:
    page = _text("files.md")
    for name in _settings(SettingsFile):
        assert f"| `{name}` |" in page
    for name in ENVELOPE:
        assert f"| `{name}` |" in page


def _settings(model: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _settings(inner, f"{above}{name}.")
        else:
            yield above + name


def test_every_exit_code_is_documented() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", _text("safety.md"), re.MULTILINE)}
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    used = {e.exit_code for e in kinds if issubclass(e, errors.CioformError) and e.exit_code != 1}
    assert used | {0, 2} <= listed


def test_every_guard_is_documented() -> None:
    page = _text("safety.md")
    for field in fields(Guards):
        assert field.name == "small" or f"| `{field.name}` |" in page


def test_every_switch_of_the_emulator_is_told() -> None:
    told = _text("safety.md") + _text("sandbox.md")
    for field in fields(Rules):
        assert f"`{field.name}`" in told
    switches = re.findall(r"\| (`[a-z_0-9`, ]+`) \|$", _text("safety.md"), re.MULTILINE)
    named = {name for cell in switches for name in re.findall(r"`(\w+)`", cell)}
    assert named <= {field.name for field in fields(Rules)}


def test_every_fault_is_told_and_exists() -> None:
    told = set(re.findall(r"^\| (`.+`) \|", _text("sandbox.md"), re.MULTILINE))
    spelt = {name for cell in told for name in re.findall(r"`([^`]+)`", cell)}
    effects = {name.partition(":")[0] for name in spelt if name.partition(":")[0] in EFFECTS}
    assert effects == set(EFFECTS)
    for name in spelt - {"delay:SECONDS"}:
        if name.partition(":")[0] in EFFECTS:
            Fault(effect=name)


def test_every_package_has_its_floor_on_the_page() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [layers] = [
        contract["layers"]
        for contract in config["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    page = _text("pipeline.md")
    for package in (name.strip() for layer in layers for name in layer.split("|")):
        assert f"| `{package}` |" in page
