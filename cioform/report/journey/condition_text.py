"""A condition in words: `plan is trial and not in segment internal_users`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.json_value import JsonValue

_MAX_DEPTH: Final = 6
"""Groups nested deeper are not read out: nobody follows them in a picture."""
_CONJUNCTIONS: Final = {"all": " and ", "any": " or "}
_OPERATORS: Final[Mapping[str, str]] = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "not_contains": "does not contain",
    "greater_than": "is greater than",
    "less_than": "is less than",
    "between": "is between",
    "before": "is before",
    "after": "is after",
    "within_last": "is within the last",
    "older_than": "is older than",
}
_LIST_OPERATORS: Final = {"is": "is one of", "is_not": "is none of"}


def condition_text(condition: JsonValue, depth: int = 0) -> str:
    """Give a condition as a reader would say it. What has no words of its own is read out as it
    stands, so that a new word of the grammar needs none here."""
    if isinstance(condition, list):
        condition = {"all": condition}
    if not isinstance(condition, Mapping):
        return value_text(condition)
    if depth > _MAX_DEPTH:
        return "…"
    for group, joint in _CONJUNCTIONS.items():
        if group in condition:
            return _group_text(condition[group], joint, depth)
    if "not" in condition:
        return _negated_text(condition["not"], depth)
    for head, tell in _HEAD_TEXTS.items():
        if head in condition:
            return tell(condition, False, depth)
    subject = next((key for key in condition if key.endswith("attribute")), None)
    return _attribute_text(condition, subject) if subject else _verbatim_text(condition)


def is_condition(value: JsonValue) -> bool:
    """Tell whether a value opens with a word of the grammar."""
    heads = (*_CONJUNCTIONS, "not", *_HEAD_TEXTS)
    return isinstance(value, list) or any(
        key in heads or key.endswith("attribute") for key in value
    )


def value_text(value: JsonValue) -> str:
    """Give a value in a sentence."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    if isinstance(value, Mapping):
        return _verbatim_text(value)
    return str(value)


def _group_text(children: JsonValue, joint: str, depth: int) -> str:
    if not isinstance(children, list):
        return value_text(children)
    several = len(children) > 1
    texts = []
    for child in children:
        text = condition_text(child, depth + 1)
        texts.append(f"({text})" if several and _is_group(child) else text)
    return joint.join(texts)


def _is_group(condition: JsonValue) -> bool:
    return isinstance(condition, Mapping) and any(
        len(condition[group]) > 1
        for group in _CONJUNCTIONS
        if isinstance(condition.get(group), list)
    )


def _negated_text(condition: JsonValue, depth: int) -> str:
    if isinstance(condition, Mapping):
        for head, tell in _HEAD_TEXTS.items():
            if head in condition:
                return tell(condition, True, depth)
    return f"not ({condition_text(condition, depth + 1)})"


def _segment_text(condition: Mapping[str, JsonValue], negated: bool, depth: int) -> str:
    del depth
    name = str(condition["segment"]).removeprefix("segment.")
    return f"not in segment {name}" if negated else f"in segment {name}"


def _event_text(condition: Mapping[str, JsonValue], negated: bool, depth: int) -> str:
    text = f"{'never did' if negated else 'did'} {condition['event']}"
    if (times := condition.get("at_least", 1)) != 1:
        text += f" at least {times} times"
    if "within" in condition:
        text = text.replace("never did", "did not do", 1) + f" within {condition['within']}"
    if "where" in condition:
        text += f" where {condition_text(condition['where'], depth + 1)}"
    return text


def _raw_text(condition: Mapping[str, JsonValue], negated: bool, depth: int) -> str:
    del condition, depth
    return "not (a raw condition)" if negated else "a raw condition"


_HEAD_TEXTS: Final[Mapping[str, Callable[[Mapping[str, JsonValue], bool, int], str]]] = {
    "segment": _segment_text,
    "event": _event_text,
    "raw": _raw_text,
}


def _attribute_text(condition: Mapping[str, JsonValue], subject: str) -> str:
    kind = subject.removesuffix("attribute").replace("_", " ")
    name = f"{kind}{condition[subject]}"
    tests = [
        _operator_text(word, value)
        for word, value in condition.items()
        if word not in (subject, "from")
    ]
    return " ".join([name, *tests])


def _operator_text(word: str, value: JsonValue) -> str:
    if word == "exists":
        return "exists" if value else "does not exist"
    if word == "between" and isinstance(value, list):
        return "is between " + " and ".join(map(value_text, value))
    if isinstance(value, list) and len(value) > 1 and word in _LIST_OPERATORS:
        return f"{_LIST_OPERATORS[word]} {value_text(value)}"
    return f"{_OPERATORS.get(word, word.replace('_', ' '))} {value_text(value)}"


def _verbatim_text(value: Mapping[str, JsonValue]) -> str:
    # One level: what lies below is for the document, not for a picture.
    return ", ".join(
        f"{str(key).replace('_', ' ')} {'…' if isinstance(item, Mapping) else value_text(item)}"
        for key, item in value.items()
    )
