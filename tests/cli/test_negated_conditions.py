"""What gets or loses a `not` is shown and written as it is, in every place of a condition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cioform.core.data.paths import format_path
from tests.support.command_line import CommandLine
from tests.support.condition_places import PLACES, write_condition
from tests.support.edits import edit_all

GOLD = {"attribute": "plan", "is": "gold"}
NOT_GOLD = {"not": GOLD}
IS_NOT_GOLD = {"attribute": "plan", "is_not": "gold"}


def sides(cio: CommandLine, command: str) -> list[list[Any]]:
    """Return what the condition of each place is before and after, as a command shows it."""
    content = cio(command, "demo", "--json").json
    fields = {
        (item["address"], format_path(field["path"])): field
        for item in content["changes" if command == "plan" else "drift"]
        for field in item["fields"]
    }
    return [[_side(fields, *place, side) for side in ("before", "after")] for place in PLACES]


def _side(fields: dict[tuple[str, str], Any], address: str, path: str, side: str) -> Any:
    """Return a condition that is shown as a whole, with what it is in, or member by member."""
    if (address, path) in fields:
        return fields[address, path][side]
    if (whole := fields.get((address, path.partition("[")[0]))) is not None:
        return whole[side][0]["if"]
    return {
        name.removeprefix(f"{path}."): field[side]
        for (owner, name), field in fields.items()
        if owner == address and name.startswith(f"{path}.") and field[side] is not None
    }


@pytest.mark.parametrize(("old", "new"), [(GOLD, NOT_GOLD), (NOT_GOLD, GOLD)])
def test_a_not_that_comes_or_goes_is_shown_and_written_as_it_is(
    cio: CommandLine, old: Any, new: Any
) -> None:
    write_condition(json.dumps(old))
    assert cio("apply", "demo", "--auto-approve").code == 0
    write_condition(json.dumps(new))
    assert sides(cio, "plan") == [[_as_live(old), new]] * len(PLACES)

    write_condition(json.dumps(old))
    edit_all((address, path, json.dumps(new)) for address, path in PLACES)
    assert sides(cio, "drift") == [[old, _as_live(new)]] * len(PLACES)
    assert cio("pull", "demo", "--all").code == 0
    for file in ("segments/old.yaml", "campaigns/ask.yaml"):
        text = Path("workspaces/demo", file).read_text()
        assert ("is_not: gold" in text, " not:" in text) == (new == NOT_GOLD, False)
    assert "No changes" in cio("plan", "demo").out


def _as_live(condition: Any) -> Any:
    return condition if condition == GOLD else IS_NOT_GOLD


def test_markdown_marks_the_not_that_is_added(cio: CommandLine) -> None:
    write_condition(json.dumps(GOLD))
    assert cio("apply", "demo", "--auto-approve").code == 0
    write_condition(json.dumps(NOT_GOLD))
    found = cio("plan", "demo", "--select", "segment.old", "--format", "markdown").out
    [_, diff, *_] = found.split("```")
    assert diff.splitlines()[1:] == [
        "  conditions:",
        "-   attribute: plan",
        "-   is: gold",
        "+   not:",
        "+     attribute: plan",
        "+     is: gold",
    ]
