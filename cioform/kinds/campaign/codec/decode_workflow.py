"""Decode actions and edges to a workflow, with the IDs of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from cioform.core.address import slugify
from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.codec.actions import (
    ENTRY_ACTION_TYPES,
    decode_action,
    expand_variants,
    is_message_node,
    variant_action_ids,
)
from cioform.kinds.campaign.codec.delivery import decode_delivery
from cioform.kinds.campaign.codec.graph_codec import (
    decompile_with_main_exit,
    from_graph,
    rename_nodes,
    to_graph,
)
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.wire.wire_types import WireAction, WireEdge, WireReply
from cioform.language import conditions
from cioform.language.messages.blocks import TRANSLATION_TYPES
from cioform.language.messages.template.template_members import unnamed_ids
from cioform.language.messages.template_message import decode_template, decode_translation
from cioform.language.workflow import (
    MAIN_EXIT_ID,
    MAX_DEPTH,
    NEVER,
    Edge,
    Graph,
    Node,
    Step,
    add_ways,
    depth,
    is_same_name,
    map_steps,
    numbered_id,
    walk,
)
from cioform.model.references.names import Names


def entry_action_ids(wire: WireReply) -> frozenset[str]:
    """Return the IDs of the actions that Customer.io itself puts before the first step."""
    return frozenset(str(a["id"]) for a in wire["actions"] if a["type"] in ENTRY_ACTION_TYPES)


def decode_workflow(
    wire: WireReply, known_parts: Mapping[str, str], names: Names
) -> tuple[JsonValue, dict[str, str]]:
    """Return the canonical workflow, and the action ID of each step.

    A step in `known_parts` (step ID -> action ID) keeps its ID; the others get IDs made of their
    names, or of their keywords and numbers.
    """
    graph = decode_graph(wire, names)
    if not graph.nodes:
        return [], {}
    tree = decompile_with_main_exit(graph, known_end=known_parts.get(MAIN_EXIT_ID))
    # A graph has no depth, so that it holds what would be nested too deeply as a tree.
    if tree is None or depth(tree[0]) > MAX_DEPTH:
        return _decode_as_graph(graph, known_parts)
    return _decode_as_steps(*tree, graph, known_parts)


def _decode_as_graph(
    graph: Graph, known_parts: Mapping[str, str]
) -> tuple[JsonValue, dict[str, str]]:
    step_ids = _assign_step_ids(list(expand_variants(graph.nodes)), known_parts, set())
    form = from_graph(rename_nodes(graph, step_ids))
    form["graph"]["nodes"] = [_apply_step_ids(node, step_ids) for node in form["graph"]["nodes"]]
    return form, {step_id: action_id for action_id, step_id in step_ids.items()}


def _decode_as_steps(
    steps: list[Step], main_exit: str, graph: Graph, known_parts: Mapping[str, str]
) -> tuple[JsonValue, dict[str, str]]:
    nodes = graph.by_id
    own_nodes = tuple(nodes[step["id"]] for _, step in walk(steps))
    step_ids = _assign_step_ids(list(expand_variants(own_nodes)), known_parts, {MAIN_EXIT_ID})
    tree = map_steps(
        steps, lambda _, step: _apply_step_ids({**step, "id": step_ids[step["id"]]}, step_ids)
    )
    parts = {step_id: action_id for action_id, step_id in step_ids.items()}
    if main_exit not in step_ids:
        known = (step_id for step_id, action_id in known_parts.items() if action_id == main_exit)
        parts[next(known, MAIN_EXIT_ID)] = main_exit
    return tree, parts


def decode_graph(wire: WireReply, names: Names) -> Graph:
    """Return the graph of a campaign by action IDs, without Customer.io's own entry action."""
    entry_ids = entry_action_ids(wire)
    actions: dict[str, WireAction] = {str(action["id"]): action for action in wire["actions"]}
    context = CodecContext(names, actions=actions, templates=wire["templates"])
    excluded = entry_ids | variant_action_ids(actions)
    edges = tuple(
        _decode_edge(edge)
        for edge in wire["campaign"].get("edges") or ()
        if str(edge["from"]) not in entry_ids
    )
    out_degrees = Counter(edge.source for edge in edges)
    nodes = [
        decode_action(action, context) for key, action in actions.items() if key not in excluded
    ]
    named = (_with_timeout_branch(node, out_degrees[node.id]) for node in nodes)
    return add_ways(Graph(tuple(named), edges))


