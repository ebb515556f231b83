"""From the remote's actions and edges to a workflow, with the names of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count

from cioform.core.address import slugify
from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.codec.actions import (
    ENTRY_ACTION_TYPES,
    decode_action,
    expand_variants,
    is_message_node,
    variant_action_ids,
)
from cioform.kinds.campaign.codec.graph_codec import (
    decompile_with_main_exit,
    from_graph,
    rename_nodes,
    to_graph,
)
from cioform.kinds.campaign.steps import CodecContext
from cioform.language import conditions
from cioform.language.messages.template_message import decode_template
from cioform.language.workflow import (
    MAIN_EXIT_ID,
    MAX_DEPTH,
    NEVER,
    Edge,
    Graph,
    Node,
    Step,
    depth,
    map_steps,
    walk,
)
from cioform.model.names import Names


def entry_action_ids(wire: Mapping[str, JsonValue]) -> frozenset[str]:
    """Give the ids of the actions that the remote puts before the first step."""
    return frozenset(str(a["id"]) for a in wire["actions"] if a["type"] in ENTRY_ACTION_TYPES)


def decode_workflow(
    wire: Mapping[str, JsonValue], known_parts: Mapping[str, str], names: Names
) -> tuple[JsonValue, dict[str, str]]:
    """Give the canonical workflow and the action id of each step. `bound` is what the steps were
    called before; the others are called after their names, or by their words and numbers."""
    live = decode_graph(wire, names)
    if not live.nodes:
        return [], {}
    trunk = decompile_with_main_exit(live)
    if trunk is None or depth(trunk[0]) > MAX_DEPTH:
        # A graph has no depth.
        called = _assign_names(list(expand_variants(live.nodes)), known_parts, set())
        form = from_graph(rename_nodes(live, called))
        form["graph"]["nodes"] = [
            _apply_step_names(node, called) for node in form["graph"]["nodes"]
        ]
        return form, {name: own_id for own_id, name in called.items()}
    steps, end = trunk
    nodes = live.by_id
    inside = tuple(nodes[step["id"]] for _, step in walk(steps))
    called = _assign_names(list(expand_variants(inside)), known_parts, {MAIN_EXIT_ID})
    tree = map_steps(
        steps, lambda _, step: _apply_step_names({**step, "id": called[step["id"]]}, called)
    )
    return tree, {**{name: own_id for own_id, name in called.items()}, MAIN_EXIT_ID: end}


def decode_graph(wire: Mapping[str, JsonValue], names: Names) -> Graph:
    """Give the graph of a campaign by action ids, without the gate."""
    gates = entry_action_ids(wire)
    actions = {str(action["id"]): action for action in wire["actions"]}
    context = CodecContext(names, actions=actions, templates=wire["templates"])
    aside = gates | variant_action_ids(actions)
    edges = tuple(
        Edge(
            str(edge["from"]),
            str(edge["to"]),
            edge.get("index", 0) if edge.get("type") == "branch" else None,
        )
        for edge in wire["campaign"].get("edges") or ()
        if str(edge["from"]) not in gates
    )
    ways = Counter(edge.source for edge in edges)
    nodes = (decode_action(a, context) for own_id, a in actions.items() if own_id not in aside)
    return Graph(tuple(_with_timeout_branch(node, ways[node.id]) for node in nodes), edges)


def _with_timeout_branch(node: Node, ways: int) -> Node:
    """Give a wait that time does not end with the second way out it has all the same."""
    if ways > 1 and node.fields.get("timeout") == NEVER:
        return Node(node.id, node.keyword, {**node.fields, "on_timeout": []})
    return node


def _assign_names(
    nodes: Sequence[Node], known_parts: Mapping[str, str], taken: set[str]
) -> dict[str, str]:
    """Give our name for each action id: the bound one, else the name it has if no other has it,
    else its word and a number."""
    names: dict[str, str] = {}
    there = {node.id for node in nodes}
    for name, own_id in known_parts.items():
        if own_id in there and name not in taken:
            names[own_id] = name
            taken.add(name)
    slugs = {node.id: slugify(str(node.fields["name"])) for node in nodes if "name" in node.fields}
    shared = Counter(slugs.values())
    for node in nodes:
        slug = slugs.get(node.id)
        if (
            node.id not in names
            and slug
            and shared[slug] == 1
            and slug not in {MAIN_EXIT_ID, *taken}
        ):
            names[node.id] = slug
            taken.add(slug)
    for node in nodes:
        if node.id not in names:
            names[node.id] = _numbered_name(_name_stem(node), taken)
    return names


def _name_stem(node: Node) -> str:
    return node.keyword.removesuffix("_action")


def _numbered_name(stem: str, taken: set[str]) -> str:
    name = next(name for i in count(1) if (name := f"{stem}_{i}") not in taken)
    taken.add(name)
    return name


def _apply_step_names(step: Step, step_names: Mapping[str, str]) -> Step:
    """Give a step without what goes without saying, and with the names of the steps it asks for
    and of the messages it chooses from."""
    told = {k: v for k, v in step.items() if not (k == "name" and v == step["id"])}
    if "wait_until" in told:
        told["wait_until"] = conditions.rename_steps(told["wait_until"], step_names)
    if "ab_test" in told:
        variants = [{**v, "id": step_names.get(v["id"], v["id"])} for v in told["ab_test"]]
        told["ab_test"] = [_apply_step_names(variant, step_names) for variant in variants]
    return told


def decode_messages(
    workflow: JsonValue, parts: Mapping[str, str], wire: Mapping[str, JsonValue], names: Names
) -> dict[str, JsonValue]:
    """Give what each message says, by step."""
    actions = {str(action["id"]): action for action in wire["actions"]}
    messages: dict[str, JsonValue] = {}
    for node in expand_variants(to_graph(workflow).nodes):
        if is_message_node(node):
            action = actions[parts[node.id]]
            template = wire["templates"].get(str(action.get("template_id")), {})
            content = decode_template(node.keyword, template, names)
            # What is not said would be sent (journeys facts, section 4, Actions).
            messages[node.id] = content | {"sending": action.get("sending_state") or "automatic"}
    return messages
