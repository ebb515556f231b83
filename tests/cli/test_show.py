"""`cioform show` with a campaign: every format and snapshot, with and without a plan."""

import json
from contextlib import closing
from pathlib import Path
from textwrap import indent
from xml.etree import ElementTree as ET

import pytest
import yaml

from cioform.emulator.store.database import Store
from cioform.services.project.project_files import init
from cioform.services.workspace import open_workspace
from tests.support.command_line import CommandLine

FILE = Path("workspaces/demo/campaigns/onboarding/campaign.yaml")
BEFORE = """\
name: Onboarding
trigger:
  event: signed_up
workflow:
  - id: pause
    wait: 2d
  - id: nudge
    push:
      title: Still there?
      body: Come back.
"""
AFTER = BEFORE.replace("Still there?", "There still?").replace(
    "    wait: 2d", "    wait: 2d\n  - {id: more, wait: 5h}"
)
ADDRESS = "campaign.onboarding"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with one applied campaign, to be copied by each test."""
    root = tmp_path_factory.mktemp("project")
    init(root, "demo", sandbox=True)
    (root / FILE).parent.mkdir(parents=True)
    (root / FILE).write_text(BEFORE)
    with open_workspace(root, "demo") as opened:
        assert opened.apply(opened.plan(), opened.guards()).complete
    return root


@pytest.fixture
def cio(cio: CommandLine) -> CommandLine:
    """Return the command line in a new project whose campaign file was changed."""
    FILE.write_text(AFTER)
    return cio


PLANNED = """\
Onboarding

  starts on event signed_up
  │  each person enters once
  │  plan: 1 step added, 1 step changed
  ├─ wait pause: 2d
+ ├─ wait more: 5h
~ ├─ push nudge "There still?" · sending: draft
  ╰─ exit
