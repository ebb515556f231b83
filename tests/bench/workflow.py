"""The round trip of a campaign of 200 steps, from the wire form to the file and back."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from time import perf_counter
from typing import Any

from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.codec.actions import encode_action
from cioform.kinds.campaign.codec.decode_workflow import decode_workflow
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.steps.edges import encode_edges
from cioform.kinds.campaign.wire.wire_types import WireReply
from cioform.model.references.names import Names

STEPS = 200


def round_trip(rounds: int = 101) -> tuple[float, int]:
    """Return the median seconds to decode and compile the workflow, and its number of steps."""
    names = Names()
    steps = _steps()
    model = Campaign.model_validate(
        {"name": "Long", "trigger": {"event": "signed_up"}, "workflow": steps}
    )
    wire, parts = _compiled(KIND.attributes(model)["workflow"], {}, names)
    times = []
    for _ in range(rounds):
        start = perf_counter()
        workflow, found = decode_workflow(wire, parts, names)
        again, _ = _compiled(workflow, found, names)
        times.append(perf_counter() - start)
    assert again["campaign"]["edges"] == wire["campaign"]["edges"]
    return median(times), len(wire["actions"])


def _steps() -> list[dict[str, Any]]:
    """Return blocks of ten steps: messages, waits, and branches that join or exit."""
    blocks: list[dict[str, Any]] = []
    for n in range(STEPS // 10):
        blocks += [
            _push(f"hello_{n}"),
            {"id": f"pause_{n}", "wait": "2d"},
            {"id": f"hours_{n}",
             "wait_window": {"from": "09:00", "to": "21:00", "time_zone": "Africa/Cairo"}},
            {"id": f"active_{n}", "if": {"attribute": "active", "is": True},
             "then": [_push(f"yes_{n}")], "else": [_push(f"no_{n}")]},
            {"id": f"paid_{n}", "wait_until": {"event": "paid"}, "timeout": "3d",
             "then": [{"id": f"left_{n}", "exit": True}]},
            {"id": f"half_{n}", "random_branches": [{"percent": 50, "then": [_push(f"loud_{n}")]},
                                           {"percent": 50}]},
            {"id": f"mark_{n}", "set_attributes": {"block": n}},
        ]  # fmt: skip
    return blocks


def _push(name: str) -> dict[str, Any]:
    return {"id": name, "push": {"title": "Hello", "body": "You"}}


def _compiled(
    workflow: Any, parts: Mapping[str, str], names: Names
) -> tuple[WireReply, dict[str, str]]:
    graph = to_graph(workflow)
    ids = {node.id: parts.get(node.id, str(1000 + i)) for i, node in enumerate(graph.nodes)}
    context = CodecContext(names, ids)
    actions: list[Any] = [{"id": int(ids[n.id]), **encode_action(n, context)} for n in graph.nodes]
    edges = encode_edges(graph, ids, None)
    return {"campaign": {"edges": edges}, "actions": actions, "templates": {}}, ids
