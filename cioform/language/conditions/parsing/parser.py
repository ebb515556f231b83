"""Parse conditions as people write them, and report every mistake at its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_names
from cioform.language.conditions.grammar import (
    ATTRIBUTE_KEYWORDS,
    EVENT_FIELDS,
    GROUP_KEYWORDS,
    KEYWORDS,
    MESSAGE_KEYWORDS,
    OBJECT_ATTRIBUTE_KEYWORDS,
    leaves,
)
from cioform.language.conditions.operand_checks import OPERAND_CHECKS, duration_error
from cioform.language.conditions.parsing import other_names
from cioform.language.conditions.parsing.other_names import flow, line_for, written_out_line
from cioform.language.conditions.parsing.problems import WrongForm, WrongType, validation_error
from cioform.language.conditions.parsing.schema import SEGMENT_CONDITION
from cioform.language.conditions.parsing.upgrading import old_field_message
from cioform.language.conditions.values import MAX_COUNT, MAX_DEPTH, is_scalar, is_too_deep
from cioform.model.schema.schema_docs import shared_definition
from cioform.model.values.value_errors import echo

Problem = tuple[FieldPath, str]
"""A path below the condition, and a text: a sentence, or one whose subject is the value there."""


TOO_DEEP: Final = (
    f"Conditions cannot be nested more than {MAX_DEPTH} levels deep. Move the inner part to a "
    "segment and refer to it: `segment: inner_part`."
)

EMPTY_GROUP: Final = "must not be empty. Add a condition, as in `[{segment: vip}]`, or remove it."

_OPTION_OWNERS: Final[Mapping[str, str]] = {
    "previously": "`attribute`",
    "of": " and ".join(f"`{keyword}`" for keyword in OBJECT_ATTRIBUTE_KEYWORDS),
}

_LISTS: Final = (list, tuple)

_Parsed: TypeAlias = dict[str, JsonValue]


def parse(value: JsonValue) -> _Parsed:
    """Return the canonical form of a condition: a bare list means `all`, the rest stays as it is.

    Raises pydantic's ValidationError with every mistake, each at its place.
    """
    if is_too_deep(value):
        raise validation_error([((), TOO_DEEP)])
    problems: list[Problem] = []
    condition = _parse(value, (), problems)
    if problems:
        raise validation_error(problems)
    return condition


Condition = Annotated[
    dict[str, Any], BeforeValidator(parse), WithJsonSchema(shared_definition(SEGMENT_CONDITION))
]
"""The type of a model's field that has a condition."""


def _parse(value: JsonValue, path: FieldPath, problems: list[Problem]) -> _Parsed:
    if isinstance(value, _LISTS):
        value = {"all": list(value)}
    if not isinstance(value, dict):
        examples = "`{segment: vip}` or `{attribute: plan, is: pro}`"
        text = f"must be a condition such as {examples}, not {echo(value)}."
        problems.append((path, WrongType(text)))
        return {}
    keywords = [keyword for keyword in value if keyword in _PARSERS]
    if len(keywords) != 1:
        problems.append((path, WrongForm(_keyword_error(value, keywords))))
        return {}
    return _PARSERS[keywords[0]](dict(value), path, problems)


def _keyword_error(value: Mapping[str, JsonValue], keywords: list[str]) -> str:
    if keywords:
        both = " and ".join(f"`{keyword}`" for keyword in keywords)
        return f"{both} cannot be in one condition. Write them as two conditions under `all`."
    for keyword in value:
        if (line := line_for(other_names.KEYWORDS, keyword, value[keyword])) is not None:
            return f"Unknown condition `{keyword}`. Write {line}."
        if question := did_you_mean(keyword, KEYWORDS):
            return f"Unknown condition `{keyword}`.{question}"
    text = f"must have one of the keywords {join_names(KEYWORDS)}."
    if len(value) == 1 and is_scalar(operand := next(iter(value.values()))):
        name = next(iter(value)).removeprefix("customer.").removeprefix("person.")
        example = {"attribute": name, "is": operand}
        text += f" To test an attribute, write `{flow(example)}`."
    return text


