"""Match the wanted steps with the actions that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from cioform.kinds.campaign.codec.actions import action_name
from cioform.kinds.campaign.file_form.document import GENERATED_EXIT_ID
from cioform.kinds.campaign.wire.wire_types import WireAction
from cioform.language.workflow import ACTION, MAIN_EXIT_ID, Graph, can_become
from cioform.model.remote_access.remote_ids import id_order


def match_actions(
    actions: Sequence[WireAction],
    parts: Mapping[str, str],
    graph: Graph,
    bound: Set[str] = frozenset(),
) -> dict[str, str]:
    """Return the action ID of each wanted node that has one. `bound` has the IDs in the state.

    Exits have no content, so any exit matches; the one that Customer.io created itself always
    stays. It is the main exit, even if the state has it under a generated ID that another exit has
    now: such an ID says where an exit was, not which one it is.
    """
    types = {str(action["id"]): str(action["type"]) for action in actions}
    matched = {
        node.id: action_id
        for node in graph.nodes
        if (action_id := parts.get(node.id)) and can_become(types.get(action_id), node)
    }
    matched |= _match_by_name(actions, graph, matched, bound)
    exits = sorted(
        (action_id for action_id, kind in types.items() if kind == "exit_action"),
        key=id_order,
    )
    wanted_exits = [node.id for node in graph.nodes if node.keyword == "exit"]
    if exits and MAIN_EXIT_ID in wanted_exits and MAIN_EXIT_ID not in matched:
        matched = {
            name: action_id
            for name, action_id in matched.items()
            if action_id != exits[0] or not GENERATED_EXIT_ID.fullmatch(name)
        }
    if exits and wanted_exits and exits[0] not in matched.values():
        main_exit = MAIN_EXIT_ID if MAIN_EXIT_ID in wanted_exits else wanted_exits[-1]
        matched[main_exit] = exits[0]
    free = [action_id for action_id in exits if action_id not in matched.values()]
    unmatched = [name for name in wanted_exits if name not in matched]
    return {**matched, **dict(zip(unmatched, free, strict=False))}


def _match_by_name(
    actions: Sequence[WireAction], graph: Graph, matched: Mapping[str, str], bound: Set[str]
) -> dict[str, str]:
    """Return the actions of nodes that no binding knows, by type and name.

    Such nodes are in adopted campaigns and after interrupted runs. A type and name matches when
    only one node and one action have it. An action that is bound belongs to another step: it is
    removed if the file no longer has it. Only an action of a type that cioform cannot create may be
    matched under another name.
    """
    nodes = [n for n in graph.nodes if n.id not in matched and n.keyword != "exit"]
    unknown = {node.action_type for node in nodes if ACTION in node.fields}
    free = [
        action
        for action in actions
        if str(action["id"]) not in matched.values()
        and (str(action["id"]) not in bound or action["type"] in unknown)
    ]
    node_keys = {node.id: _with_blanks((node.action_type, action_name(node))) for node in nodes}
    keys = [_with_blanks(action_key(action)) for action in free]
    node_counts, action_counts = Counter(node_keys.values()), Counter(keys)
    ids_by_key = {key: str(action["id"]) for key, action in zip(keys, free, strict=True)}
    return {
        name: ids_by_key[key]
        for name, key in node_keys.items()
        if node_counts[key] == action_counts[key] == 1
    }


def _with_blanks(key: tuple[str, str]) -> tuple[str, str]:
    """Return a key with the ID spelled with blanks, as a step without a name may be named."""
    return key[0], key[1].replace("_", " ")


def action_key(action: WireAction) -> tuple[str, str]:
    """Return the type and the name by which an action is recognized."""
    return str(action["type"]), str(action.get("name") or "")
