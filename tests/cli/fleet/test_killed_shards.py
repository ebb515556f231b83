"""Shards that are killed: nothing is looked at twice, and nothing is left out silently."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cioform.services.workspace import Workspace
from tests.support.command_line import CommandLine

NAMES = [f"shop_{at:02}" for at in range(16)]
SHARDS = range(1, 5)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each workspace was looked at; none of them takes any time."""
    counts: Counter[str] = Counter()
    right = Workspace.plan

    def counted(opened: Workspace, *arguments: Any) -> Any:
        counts[opened.name] += 1
        if counts["killed"] and counts.total() - counts["killed"] > counts["killed"]:
            raise KeyboardInterrupt
        return right(opened, *arguments)

    monkeypatch.setattr(Workspace, "plan", counted)
    return counts


def test_two_killed_shards_of_which_one_runs_again(
    cio: CommandLine, looked_at: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        folder = Path("workspaces", name)
        folder.mkdir()
        (folder / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
    monkeypatch.setenv("CIOFORM_RUN_ID", "night")
    Path("w").write_text(cio("workspaces", "shop_*", "--json").out)

    def run_shard(number: int, *options: str) -> int:
        shard = ("--only", "shop_*", "--shard", f"{number}/4", "--parallel", "1")
        return cio("plan", "--all", *shard, "--reports", "r", *options).code

    ended: dict[str, int] = {}
    for number in SHARDS:
        # The second and the third shard are killed at their second workspace.
        looked_at["killed"] = looked_at.total() + 1 if number in (2, 3) else 0
        ended[str(number)] = run_shard(number)
        looked_at["killed"] = 0
    assert ended == {"1": 0, "2": 130, "3": 130, "4": 0}
    assert run_shard(2, "--resume") == 0

    merged = cio("report", "merge", "r", "--expect", "w", "--json").json
    reported = [each["workspace"] for each in merged["workspaces"]]
    lost = merged["not_looked_at"]
    assert reported == NAMES
    assert merged["exit_code"] == 8
    assert lost
    # Only the one at which the second shard was killed, and which had no result, began twice.
    assert sorted(looked_at[name] for name in NAMES if name not in lost) == [1] * (
        15 - len(lost)
    ) + [2]
    assert {name for name in NAMES if not Path("r", f"{name}.json").exists()} == set(lost)
    assert run_shard(3, "--resume") == 0
    assert cio("report", "merge", "r", "--expect", "w").code == 0