def _decode_edge(edge: WireEdge) -> Edge:
    branch = edge.get("index", 0) if edge.get("type") == "branch" else None
    return Edge(str(edge["from"]), str(edge["to"]), branch)


def _with_timeout_branch(node: Node, out_degree: int) -> Node:
    """Return a wait without a time limit with the timeout branch that it has nevertheless."""
    if out_degree > 1 and node.fields.get("timeout") == NEVER:
        return Node(node.id, node.keyword, {**node.fields, "on_timeout": []})
    return node


def _assign_step_ids(
    nodes: Sequence[Node], known_parts: Mapping[str, str], taken: set[str]
) -> dict[str, str]:
    """Return a step ID for each action ID.

    That is the known one, else a slug of the action's name if the name is unique, else the keyword
    with a number.
    """
    step_ids: dict[str, str] = {}
    action_ids = {node.id for node in nodes}
    for step_id, action_id in known_parts.items():
        if action_id in action_ids and step_id not in taken:
            step_ids[action_id] = step_id
            taken.add(step_id)
    slugs = {node.id: slugify(str(node.fields["name"])) for node in nodes if "name" in node.fields}
    counts = Counter(slugs.values())
    for node in nodes:
        slug = slugs.get(node.id)
        is_free = slug and counts[slug] == 1 and slug != MAIN_EXIT_ID and slug not in taken
        if slug and is_free and node.id not in step_ids:
            step_ids[node.id] = slug
            taken.add(slug)
    for node in nodes:
        if node.id not in step_ids:
            step_ids[node.id] = numbered_id(node.keyword.removesuffix("_action"), taken)
    return step_ids


def _apply_step_ids(step: Step, step_ids: Mapping[str, str]) -> Step:
    """Return a step with step IDs in place of action IDs, and without a name that repeats its ID.

    Waits refer to steps, and A/B tests list their messages, by action ID.
    """
    fields = {
        key: value
        for key, value in step.items()
        if not (key == "name" and is_same_name(value, step["id"]))
    }
    if "wait_until" in fields:
        fields["wait_until"] = conditions.rename_steps(fields["wait_until"], step_ids)
    if "ab_test" in fields:
        variants = [{**v, "id": step_ids.get(v["id"], v["id"])} for v in fields["ab_test"]]
        fields["ab_test"] = [_apply_step_ids(variant, step_ids) for variant in variants]
    return fields


def decode_messages(
    workflow: JsonValue, parts: Mapping[str, str], wire: WireReply, names: Names
) -> dict[str, JsonValue]:
    """Return the content of each message by step ID; `parts` is step ID -> action ID."""
    actions = {str(action["id"]): action for action in wire["actions"]}
    messages: dict[str, JsonValue] = {}
    for node in expand_variants(to_graph(workflow).nodes):
        if is_message_node(node):
            action = actions[parts[node.id]]
            template = wire["templates"].get(str(action.get("template_id")), {})
            messages[node.id] = {
                **decode_template(node.keyword, template, names),
                **decode_delivery(action),
                **_decode_translations(node.keyword, str(action["id"]), wire, names),
            }
    return messages


def find_unnamed_ids(
    workflow: JsonValue, parts: Mapping[str, str], wire: WireReply
) -> Iterator[FieldPath]:
    """Yield where the messages of a campaign have IDs that no file can contain."""
    if workflow is UNKNOWN:
        return
    actions = {str(action["id"]): action for action in wire["actions"]}
    for node in expand_variants(to_graph(workflow).nodes):
        if is_message_node(node):
            template_id = actions[parts[node.id]].get("template_id")
            for name in unnamed_ids(node.keyword, wire["templates"].get(str(template_id), {})):
                yield node.id, node.keyword, name


def _decode_translations(
    keyword: str, action_id: str, wire: WireReply, names: Names
) -> dict[str, JsonValue]:
    """Return `translations`, for a type of message that has them; unknown if nothing shows them."""
    if keyword not in TRANSLATION_TYPES:
        return {}
    languages = wire.get("languages")
    if languages is None:
        return {"translations": UNKNOWN}
    return {
        "translations": {
            language: decode_translation(keyword, template, names)
            for language, template in sorted(languages.get(action_id, {}).items())
        }
    }
