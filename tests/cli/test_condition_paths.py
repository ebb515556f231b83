"""The path of a condition is that of the file: `if[1]` of a bare list, `if.all[1]` of a group."""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.core.data.paths import format_path
from tests.support.command_line import CommandLine
from tests.support.condition_places import PLACES, SEGMENT, write_condition
from tests.support.edits import edit_all

GROUP = "[{attribute: plan, is: pro}, {attribute: country, is: DE}]"
NESTED = """\
name: Old
conditions:
  - any:
      - {attribute: plan, is: pro}
      - - {attribute: plan, is: free}
        - {attribute: country, is: DE}
"""


def changed_paths(cio: CommandLine, command: str) -> set[tuple[str, str]]:
    found = cio(command, "demo", "--json").json
    return {
        (item["address"], format_path(field["path"]))
        for item in found["changes" if command == "plan" else "drift"]
        for field in item["fields"]
    }


@pytest.mark.parametrize(("group", "inner"), [(GROUP, "[1]"), (f"{{all: {GROUP}}}", ".all[1]")])
def test_plan_and_drift_name_a_condition_as_the_file_does(
    cio: CommandLine, group: str, inner: str
) -> None:
    write_condition(group)
    assert cio("apply", "demo", "--auto-approve").code == 0
    paths = {(address, f"{place}{inner}.is") for address, place in PLACES}

    write_condition(group.replace("DE", "FR"))
    assert changed_paths(cio, "plan") == paths

    write_condition(group)
    edit_all((address, path, "IT") for address, path in paths)  # as it was printed
    assert changed_paths(cio, "drift") == paths
    assert cio("drift", "demo").out.count("DE -> IT") == len(paths)


@pytest.mark.parametrize("inner", ["[1]", ".all[1]"])
@pytest.mark.parametrize("group", [GROUP, f"{{all: {GROUP}}}"])
def test_an_edit_takes_both_spellings(cio: CommandLine, group: str, inner: str) -> None:
    write_condition(group)
    assert cio("apply", "demo", "--auto-approve").code == 0
    edit_all((address, f"{place}{inner}.is", "IT") for address, place in PLACES)
    assert cio("drift", "demo").out.count("DE -> IT") == len(PLACES)


def test_a_bare_list_inside_of_a_group_has_no_group_in_its_path(cio: CommandLine) -> None:
    file = Path("workspaces/demo/segments/old.yaml")
    file.write_text(NESTED)
    assert cio("apply", "demo", "--auto-approve").code == 0
    file.write_text(NESTED.replace("DE", "FR"))
    assert changed_paths(cio, "plan") == {("segment.old", "conditions[0].any[1][1].is")}


def test_the_override_for_a_shared_file_has_the_path_of_that_file(cio: CommandLine) -> None:
    shared, settings = Path("workspaces/shared"), Path("workspaces/demo/workspace.yaml")
    shared.mkdir()
    (shared / "old.yaml").write_text("kind: segment\n" + SEGMENT.replace("TEST", GROUP))
    settings.write_text(settings.read_text() + "include: [shared]\n")
    assert cio("apply", "demo", "--auto-approve").code == 0
    edit = ("sandbox", "edit", "demo", "segment.old")
    assert cio(*edit, "conditions[1].is=IT").code == 0
    refused = cio("pull", "demo", "segment.old")
    lines = (refused.out + refused.err).splitlines()
    line = next(each.strip() for each in lines if "conditions[1].is:" in each and "->" not in each)
    settings.write_text(f"{settings.read_text()}overrides:\n  segment.old:\n    {line}\n")
    assert "No changes." in cio("plan", "demo").out


def test_the_editor_of_the_condition_of_a_branch_is_named(cio: CommandLine) -> None:
    write_condition(GROUP)
    assert cio("apply", "demo", "--auto-approve").code == 0
    edit = ("sandbox", "edit", "demo", "campaign.ask", "fork.branches[0].if[1].is=IT")
    assert cio(*edit, "--as", "bob@acme.com").code == 0
    assert "campaign.ask  changed by bob@acme.com" in cio("drift", "demo").out
