"""Cost of `cioform history` of a local state with many runs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cioform.core.time.timestamps import format_timestamp
from cioform.state.local.local_store import LocalStateStore
from cioform.state.runs import RunInfo, RunSummary, new_run_id
from cioform.state.state import StateOwner
from tests.bench.measure import Cost, cost_of

_BEGIN: Final = 1_772_443_800.0
_HOUR: Final = 3600


def history_cost(cioform: Sequence[str], runs: int) -> Cost:
    """Return the median cost of listing a history of `runs` runs, an hour apart."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        settings = root / "workspaces" / "bench" / "workspace.yaml"
        settings.parent.mkdir(parents=True)
        settings.write_text("format: 1\nendpoint: sandbox\n")
        store = LocalStateStore(root / ".cioform" / "bench", StateOwner("bench"))
        for number in range(runs):
            store.append_run(_summary(_BEGIN + number * _HOUR))
        return cost_of([*cioform, "history", "bench", "--project", folder], {}, runs=5)


def _summary(began_at: float) -> RunSummary:
    run = RunInfo(
        id=new_run_id(began_at),
        command="apply",
        who="ada@acme.com",
        url="https://github.com/acme/customer.io/actions/runs/15552345678",
        commit="f76e1b2821faa970badb6b285c833cf605789592",
        digest="d0943a4da70e994fb81b84d6ff8196a0b79b890e6edd7978507139627bdab916",
    )
    return RunSummary(
        run=run,
        began_at=format_timestamp(began_at),
        ended_at=format_timestamp(began_at + 60),
        complete=True,
        counts={"created": 2, "updated": 11},
    )
