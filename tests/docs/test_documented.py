"""Everything that the code defines is documented: terms, settings, exit codes, switches."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from abc import ABCMeta
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from cioform.config.read.meta_fields import META_FIELDS
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.settings_file import SettingsFile
from cioform.core import errors
from cioform.core.abstract import Abstract
from cioform.core.diagnostic import Severity
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.faults.faults import EFFECTS, Fault
from cioform.kinds import find_kinds
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.settings.exit_and_goal import Exit, Goal
from cioform.kinds.campaign.settings.reentry import Reentry
from cioform.kinds.campaign.trigger.trigger_types import TRIGGER_TYPES, trigger_type_of
from cioform.language.conditions import parse as parse_condition
from cioform.language.conditions.grammar import KEYWORDS, leaves
from cioform.language.conditions.operand_checks import OPERAND_CHECKS
from cioform.language.workflow import BRANCH_KEYS, STEP_TYPES, walk
from cioform.model.kind import Kind
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Origin
from cioform.plan.drift import DriftReport
from cioform.report.json_output import drift_json
from cioform.run.events import ChangeStatus
from cioform.services.sandbox.serving import serve_sandbox

ROOT: Final = Path(__file__).resolve().parent.parent.parent


def _text(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def _terms() -> set[str]:
    headings = re.findall(r"^### (.+)$", _text("glossary.md"), re.MULTILINE)
    assert len(headings) == len(set(headings))
    return set(headings)


def test_the_glossary_has_every_word_of_the_reports() -> None:
    words = {*Action, *Origin, *ChangeStatus, *Severity}
    assert {word.value for word in words} <= _terms()


def test_the_glossary_has_every_term_of_the_design() -> None:
    named = """
    workspace resource kind address object identity binding desired live applied unmanaged drift
    conflict change action reason blocked reach plan state lineage serial run journal route
    operation conversation guard import adopt forget diagnostic protect fingerprint sandbox fault
    """
    assert set(named.split()) | {"remote ID", "in doubt", "schema guard"} <= _terms()


def test_every_operator_and_head_has_an_example() -> None:
    page = _text("conditions.md")
    blocks = re.findall(r"^```yaml condition.*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    examples = [
        parse_condition(each.value) for text in blocks for each in parse_yaml(text, "block")
    ]
    used = {word for example in examples for _, leaf in leaves(example) for word in leaf}
    assert set(OPERAND_CHECKS) <= used
    assert set(KEYWORDS) - {"all", "any", "not"} <= used
    for operator in OPERAND_CHECKS:
        assert f"| `{operator}` |" in page


def test_every_step_type_has_an_example() -> None:
    page, campaigns = _text("workflow.md"), list(_campaigns())
    graphs = [campaign["graph"]["nodes"] for campaign in campaigns if "graph" in campaign]
    trees = [campaign["workflow"] for campaign in campaigns if "workflow" in campaign]
    used = {key for steps in [*trees, *graphs] for _, step in walk(steps) for key in step}
    assert set(STEP_TYPES) | set(BRANCH_KEYS) <= used
    for word in STEP_TYPES:
        assert f"`{word}`" in page


def test_every_trigger_type_has_an_example() -> None:
    page = _text("workflow.md")
    triggers = [campaign["trigger"] for campaign in _campaigns() if "trigger" in campaign]
    assert set(TRIGGER_TYPES) <= {head for trigger in triggers for head in trigger}
    assert any(trigger_type_of(trigger) is None for trigger in triggers)
    for head in TRIGGER_TYPES:
        assert f"| `{head}` |" in page


def test_every_field_of_a_campaign_has_an_example() -> None:
    used = {name for campaign in _campaigns() for name in campaign}
    assert set(Campaign.model_fields) <= used
    for model in (Reentry, Goal, Exit):
        for name in model.model_fields:
            assert f"{name}`" in _text("workflow.md")


def _campaigns() -> Iterator[dict[str, Any]]:
    page = _text("workflow.md")
    blocks = re.findall(r"^```yaml campaign.*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    for text in blocks:
        for document in parse_yaml(text, "block"):
            yield {**document.value}


def test_every_setting_and_the_envelope_are_documented() -> None:
    page = _text("files.md")
    for name in _settings(SettingsFile):
        assert f"| `{name}` |" in page
    for name in META_FIELDS:
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
        assert field.name == "percent_exempt_changes" or f"| `{field.name}` |" in page


def test_every_behavior_switch_is_documented() -> None:
    pages = _text("safety.md") + _text("sandbox.md")
    for field in fields(Behavior):
        assert f"`{field.name}`" in pages
    switches = re.findall(r"\| (`[a-z_0-9`, ]+`) \|$", _text("safety.md"), re.MULTILINE)
    named = {name for cell in switches for name in re.findall(r"`(\w+)`", cell)}
    assert named <= {field.name for field in fields(Behavior)}


def test_every_documented_fault_exists() -> None:
    cells = set(re.findall(r"^\| (`.+`) \|", _text("sandbox.md"), re.MULTILINE))
    documented = {name for entry in cells for name in re.findall(r"`([^`]+)`", entry)}
    effects = {name.partition(":")[0] for name in documented if name.partition(":")[0] in EFFECTS}
    assert effects == set(EFFECTS)
    for name in documented - {"delay:SECONDS"}:
        if name.partition(":")[0] in EFFECTS:
            Fault(effect=name)


def test_every_package_has_its_layer_on_the_page() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [layers] = [
        contract["layers"]
        for contract in config["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and contract["containers"] == ["cioform"]
    ]
    page = _text("architecture.md")
    for package in (name.strip() for layer in layers for name in layer.split("|")):
        assert f"| `{package}` |" in page


CAPABILITIES: Final = {
    base
    for kind in find_kinds()
    for base in type(kind).__mro__
    if isinstance(base, ABCMeta) and base is not Abstract and not issubclass(base, Kind)
    # A kind may implement some of its capabilities in a class of its own.
    if base.__module__.startswith("cioform.model.")
}


def test_every_capability_is_documented() -> None:
    page = _text("adding-a-kind.md")
    [table] = re.findall(r"^### Capabilities\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    rows = {
        name: set(re.findall(r"`(\w+)`", methods))
        for name, methods in re.findall(r"^\| `(\w+)` \| (.*?) \|", table, re.MULTILINE)
    }
    assert rows == {each.__name__: _to_set(each) for each in CAPABILITIES}


def _to_set(capability: type) -> set[str]:
    """Return what a kind with a capability has to define, without what the next rows have."""
    inherited = {name for base in capability.__bases__ for name in dir(base)}
    abstract = vars(capability)["__abstractmethods__"] - inherited
    return {*abstract, *inspect.get_annotations(capability)}


def test_every_hook_of_a_kind_is_documented() -> None:
    page = _text("adding-a-kind.md")
    own = {name for name in (*vars(Kind), *Kind.__annotations__) if not name.startswith("_")}
    hooks = own - Kind.__abstractmethods__ - {"is_read_only", "has_references", "has_unique_names"}
    # which follow from others
    assert {n for n in hooks if f"`{n}`" not in page and f"{n} =" not in page} == set()


def test_the_page_has_every_field_that_a_served_sandbox_prints(tmp_path: Path) -> None:
    [block] = re.findall(r"^```json\n(.*?)^```", _text("sandbox.md"), re.MULTILINE | re.DOTALL)
    with serve_sandbox(tmp_path, "acme") as served:
        assert list(json.loads(block)) == list(served.info)


def test_whatever_is_installed_is_named_in_one_way() -> None:
    """In a checkout `.`, with what its tests or benchmarks need; everywhere else `cioform`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].keys() - {"test", "check", "bench"}
    allowed = {".", "'.[test]'", "'.[bench]'", "cioform", *(f"'cioform[{e}]'" for e in extras)}
    pages = (page for page in (ROOT / "docs").glob("*.md") if page.name != "changelog.md")
    texts = [ROOT / "README.md", *pages, *(ROOT / "cioform").rglob("*.py")]
    named = {
        found
        for path in texts
        for found in re.findall(
            r"(?<!-m )pip install (?:--upgrade )?([^\s`\\\"]+)", path.read_text(encoding="utf-8")
        )
    }
    assert named <= allowed
    assert {f"'cioform[{extra}]'" for extra in extras} <= named


def test_the_examples_of_a_kind_are_those_of_the_package() -> None:
    page = _text("adding-a-kind.md")
    blocks = dict(re.findall(r"^```(python|python handler)\n(.*?)^```", page, re.M | re.S))
    package = ROOT / "cioform"
    assert blocks["python"] == (package / "kinds" / "tag.py").read_text(encoding="utf-8")
    handlers = package / "emulator" / "apis" / "journeys" / "tags.py"
    for part in blocks["python handler"].split("\n\n\n"):
        assert part.strip() in handlers.read_text(encoding="utf-8")


def test_every_member_of_the_drift_report_is_documented() -> None:
    page = _text("reports.md").partition("## The JSON of drift")[2]
    printed = json.loads(drift_json("acme", DriftReport((), (), (), 0)))
    documented = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert documented == [name for name in printed if name not in ("format", "workspace")]
