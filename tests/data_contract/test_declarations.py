"""Declarations in `_data` that are wrong are reported with their line and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.config.read.data_files import load_declared
from cioform.core.errors import ConfigError

CASES = [
    ("events/a.yaml", "fields: {a: {type: strng}}", "`fields.a.type`"),
    ("events/a.yaml", "fields: {a: {typ: string}}", "Unknown field `typ` in `fields.a`."),
    ("events/a.yaml", "fields:\n  a: {type: string, fields: {b: {type: date}}}", "only an object"),
    ("events/a.yaml", "fields: {a: {type: number, sample: x}}", "a `sample` that is no number"),
    ("events/a.yaml", "- a", "mapping"),
    ("custmer.yaml", "fields: {}", "Did you mean `customer.yaml`?"),
    ("customer.yaml", "fields: {a: {type: string}", "customer.yaml"),
]


@pytest.mark.parametrize(("file", "text", "expected"), CASES)
def test_a_wrong_declaration(tmp_path: Path, file: str, text: str, expected: str) -> None:
    folder = tmp_path / "workspaces/shop"
    path = folder / "_data" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_declared(tmp_path, folder)
    [problem] = raised.value.diagnostics
    assert problem.location is not None
    assert problem.location.file == f"workspaces/shop/_data/{file}"
    assert expected in f"{problem.location} {problem.detail}", problem.detail
    assert "pydantic" not in problem.detail


def test_an_event_is_declared_once(tmp_path: Path) -> None:
    events = tmp_path / "workspaces/shop/_data/events"
    events.mkdir(parents=True)
    for name in ("a", "b"):
        (events / f"{name}.yaml").write_text("name: bought\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="already declares the event `bought`"):
        load_declared(tmp_path, tmp_path / "workspaces/shop")


def declare(root: Path, file: str, text: str) -> None:
    path = root / "workspaces" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_workspace_adds_to_what_an_included_folder_declares(tmp_path: Path) -> None:
    declare(tmp_path, "_shared/_data/customer.yaml", "fields: {plan: {type: string}}\n")
    declare(tmp_path, "_shared/_data/events/bought.yaml", "fields: {total: {type: number}}\n")
    declare(tmp_path, "_other/_data/customer.yaml", "fields: {city: {type: string}}\n")
    declare(tmp_path, "shop/_data/customer.yaml", "fields: {score: {type: number}}\n")
    found = load_declared(tmp_path, tmp_path / "workspaces/shop", ["_shared", "_other"])
    assert found.customer is not None
    assert set(found.customer.shape.fields) == {"score", "plan", "city"}
    assert found.customer.location.file == "workspaces/shop/_data/customer.yaml"
    assert found.customer.included == {"plan", "city"}
    place = found.customer.positions["fields", "plan"]
    assert place.file == "workspaces/_shared/_data/customer.yaml"
    assert found.events["bought"].is_included


def test_a_field_is_declared_once(tmp_path: Path) -> None:
    text = "fields:\n  plan: {type: string}\n"
    declare(tmp_path, "_shared/_data/customer.yaml", text)
    declare(tmp_path, "shop/_data/customer.yaml", text)
    with pytest.raises(ConfigError) as raised:
        load_declared(tmp_path, tmp_path / "workspaces/shop", ["_shared"])
    [problem] = raised.value.diagnostics
    assert str(problem.location).startswith("workspaces/shop/_data/customer.yaml:2")
    assert "`workspaces/_shared/_data/customer.yaml:2" in problem.detail
