"""Plan a project whose workspace answers from a file: all the local work, and nothing else."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Load, validate, compare and print; give on stderr how many changes there were."""
    # What the command line does too (cioform/cli/main.py).
    gc.set_threshold(100_000, 50, 50)
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    from recorded import Recorded

    from cioform.config.load import load_workspace
    from cioform.kinds import find_kinds
    from cioform.model.conversation import Api
    from cioform.plan.match import match
    from cioform.plan.plan import Header
    from cioform.plan.planner import make_plan
    from cioform.report.plan.text import render_plan
    from cioform.run.read import needed_kinds, read_listing, read_live
    from cioform.state.local import LocalStore
    from cioform.state.state import Owner

    root = Path(sys.argv[1])
    gc.freeze()
    kinds = find_kinds()
    workspace = load_workspace(root, "bench", kinds, {})
    environment_id = int(sys.argv[2])
    applied = LocalStore(root / ".cioform" / "bench", Owner("bench", environment_id)).load()
    provider = Recorded(json.loads((root / "answers.json").read_text()))
    listing = read_listing(needed_kinds(kinds, workspace.desired, applied), applied, provider)
    matched = match(kinds, workspace.desired, applied, listing)
    live = read_live(kinds, matched, listing, provider)
    header = Header(
        "bench", environment_id, applied.lineage, applied.serial, 0, apis=(Api.APP, Api.JOURNEYS)
    )
    plan = make_plan(kinds, matched, live, header)
    print(render_plan(plan))
    print(len(plan.shown), plan.unchanged, len(plan.drift), len(plan.blocked), file=sys.stderr)


main()
