"""Conditions as phrases: `plan is trial and not in segment internal_users`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import Json, as_list

_MAX_DEPTH: Final = 6
"""Groups that are nested deeper are shown as `…`: a picture is too small for them."""
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
}
_RELATIVE_DATES: Final = {
    ("before", "ago"): "is more than",
    ("after", "ago"): "is later than",
    ("before", "from now"): "is earlier than",
    ("after", "from now"): "is more than",
    ("before", "now"): "is in the past",
    ("after", "now"): "is in the future",
}
"""By the operator and how the date ends: `7d from now` ends with `now` too, so `now` is last."""
_LIST_OPERATORS: Final = {"is": "is one of", "is_not": "is none of"}


def condition_text(condition: Json, depth: int = 0) -> str:
    """Return a condition as a phrase that completes "when" or "if".

    An unknown keyword is shown with its value, so that a new one in the grammar needs no text here.
    """
    if isinstance(condition, list):
        condition = {"all": condition}
    if not isinstance(condition, Mapping):
        return value_text(condition)
    if depth > _MAX_DEPTH:
        return "…"
    for keyword, conjunction in _CONJUNCTIONS.items():
        if keyword in condition:
            return _group_text(condition[keyword], conjunction, depth)
    if "not" in condition:
        return _negated_text(condition["not"], depth)
    if (text := _leaf_text(condition, negated=False, depth=depth)) is not None:
        return text
    subject = next((key for key in condition if key.endswith("attribute")), None)
    return _attribute_text(condition, subject) if subject else _verbatim_text(condition)


def value_text(value: Json) -> str:
    """Return a value as it reads in a phrase."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    if isinstance(value, Mapping):
        return _verbatim_text(value)
    return str(value)


def _group_text(children: Json, conjunction: str, depth: int) -> str:
    if not isinstance(children, list):
        return value_text(children)
    texts = []
    for child in children:
        text = condition_text(child, depth + 1)
        needs_parentheses = len(children) > 1 and _is_group(child)
        texts.append(f"({text})" if needs_parentheses else text)
    return conjunction.join(texts)


def _is_group(condition: Json) -> bool:
    return isinstance(condition, Mapping) and any(
        len(as_list(condition.get(keyword))) > 1 for keyword in _CONJUNCTIONS
    )


def _negated_text(condition: Json, depth: int) -> str:
    if isinstance(condition, Mapping):
        text = _leaf_text(condition, negated=True, depth=depth)
        if text is not None:
            return text
    return f"not ({condition_text(condition, depth + 1)})"


def _leaf_text(condition: Mapping[str, Json], *, negated: bool, depth: int) -> str | None:
    """Return the phrase for a leaf that reads better than its keyword; None for any other."""
    if "segment" in condition:
        name = condition["segment"]
        return f"not in segment {name}" if negated else f"in segment {name}"
    if "event" in condition:
        return _event_text(condition, negated, depth)
    if "raw" in condition:
        return "not (a raw condition)" if negated else "a raw condition"
    return None


def _event_text(condition: Mapping[str, Json], negated: bool, depth: int) -> str:
    negation = "did not do" if "within_last" in condition else "never did"
    verb = negation if negated else "did"
    text = f"{verb} {condition['event']}"
    for field, words in (("at_least", "at least"), ("at_most", "at most")):
        count = condition.get(field, 1)
        if field in condition and (field, count) != ("at_least", 1):
            text += f" {words} {count} {'time' if count == 1 else 'times'}"
    if "within_last" in condition:
        text += f" within the last {condition['within_last']}"
    if "same" in condition:
        text += f" with the same {value_text(condition['same'])}"
    if "where" in condition:
        text += f" where {condition_text(condition['where'], depth + 1)}"
    return text


def _attribute_text(condition: Mapping[str, Json], subject: str) -> str:
    owner = subject.removesuffix("attribute").replace("_", " ")
    operators = [
        _operator_text(operator, operand)
        for operator, operand in condition.items()
        if operator not in (subject, "of", "previously")
    ]
    return " ".join([f"{owner}{condition[subject]}", *operators])


def _operator_text(operator: str, operand: Json) -> str:
    if operator == "exists":
        return "exists" if operand else "does not exist"
    if operator == "between" and isinstance(operand, list):
        return "is between " + " and ".join(map(value_text, operand))
    for (word, ending), text in _RELATIVE_DATES.items():
        if operator == word and isinstance(operand, str) and operand.endswith(ending):
            return text if operand == ending else f"{text} {operand}"
    if isinstance(operand, list) and len(operand) > 1 and operator in _LIST_OPERATORS:
        return f"{_LIST_OPERATORS[operator]} {value_text(operand)}"
    return f"{_OPERATORS.get(operator, operator.replace('_', ' '))} {value_text(operand)}"


def _verbatim_text(value: Mapping[str, Json]) -> str:
    # Only one level is shown: a picture is no place for the whole document.
    return ", ".join(
        f"{str(key).replace('_', ' ')} {'…' if isinstance(item, Mapping) else value_text(item)}"
        for key, item in value.items()
    )
