"""Paths in a file for what has another place in the canonical form: messages, and the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Final

from cioform.core.data.json_value import UNKNOWN, Json, JsonValue, KindFields, as_mapping
from cioform.core.data.paths import WILDCARD, FieldPath, PathError, format_pattern, parse_pattern
from cioform.kinds.campaign.canonical import is_message_step, walk_workflow, with_inline_messages
from cioform.kinds.campaign.codec.graph_codec import arrange_workflow
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import STEP_MODELS
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.workflow import keyword_of, variants_of, walk
from cioform.model.fields.upgrading import old_fields_of

_WHOLE_WORKFLOW: Final[tuple[FieldPath, ...]] = (("workflow",), ("messages",))


def parts_of(document: Mapping[str, Json]) -> Iterator[tuple[FieldPath, Json]]:
    """Yield every step, node and variant of a document, which may be invalid, with its place."""
    steps, graph = document.get("workflow"), as_mapping(document.get("graph"))
    nodes = graph.get("nodes")
    places = [*walk(steps, ("workflow",))] if isinstance(steps, list) else []
    places += [
        (("graph", "nodes", at), node)
        for at, node in enumerate(nodes if isinstance(nodes, list) else [])
    ]
    for place, step in places:
        yield place, step
        for variant_place, variant in variants_of(step):
            yield (*place, *variant_place), variant


def default_places(document: Mapping[str, Json]) -> Iterator[tuple[FieldPath, str]]:
    """Yield the messages, the windows and the date trigger of a document, which take defaults."""
    trigger = as_mapping(document.get("trigger"))
    if "date" in trigger:
        yield ("trigger",), ""
    for place, step in parts_of(document):
        for keyword, value in as_mapping(step).items():
            if keyword in MESSAGE_TYPES and isinstance(value, Mapping):
                yield (*place, keyword), keyword
            elif keyword == "wait_window" and isinstance(value, Mapping):
                yield (*place, keyword), ""


def file_form(attributes: KindFields, like: KindFields | None = None) -> KindFields:
    """Return the canonical form with messages in their steps, and `graph` as a field.

    With `like`, steps are arranged as in it.
    """
    workflow = attributes.get("workflow", UNKNOWN)
    if workflow is UNKNOWN:
        return attributes
    if like is not None:
        workflow = arrange_workflow(workflow, like.get("workflow"))
    form = with_inline_messages({**attributes, "workflow": workflow})
    messages = {name: attributes[name] for name in ("messages",) if name in attributes}
    return {**form, **messages}


def path_in_file(path: FieldPath, forms: Sequence[KindFields]) -> FieldPath:
    """Return the path in a file of a canonical path."""
    if path[:2] == ("workflow", "graph"):
        return path[1:]
    if path in _WHOLE_WORKFLOW:
        has_graph = any("graph" in form for form in forms)
        return ("graph",) if has_graph and not any("workflow" in f for f in forms) else path
    if path[0] != "messages":
        return path
    name = str(path[1])
    prefix: FieldPath = ("workflow", name) if name in Campaign.yaml_field_names() else (name,)
    keyword = next(filter(None, (_message_type(form, name) for form in forms)), None)
    return (*prefix, *([keyword] if keyword else ()), *path[2:])


def _message_type(form: KindFields, name: str) -> str | None:
    message = as_mapping(as_mapping(form.get("messages")).get(name))
    found = message.get("type")
    return found if isinstance(found, str) else None


def canonical_patterns(pattern: FieldPath, attributes: KindFields) -> tuple[FieldPath, ...]:
    """Return what a pattern of the file names in the canonical form; nothing if it names nothing.

    The name of a step may be a wildcard, which stands for the steps that have the next name.
    """
    if pattern in (("workflow",), ("graph",)):
        return _WHOLE_WORKFLOW
    if pattern[0] == "graph" and pattern[1] == "edges":
        return (("workflow", *pattern),)
    if pattern[0] in ("workflow", "graph"):
        pattern = pattern[1:]
    elif pattern[0] in Campaign.yaml_field_names():
        return (pattern,)
    steps = walk_workflow(attributes.get("workflow", UNKNOWN))
    return tuple(
        found
        for place, step in steps
        if pattern[0] in (WILDCARD, step["id"]) and len(pattern) > 1
        for found in _patterns_in_step(place, step, pattern[1:])
    )


def _patterns_in_step(
    place: FieldPath, step: Mapping[str, JsonValue], pattern: FieldPath
) -> Iterator[FieldPath]:
    """Yield the canonical pattern for a pattern inside a step, if the step may have the value."""
    name = step["id"]
    if is_message_step(step) and pattern[0] in (WILDCARD, keyword_of(step)):
        yield "messages", name, *pattern[1:]
    elif pattern[0] in _fields_of(step):
        holder: FieldPath = ("workflow",)
        if place[0] == "graph":
            holder = ("workflow", "graph", "nodes")
        yield *holder, name, *pattern


def upgrade_ignored(document: MutableMapping[str, JsonValue]) -> None:
    """Rewrite the paths of `ignore` that name messages as the canonical form does, in place.

    `messages.welcome.subject` becomes `welcome.email.subject`.
    """
    ignored = document.get("ignore")
    if not isinstance(ignored, list):
        return
    steps = {step.get("id"): step for _, step in parts_of(document) if isinstance(step, Mapping)}
    for at, text in enumerate(ignored):
        try:
            pattern = parse_pattern(text) if isinstance(text, str) else ()
        except PathError:
            continue
        if len(pattern) > 1 and pattern[0] == "messages":
            keyword = next((key for key in steps.get(pattern[1], ()) if key in MESSAGE_TYPES), "")
            names = old_fields_of(MESSAGE_TYPES[keyword]) if keyword else {}
            fields = (names.get(str(step), step) for step in pattern[2:])
            ignored[at] = format_pattern((pattern[1], keyword or WILDCARD, *fields))


def _fields_of(step: Mapping[str, JsonValue]) -> set[str]:
    """Return the field names that a step of this type may have, except `id`."""
    if "action" in step:
        return {"name", "raw", "template"}
    fields = STEP_MODELS[keyword_of(step)].model_fields
    return {"name", *(field.alias or name for name, field in fields.items())} - {"id"}
