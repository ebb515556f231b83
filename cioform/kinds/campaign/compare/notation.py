"""Rewrite a campaign in the notation of another one: a live one in that of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.time.duration import Duration
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.codec.graph_codec import from_graph, normalize_workflow, to_graph
from cioform.kinds.campaign.steps import normalize_step
from cioform.kinds.campaign.trigger.encoding import normalize_trigger
from cioform.kinds.campaign.trigger.trigger_types import is_raw_trigger, trigger_type_of
from cioform.language.conditions.notation import rewrite_condition_like
from cioform.language.messages.message import normalize_message
from cioform.language.workflow import (
    NEVER,
    Step,
    branches_of,
    map_steps,
    needs_id,
    without_branches,
)
from cioform.model.values.notation import rewrite_members_like


def rewrite_attributes_like(attributes: KindFields, like: KindFields) -> KindFields:
    """Return a canonical form that means the same, in the notation of `like`."""
    rewritten = dict(attributes)
    for name, value in attributes.items():
        other = like.get(name, UNKNOWN)
        if UNKNOWN not in (value, other) and value != other and name in _FIELDS:
            rewritten[name] = _FIELDS[name](value, other)
    return rewritten


def _rewrite_trigger(trigger: JsonValue, like: JsonValue) -> JsonValue:
    if is_raw_trigger(trigger) or is_raw_trigger(like):
        return like if normalize_trigger(trigger) == normalize_trigger(like) else trigger
    model = trigger_type_of(trigger)
    if model is not trigger_type_of(like):
        return trigger
    if model is None:
        return rewrite_condition_like(trigger, like)
    rewritten = _with_conditions(trigger, like, ("where", "audience", "behavioral"))
    return rewrite_members_like(rewritten, like, normalize_trigger)


def _rewrite_exit(exit_settings: JsonValue, like: JsonValue) -> JsonValue:
    return _with_conditions(exit_settings, like, ("when",))


def _with_conditions(
    fields: Mapping[str, JsonValue], like: Mapping[str, JsonValue], names: tuple[str, ...]
) -> Step:
    """Return fields with those conditions that `like` has too, in its notation."""
    conditions = {
        name: rewrite_condition_like(fields[name], like[name])
        for name in names
        if isinstance(fields.get(name), Mapping) and isinstance(like.get(name), Mapping)
    }
    return {**fields, **conditions}


def _duration_rewriter(name: str) -> Callable[[JsonValue, JsonValue], JsonValue]:
    """Return the function that rewrites a mapping with a duration."""

    def rewrite(value: JsonValue, like: JsonValue) -> JsonValue:
        if not isinstance(value, Mapping) or not isinstance(like, Mapping):
            return value
        return {**value, **_durations(value, like, (name,))}

    return rewrite


def _durations(
    fields: Mapping[str, JsonValue], like: Mapping[str, JsonValue], names: tuple[str, ...]
) -> dict[str, str]:
    """Return the durations of both that are not the same text, in the unit of `like`."""
    texts = [(name, fields.get(name), like.get(name)) for name in names]
    return {
        name: _rewrite_duration(text, other)
        for name, text, other in texts
        if isinstance(text, str) and isinstance(other, str) and NEVER not in (text, other)
    }


def _rewrite_duration(text: str, like: str) -> str:
    duration = Duration.parse(text)
    if duration == Duration.parse(like):
        return like
    return duration.in_unit_of(like) if text == str(duration) else text


def _in_order(items: JsonValue, like: JsonValue) -> JsonValue:
    """Return items of which the order says nothing, in that of `like`."""
    places = {item: place for place, item in enumerate(like)}
    return sorted(items, key=lambda item: places.get(item, len(places)))


def _rewrite_window(window: JsonValue, like: JsonValue) -> JsonValue:
    if "days" not in window or "days" not in like:
        return window
    return {**window, "days": _in_order(window["days"], like["days"])}


def _rewrite_messages(messages: JsonValue, like: JsonValue) -> JsonValue:
    return {
        name: rewrite_members_like(message, like[name], normalize_message)
        if name in like and like[name].get("type") == message.get("type")
        else message
        for name, message in messages.items()
    }


def _rewrite_workflow(workflow: JsonValue, like: JsonValue) -> JsonValue:
    normal = normalize_workflow(workflow)
    if normal == normalize_workflow(like):
        return like
    other_steps = {step["id"]: without_branches(step) for _, step in walk_workflow(like)}
    rewritten = _map_steps(workflow, lambda step: _rewrite_step(step, other_steps))
    steps = {step["id"]: without_branches(step) for _, step in walk_workflow(rewritten)}
    if isinstance(like, dict) and isinstance(workflow, list):
        nodes = from_graph(to_graph(rewritten))["graph"]["nodes"]
        steps = {node["id"]: node for node in nodes}
    if not all(_can_stand_for(steps.get(name), step) for name, step in other_steps.items()):
        return rewritten
    # Branches may continue at other places, and exits may have other IDs, with the same meaning.
    arranged = _map_steps(like, lambda step: _in_order_of(step, steps.get(step["id"], step)))
    return arranged if normalize_workflow(arranged) == normal else rewritten


def _can_stand_for(step: Step | None, other: Step) -> bool:
    """Return whether a step has the same branches as another one; an exit may have another ID."""
    if step is None:
        return not needs_id(other)
    ways, other_ways = ([way for way, _ in branches_of(each)] for each in (step, other))
    return ways == other_ways


def _map_steps(workflow: JsonValue, change: Callable[[Step], Step]) -> JsonValue:
    if isinstance(workflow, list):
        return map_steps(workflow, lambda _, step: change(step))
    form = workflow["graph"]
    return {"graph": {**form, "nodes": [change(node) for node in form["nodes"]]}}


def _in_order_of(like: Step, step: Step) -> Step:
    return {**{name: step[name] for name in like if name in step}, **step}


def _rewrite_step(step: Step, other_steps: Mapping[str, Step]) -> Step:
    """Return a step or a variant in the notation of the step with its ID."""
    like = other_steps.get(step["id"])
    if like is None or step == like:
        return step
    rewritten = _with_conditions(step, like, ("if", "only_if", "wait_until"))
    rewritten |= _durations(rewritten, like, ("wait", "timeout"))
    for name, rewrite in _MEMBERS.items():
        if name in step and name in like:
            rewritten[name] = rewrite(step[name], like[name])
    if "ab_test" in step:
        rewritten["ab_test"] = [_rewrite_step(variant, other_steps) for variant in step["ab_test"]]
    return rewrite_members_like(rewritten, like, normalize_step)


def _rewrite_cases(cases: JsonValue, like: JsonValue) -> JsonValue:
    if len(cases) != len(like):
        return cases
    return [_with_conditions(*pair, ("if",)) for pair in zip(cases, like, strict=True)]


_MEMBERS: Final[Mapping[str, Callable[[JsonValue, JsonValue], JsonValue]]] = {
    "branches": _rewrite_cases,
    "wait_random": lambda span, like: {**span, **_durations(span, like, ("min", "max"))},
    "wait_window": _rewrite_window,
}
"""How the nested values of keywords are rewritten."""

_FIELDS: Final[Mapping[str, Callable[[JsonValue, JsonValue], JsonValue]]] = {
    "tags": _in_order,
    "trigger": _rewrite_trigger,
    "reentry": _duration_rewriter("cooldown"),
    "goal": _duration_rewriter("within"),
    "exit": _rewrite_exit,
    "workflow": _rewrite_workflow,
    "messages": _rewrite_messages,
}
