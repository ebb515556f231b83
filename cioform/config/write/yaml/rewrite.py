"""Rewrite the documents of a YAML file: in one form, with every comment, and nothing else lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.write.yaml.comments import (
    Line,
    comment_lines,
    put_comments,
    take_comments,
)
from cioform.config.write.yaml.line_ends import with_line_ends_of, without_bom
from cioform.config.write.yaml.one_line import choose_lines
from cioform.config.write.yaml.places import value_places
from cioform.config.write.yaml.typed_documents import (
    RoundTripDocument,
    dump_documents,
    load_documents,
    with_own_styles,
)
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.core.errors import ConfigError

Change: TypeAlias = Callable[[RoundTripDocument], None]
"""Changes a document in place: plain data, or one that `load_documents` returned."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new text of a file, and what in it is not as it should be."""

    text: str
    lost_comments: tuple[Line, ...] = ()
    """Comments of the old text that the new one lacks."""
    difference: tuple[int, FieldPath] | None = None
    """Where its documents are not the old ones after the change: the number of the first such
    document, and the place in it."""


def rewrite_yaml(
    text: str,
    file: str,
    change: Change,
    order: Change,
    *,
    is_settings: bool = False,
    only: int | None = None,
) -> Rewritten:
    """Return `text` with its documents changed, and their fields in an order.

    `order` may only move fields. With `only`, no other document than that of this number is
    changed. Line ends stay as they are. Raises ConfigError if `text` is not valid YAML; `file` is
    its name in messages.
    """
    source = without_bom(text)
    values = [document.value for document in parse_yaml(source, file)]
    if all(value is None for value in values):
        return Rewritten(text)
    documents = load_documents(source)
    comments = take_comments(source, documents)
    for number, (document, value) in enumerate(zip(documents, values, strict=True)):
        if isinstance(value, dict):
            if only in (None, number):
                change(document)
                change(value)
            order(document)
    documents = [with_own_styles(document) for document in documents]
    commented = comments.commented_containers()
    for document in documents:
        choose_lines(document, commented, is_settings=is_settings)
    moved = value_places(documents)
    body = dump_documents(documents, explicit_start=source.lstrip().startswith("---"))
    result = put_comments(body, documents, comments, moved)
    return Rewritten(
        with_line_ends_of(text, result), lost_comments(source, result), _difference(result, values)
    )


def lost_comments(source: str, result: str) -> tuple[Line, ...]:
    """Return the comments of one text that another one lacks."""
    kept = Counter(line.text for line in comment_lines(result))
    lost = []
    for line in comment_lines(source):
        if line.text and kept[line.text] == 0:
            lost.append(line)
        kept[line.text] -= 1
    return tuple(lost)


def _difference(text: str, expected: Sequence[JsonValue]) -> tuple[int, FieldPath] | None:
    """Return where a text says something else than `expected`, or None if it does not."""
    try:
        found = [document.value for document in parse_yaml(text, "")]
    except ConfigError:  # an alias may have moved above its anchor
        return 0, ()
    if found == expected:
        return None
    pairs = enumerate(zip(found, expected, strict=False))
    number = next((at for at, (one, other) in pairs if one != other), 0)
    return number, _first_difference(found[number], expected[number])


def _first_difference(one: JsonValue, other: JsonValue) -> FieldPath:
    """Return the place of the innermost value, from the first difference, that is not the same."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(name, one[name], other[name]) for name in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(at, *each) for at, each in enumerate(zip(one, other, strict=True))]
    else:
        return ()
    for step, first, second in pairs:
        if first != second:
            return (step, *_first_difference(first, second))
    return ()