def _parse_group(value: _Parsed, path: FieldPath, problems: list[Problem]) -> _Parsed:
    [keyword, *others] = sorted(value, key=lambda key: key not in GROUP_KEYWORDS)
    _reject_keys(others, (), keyword, path, problems)
    children = value[keyword]
    if not isinstance(children, _LISTS):
        text = WrongType(f"must be a list of conditions, not {echo(children)}.")
        problems.append(((*path, keyword), text))
        return {}
    if not children:
        problems.append(((*path, keyword), EMPTY_GROUP))
    return {
        keyword: [
            _parse(child, (*path, keyword, index), problems) for index, child in enumerate(children)
        ]
    }


def _parse_not(value: _Parsed, path: FieldPath, problems: list[Problem]) -> _Parsed:
    _reject_keys(value, ("not",), "not", path, problems)
    child = _parse(value["not"], (*path, "not"), problems)
    for leaf_path, leaf in leaves(child, (*path, "not")) if child else ():
        if "raw" in leaf:
            text = "`raw` cannot be negated by `not`. Negate the condition inside the raw form."
            problems.append((leaf_path, text))
    return {"not": child}


def _parse_attribute(value: _Parsed, path: FieldPath, problems: list[Problem]) -> _Parsed:
    keyword = next(keyword for keyword in ATTRIBUTE_KEYWORDS if keyword in value)
    _require_name(value, keyword, path, problems)
    is_object = keyword in OBJECT_ATTRIBUTE_KEYWORDS
    options = ("previously",) if keyword == "attribute" else ("of",) if is_object else ()
    operators = [key for key in value if key != keyword and key not in options]
    _check_operators(value, keyword, operators, path, problems, options)
    if value.get("previously", "any") != "any":
        text = f"must be `any`, or be omitted, not {echo(value['previously'])}."
        problems.append(((*path, "previously"), text))
    if is_object and not (isinstance(value.get("of"), str) and value["of"]):
        text = f"`{keyword}` needs the type of the object, as in `of: accounts`."
        problems.append((path, text))
    return value


def _check_operators(
    value: _Parsed,
    keyword: str,
    operators: list[str],
    path: FieldPath,
    problems: list[Problem],
    options: tuple[str, ...],
) -> None:
    unknown = [operator for operator in operators if operator not in OPERAND_CHECKS]
    if unknown and (line := written_out_line(keyword, value)) is not None:
        problems.append((path, f"The operator is the key of the value. Write {line}."))
    elif unknown:
        problems += [
            (path, _unknown_operator(keyword, name, value[name], options)) for name in unknown
        ]
    elif len(operators) > 1:
        both = " and ".join(f"`{operator}`" for operator in operators)
        parts = [{keyword: value[keyword], operator: value[operator]} for operator in operators]
        text = f"A condition has only one operator, but this one has {both}. Write two conditions "
        problems.append((path, f"{text}under `all`: `{flow({'all': parts})}`."))
    elif not operators:
        text = f"`{keyword}` needs an operator, as in `is: pro`: {join_names(OPERAND_CHECKS)}."
        problems.append((path, text))
    elif (error := OPERAND_CHECKS[operators[0]](value[operators[0]])) is not None:
        problems.append(((*path, operators[0]), error))


def _unknown_operator(keyword: str, name: str, value: JsonValue, options: tuple[str, ...]) -> str:
    if (text := old_field_message(keyword, name, value)) is not None:
        return text
    if name in _OPTION_OWNERS:
        return f"`{name}` can only be used with {_OPTION_OWNERS[name]}. Remove it."
    if (line := line_for(other_names.OPERATORS, name, value)) is not None:
        return f"Unknown operator `{name}`. Write {line}."
    if question := did_you_mean(name, (*OPERAND_CHECKS, *options), cutoff=0.5):
        return f"Unknown operator `{name}`.{question}"
    return f"Unknown operator `{name}`. Valid operators: {join_names(OPERAND_CHECKS)}."


def _parse_event(value: _Parsed, path: FieldPath, problems: list[Problem]) -> _Parsed:
    _require_name(value, "event", path, problems)
    for key in [key for key in value if key not in EVENT_FIELDS]:
        text = old_field_message("event", key, value[key])
        if text is None and (line := line_for(other_names.EVENT_FIELDS, key, value[key])):
            text = f"Unknown field `{key}` beside `event`. Write {line}."
        if text is None:
            _reject_keys([key], EVENT_FIELDS, "event", path, problems)
        else:
            problems.append((path, text))
    _check_counts(value, path, problems)
    if "within_last" in value and (error := duration_error(value["within_last"])) is not None:
        problems.append(((*path, "within_last"), error))
    if "same" in value and not _are_names(value["same"]):
        text = f"must be the name of an attribute, or a list of them, not {echo(value['same'])}."
        problems.append(((*path, "same"), text))
    if "where" in value:
        value["where"] = _parse(value["where"], (*path, "where"), problems)
    return value


