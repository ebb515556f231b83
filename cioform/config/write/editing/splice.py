"""Put a value in the place of another one in the text of a file: all else stays as it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cioform.config.write.yaml.places import yaml_loader
from cioform.config.write.yaml.yaml_style import fits_block, style_text, to_ruamel
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.text.lazy_pattern import lazy_pattern

_BLOCK: Final = lazy_pattern(r"[|>][-+]?\n(?P<indent> +)(?s:.*?)(?P<end>\n[\n ]*|)")
"""A block without a comment beside its head and without a number in it."""


def splice_scalars(
    text: str, values: Mapping[FieldPath, JsonValue], index: int
) -> tuple[str, set[FieldPath]]:
    """Return the text of a file with other values in the place of scalars, and their paths.

    `index` is the number of the document, `values` are as the file has them. Those are left out
    for which more than the value would have to change, and those whose place is used a second time
    by an alias.
    """
    document = list(yaml.compose_all(text, Loader=yaml_loader()))[index]
    uses = Counter(id(node) for node in _walk(document))
    spliced: dict[FieldPath, tuple[int, int, str]] = {}
    for path, value in values.items():
        nodes = _nodes_at(document, path)
        if nodes is None or any(uses[id(node)] > 1 for node in nodes):
            continue
        if (found := _splice(text, nodes, value)) is not None:
            spliced[path] = found
    for start, end, new in sorted(spliced.values(), reverse=True):
        text = f"{text[:start]}{new}{text[end:]}"
    return text, set(spliced)


def _splice(text: str, nodes: Sequence[Node], value: JsonValue) -> tuple[int, int, str] | None:
    """Return the start and the end of the last node, and the text of a value in its place."""
    *holders, old = nodes
    if value is None or isinstance(value, dict | list) or not isinstance(old, ScalarNode):
        return None
    start, end = old.start_mark.index, old.end_mark.index
    place = text[start:end]
    if place[:1] in ("", "&", "!"):
        return None
    if old.style in ("|", ">"):
        new = _block_text(value, place)
    else:
        is_flow = any(getattr(holder, "flow_style", False) for holder in holders)
        new = _scalar_text(value, old.style, is_flow=is_flow)
    return None if new is None else (start, end, new)


def _block_text(value: JsonValue, place: str) -> str | None:
    """Return a value in the place of a literal or folded block, None if it does not fit there."""
    block = _BLOCK.fullmatch(place)
    if block is None:
        return None
    is_text = isinstance(value, str) and value != "" and (place[0] == "|" or "\n" in value)
    if not is_text:
        single = _scalar_text(value, None, is_flow=False)
        return None if single is None else f"{single}{block['end']}"
    if not fits_block(value):
        return None
    head = "|" if value.endswith("\n") else "|-"
    lines = (f"{block['indent']}{line}" if line else "" for line in value.rstrip("\n").split("\n"))
    return f"{head}\n" + "\n".join(lines) + block["end"]


def _scalar_text(value: JsonValue, style: str | None, *, is_flow: bool) -> str | None:
    """Return a value as YAML, in the quotes that the one before it had; None if it needs lines."""
    if not isinstance(value, str):
        return str(to_ruamel(value))
    if "\n" in value or not value.isprintable():
        return None
    styled = style_text(value)
    is_plain = type(styled) is str and not (is_flow and any(each in value for each in ",[]{}"))
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and is_plain:
        return value
    if style != '"' and type(styled).__name__.startswith("Single"):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _nodes_at(document: Node, path: FieldPath) -> Sequence[Node] | None:
    """Return the nodes from the root of a document to a path, None if there is none."""
    nodes = [document]
    for step in path:
        inner = _child(nodes[-1], step)
        if inner is None:
            return None
        nodes.append(inner)
    return nodes


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: Node = node.value[step]
        return found
    return None


def _walk(node: Node) -> Iterator[Node]:
    """Yield each node of a document, as often as it is used."""
    yield node
    if isinstance(node, MappingNode):
        for _, value in node.value:
            yield from _walk(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _walk(item)
