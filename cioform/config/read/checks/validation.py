"""One diagnostic for each value that pydantic rejects, with its line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from typing import Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cioform.config.read.meta_fields import OTHER_META_FIELDS
from cioform.core.address import Address
from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.suggest import closest, did_you_mean
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.fields.model_fields import fields_at, models_at
from cioform.model.fields.other_names import other_name_hint, own_name, single_value_line
from cioform.model.fields.upgrading import (
    OUTDATED_SYNTAX,
    is_outdated_syntax,
    old_fields_of,
    renamed_message,
)
from cioform.model.values.value_errors import (
    MAPPING_ERRORS,
    describe_errors,
    is_about_type,
    is_type_error,
)

Locate = Callable[[FieldPath], Location | None]

_UNKNOWN: Final = lazy_pattern(r"Unknown [a-z]+(?= `)")
_KEY: Final = "[key]"
"""The last step of pydantic's path to a mapping's key."""

MAX_PROBLEMS: Final = 200
"""How many problems of one document are reported, since somebody has to read them."""
_MAX_LISTED_FIELDS: Final = 20


@dataclass(frozen=True, slots=True)
class ValidatedDocument:
    """What was validated: the data as the file has it, and how to find a line of it."""

    data: JsonValue
    model: type[BaseModel]
    locate: Locate
    address: Address | None = None
    meta_fields: Collection[str] = ()
    """The fields that a document may have besides those of the model."""
    path_of: Callable[[FieldPath], FieldPath] = tuple
    """The path in the grammar of files for a place in the data: steps by their IDs."""

    def show(self, place: FieldPath) -> str:
        """Return the path of a place as people write it."""
        return format_path(self.path_of(place))


def to_diagnostics(
    error: ValidationError, document: ValidatedDocument, *, skip_paths: Set[FieldPath] = frozenset()
) -> list[Diagnostic]:
    """Return one diagnostic for every value that is wrong, but for those at `skip_paths`."""
    by_path: dict[FieldPath, list[ErrorDetails]] = {}
    for found in error.errors(include_url=False):
        by_path.setdefault(_data_path(found, document.data), []).append(found)
    problems: list[Diagnostic] = []
    for path, errors in by_path.items():
        if path in skip_paths or _is_other_union_branch(path, errors, by_path):
            continue
        if errors[0]["type"] == "missing" and _is_misspelled(path, by_path, document):
            continue
        if len(problems) == MAX_PROBLEMS:
            detail = f"This document has more than {MAX_PROBLEMS} problems. Correct these first."
            place = document.locate(path)
            return [*problems, Diagnostic("More problems", detail, document.address, place)]
        summary, detail = _summary_and_detail(path, errors, document)
        problems.append(Diagnostic(summary, detail, document.address, document.locate(path)))
    return problems


def _data_path(error: ErrorDetails, data: JsonValue) -> FieldPath:
    # pydantic's own path also names the branches of a union, which no file shows. Only the steps
    # that lead somewhere in the data are kept, and the last one of a missing field.
    path: list[str | int] = []
    for step in error["loc"]:
        if _step_exists(step, data):
            data = data[step]
        elif not (error["type"] == "missing" and step == error["loc"][-1]):
            continue
        path.append(step)
    return tuple(path)


def _step_exists(step: str | int, data: JsonValue) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, dict) and step in data


def _is_other_union_branch(
    path: FieldPath, errors: list[ErrorDetails], all_paths: Iterable[FieldPath]
) -> bool:
    # Where one branch of a union looked inside a value, the value has the right type, whatever
    # the other branches report.
    return all(map(is_type_error, errors)) and any(
        len(other) > len(path) and other[: len(path)] == path for other in all_paths
    )


def _is_misspelled(
    path: FieldPath,
    by_path: Mapping[FieldPath, list[ErrorDetails]],
    document: ValidatedDocument,
) -> bool:
    # The unknown field beside it is reported, and suggests this one.
    unknown = [
        other[-1]
        for other, errors in by_path.items()
        if errors[0]["type"] == "extra_forbidden" and other[:-1] == path[:-1]
    ]
    models = models_at(document.model, path[:-1])
    renamed = any(
        path[-1] in (_new_name(path[:-1], old, document), *(own_name(m, str(old)) for m in models))
        for old in unknown
    )
    return renamed or closest(path[-1], unknown) is not None


def _summary_and_detail(
    path: FieldPath, errors: list[ErrorDetails], document: ValidatedDocument
) -> tuple[str, str]:
    within = f" in `{document.show(path[:-1])}`" if len(path) > 1 else ""
    first = errors[0]
    if first["type"] == "missing":
        return "Missing field", f"Missing required field `{path[-1]}`{within}."
    if first["type"] == "extra_forbidden":
        new = _new_name(path[:-1], path[-1], document)
        if new is not None:
            return OUTDATED_SYNTAX, renamed_message(
                str(path[-1]), new, get_value(document.data, path)
            )
        return "Unknown field", f"Unknown field `{path[-1]}`{within}.{_hint(path, document)}"
    summary = "Invalid type" if all(map(is_about_type, errors)) else "Invalid value"
    if first["loc"][-1:] == (_KEY,):
        key = path[-1]
        return summary, f"A key of `{document.show(path[:-1])}` {describe_errors(errors, key)}"
    text = describe_errors(errors, get_value(document.data, path))
    if errors[0]["type"] in MAPPING_ERRORS:
        text += _fields_hint(path, document)
    if is_outdated_syntax(text):
        summary = OUTDATED_SYNTAX
    elif (unknown := _UNKNOWN.match(text)) is not None:
        summary = unknown[0]
    return summary, describe_at(document.show(path), text)


def _fields_hint(path: FieldPath, document: ValidatedDocument) -> str:
    """Return which fields a mapping has, for a value that is not a mapping."""
    value = get_value(document.data, path)
    for model in models_at(document.model, path) if path else ():
        if (line := single_value_line(model, str(path[-1]), value)) is not None:
            return f" Write:\n\n    {line}"
    known = fields_at(document.model, path, {})
    if not 0 < len(known) <= _MAX_LISTED_FIELDS:
        return ""
    return f" Its fields are {', '.join(f'`{field}`' for field in known)}."


def _new_name(path: FieldPath, old: str | int, document: ValidatedDocument) -> str | None:
    """Return what an old field of the mapping at `path` is called now, or None."""
    models = models_at(document.model, path)
    return next((new for m in models if (new := old_fields_of(m).get(str(old)))), None)


def _hint(path: FieldPath, document: ValidatedDocument) -> str:
    """Return what was probably meant by the unknown field at `path`, or the fields there are."""
    mapping = as_mapping(get_value(document.data, path[:-1]))
    name, value = str(path[-1]), get_value(document.data, path)
    for model in models_at(document.model, path[:-1]):
        if (hint := other_name_hint(model, name, value)) is not None:
            return hint
    if len(path) == 1 and (sentence := OTHER_META_FIELDS.get(name)) is not None:
        return f" {sentence}"
    known = fields_at(document.model, path[:-1], mapping)
    possible = [*known, *(document.meta_fields if len(path) == 1 else ())]
    suggestion = did_you_mean(path[-1], [name for name in possible if name not in mapping])
    if suggestion or not 0 < len(known) <= _MAX_LISTED_FIELDS:
        return suggestion
    return f" Valid fields: {', '.join(f'`{field}`' for field in known)}."


def describe_at(path: str, text: str) -> str:
    """Return a text of `describe_errors` as a sentence about the value at `path`."""
    ends_in_code_block = text.rpartition("\n")[2].startswith("    ")
    if not ends_in_code_block and text[-1] not in ".?!":
        text += "."
    if not path:
        return text[0].upper() + text[1:]
    if text.startswith(("must ", "cannot ", "needs ")):
        return f"`{path}` {text}"
    return f"`{path}`: {text[0].upper()}{text[1:]}"