"""


def test_every_snapshot_of_a_campaign_is_drawn(cio: CommandLine) -> None:
    step = 'push nudge "There still?" · sending: draft'
    assert f"├─ {step}\n╰─ exit\n" in cio("show", "demo", ADDRESS).out
    for side in ("--live", "--applied"):
        done = cio("show", "demo", ADDRESS, side)
        assert "starts on event signed_up\n" in done.out
        old_step = step.replace("There still", "Still there")
        assert f"├─ wait pause: 2d\n├─ {old_step}\n╰─ exit\n" in done.out


def test_a_campaign_can_be_printed_as_yaml_and_json(cio: CommandLine) -> None:
    assert cio("show", "demo", ADDRESS, "--yaml").out.startswith("name: Onboarding\ntrigger:\n")
    document = json.loads(cio("show", "demo", ADDRESS, "--json").out)
    assert document["attributes"]["workflow"][0]["id"] == "pause"


def test_a_new_plan_and_a_plan_file_are_marked(cio: CommandLine) -> None:
    assert cio("show", "demo", ADDRESS, "--plan").out == PLANNED
    assert cio("plan", "demo", "--out", "p.json").code == 0
    assert cio("show", "demo", ADDRESS, "p.json").out == PLANNED
    FILE.unlink()
    assert "- ├─ wait pause: 2d\n" in cio("show", "demo", ADDRESS, "--plan").out


def test_diagrams_are_printed_and_written(cio: CommandLine) -> None:
    assert cio("show", "demo", ADDRESS, "--mermaid").out.startswith("flowchart TD\n")
    done = cio("show", "demo", ADDRESS, "--plan", "--svg", "p.svg")
    assert (done.code, done.out, done.err) == (0, "", "Diagram written to p.svg\n")
    text = Path("p.svg").read_text(encoding="utf-8")
    ET.fromstring(text)
    assert 'class="wait added"' in text
    assert cio("show", "demo", ADDRESS, "--plan", "--svg", "-").out == text


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (("snippet.footer", "--mermaid"), "No workflow to draw"),
        ((ADDRESS, "--plan", "--yaml"), "Mutually exclusive options"),
        ((ADDRESS, "--mermaid", "--svg", "x.svg"), "Mutually exclusive options"),
        ((ADDRESS, "--plan", "--live"), "Mutually exclusive options"),
        ((ADDRESS, "--svg", "no/such/folder/x.svg"), "File not writable"),
        ((ADDRESS, "nothing.json"), "File not readable"),
        (("campaign.nothing", "--plan"), "Resource not found"),
        (("campaign.onbording",), "Resource not found"),
    ],
)
def test_a_diagram_that_cannot_be_drawn_is_an_error(
    cio: CommandLine, words: tuple[str, ...], summary: str
) -> None:
    done = cio("show", "demo", *words)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith(f"error: {summary}\n")


def test_a_plan_of_another_workspace_is_refused(cio: CommandLine) -> None:
    assert cio("plan", "demo", "--out", "p.json").code == 0
    init(Path(), "other", sandbox=True)
    done = cio("show", "other", ADDRESS, "p.json")
    assert (done.code, done.err.splitlines()[0]) == (64, "error: Plan of another workspace")


def test_steps_that_the_credential_cannot_read_are_not_drawn(cio: CommandLine) -> None:
    done = cio("show", "demo", ADDRESS, "--live", "--mermaid", "--with", "app")
    assert (done.code, done.out) == (6, "")
    assert "    cioform show demo campaign.onboarding --live --yaml --with app\n" in done.err
    assert "name: Onboarding" in cio("show", "demo", ADDRESS, "--live", "--with", "app").out


@pytest.mark.parametrize("words", ["show demo", "state show demo", "state forget demo"])
def test_the_error_for_a_bare_name_has_its_addresses(cio: CommandLine, words: str) -> None:
    result = cio(*words.split(), "onboarding")
    assert result.code == 64
    assert "Did you mean `campaign.onboarding`?" in result.err


@pytest.mark.parametrize("source", [(), ("--live",)])
def test_a_bare_list_of_conditions_is_shown_as_one(
    cio: CommandLine, source: tuple[str, ...]
) -> None:
    file = FILE.parents[2] / "segments/x.yaml"
    file.parent.mkdir()
    inner = (
        "  - any:\n      - attribute: age\n        is: 7\n      - attribute: age\n        is: 8\n"
    )
    text = f"name: X\nconditions:\n  - attribute: plan\n    is: pro\n{inner}"
    file.write_text(text)
    assert cio("apply", "demo", "--target", "segment.x", "--auto-approve").code == 0
    assert cio("show", "demo", "segment.x", *source).out == text
    grouped = text.replace("conditions:", "conditions:\n  all:").replace("\n  ", "\n    ")
    grouped = grouped.replace("\n    all:", "\n  all:")
    file.write_text(grouped)
    assert cio("show", "demo", "segment.x").out == grouped


def test_members_without_a_field_are_shown(cio: CommandLine) -> None:
    with closing(Store.open(".cioform/sandbox.sqlite")) as store:
        (campaign,) = store.dump("demo")["campaigns"]
        store.seed("demo", {"campaigns": [{**campaign, "newmember": {"x": 1}}]})
    note = "In no file, because cioform has no field for it:\n  raw:\n    newmember:\n      x: 1\n"
    assert cio("show", "demo", ADDRESS, "--live").out.endswith(f"\n\n{note}")
    shown = cio("show", "demo", ADDRESS, "--live", "--yaml").out
    assert yaml.safe_load(shown)["name"] == "Onboarding"
    assert shown.endswith(indent(note, "# "))
    as_json = json.loads(cio("show", "demo", ADDRESS, "--live", "--json").out)
    assert as_json["attributes"]["raw"] == {"newmember": {"x": 1}}
    assert "newmember" not in cio("show", "demo", ADDRESS, "--live", "--mermaid").out


def test_what_the_credentials_cannot_read_is_named(cio: CommandLine) -> None:
    shown = cio("show", "demo", ADDRESS, "--live", "--with", "app").out
    assert "# Not readable with these credentials: " in shown
    assert "`workflow`" in shown
    assert "# These credentials do not show whether it has members that no file can have." in shown
    assert "#" not in cio("show", "demo", ADDRESS, "--yaml").out
