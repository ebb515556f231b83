"""Plan a project with recorded responses: all local work of a plan, without requests."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

from cioform.cli.interpreter import tune_interpreter


def main() -> None:
    """Load, validate, compare and print a plan. Print the numbers of changes to stderr."""
    tune_interpreter()
    from cioform.config.load import load_configuration
    from cioform.kinds import find_kinds
    from cioform.model.remote_access.conversation import Api
    from cioform.plan.matching.match import match_resources
    from cioform.plan.plan import PlanHeader
    from cioform.plan.planner import make_plan
    from cioform.report.plan.text import render_plan
    from cioform.report.plan.view import view_plan
    from cioform.run.reading.read import kinds_to_list, read_listing, read_live
    from cioform.services.project.text_cache import cached_texts
    from cioform.state.local.local_store import LocalStateStore
    from cioform.state.state import StateOwner
    from tests.bench.recorded import RecordedProvider

    root = Path(sys.argv[1])
    gc.freeze()
    with cached_texts(root):
        kinds = find_kinds()
        workspace = load_configuration(root, "bench", kinds, {})
        workspace_id = int(sys.argv[2])
        applied = LocalStateStore(
            root / ".cioform" / "bench", StateOwner("bench", workspace_id)
        ).load()
        provider = RecordedProvider(json.loads((root / "responses.json").read_text()))
        listing = read_listing(kinds_to_list(kinds, workspace.desired, applied), applied, provider)
        matched = match_resources(kinds, workspace.desired, applied, listing, workspace="bench")
        live = read_live(kinds, matched, listing, provider)
        header = PlanHeader(
            "bench", workspace_id, applied.lineage, applied.serial, 0, apis=(Api.APP, Api.JOURNEYS)
        )
        plan = make_plan(kinds, matched, live, header)
        print(render_plan(view_plan(plan)))
        print(
            len(plan.visible_changes),
            plan.unchanged,
            len(plan.drift),
            len(plan.blocked),
            file=sys.stderr,
        )


main()
