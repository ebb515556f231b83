"""Sentences about the values that pydantic rejects: what is allowed, and what the file has.

Each text completes the sentence "`field` ...", as in "must be a whole number, not the text "x"".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from typing import Final, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.secrets.secret_scan import contains_secret
from cioform.core.suggest import did_you_mean, suggest
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import MAX_QUOTED, quoted
from cioform.core.text.word_lists import join_names, join_words
from cioform.model.values.flow_yaml import flow_value
from cioform.model.values.text_pattern import PATTERN_ERROR

TYPE_ERRORS: Final[Mapping[str, str]] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping of fields",
    "mapping_type": "a mapping of fields",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "none_required": "left empty",
}
"""The expected type, by the type of pydantic's error."""

MAPPING_ERRORS: Final = frozenset({"model_type", "model_attributes_type"})
"""The types of pydantic's errors about a value that should be a mapping with certain fields."""

TEXT_ERROR: Final = "sentence"
"""The type of an error whose context has its whole `text`."""

FORM_ERROR: Final = "form_type"
"""The type of an error about a value that has another form, whatever it says. Its context has its
whole `text`."""

WRONG_TYPE: Final = "wrong_type"
"""The type of an error about a value of another type than the right one. Its context has its whole
`text`."""

_MAPPING_TYPES: Final = frozenset({"dict_type", "mapping_type"})
_NAME_KEYS: Final = ("name", "key", "language", "locale", "lang", "code", "header")
_LIST_ERRORS: Final = frozenset({"list_type", "tuple_type", "set_type", "frozen_set_type"})
_BRACKETS: Final = frozenset("[]{}()\"'")
_URL_WITH_USER: Final = lazy_pattern(r"//[^/?#\s]+@")
"""A URL with a user name, which may be a token, or a password."""

_TEMPLATES: Final = {
    TEXT_ERROR: "{text}",
    FORM_ERROR: "{text}",
    WRONG_TYPE: "{text}",
    PATTERN_ERROR: "must match a pattern",
}
"""The templates of the errors that are not pydantic's own."""

_LIMITS: Final[Mapping[str, str]] = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_short": "must be at least {min_length} characters long",
    "string_too_long": "must be at most {max_length} characters long",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}
_LENGTH_ERRORS: Final = frozenset({"string_too_short", "string_too_long", "too_short", "too_long"})

_TRUE_WORDS: Final = frozenset({"yes", "y", "on"})
_FALSE_WORDS: Final = frozenset({"no", "n", "off"})
Context: TypeAlias = Mapping[str, Json]


Problem = tuple[FieldPath, str]
"""The path of a value, and what is wrong with it."""


def raise_problems(problems: Iterable[Problem], errors: Iterable[InitErrorDetails] = ()) -> None:
    """Raise ValidationError with all problems, each at its path; do nothing if there are none."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError(TEXT_ERROR, "{text}", {"text": text}), loc=path, input=None
        )
        for path, text in problems
    ]
    details += errors
    if details:
        raise ValidationError.from_exception_data("document", details)


def repeated_error(error: ErrorDetails, prefix: FieldPath = ()) -> InitErrorDetails:
    """Return an error as it was found, to be raised again with others, below `prefix`."""
    kind: str | PydanticCustomError = error["type"]
    if kind in _TEMPLATES:
        kind = PydanticCustomError(kind, _TEMPLATES[kind], error["ctx"])
    again = InitErrorDetails(type=kind, loc=(*prefix, *error["loc"]), input=error["input"])
    if isinstance(kind, str) and "ctx" in error:
        again["ctx"] = error["ctx"]
    return again


def form_error(text: str) -> PydanticCustomError:
    """Return the error of a value that has another form."""
    return PydanticCustomError(FORM_ERROR, "{text}", {"text": text})


def type_error(text: str) -> PydanticCustomError:
    """Return the error of a value of another type than the right one."""
    return PydanticCustomError(WRONG_TYPE, "{text}", {"text": text})


def is_type_error(error: ErrorDetails) -> bool:
    """Return whether pydantic found that the value has the wrong type, whatever it says."""
    return error["type"] in TYPE_ERRORS


def is_about_type(error: ErrorDetails) -> bool:
    """Return whether an error is about the type of a value, in pydantic's words or in ours."""
    return is_type_error(error) or error["type"] == WRONG_TYPE


def describe_errors(errors: Sequence[ErrorDetails], value: Json) -> str:
    """Return what is wrong with `value`, given all errors about it, one for each union branch."""
    error = next((each for each in errors if not is_type_error(each)), None)
    if error is None:
        return _describe_type(errors, value)
    describe = _DESCRIPTIONS.get(error["type"])
    return f"cannot be {echo(value)}." if describe is None else describe(error, value)


def format_value(value: Json) -> str:
    """Return a value with its type, as messages show it; a secret is not repeated."""
    if isinstance(value, dict):
        return "a mapping of fields"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return echo(value)
    if isinstance(value, str):
        return echo(value) if _has_secret(value) else f"the text {echo(value)}"
    return f"the number {value}"