def _check_counts(value: _Parsed, path: FieldPath, problems: list[Problem]) -> None:
    counts = [key for key in ("at_least", "at_most") if key in value]
    event = value["event"]
    for key in counts:
        if (text := _count_error(key, value[key], event)) is not None:
            problems.append(((*path, key), text))
    if len(counts) > 1:
        parts = [{"event": event, key: value[key]} for key in counts]
        text = "Customer.io counts an event in one direction only. Write two conditions: "
        problems.append((path, f"{text}`{flow({'all': parts})}`."))


def _count_error(key: str, count: JsonValue, event: JsonValue) -> str | None:
    # Digits that are too many for a number of YAML are text.
    is_huge = isinstance(count, str) and count.isdecimal() and len(count) > len(str(MAX_COUNT))
    if not is_huge and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        text = f"must be a whole number from 1, not {echo(count)}. For no event at all, write "
        return f"{text}`not: {flow({'event': event})}`."
    # `at_most` is stored as the opposite of one more.
    most = MAX_COUNT - (key == "at_most")
    if is_huge or count > most:
        return f"must not be larger than {most}, not {echo(count)}."
    return None


def _are_names(value: JsonValue) -> bool:
    names = value if isinstance(value, list) and value else [value]
    return all(isinstance(name, str) and name for name in names)


def _parse_segment_or_message(value: _Parsed, path: FieldPath, problems: list[Problem]) -> _Parsed:
    keyword = next(keyword for keyword in ("segment", *MESSAGE_KEYWORDS) if keyword in value)
    _require_name(value, keyword, path, problems)
    _reject_keys(value, (keyword,), keyword, path, problems)
    return value


def _parse_raw(value: _Parsed, path: FieldPath, problems: list[Problem]) -> _Parsed:
    _reject_keys(value, ("raw",), "raw", path, problems)
    return value


_Parser: TypeAlias = Callable[[_Parsed, FieldPath, list[Problem]], _Parsed]

_PARSERS: Final[Mapping[str, _Parser]] = {
    "all": _parse_group,
    "any": _parse_group,
    "not": _parse_not,
    **dict.fromkeys(ATTRIBUTE_KEYWORDS, _parse_attribute),
    "event": _parse_event,
    "segment": _parse_segment_or_message,
    **dict.fromkeys(MESSAGE_KEYWORDS, _parse_segment_or_message),
    "raw": _parse_raw,
}


def _require_name(
    value: Mapping[str, JsonValue], keyword: str, path: FieldPath, problems: list[Problem]
) -> None:
    name = value[keyword]
    if not isinstance(name, str) or not name.strip():
        text = "must not be empty."
        if not isinstance(name, str):
            text = WrongType(f"must be a name, not {echo(name)}.{_one_for_each(value, keyword)}")
        problems.append(((*path, keyword), text))


def _one_for_each(value: Mapping[str, JsonValue], keyword: str) -> str:
    """Return the condition to write for a list of names, or nothing if there is no such list."""
    names = value[keyword]
    if not isinstance(names, list) or not names:
        return ""
    if not all(name and type(name) is str for name in names):
        return ""
    each = [{**value, keyword: name} for name in names]
    return f" Write `{flow(each[0] if len(each) == 1 else {'any': each})}`."


def _reject_keys(
    keys: Iterable[str],
    allowed: Collection[str],
    keyword: str,
    path: FieldPath,
    problems: list[Problem],
) -> None:
    """Add a problem for each key that cannot stand beside `keyword`."""
    for key in keys:
        if key in allowed:
            continue
        text = f"Unknown field `{key}` beside `{keyword}`."
        if question := did_you_mean(key, allowed):
            text += question
        elif others := [name for name in allowed if name != keyword]:
            text += f" Valid fields: {join_names(others)}."
        else:
            text += " Move it to a condition of its own."
        problems.append((path, text))
