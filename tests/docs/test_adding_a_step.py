"""The example of `docs/adding-a-step.md`: with a row and a model, a step type works everywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent
from typing import Any, Final

import pytest
import yaml

from cioform.language.workflow import STEP_TYPES

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "adding-a-step.md"

SCRIPT: Final = """\
import json
from pathlib import Path

import cioform
from cioform.core.address import Address
from cioform.model.settings.limits import Guards
from cioform.report.journey.build import build_journey
from cioform.report.journey.tree import render_tree
from cioform.services.kinds import known_kinds
from cioform.services.project.project_files import init
from cioform.services.workspace import open_workspace
from docs.generate.steps_table import steps_table

root = Path.cwd()
assert Path(cioform.__file__).is_relative_to(root)
for path in init(root, "acme", sandbox=True):
    if path.name != "workspace.yaml" and path.suffix == ".yaml":
        path.unlink()
campaign = root / "workspaces" / "acme" / "campaigns" / "orders.yaml"
campaign.parent.mkdir(exist_ok=True)
campaign.write_text((root / "orders.yaml").read_text())
with open_workspace(root, "acme") as opened:
    created = opened.plan()
    assert [str(change.address) for change in created.visible_changes] == ["campaign.orders"]
    assert opened.apply(created, Guards(max_percent=100)).complete
with open_workspace(root, "acme") as opened:
    again = opened.plan()
    live = opened.show(Address("campaign", "orders"), "live")
print(json.dumps({
    "changes": len(again.visible_changes),
    "live": live["workflow"],
    "tree": render_tree(build_journey(live)),
    "schema": known_kinds()["campaign"].schema_definitions(),
    "table": steps_table(),
}))
"""


def _block(tag: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    [block] = re.findall(rf"^```{tag}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(block)


def _follow_the_page(package: Path) -> None:
    _insert(package / "emulator/validation/action_rules.py", "ACTION_TYPES = (\n", "text type")
    _insert(package / "language/workflow/step_types.py", "_ROWS: Final = (\n", "python row")
    with (package / "kinds/campaign/steps/data.py").open("a", encoding="utf-8") as module:
        module.write(f"\n\n{_block('python model')}")


def _insert(module: Path, start: str, tag: str) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count(start) == 1
    entry = indent(f"{_block(tag).rstrip().rstrip(',')},\n", "    ")
    module.write_text(text.replace(start, start + entry), encoding="utf-8")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a copy of the package with the example in it says of the step."""
    root = tmp_path_factory.mktemp("step")
    # With their compiled forms, which stay valid where a module does.
    shutil.copytree(ROOT / "cioform", root / "cioform")
    shutil.copytree(ROOT / "docs" / "generate", root / "docs" / "generate")
    if "ask_model" not in STEP_TYPES:  # unless somebody follows the page in this checkout
        _follow_the_page(root / "cioform")
    (root / "orders.yaml").write_text(_block("yaml"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_it_loads_compiles_applies_and_decodes(result: dict[str, Any]) -> None:
    assert result["changes"] == 0
    steps = yaml.safe_load(_block("yaml"))["workflow"]
    assert result["live"] == steps


def test_it_is_drawn(result: dict[str, Any]) -> None:
    assert "─ ask_model summary: Summarise {{event.items}}" in result["tree"]


def test_it_is_in_the_schema_and_in_the_documentation(result: dict[str, Any]) -> None:
    field = result["schema"]["step.ask_model"]["properties"]["ask_model"]
    assert field["minLength"] == 1
    assert field["description"] == "Asks a language model."
    assert "| `ask_model` | asks a language model | to the next step |" in result["table"]