def echo(value: Json) -> str:
    """Return a value as a file has it; text in quotes, and truncated where it is long."""
    if value is None:
        return "an empty value"
    if isinstance(value, dict | list):
        return format_value(value)
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    if _has_secret(value):
        return "a text with a credential"
    return quoted(value)


def _has_secret(text: str) -> bool:
    return contains_secret(text) or _URL_WITH_USER.search(text) is not None


def _describe_type(errors: Sequence[ErrorDetails], value: Json) -> str:
    types = list(dict.fromkeys(TYPE_ERRORS[error["type"]] for error in errors))
    if "a number" in types:
        types = [name for name in types if name != "a whole number"]
    expected = join_words(types, "or")
    if value is None:
        return f"must be {expected}, but it is empty."
    return f"must be {expected}, not {format_value(value)}.{_type_hint(errors[0]['type'], value)}"


def _type_hint(error_type: str, value: Json) -> str:
    if error_type == "string_type" and isinstance(value, bool | int | float):
        return f' Write it in quotes: "{echo(value)}".'
    if error_type in _LIST_ERRORS and isinstance(value, str) and not _has_secret(value):
        listed = f" Write it as a list: `{flow_value(_split(value))}`."
        return listed if len(value) <= MAX_QUOTED else ""
    if error_type == "string_type" and isinstance(value, list) and len(value) == 1:
        item, shown = value[0], echo(value[0])
        return f" Write it without the list: {shown if isinstance(item, str) else quoted(shown)}."
    if error_type in _MAPPING_TYPES and (meant := _meant_mapping(value)) is not None:
        return f" Write `{meant}`."
    word = str(value).lower()
    if error_type == "bool_type" and word in _TRUE_WORDS | _FALSE_WORDS:
        return f" Write `{'true' if word in _TRUE_WORDS else 'false'}`."
    return ""


def _split(text: str) -> list[Json]:
    """Return the items of a text with commas, or the text as the only item of a list."""
    items = [item.strip() for item in text.split(",")]
    return [*items] if all(items) and not _BRACKETS & set(text) else [text]


def _meant_mapping(value: Json) -> str | None:
    """Return the mapping for a list of names with values, as other tools have it, or None."""
    meant: dict[str, Json] = {}
    for item in value if isinstance(value, list) else ():
        name = next((n for n in _NAME_KEYS if isinstance(item, Mapping) and n in item), None)
        if name is None:
            return None
        rest = {key: each for key, each in item.items() if key != name}
        meant[str(item[name])] = rest["value"] if set(rest) == {"value"} else rest
    text = flow_value(meant)
    return text if meant and len(text) <= MAX_QUOTED and not _has_secret(text) else None


def _describe_limit(error: ErrorDetails, value: Json) -> str:
    if error["type"] in ("string_too_short", "too_short") and value in ("", [], {}):
        return "must not be empty."
    context = error.get("ctx", {})
    limits = {k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
    sentence = _LIMITS[error["type"]].format_map(limits)
    if error["type"] in _LENGTH_ERRORS:
        actual = context.get("actual_length") or (len(value) if isinstance(value, Sized) else None)
        return f"{sentence}." if actual is None else f"{sentence}; it has {actual}."
    return f"{sentence}, not {echo(value)}."


def _describe_choice(error: ErrorDetails, value: Json) -> str:
    expected = str(error.get("ctx", {})["expected"]).replace("'", "`").replace("True", "`true`")
    choices = expected.replace("`", "").replace(" or ", ", ").split(", ")
    return f"must be {expected}, not {echo(value)}.{did_you_mean(value, choices)}"


def _describe_tag(error: ErrorDetails, _value: Json) -> str:
    context = error.get("ctx", {})
    tags = str(context["expected_tags"]).replace("'", "")
    choices = tags.split(", ")
    field = str(context["discriminator"]).replace("'", "`")
    listed = join_names(choices)
    tag = context["tag"]
    return f"needs a {field} of {listed}, not {echo(tag)}.{did_you_mean(tag, choices)}"


def _describe_pattern(error: ErrorDetails, value: Json) -> str:
    context = error.get("ctx", {})
    meant = context["corrections"].get(str(value).strip().lower())
    hint = suggest(meant) if meant else ""
    shown = f", not {echo(value)}" if context["show_value"] else ""
    return f"must {context['requirement']}{shown}.{hint}"


def _describe_text(error: ErrorDetails, _value: Json) -> str:
    context = error.get("ctx", {})
    return str(context.get("text") or context.get("error"))


_DESCRIPTIONS: Final[Mapping[str, Callable[[ErrorDetails, Json], str]]] = {
    **dict.fromkeys(_LIMITS, _describe_limit),
    "literal_error": _describe_choice,
    "enum": _describe_choice,
    "union_tag_invalid": _describe_tag,
    PATTERN_ERROR: _describe_pattern,
    TEXT_ERROR: _describe_text,
    FORM_ERROR: _describe_text,
    WRONG_TYPE: _describe_text,
    "value_error": _describe_text,
    "assertion_error": _describe_text,
}
