"""Rename the fields of older file formats, in place, and say what they are called now.

The functions take a plain dict or a mapping that keeps its comments, as `ruamel.yaml` reads one
(`CommentedMap`): comments, positions and spellings of everything else stay.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Annotated, Final, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cioform.core.data.json_value import Json
from cioform.core.secrets.secret_scan import contains_secret
from cioform.model.fields.model_fields import ParsedAs, field_named, field_names, without_alias
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.values.flow_yaml import flow_lines, flow_value

UPGRADE_COMMAND: Final = "cioform fmt --upgrade"
"""The command that rewrites the files of an older format."""

OUTDATED_SYNTAX: Final = "Outdated syntax"
"""The summary of an error about what an older format has."""

_IF_ALL_ARE_OLD: Final = (
    "If all files of the workspace are older than format 1, remove `format` from `workspace.yaml` "
    f"and run `{UPGRADE_COMMAND}`."
)
_MAX_ECHOED: Final = 60


def outdated_syntax_message(problem: str, new_lines: str) -> str:
    """Return the text of an error about outdated syntax.

    `problem` is a sentence, such as "`recipient` is called `to` now."; `new_lines` is the YAML to
    write instead.
    """
    indented = "\n".join(f"    {line}" if line else "" for line in new_lines.split("\n"))
    return f"{problem} Write:\n\n{indented}\n\n{_IF_ALL_ARE_OLD}"


def is_outdated_syntax(text: str) -> bool:
    """Return whether a text is one of `outdated_syntax_message`."""
    return text.endswith(_IF_ALL_ARE_OLD)


def not_upgraded_message(text: str) -> str:
    """Return the text of `outdated_syntax_message` for a field that the upgrade left."""
    return (
        f"{text.removesuffix(_IF_ALL_ARE_OLD)}The upgrade left it, because the new name is in the "
        "file too, or because the value was never valid. Correct it by hand."
    )


def renamed_message(old: str, new: str, value: Json) -> str:
    """Return the text of an error about the field `old`, which is called `new` now."""
    return outdated_syntax_message(f"`{old}` is called `{new}` now.", field_line(new, value))


def field_line(name: str, value: Json) -> str:
    """Return a field with the user's own value as YAML; `...` for a long text or a credential."""
    if value is None or contains_secret(flow_value(value)):
        return f"{name}: ..."
    if isinstance(value, str) and (len(value) > _MAX_ECHOED or "\n" in value):
        return f"{name}: ..."
    return flow_lines(name, value)


def rename_field(mapping: MutableMapping[str, Json], old: str, new: str, /) -> bool:
    """Rename the field `old` to `new`, in place, and return whether it was there.

    Its position stays, and so do its comments. Nothing changes where `new` exists too: which of
    the two is meant is not known.
    """
    if old not in mapping or new in mapping:
        return False
    names = list(mapping)
    moved = [(name, mapping[name]) for name in names[names.index(old) :]]
    for name, _ in moved:
        del mapping[name]
    for name, value in moved:
        mapping[new if name == old else name] = value
    _rename_comment(mapping, old, new)
    return True


def upgrade_fields(model: type[BaseModel], mapping: MutableMapping[str, Json], /) -> None:
    """Rename the old fields of `model` in `mapping`, and those of the models of its fields."""
    for old, new in old_fields_of(model).items():
        rename_field(mapping, old, new)
    for name, value in mapping.items():
        info = field_named(model, name)
        if info is not None and isinstance(value, MutableMapping | Sequence):
            _upgrade_value(info.annotation, _parsed_as(info), value)


def move_comments(
    source: MutableMapping[str, Json],
    old: str,
    target: MutableMapping[str, Json],
    new: str,
    /,
) -> None:
    """Move the comments of a field to a field of another mapping, if it has none of its own."""
    comments = getattr(getattr(source, "ca", None), "items", {})
    if old in comments and hasattr(target, "ca"):
        target.ca.items.setdefault(new, comments.pop(old))


def old_fields_of(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the old names of a model's fields, each with the name that replaced it."""
    found: Mapping[str, str] = getattr(model, "old_fields", {})
    return found


def _rename_comment(mapping: MutableMapping[str, Json], old: str, new: str) -> None:
    # `ca.items` of a mapping of ruamel holds the comments of each field by its name.
    comments = getattr(getattr(mapping, "ca", None), "items", {})
    if old not in comments:
        return
    comments[new] = comments.pop(old)
    beside = comments[new][2]
    if beside is not None:
        beside.column = max(0, beside.column + len(new) - len(old))


def _parsed_as(info: FieldInfo) -> tuple[type[BaseModel], ...]:
    markers = [marker for marker in info.metadata if isinstance(marker, ParsedAs)]
    return tuple(model for marker in markers for model in marker.models)


def _upgrade_value(annotation: object, parsed_as: Sequence[type[BaseModel]], value: Json) -> None:
    """Upgrade a value by the models in its annotation, wherever it has their structure."""
    models = [*parsed_as, *_models_in(annotation)]
    if isinstance(value, MutableMapping):
        for model in _best_models(models, value):
            upgrade_fields(model, value)
        for inner in _item_annotations(annotation, Mapping):
            for item in list(value.values()):
                _upgrade_value(inner, (), item)
    elif isinstance(value, list):
        for inner in _item_annotations(annotation, Sequence):
            for item in value:
                _upgrade_value(inner, (), item)


def _best_models(
    models: Sequence[type[BaseModel]], value: Mapping[str, Json]
) -> list[type[BaseModel]]:
    """Return the branches of a union that share most names with the mapping."""
    shared = [
        len({*field_names(model), *old_fields_of(model)}.intersection(value)) for model in models
    ]
    return [model for model, count in zip(models, shared, strict=True) if count == max(shared)]


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models that the annotation allows at this place, not inside a list or mapping."""
    for part in _alternatives(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def _item_annotations(annotation: object, container: type) -> Iterator[object]:
    """Yield the annotations of the items of every list, or of the values of every mapping."""
    for part in _alternatives(annotation):
        origin = get_origin(part)
        if isinstance(origin, type) and issubclass(origin, container) and get_args(part):
            arguments = get_args(part)
            yield arguments[1] if container is Mapping else arguments[0]


def _alternatives(annotated: object) -> Iterator[object]:
    """Yield the branches of a union, with aliases and `Annotated` taken off."""
    annotation = without_alias(annotated)
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        for marker in metadata:
            if isinstance(marker, ParsedAs | OnFirstUse):
                yield from marker.models
        yield from _alternatives(inner)
    elif get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _alternatives(branch)
    else:
        yield annotation
